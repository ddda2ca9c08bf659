"""Findings, plans, receipts and backups as text for people, in a terminal or for a screen reader.

`plain` gives one labelled sentence a line, without indentation, signs or columns.
"""

from __future__ import annotations

import textwrap
from types import MappingProxyType
from typing import TYPE_CHECKING

from configure587.model import Opaque, Result, Verdict
from configure587.report import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from configure587.model import (
        BackupSet,
        Change,
        Finding,
        Outcome,
        OutgoingServer,
        Profile,
        Reason,
        Step,
        Target,
        Value,
    )
    from configure587.report.style import Style
    from configure587.seen import Connection

    GuideText: TypeAlias = tuple[str, tuple[str, ...]]

_SIGNS = {
    Verdict.DUE: "[>]",
    Verdict.HALF_WAY: "[~]",
    Verdict.FINE: "[=]",
    Verdict.LEFT_ALONE: "[ ]",
    Verdict.STUCK: "[?]",
    Verdict.BLOCKED: "[x]",
    Verdict.GUIDED: "[?]",
    Verdict.UNREADABLE: "[!]",
    Verdict.UNPROVEN: "[!]",
}
_COLORS = {
    Verdict.DUE: "33",
    Verdict.HALF_WAY: "33",
    Verdict.FINE: "32",
    Verdict.STUCK: "31",
    Verdict.GUIDED: "31",
    Verdict.UNREADABLE: "31",
    Verdict.UNPROVEN: "31",
}
_WIDTH = 78
_PUT_RIGHT = {Result.UNDONE, Result.KEPT, Result.UNCHANGED}


def finding(style: Style, value: Finding, told: set[GuideText]) -> Iterator[str]:
    """One finding as a card with its guide; `told` are the guides that were shown before."""
    yield from card(style, value)
    yield from guide(style, guide_of(style, value), told)


def card(style: Style, value: Finding) -> Iterator[str]:
    """One finding: who, the verdict, what is, what should be, why; without the guide's steps."""
    _ = style.texts.gettext
    verdict = _(sentences.VERDICTS[value.verdict])
    if style.plain:
        yield _("{account}: {verdict}.").format(account=account(style, value), verdict=verdict)
    else:
        sign = _colored(style, value.verdict, _SIGNS[value.verdict])
        yield f"{sign} {account(style, value)}: {_colored(style, value.verdict, verdict)}"
    yield from body(style, where(style, value.profile))
    if value.server is not None and value.verdict is not Verdict.UNREADABLE:
        yield from body(style, sends(style, value.server))
    if value.target is not None:
        yield from body(style, goes(style, value.target))
    yield from reasons(style, value.reasons)
    if style.ids:
        yield from body(style, shown(_("Its id for --only and --skip: {id}").format(id=value.id)))


def account(style: Style, value: Finding) -> str:
    """A finding by the addresses that send through it, else by its server, else its profile."""
    _ = style.texts.gettext
    if value.server is None:
        if _is_whole_program(value.profile):
            return program(style, value.profile)
        return _("Profile {name}").format(name=shown(value.profile.name))
    if value.server.used_by:
        return ", ".join(shown(address) for address in value.server.used_by)
    if value.verdict is Verdict.UNREADABLE:
        return _("Account {name}").format(name=shown(value.server.key))
    host = shown(value.server.hostname or value.server.key)
    return _("Outgoing server {host}, which no account uses").format(host=host)


def _is_whole_program(profile: Profile) -> bool:
    """Whether this stands for a program whose profiles we do not tell apart."""
    return profile.client == "guided"  # clients/guided.py, which is not loaded for its name


def program(style: Style, profile: Profile) -> str:
    """The mail program, as it is called in the reader's language."""
    known = sentences.PROGRAMS.get(profile.program)
    return profile.program if known is None else style.texts.gettext(known)


def where(style: Style, profile: Profile) -> str:
    """Which profile of which program, and where it is kept."""
    _ = style.texts.gettext
    fields = {
        "program": program(style, profile),
        "name": shown(profile.name),
        "path": shown(profile.folder),
    }
    if _is_whole_program(profile):
        return _("Found: {path}").format(**fields)
    if profile.in_use:
        return _('{program}, profile "{name}" (the one it starts with): {path}').format(**fields)
    return _('{program}, profile "{name}": {path}').format(**fields)


def sends(style: Style, server: OutgoingServer) -> str:
    """Through which server, port and protection it sends today."""
    _ = style.texts.gettext
    return _("It sends through {host}, port {port}, {protection}.").format(
        host=shown(server.hostname),
        port=server.transport.port,
        protection=_(sentences.PROTECTION[server.transport.security]),
    )


