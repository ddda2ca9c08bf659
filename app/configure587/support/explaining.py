"""What a code tells, as text for the agent who typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.machine import Platform
from configure587.report import page_titles, sentences, troubles
from configure587.support import sayings
from configure587.support.codes import Trouble
from configure587.support.numbers import Last, Picture

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterator

    from configure587.support.codes import Reading, Repair
    from configure587.support.situation import Situation

SYSTEMS = {Platform.WINDOWS: "Windows", Platform.LINUX: "Linux", Platform.MACOS: "macOS"}

TROUBLES = {
    Trouble.EMPTY: N_("No code was given."),
    Trouble.MISTYPED: N_("This is not a code as it stands: something in it was misheard."),
    Trouble.NEWER: N_(
        "This code is from a newer version of Configure 587! than this one. Install the newest "
        "version to read it."
    ),
}
_READ_AGAIN = N_("Please have it read once more, group by group.")

PICTURES = {
    Picture.UNKNOWN: N_("Network: nothing is known of it."),
    Picture.GOOD: N_("Network: a server was reached, and nothing stands in the way."),
    Picture.CLOSES_25: N_("Network: it closes port 25, as many do."),
    Picture.CLOSES_587: N_("Network: it seems to close the ports for sending mail."),
    Picture.OFFLINE: N_("Network: no server could be reached."),
    Picture.SIGN_IN_FIRST: N_("Network: a page of the Wi-Fi answers in the server's place."),
    Picture.TAKES_PROTECTION_AWAY: N_("Network: something on the way takes the protection off."),
    Picture.SLIPS_TEXT_IN: N_("Network: something on the way slips text into the connection."),
    Picture.READS_ALONG: N_("Network: an antivirus or a company reads along."),
    Picture.ANSWERS_FOR_25: N_("Network: on port 25 something answers in the server's place."),
    Picture.REFUSED: N_("Network: the server refuses this network's address."),
    Picture.CLOCK: N_("Not the network: the computer's date or time seems to be wrong."),
}

_LAST = {**sayings.BY_LAST, Last.NONE: N_("No change was made here yet.")}


def lines(texts: gettext.NullTranslations, value: Reading) -> Iterator[str]:
    """Everything that a code tells and what to say next, or what is wrong with it."""
    if value.trouble is not None:
        yield from trouble(texts, value)
        return
    if value.situation is not None:
        yield from _told(texts, value, value.situation)


def trouble(texts: gettext.NullTranslations, value: Reading) -> Iterator[str]:
    """What is wrong with a code, and which codes may have been meant."""
    _ = texts.gettext
    if value.trouble is None:
        return
    yield _(TROUBLES[value.trouble])
    for repair in value.repairs:
        yield _repair(texts, repair)
    if value.trouble is Trouble.MISTYPED and not value.repairs:
        yield _(_READ_AGAIN)


def _repair(texts: gettext.NullTranslations, value: Repair) -> str:
    _ = texts.gettext
    if not value.group:
        line = _("A sign may be missing or one too many; the code may be {code}.")
        return line.format(code=value.code)
    line = _("Group {number} may be {meant} instead of {typed}; the code would be {code}.")
    return line.format(number=value.group, meant=value.meant, typed=value.typed, code=value.code)


def _told(texts: gettext.NullTranslations, value: Reading, told: Situation) -> Iterator[str]:
    _ = texts.gettext
    if value.newer:
        yield _(
            "The program that made this code is newer than this one; it may tell more than is "
            "shown here."
        )
    title = page_titles.title(texts, told.page)
    yield _("Page {number}: {title}").format(number=told.page, title=title)
    version = ".".join(map(str, told.version))
    line = _("Configure 587! {version} on {system}")
    yield line.format(version=version, system=SYSTEMS[told.platform])
    yield _programs(texts, told.programs)
    yield from verdicts(texts, told)
    yield from why(texts, told)
    yield _(_LAST[told.last])
    yield _(PICTURES[told.picture])
    if told.more:
        yield _("There is more, for which the code had no room; ask for the report.")
    yield ""
    yield _("Say next:")
    yield from sayings.next_to_say(texts, told)


def _programs(texts: gettext.NullTranslations, programs: tuple[str, ...]) -> str:
    _ = texts.gettext
    if not programs:
        return _("Mail programs: none")
    known = [
        _(sentences.PROGRAMS.get(each, each)) if each else _("another one") for each in programs
    ]
    return _("Mail programs: {names}").format(names=", ".join(known))


def verdicts(texts: gettext.NullTranslations, told: Situation) -> Iterator[str]:
    """How many accounts have which verdict."""
    for verdict, count in told.verdicts:
        line = texts.ngettext("{verdict}: {count} account", "{verdict}: {count} accounts", count)
        yield line.format(verdict=texts.gettext(sentences.VERDICTS[verdict]), count=count)


def why(texts: gettext.NullTranslations, told: Situation) -> Iterator[str]:
    """The reasons as whole sentences; names, which no code tells, are left out."""
    if told.reasons:
        yield texts.gettext("Why, with dots in place of names:")
    for code in told.reasons:
        if code in troubles.ERRORS:
            yield _nameless(texts, troubles.ERRORS[code][0])
        else:
            sentence = sentences.sentence_of(code)
            yield code if sentence is None else _nameless(texts, sentence)


class _Dots(dict[str, str]):
    """Fields of a sentence of which no code tells the value."""

    def __missing__(self, name: str) -> str:
        return "\N{HORIZONTAL ELLIPSIS}"


def _nameless(texts: gettext.NullTranslations, sentence: str) -> str:
    return texts.gettext(sentence).format_map(_Dots())
