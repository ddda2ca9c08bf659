"""The campaign explained: its pages in the reader's language, its figures, and which page says why.

Texts are leaflets (formats/leaflet.py) in resources/awareness/LANGUAGE/TOPIC.md, with the same ids
in every language; what needs no words is in figures.toml and diagram.toml beside them.

Nothing here raises. A page that cannot be read is given in another language, or empty, and says so
in its `trouble`: whoever shows it says one sentence and goes on.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, NamedTuple

from configure587.errors import detail
from configure587.formats import leaflet
from configure587.i18n import LANGUAGES
from configure587.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable
    from typing import TypeVar

    from configure587.formats.figures import Diagram, Figures
    from configure587.formats.leaflet import Block, Section

    _T = TypeVar("_T")


class Topic(enum.Enum):
    """A page of ours; its value is the name of its file."""

    CARDS = "cards"
    BEFORE_AFTER = "before-after"
    CHARTS = "charts"
    QUESTIONS = "questions"
    GLOSSARY = "glossary"
    WHY = "why"
    REFERENCES = "references"


class Trouble(NamedTuple):
    """Why a file could not be used: what the system says of it, or the line that is damaged."""

    file: str
    detail: str
    line: int = 0


class Entry(NamedTuple):
    """One card, question, term, reason, caption or reference; what it does not have is empty."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    drawing: str = ""  # resources/drawings/DRAWING.svg
    words: tuple[str, ...] = ()  # of a term: how it is spelled in a text
    where: str = ""  # of a reference: where to find it
    sources: tuple[str, ...] = ()  # ids of references
    campaign: tuple[str, ...] = ()  # facts that only the campaign's own presentation states

    @property
    def text(self) -> str:
        """Its words alone, a line for each paragraph."""
        return "\n".join(block.text for block in self.blocks)


class Page(NamedTuple):
    """A page as it could be read: `language` is the one it is really in, "" for none."""

    topic: Topic
    language: str
    name: str = ""  # the word that a person types for it
    title: str = ""
    blocks: tuple[Block, ...] = ()
    entries: tuple[Entry, ...] = ()
    trouble: Trouble | None = None

    def entry(self, name: str) -> Entry | None:
        """The entry with this id."""
        return next((each for each in self.entries if each.id == name), None)


class Mention(NamedTuple):
    """Where a term of the glossary stands in a text."""

    start: int
    end: int
    term: Entry


class Pages(NamedTuple):
    """All that there is to learn, in one language."""

    cards: Page
    before_after: Page
    charts: Page
    questions: Page
    glossary: Page
    why: Page
    references: Page

    def page(self, topic: Topic) -> Page:
        """The page on a topic."""
        return next(each for each in self if each.topic is topic)

    def terms_in(self, text: str) -> tuple[Mention, ...]:
        """The first mention of each term of the glossary; where two fit, the longer one counts."""
        return tuple(_mentions(self.glossary.entries, text))

    def find(self, word: str) -> Page | Entry | None:
        """What a word stands for: a page's name, the id of a "why", a term as it is spelled."""
        asked = word.strip().casefold()
        asked = f"port-{asked}" if asked.isdecimal() else asked
        for page in self:
            if asked and asked in {page.topic.value, page.name.casefold()}:
                return page
        for entry in (*self.why.entries, *self.glossary.entries):
            spellings = {entry.id, entry.title, *entry.words}
            if asked in {each.casefold() for each in spellings}:
                return entry
        return None


def pages(language: str, shelf: Traversable | None = None) -> Pages:
    """Every page, in this language where that can be read."""
    shelf = _ours() if shelf is None else shelf
    return Pages(*(_page(shelf, topic, language) for topic in Topic))


def figures(shelf: Traversable | None = None) -> Figures | Trouble:
    """The numbers of both charts."""
    from configure587.formats import figures as numbers

    return _read(_ours() if shelf is None else shelf, "figures.toml", numbers.figures)


def diagram(shelf: Traversable | None = None) -> Diagram | Trouble:
    """Who is in the picture "before and after", and what goes from whom to whom."""
    from configure587.formats import figures as numbers

    return _read(_ours() if shelf is None else shelf, "diagram.toml", numbers.diagram)


def alternatives(language: str, drawings: Traversable | None = None) -> dict[str, str]:
    """What each drawing shows, for whoever does not see it, by its name; empty if unreadable."""
    shelf = _ours("drawings") if drawings is None else drawings
    found = _read(shelf, f"alt.{language}.toml", _names)
    return {} if isinstance(found, Trouble) else found


def why(verdict: Verdict, codes: Iterable[str]) -> str:
    """Which entry of the page "why" explains a finding; of trouble, its first reason with one."""
    general = _WHY_OF_VERDICT[verdict]
    if verdict in _SPEAKS_FOR_ITSELF:
        return general
    special = (_WHY_OF_REASON[code] for code in codes if code in _WHY_OF_REASON)
    return next((name for name in special if name not in _WHAT_WAS_DUE), general)


def why_reason(code: str) -> str:
    """Which entry of the page "why" explains a single reason; "" when its sentence says all."""
    return _WHY_OF_REASON.get(code, "")