def goes(style: Style, target: Target) -> str:
    """Through which port and protection it will send."""
    _ = style.texts.gettext
    protection = _(sentences.PROTECTION[target.security])
    line = _("After the change: port {port}, {protection}.")
    return line.format(port=target.port, protection=protection)


def reasons(style: Style, values: Iterable[Reason]) -> Iterator[str]:
    """Reasons as sentences."""
    for value in values:
        yield from body(style, shown(sentences.explain(style.texts, value)))


def guide_of(style: Style, value: Finding) -> GuideText:
    """What a person can do by hand: a guide's title and its lines; no lines where there is none."""
    if not value.by_hand:
        return "", ()
    from configure587.i18n import language_of
    from configure587.report import guides

    found = guides.of_finding(language_of(style.texts), value)
    if found is None:
        return "", ()
    trouble = () if found.trouble is None else (sentences.explain(style.texts, found.trouble),)
    return found.title, tuple(map(shown, (*trouble, *guides.lines(found))))


def guide(style: Style, text: GuideText, told: set[GuideText]) -> Iterator[str]:
    """The end of a card: a guide's steps, or that the very same stand above already."""
    _ = style.texts.gettext
    title, lines = text
    if lines:
        known = text in told
        told.add(text)
        line = _("Step by step, \u201c{guide}\u201d:")
        if known:
            line = _("Step by step: as above, under \u201c{guide}\u201d.")
        yield from body(style, line.format(guide=title))
        yield from _steps(style, () if known else lines)
        if not known and any(style.contact):
            from configure587.report import contacts

            yield from contacts.lines(style)
    yield ""


