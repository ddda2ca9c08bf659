"""The sixteen signs of a support code, and the check that tells where one was misheard.

No two of them look or sound alike on a phone, in Portuguese or in English: of each family that
does (B C D E G P T V Z; M N; F S; O 0; I L 1; A H K 8; 5 9; 3 6; U W) one member is in the
alphabet, and whoever types another member of it is understood.

The signs are the elements of the field of sixteen. The last two are chosen so that two sums are
nothing: that of all signs, and that of all signs weighted by their place. Any single wrong sign
makes the first one something, and both together tell which place it is; two neighbours exchanged
leave the first and break the second. (This is a Reed-Solomon code with two check signs.)
"""

from __future__ import annotations

import re

ALPHABET = "023479FHJLMPRWXY"
SHORTEST = 7
LONGEST = 15  # the places have fifteen different weights

_FAMILIES = {"P": "BCDEGTVZ", "M": "N", "F": "S", "0": "O", "L": "1I", "H": "8A", "J": "K"}
_FAMILIES |= {"9": "5", "3": "6", "W": "U"}
_UNDERSTOOD = {other: one for one, others in _FAMILIES.items() for other in others}
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212_.,;:/]+")
_FOLD = 0b10011  # x^4 + x + 1, by which the field is made; x generates it


def _powers() -> tuple[int, ...]:
    found = [1]
    while len(found) < LONGEST:
        twice = found[-1] << 1
        found.append(twice ^ _FOLD if twice & 0b10000 else twice)
    return tuple(found)


_POWERS = _powers()
_PLACES = {power: place for place, power in enumerate(_POWERS)}


def times(one: int, other: int) -> int:
    """The product in the field of sixteen."""
    if not one or not other:
        return 0
    return _POWERS[(_PLACES[one] + _PLACES[other]) % LONGEST]


def over(one: int, other: int) -> int:
    """The quotient in the field of sixteen."""
    return times(one, _POWERS[-_PLACES[other] % LONGEST])


def sums(values: list[int]) -> tuple[int, int]:
    """The two sums that are nothing in a code without a mistake."""
    plain = weighted = 0
    for place, value in enumerate(values):
        plain ^= value
        weighted ^= times(value, _POWERS[place])
    return plain, weighted


def sealed(values: list[int]) -> list[int]:
    """These values and the two that make both sums nothing."""
    plain, weighted = sums(values)
    last = len(values) + 1
    there, here = _POWERS[last], _POWERS[last - 1]
    first = over(weighted ^ times(plain, there), here ^ there)
    return [*values, first, plain ^ first]


def grouped(signs: str) -> str:
    """In groups of three or four, the longer ones first."""
    return "-".join(groups(signs))


def groups(signs: str) -> list[str]:
    """The groups in which a code is shown and read aloud."""
    count = -(-len(signs) // 4) or 1
    short, longer = divmod(len(signs), count)
    found, start = [], 0
    for number in range(count):
        end = start + short + (number < longer)
        found.append(signs[start:end])
        start = end
    return found


def understood(text: str) -> str:
    """What somebody typed as signs of the alphabet; what is none of them becomes a "?"."""
    typed = _BETWEEN.sub("", text).upper()
    known = (_UNDERSTOOD.get(sign, sign) for sign in typed)
    return "".join(sign if sign in ALPHABET else "?" for sign in known)


def values(signs: str) -> list[int]:
    """The numbers of these signs."""
    return [ALPHABET.index(sign) for sign in signs]


def spelled(numbers: list[int]) -> str:
    """These numbers as signs."""
    return "".join(ALPHABET[number] for number in numbers)


def is_sound(signs: str) -> bool:
    """Whether this is as long as a code may be, of our signs only, and both sums are nothing."""
    return SHORTEST <= len(signs) <= LONGEST and "?" not in signs and not any(sums(values(signs)))


def repairs(signs: str) -> list[str]:
    """Every sound code that one mistake turns into this, the likelier mistakes first.

    A wrong sign, or one that is no sign at all; two neighbours exchanged; one too few or too many.
    At most one code can be meant by a wrong sign.
    """
    if len(signs) > LONGEST + 1 or signs.count("?") > 1:
        return []
    near = [*_with_another(signs), *_exchanged(signs)]
    near += [*_with_one_more(signs), *_with_one_less(signs)]
    return [each for each in dict.fromkeys(near) if each != signs and is_sound(each)]


def _with_another(signs: str) -> list[str]:
    return [
        signs[:place] + other + signs[place + 1 :]
        for place in range(len(signs))
        for other in ALPHABET
    ]


def _exchanged(signs: str) -> list[str]:
    return [
        signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
        for place in range(len(signs) - 1)
    ]


def _with_one_more(signs: str) -> list[str]:
    return [
        signs[:place] + other + signs[place:]
        for place in range(len(signs) + 1)
        for other in ALPHABET
    ]


def _with_one_less(signs: str) -> list[str]:
    return [signs[:place] + signs[place + 1 :] for place in range(len(signs))]