def _ours(folder: str = "awareness") -> Traversable:
    from importlib import resources

    return resources.files("configure587.resources").joinpath(folder)


def _names(data: bytes) -> dict[str, str]:
    from configure587.formats import figures as numbers

    return numbers.names(data)


def _read(shelf: Traversable, file: str, meaning: Callable[[bytes], _T]) -> _T | Trouble:
    """What a file says, or why that cannot be known."""
    try:
        data = shelf.joinpath(*file.split("/")).read_bytes()
    except OSError as error:
        return Trouble(file, detail(error))
    try:
        return meaning(data)
    except leaflet.Damaged as error:
        return Trouble(file, error.detail, error.line)


def _page(shelf: Traversable, topic: Topic, language: str) -> Page:
    """A page in this language, else in another with the trouble, else the trouble alone."""
    trouble: Trouble | None = None
    for each in (language, *(other for other in LANGUAGES if other != language)):
        found = _read(shelf, f"{each}/{topic.value}.md", leaflet.read)
        if not isinstance(found, Trouble):
            head, *rest = found
            entries = tuple(_entry(section) for section in rest)
            fields = head.fields
            title, name = fields["title"], fields.get("name", "")
            return Page(topic, each, name, title, head.blocks, entries, trouble)
        trouble = trouble or found
    return Page(topic, "", trouble=trouble)


def _entry(section: Section) -> Entry:
    fields = section.fields
    return Entry(
        id=fields["id"],
        title=fields["title"],
        blocks=section.blocks,
        drawing=fields.get("drawing", ""),
        words=_several(fields.get("words", "")),
        where=fields.get("where", ""),
        sources=_several(fields.get("sources", "")),
        campaign=_several(fields.get("campaign", "")),
    )


def _several(value: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in value.split(",") if each.strip())


_SHOWN = {" ": "[ \N{NO-BREAK SPACE}]", "-": "-\N{WORD JOINER}?"}  # where no line may end
_AS_SPELLED = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{WORD JOINER}": None})
# Not inside a longer word, a host, an address or a path, not even where those may be broken.
_BEFORE = r"(?<![\w@/\\\u200b-])(?<!\w\.)"
_AFTER = r"(?![\w@/\\\u200b-]|\.[\w\u200b])"


def _mentions(terms: Sequence[Entry], text: str) -> Iterator[Mention]:
    """Mentions in the order of the text, none inside another."""
    spelled = {word.casefold(): term for term in terms for word in term.words}
    if not spelled:
        return
    longest = sorted(spelled, key=len, reverse=True)
    any_of = "|".join(
        "".join(_SHOWN.get(sign) or re.escape(sign) for sign in word) for word in longest
    )
    seen: set[str] = set()
    for match in re.finditer(rf"{_BEFORE}(?:{any_of}){_AFTER}", text, re.IGNORECASE):
        term = spelled[match[0].translate(_AS_SPELLED).casefold()]
        if term.id not in seen:
            seen.add(term.id)
            yield Mention(match.start(), match.end(), term)


_WHY_OF_VERDICT = {
    Verdict.DUE: "port-25",
    Verdict.HALF_WAY: "half-way",
    Verdict.FINE: "fine",
    Verdict.LEFT_ALONE: "left-alone",
    Verdict.STUCK: "by-hand",
    Verdict.BLOCKED: "managed",
    Verdict.GUIDED: "by-hand",
    Verdict.UNPROVEN: "server-first",
    Verdict.UNREADABLE: "unreadable",
}

_SPEAKS_FOR_ITSELF = {Verdict.DUE, Verdict.HALF_WAY, Verdict.FINE, Verdict.LEFT_ALONE}
_WHAT_WAS_DUE = {"port-25", "half-way"}  # why a change is wanted, not why there is none

_CODES_OF_WHY = {
    "port-25": ("port_25", "due_port", "absent_means_25"),
    "protection": (
        *("opportunistic_is_none", "port_465_unprotected", "proof_only_465_encrypts"),
        *("proof_no_encryption", "proof_starttls_off", "proof_encryption_fails"),
    ),
    "half-way": ("not_protected", "proof_half_way"),
    "server-first": (
        *("proof_no_sign_in", "proof_certificate_date", "proof_server_gone", "proof_offline"),
        *("proof_busy", "proof_lost"),
    ),
    "in-between": (
        *("proof_stripped", "proof_tampered", "proof_certificate_issuer", "proof_intercepted_25"),
        *("proof_not_mail", "local_root", "local_proxy_25"),
    ),
    "other-name": ("proof_server_renamed", "proof_wrong_host", "other_host_found"),
    "closed-here": ("proof_blocked_587", "blocked_25", "blocked_25_likely", "forbidden_25"),
    "modern-sign-in": ("proof_oauth_only", "outlook_oauth"),
    "sign-in": ("sign_in_needed", "sign_in_added", "proof_login_needed", "outlook_pop_first"),
    "managed": (
        *("locked", "decided_elsewhere", "autoconfig_unclear", "autoconfig_from_network"),
        "managed_setup",
    ),
    "on-blocklist": ("proof_refused_here",),
    "open-program": ("running", "proof_not_now"),
}
_WHY_OF_REASON = {code: name for name, codes in _CODES_OF_WHY.items() for code in codes}
