"""The way that a person has come through the window, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configure587.pages import Page

if TYPE_CHECKING:
    from collections.abc import Container

    from configure587.model import Finding

AT_WORK = {Page.LOOKING, Page.CHANGING, Page.UNDOING}
"""Pages that nobody comes back to: they end by themselves."""


class Stop(NamedTuple):
    """A place on the way: a page, the account that it is about, what Learn or a guide shows."""

    page: Page = Page.START
    subject: Finding | None = None
    topic: str = ""


class Trail:
    """Where the person is, and where they came by."""

    def __init__(self, first: Stop = Stop()) -> None:  # noqa: B008 - a frozen value
        """At the start, which is `first`."""
        self._first = first
        self.here = first
        self._behind: list[Stop] = []

    @property
    def leads_back(self) -> bool:
        """Whether there is a page to go back to."""
        return bool(self._behind) and self.here.page not in AT_WORK

    def go(self, page: Page, *, subject: Finding | None = None, topic: str = "") -> None:
        """One page on; the account stays the same unless another is named."""
        there = Stop(page, subject or self.here.subject, topic)
        if there == self.here:
            return
        if self.here.page not in AT_WORK:
            self._behind.append(self.here)
        self.here = there

    def back(self) -> None:
        """One page back; from the first, nowhere."""
        if self.leads_back:
            self.here = self._behind.pop()

    def begin_again(self) -> None:
        """At the start, with nothing behind."""
        self.here, self._behind = self._first, []

    def leave_work(self, page: Page) -> None:
        """The page after work; one goes back to before the work, and never to a page twice."""
        while any(stop.page is page for stop in self._behind):
            self._behind.pop()
        self.here = self.here._replace(page=page)

    def finish(self, page: Page) -> None:
        """What is done is done: from here one goes back to the start."""
        self._behind = [self._first]
        self.here = self.here._replace(page=page)

    def last_but(self, beside: Container[Page]) -> Page:
        """The newest page that is none of these."""
        pages = [self.here.page, *(stop.page for stop in reversed(self._behind))]
        return next((page for page in pages if page not in beside), Page.START)