def _steps(style: Style, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if style.plain:
            yield line.replace(" \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ", ", ")
        else:
            number, dot, _rest = line.partition(". ")
            yield from _wrapped(line, len(number + dot) if number.isdecimal() else 0)


def notices(style: Style, values: Iterable[Reason]) -> Iterator[str]:
    """What a person should know before anything else."""
    yield from (shown(sentences.explain(style.texts, value)) for value in values)
    yield ""


def remarks(style: Style, values: Sequence[Reason]) -> Iterator[str]:
    """What holds for a plan as a whole."""
    for value in values:
        yield shown(sentences.explain(style.texts, value))
    if values:
        yield ""


def ledger(style: Style, values: Sequence[Connection]) -> Iterator[str]:
    """Every connection that was made, one a line."""
    _ = style.texts.gettext
    yield _("Connections of this run:")
    for value in values:
        address = shown(value.address or value.host)
        line = _("{at}: {host} ({address}), port {port}: {why}; {outcome}")
        yield from body(
            style,
            line.format(
                at=value.at,
                host=shown(value.host),
                address=address,
                port=value.port,
                why=shown(value.why),
                outcome=shown(value.outcome),
            ),
        )


def summary(style: Style, counts: dict[Verdict, int]) -> Iterator[str]:
    """How many of what, and what to do next."""
    _, ngettext = style.texts.gettext, style.texts.ngettext
    if not counts:
        yield _("Nothing was found here that sends mail, so there is nothing to change.")
        return
    for verdict, count in counts.items():
        word = _(sentences.VERDICTS[verdict])
        line = ngettext("{verdict}: {count} account", "{verdict}: {count} accounts", count)
        yield line.format(verdict=word, count=count)
    if counts.keys() & {Verdict.DUE, Verdict.HALF_WAY}:
        line = _("Nothing has been changed. To see what would change: {command} plan")
        yield line.format(command=style.command)
        line = _("To change it, with a backup and a way back: {command} apply")
        yield line.format(command=style.command)


def step(style: Style, value: Step) -> Iterator[str]:
    """One finding's changes as before and after."""
    yield from finding(style, value.finding, set())
    yield from changes(style, value.changes)
    yield ""


def changes(style: Style, values: Iterable[Change]) -> Iterator[str]:
    """Changes as a diff under the name of their file, or as one sentence each."""
    _ = style.texts.gettext
    path = ""
    for value in values:
        before, after = (_value(style, each) for each in (value.before, value.after))
        if style.plain:
            line = _("In {path}, {name} goes from {before} to {after}.")
            path = shown(value.place.path)
            yield line.format(path=path, name=shown(value.name), before=before, after=after)
            continue
        if path != value.place.path:
            path = value.place.path
            yield f"    {shown(path)}"
        yield f"    - {shown(value.name)} = {before}"
        yield f"    + {shown(value.name)} = {after}"


def _value(style: Style, value: Value | None) -> str:
    if value is None:
        return style.texts.gettext("(not set)")
    if isinstance(value, Opaque):
        return _opaque(style, value)
    return shown(f'"{value}"' if isinstance(value, str) else str(value))


def _opaque(style: Style, value: Opaque) -> str:
    """The number that it spells in another way, or else its type and size: it may be a secret."""
    from configure587.formats import oeaccount

    number = oeaccount.number(value)
    if number is not None:
        return str(number)
    count = len(value.data)
    line = style.texts.ngettext("({type}, {count} byte)", "({type}, {count} bytes)", count)
    return line.format(type=shown(value.type), count=count)


def outcome(
    style: Style, value: Outcome, words: Mapping[Result, str] = MappingProxyType({})
) -> Iterator[str]:
    """How it went with one profile, named by its accounts; `words` are for results told so."""
    _ = style.texts.gettext
    rehearsed = sentences.REHEARSED if style.rehearsal else {}
    results = {**sentences.RESULTS, **rehearsed, **words}
    fields = {
        "accounts": ", ".join(shown(each) for each in value.accounts),
        "program": value.profile.program,
        "name": shown(value.profile.name),
        "result": _(results[value.result]),
    }
    if value.accounts:
        yield _('{accounts} ({program}, profile "{name}"): {result}.').format(**fields)
    else:
        yield _('{program}, profile "{name}": {result}.').format(**fields)
    yield from reasons(style, value.reasons)


def recovered(style: Style, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What was put back at the start because an earlier run had broken off; and what was not."""
    _ = style.texts.gettext
    right = [each for each in outcomes if each.result in _PUT_RIGHT]
    left = [each for each in outcomes if each.result not in _PUT_RIGHT]
    if right:
        yield _("Last time our work was interrupted. Before anything else, this was put right:")
        for value in right:
            yield from outcome(style, value)
        yield ""
    if left:
        yield _(
            "Last time our work was interrupted, and this could not be put right yet. "
            "Configure 587! tries again when it is next started:"
        )
        for value in left:
            yield from outcome(style, value, sentences.NOT_YET)
        yield ""


def receipt(style: Style, outcomes: Sequence[Outcome], backup: str | None) -> Iterator[str]:
    """What a run did, and what to do now."""
    _ = style.texts.gettext
    for value in outcomes:
        yield from outcome(style, value)
    if backup is not None:
        yield _("Backup: {backup}").format(backup=backup)
    if any(value.result is Result.CHANGED for value in outcomes) and backup is not None:
        yield _("Now open your mail program and send a test message to yourself.")
        line = _("To undo this change: {command} rollback {backup}")
        yield line.format(command=style.command, backup=backup)


def backup(style: Style, value: BackupSet, damaged: Sequence[str] = ()) -> Iterator[str]:
    """One backup set: its id, when, how far it has come, whose profiles."""
    _ = style.texts.gettext
    state = _(sentences.STATES[value.state])
    yield _("{backup}: {state}.").format(backup=value.id, state=state)
    for entry in value.entries:
        yield from body(style, where(style, entry.profile))
    for name in damaged or value.damage:
        yield from body(style, _("Missing or damaged: {name}").format(name=name))


def backup_details(style: Style, value: BackupSet) -> Iterator[str]:
    """Every change and every copy in a set."""
    _ = style.texts.gettext
    yield from body(style, _("Folder: {path}").format(path=shown(value.folder)))
    for entry in value.entries:
        for group in entry.groups:
            yield from changes(style, group.changes)
        for saved in entry.files:
            line = _("The copy {copy} belongs at {path}.")
            if not saved.copy:
                line = _("No copy of {path} was kept, because a password may stand in it.")
            yield from body(style, line.format(copy=saved.copy, path=shown(saved.path)))


def sentence(style: Style, text: str) -> Iterator[str]:
    """One sentence of a card, safe for a terminal."""
    return body(style, shown(text))


def body(style: Style, text: str) -> Iterator[str]:
    """A text below a heading: indented and wrapped, but for a screen reader."""
    if style.plain:
        yield text
        return
    yield from _wrapped(text)


def _wrapped(text: str, hanging: int = 0) -> list[str]:
    """Indented lines; all but the first by as much more as `hanging` says."""
    start = " " * 4
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=start + " " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [start + text]


def _colored(style: Style, verdict: Verdict, text: str) -> str:
    number = _COLORS.get(verdict)
    return f"\033[{number}m{text}\033[0m" if style.color and number else text


def shown(text: str) -> str:
    """Text from a stranger's file, made safe for a terminal: no control characters."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
