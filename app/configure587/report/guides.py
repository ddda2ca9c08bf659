"""Step by step by a person's own hand: which guide helps with a finding, and what it says.

A guide is resources/guides/LANGUAGE/NAME.md; guide_pages.py reads such a file. Here it becomes a
value with the person's own server, port and user name filled in, for a terminal and for a window.
"""

from __future__ import annotations

import enum
import functools
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configure587.i18n import ENGLISH, LANGUAGES, N_, texts
from configure587.model import SUBMISSION, SUBMISSIONS, Security, Target, reason
from configure587.report import guide_pages
from configure587.report.guide_pages import Field, Kind, Piece

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from configure587.model import Finding, Reason
    from configure587.report.guide_pages import Lines, Page

OTHER = "other"
"""The guide for any other program, and in place of one that could not be read."""
NAMES = (
    *("thunderbird", "outlook", "outlook-2013", "outlook-old", "outlook-new"),
    *("windows-10-mail", "windows-live-mail", "em-client", "mailbird", "the-bat"),
    *("apple-mail", "outlook-mac", "spark"),
    *("iphone", "thunderbird-android", "gmail-android", "samsung-email", "outlook-mobile"),
    *("evolution", "kmail", "claws-mail"),
    OTHER,
)
"""Every guide, in the order of a list to choose from: Windows, Mac, phones, Linux, the rest."""

PHONES = {"iphone", "thunderbird-android", "gmail-android", "samsung-email", "outlook-mobile"}
"""The guides among them that are followed on a phone."""

OF_CLIENT = {
    "thunderbird": "thunderbird",
    "outlook": "outlook",
    "windows_live_mail": "windows-live-mail",
}
OF_PROGRAM = {
    "Outlook (new)": "outlook-new",
    "Mail (Windows 10)": "windows-10-mail",
    "Outlook for Mac": "outlook-mac",
    "Apple Mail": "apple-mail",
    "Outlook 2013": "outlook-2013",
    "Outlook 2010": "outlook-2013",
    "Outlook 2007": "outlook-2013",
}
OF_REASON = {"outlook_too_old": "outlook-old", "outlook_corporate": "outlook-old"}
WITHOUT = {
    "odd_spelling",  # the program tidies its own file; then we can go on, and nobody else has to
    "outlook_oauth",  # the steps would break it: the provider's window sets such an account up
}
"""Reasons that say all there is to do, so that a finding with one of them gets no guide."""

_MODERN = {"thunderbird"}
"""The guides that say where OAuth2 is chosen; the others would lead to a password field."""

UNKNOWN = Target("", SUBMISSION.port, SUBMISSION.security)
"""Where to go while neither the server nor the user is known."""

Source: TypeAlias = "Callable[[str, str], bytes]"


class Certainty(enum.Enum):
    """How sure the labels of a guide are."""

    SURE = "sure"  # each was seen in the program, or in its maker's or a provider's page
    PARTLY = "partly"
    UNSURE = "unsure"  # none was


CERTAINTY = {
    Certainty.SURE: N_("The names of menus and fields are those that the program itself shows."),
    Certainty.PARTLY: N_(
        'Some names may differ in your version. Where we say "something like", look for one that '
        "means the same."
    ),
    Certainty.UNSURE: N_(
        "We could not see the names that your version shows. Look for those that mean the same."
    ),
}


class Step(NamedTuple):
    """One step: its text and its note ("" pieces where there is none), cut at their marks."""

    text: tuple[Piece, ...]
    note: tuple[Piece, ...] = ()

    @property
    def copyable(self) -> tuple[str, ...]:
        """What is to be typed in this step, each once."""
        found = (piece.text for piece in (*self.text, *self.note) if piece.kind is Kind.COPY)
        return tuple(dict.fromkeys(found))


class Guide(NamedTuple):
    """What a person can do by hand, with their own values in it.

    `needed` is what to have at hand; `seen` tells where its labels were seen, "" if nowhere. With
    a `trouble`, the guide that was asked for could not be read and this is the one for any other
    program; without steps, not even that one could be.
    """

    name: str
    title: str
    purpose: str
    needed: str
    seen: str
    certainty: Certainty
    steps: tuple[Step, ...]
    target: Target
    security: str  # what the program calls it
    trouble: Reason | None = None


def name_of(finding: Finding) -> str:
    """The guide that helps to do by hand what we cannot; "" where WITHOUT says why none does."""
    codes = {each.code for each in finding.reasons}
    if codes & WITHOUT:
        return ""
    for code in codes & OF_REASON.keys():
        return OF_REASON[code]
    profile = finding.profile
    return OF_PROGRAM.get(profile.program) or OF_CLIENT.get(profile.client, OTHER)


def target_of(finding: Finding) -> Target:
    """Where a person should go by hand: their own server and user name as far as we know them."""
    if finding.target is not None:
        goal = finding.target
    elif finding.server is not None:
        goal = UNKNOWN._replace(hostname=finding.server.hostname)
        if finding.server.transport == SUBMISSIONS:
            goal = goal._replace(port=SUBMISSIONS.port, security=SUBMISSIONS.security)
    else:
        return UNKNOWN
    return goal._replace(sign_in_as=goal.sign_in_as or _username(finding))


