"""When a log line was written: with a year or without, always in the log's own time."""

from __future__ import annotations

import datetime as dt
import functools

OLD = rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
ISO = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
ANY = OLD + rb"|" + ISO
ZONE = rb"(?: ?[+-]\d\d:?\d\d|Z)?"
"""What may stand at the beginning of a line, as a regular expression."""

_MONTHS = {
    name: number
    for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_DAY = dt.timedelta(days=1)
_LEAP = 8  # as many years may lie between two leap years


@functools.lru_cache(maxsize=4096)  # a busy server sends many in a second
def when(stamp: bytes, today: dt.date) -> dt.datetime | None:
    """The moment that a stamp names, or None; without a year, the last such day up to tomorrow.

    A server east of us may be a day ahead, hence tomorrow. The zone of a stamp is not applied:
    whoever reads the report compares it with the log.
    """
    try:
        if stamp[:1].isdigit():
            return dt.datetime.fromisoformat(stamp[:19].decode("ascii"))
        day = _day(stamp[:6], today)
        return None if day is None else dt.datetime.combine(day, _time(stamp[7:15]))
    except ValueError:
        return None


def _time(text: bytes) -> dt.time:
    return dt.time.fromisoformat(text.decode("ascii"))


@functools.lru_cache(maxsize=1024)
def _day(text: bytes, today: dt.date) -> dt.date | None:
    """29 February is looked for in the years before."""
    month, number = _MONTHS.get(text[:3], 0), int(text[3:])
    for year in range(today.year + 1, today.year - _LEAP, -1):
        try:
            found = dt.date(year, month, number)
        except ValueError:
            continue
        if found <= today + _DAY:
            return found
    return None
