"""A situation as a short code to read aloud, and back.

The first sign names the format, the last two are the check; both hold for every format to come, so
that a code from a newer program is told from one that was misheard.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from configure587 import __version__
from configure587.support import numbers, situation, symbols
from configure587.support.numbers import Last, Picture
from configure587.support.packing import Packer, Unpacker
from configure587.support.situation import Situation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configure587.model import Verdict

FORMAT = 1
_AROUND = 3  # the sign of the format and the two of the check


def code(value: Situation) -> str:
    """The code in groups, such as "P2M7-4WX0-9RHJ"; what has no room is left out, and that said."""
    sizes = (_signs(each) for each in _ever_smaller(value))
    return symbols.grouped(next(signs for signs in sizes if len(signs) <= symbols.LONGEST))


def _ever_smaller(value: Situation) -> Iterator[Situation]:
    """The situation, then with less and less of what an agent needs least."""
    yield value
    for name, least in _LEFT_OUT:
        while len(getattr(value, name)) > least:
            value = value._replace(**{name: getattr(value, name)[:-1]}, more=True)
            yield value


_LEFT_OUT = (
    *(("reasons", 2), ("programs", 2), ("verdicts", 2), ("reasons", 1), ("programs", 1)),
    *(("verdicts", 1), ("programs", 0), ("reasons", 0), ("verdicts", 0)),
)
"""What goes first for want of room, and how many of it stay for the time being."""


def _signs(value: Situation) -> str:
    packer = Packer()
    _put(packer, value)
    packed = [int(digit, 16) for digit in f"{packer.number():x}"]
    filled = [0] * (symbols.SHORTEST - _AROUND - len(packed)) + packed
    if len(filled) + _AROUND > symbols.LONGEST:
        return "?" * (len(filled) + _AROUND)
    return symbols.spelled(symbols.sealed([FORMAT, *filled]))


def _put(packer: Packer, value: Situation) -> None:
    packer.put(numbers.OF_PAGES, min(value.page, len(numbers.OF_PAGES) - 1))
    parts = zip(_VERSIONS, value.version, strict=True)
    for weights, part in parts:
        packer.put(weights, min(part, len(weights) - 1))
    packer.put(numbers.OF_PLATFORMS, numbers.PLATFORMS[value.platform])
    _put_programs(packer, value.programs)
    packer.put(numbers.OF_VERDICT_COUNTS, len(value.verdicts))
    for verdict, count in value.verdicts:
        packer.put(numbers.OF_VERDICTS, numbers.VERDICTS[verdict])
        packer.put(numbers.OF_ACCOUNTS, min(max(count, 1), len(numbers.OF_ACCOUNTS) - 1))
    packer.put(numbers.OF_REASON_COUNTS, len(value.reasons))
    for reason in value.reasons:
        packer.put(numbers.OF_REASONS, numbers.REASONS[reason])
    packer.put(numbers.OF_LAST, value.last.value)
    expected = situation.picture_of(value.reasons, looked=False)
    picture = 0 if value.picture is expected else value.picture.value + 1
    packer.put(numbers.OF_PICTURES, picture)
    packer.put(numbers.OF_MORE, int(value.more))


_VERSIONS = (numbers.OF_MAJOR, numbers.OF_MINOR, numbers.OF_PATCH)


def _put_programs(packer: Packer, programs: tuple[str, ...]) -> None:
    most = len(numbers.OF_PROGRAM_COUNTS) - 1
    found = sorted({situation.program_number(each) for each in programs})[:most]
    packer.put(numbers.OF_PROGRAM_COUNTS, len(found))
    for number in found:
        packer.put(numbers.OF_PROGRAMS, number)


# --- back ----------------------------------------------------------------------------------------


class Trouble(enum.Enum):
    """Why a code tells nothing."""

    EMPTY = "empty"
    MISTYPED = "mistyped"
    NEWER = "newer"  # its format is one that a newer program made


class Repair(NamedTuple):
    """One code that may have been meant, and the first group (from 1) that is another one there.

    `group` is 0, and the groups are empty, where a sign is missing or one too many.
    """

    code: str
    group: int
    typed: str
    meant: str


class Reading(NamedTuple):
    """What was understood of a code.

    `code` is what was typed, in groups; unless there is `trouble`, `situation` is what it tells.
    `newer` is true when the program that made it is newer than this one; `unknown` when it tells
    of reasons, pages or programs that this one does not know, which are left out.
    """

    code: str
    situation: Situation | None = None
    trouble: Trouble | None = None
    repairs: tuple[Repair, ...] = ()
    newer: bool = False
    unknown: bool = False


def read(text: str, own: str = __version__) -> Reading:
    """What a code tells, however it was typed; `own` is the version of this program."""
    signs = symbols.understood(text[: 4 * symbols.LONGEST])
    shown = symbols.grouped(signs)
    if not signs:
        return Reading(shown, trouble=Trouble.EMPTY)
    if not symbols.is_sound(signs):
        return Reading(shown, trouble=Trouble.MISTYPED, repairs=tuple(_repairs(signs)))
    if symbols.values(signs)[0] > FORMAT:
        return Reading(shown, trouble=Trouble.NEWER, newer=True)
    told = _told(signs)
    if told is None:
        return Reading(shown, trouble=Trouble.MISTYPED, repairs=tuple(_repairs(signs)))
    value, unknown = told
    newer = unknown or value.version > situation.release(own)
    return Reading(shown, value, newer=newer, unknown=unknown)


def _repairs(signs: str) -> Iterator[Repair]:
    """The codes that may have been meant: one mistake away, and telling something."""
    for meant in symbols.repairs(signs):
        if _told(meant) is not None:
            yield _repair(signs, meant)


def _repair(signs: str, meant: str) -> Repair:
    """Where the two differ first; the groups only where both are cut alike."""
    if len(signs) != len(meant):
        return Repair(symbols.grouped(meant), 0, "", "")
    both = zip(symbols.groups(signs), symbols.groups(meant), strict=True)
    number, (typed, other) = next(each for each in enumerate(both, 1) if each[1][0] != each[1][1])
    return Repair(symbols.grouped(meant), number, typed, other)


class _Nonsense(Exception):
    """These numbers were not made by this format."""


def _told(signs: str) -> tuple[Situation, bool] | None:
    """What sound signs of this format tell, and whether some of it is unknown to us."""
    first, *packed = symbols.values(signs)[:-2]
    if first != FORMAT:
        return None
    unpacker = Unpacker(int("".join(f"{digit:x}" for digit in packed), 16))
    try:
        found = _take(unpacker)
    except _Nonsense:
        return None
    padding = len(packed) > symbols.SHORTEST - _AROUND and not packed[0]
    return found if unpacker.is_empty and not padding else None


def _take(unpacker: Unpacker) -> tuple[Situation, bool]:
    page = unpacker.take(numbers.OF_PAGES)
    major, minor, patch = (unpacker.take(weights) for weights in _VERSIONS)
    platform = numbers.PLATFORM_OF[unpacker.take(numbers.OF_PLATFORMS)]
    programs = _several(unpacker, numbers.OF_PROGRAM_COUNTS, numbers.OF_PROGRAMS)
    if programs != sorted(programs):
        raise _Nonsense
    verdicts = _verdicts(unpacker)
    reasons = _several(unpacker, numbers.OF_REASON_COUNTS, numbers.OF_REASONS)
    known = tuple(numbers.REASON_OF[each] for each in reasons if each in numbers.REASON_OF)
    last = Last(unpacker.take(numbers.OF_LAST))
    picture = _picture(unpacker, known, whole=len(known) == len(reasons))
    value = Situation(
        page=page,
        version=(major, minor, patch),
        platform=platform,
        programs=tuple(situation.program_of(each) for each in programs),
        verdicts=tuple((each, count) for each, count in verdicts if each is not None),
        reasons=known,
        last=last,
        picture=picture or Picture.UNKNOWN,
        more=bool(unpacker.take(numbers.OF_MORE)),
    )
    lost = len(verdicts) - len(value.verdicts) + len(reasons) - len(known)
    return value, lost > 0 or picture is None


def _several(unpacker: Unpacker, counts: tuple[int, ...], weights: tuple[int, ...]) -> list[int]:
    """As many numbers as the next choice says, none of them twice."""
    found = [unpacker.take(weights) for _ in range(unpacker.take(counts))]
    if len(found) != len(set(found)):
        raise _Nonsense
    return found


def _verdicts(unpacker: Unpacker) -> list[tuple[Verdict | None, int]]:
    """Kinds of verdicts and their counts; None for a kind that we do not know."""
    found = [
        (unpacker.take(numbers.OF_VERDICTS), unpacker.take(numbers.OF_ACCOUNTS))
        for _ in range(unpacker.take(numbers.OF_VERDICT_COUNTS))
    ]
    if len(found) != len(dict(found)):
        raise _Nonsense
    return [(numbers.VERDICT_OF.get(number), count) for number, count in found]


def _picture(unpacker: Unpacker, reasons: tuple[str, ...], *, whole: bool) -> Picture | None:
    """The picture of the network; None for one that we do not know.

    `whole` is whether every reason is known, so that we can tell what they say of the network.
    """
    expected = situation.picture_of(reasons, looked=False)
    number = unpacker.take(numbers.OF_PICTURES) - 1
    if whole and number == expected.value:
        raise _Nonsense  # it would have been left to the reasons
    if number < 0:
        return expected
    return next((each for each in Picture if each.value == number), None)