def of_finding(language: str, finding: Finding) -> Guide | None:
    """The guide for a finding, filled with its own values; None where it needs none."""
    return of_program(language, finding) if finding.by_hand else None


def of_program(language: str, finding: Finding) -> Guide | None:
    """The same for whoever asks for the program's steps, needed or not."""
    name = name_of(finding)
    return guide(language, name, target_of(finding)) if name else None


def has_modern_sign_in(finding: Finding) -> bool:
    """Whether the steps for a finding's program say how to sign in where no password is taken."""
    return name_of(finding) in _MODERN


def all_guides(language: str, target: Target = UNKNOWN) -> tuple[Guide, ...]:
    """Every guide, in the order of NAMES; one that cannot be read comes with its trouble."""
    return tuple(guide(language, name, target) for name in NAMES)


@functools.cache
def titles(language: str) -> Mapping[str, str]:
    """What each guide that can be read is called, by its name, in the order of NAMES.

    Kept, for to know it every guide has to be understood.
    """
    return {each.name: each.title for each in all_guides(language) if each.trouble is None}


def guide(language: str, name: str, target: Target = UNKNOWN, read: Source | None = None) -> Guide:
    """One guide in one language; never fails, see Guide.trouble."""
    own, *others = dict.fromkeys([(language, name), (language, OTHER), (ENGLISH, OTHER)])
    page = _page(*own, read or _shipped)
    if page is not None:
        return _filled(language, name, page, target)
    trouble = reason("guide_unreadable", guide=name)
    for place in others:
        page = _page(*place, read or _shipped)
        if page is not None:
            return _filled(language, OTHER, page, target)._replace(trouble=trouble)
    return Guide(name, "", "", "", "", Certainty.UNSURE, (), target, "", trouble)


def plain(pieces: Iterable[Piece]) -> str:
    """Pieces as plain text, labels in quotation marks."""
    return "".join(
        f"\u201c{text}\u201d" if kind in {Kind.LABEL, Kind.UNSURE} else text
        for text, kind in pieces
    )


def lines(value: Guide) -> Iterator[str]:
    """A guide as plain text: what it is for, what is needed, then each step with its number."""
    yield from filter(None, (value.purpose, value.needed))
    for number, step in enumerate(value.steps, 1):
        yield " ".join(filter(None, (f"{number}.", plain(step.text), plain(step.note))))


def _shipped(language: str, name: str) -> bytes:
    from importlib import resources

    path = resources.files("configure587.resources").joinpath("guides", language, f"{name}.md")
    return path.read_bytes()


def _page(language: str, name: str, read: Source) -> Page | None:
    if name not in NAMES or language not in LANGUAGES:
        return None
    try:
        return guide_pages.parse(read(language, name).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, guide_pages.Damaged):
        return None


def _filled(language: str, name: str, page: Page, target: Target) -> Guide:
    sentences = texts(language)
    host, user = _typeable(target.hostname), _typeable(target.sign_in_as or "")
    fields = _fields(sentences, host, target.port, user)
    security = page.tls if target.security is Security.TLS else page.starttls
    steps = tuple(_step(each, fields, security) for each in page.steps)
    return Guide(
        name=name,
        title=page.title,
        purpose=plain(guide_pages.pieces(page.purpose, fields, security)),
        needed=_needed(sentences, host, user),
        seen=page.seen,
        certainty=_certainty(steps),
        steps=steps,
        target=target,
        security="".join(piece.text for piece in guide_pages.pieces(security, fields)),
    )


def _step(source: Lines, fields: dict[str, Field], security: str) -> Step:
    return Step(*(guide_pages.pieces(each, fields, security) for each in source))


def _fields(
    sentences: gettext.NullTranslations, host: str, port: int, user: str
) -> dict[str, Field]:
    _ = sentences.gettext
    return {
        "host": Field(
            host, _("the outgoing server that your provider names"), _("smtp.example.com")
        ),
        "port": Field(str(port)),
        "user": Field(user, _("your user name (mostly the whole address)"), _("ana@example.com")),
    }


def _needed(sentences: gettext.NullTranslations, host: str, user: str) -> str:
    _ = sentences.gettext
    if host and user:
        line = _("Have at hand: the outgoing server {host}, the user name {user}, your password.")
    elif host:
        line = _(
            "Have at hand: the outgoing server {host}, your user name (mostly the whole address), "
            "your password."
        )
    else:
        line = _(
            "Have at hand the name of your mail provider's outgoing server, your user name (mostly "
            "the whole address) and your password."
        )
    return line.format(host=host, user=user)


def _certainty(steps: Iterable[Step]) -> Certainty:
    kinds = {piece.kind for step in steps for piece in (*step.text, *step.note)}
    if Kind.UNSURE not in kinds:
        return Certainty.SURE
    return Certainty.PARTLY if Kind.LABEL in kinds else Certainty.UNSURE


def _username(finding: Finding) -> str | None:
    """The name with which this server's accounts sign in, or would; None if it is not one."""
    server = finding.server
    if server is None:
        return None
    names = {server.username} if server.username else set(server.offers)
    return names.pop() if len(names) == 1 else None


def _typeable(text: str) -> str:
    """A value that a person can type; "" for one with signs that no keyboard has."""
    return text.strip() if text.isprintable() else ""
