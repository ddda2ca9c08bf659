r"""Names as Windows compares them: each UTF-16 code unit on its own, by one table of capitals.

The kernel compares names of keys and values by RtlUpcaseUnicodeChar. Its table is Microsoft's
"Windows 8 Upper Case Mapping Table" ([MS-UCODEREF] 3.1.5.3; Linux keeps a copy in
fs/smb/client/winucase.c): no name gets longer or shorter, no language matters. Two rules give the
same table from Python's own: a letter has a capital only if the way back leads to it (so
not sharp s, dotless i, long s, final sigma, the micro sign), and what Unicode paired after its
version 5.1 stays apart. Letters beyond U+FFFF are two code units, and neither has a capital.
"""

from __future__ import annotations

import functools
import re

# Letters that had a capital by Unicode 5.1, as ranges in which no later version may add a pair.
_OLD_ENOUGH = re.compile(
    r"[\u00e0-\u019a\u019c-\u023e\u0241-\u0251\u0253-\u025b\u0260\u0263\u0268\u0269\u026b\u026f"
    r"\u0271\u0272\u0275\u027d\u0280\u0283\u0288-\u028c\u0292\u0371-\u037d\u03ac-\u03ef\u03f2"
    r"\u03f8\u03fb\u0430-\u0523\u0561-\u0586\u1d79\u1d7d\u1e01-\u1fff\u214e\u2170-\u217f\u2184"
    r"\u24d0-\u24e9\u2c30-\u2c5e\u2c61-\u2ce3\u2d00-\u2d25\ua641-\ua65f\ua663-\ua697"
    r"\ua723-\ua787\ua78c\uff41-\uff5a]"
)


def fold(name: str) -> str:
    """The spelling that all names share which Windows takes for the same one."""
    if name.isascii():
        return name.upper()
    return "".join(map(_capital, name))


def same(one: str, other: str) -> bool:
    """Whether Windows takes both for the same name."""
    return fold(one) == fold(other)


@functools.lru_cache(maxsize=4096)
def _capital(letter: str) -> str:
    if letter.isascii():
        return letter.upper()
    if not _OLD_ENOUGH.fullmatch(letter):
        return letter
    capital = letter.upper()
    if len(capital) > 1:
        # Greek with iota: Python adds an iota, Windows uses the one letter for titles.
        capital = letter.title()
    return capital if capital.lower() == letter else letter
