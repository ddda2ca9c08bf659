"""How text is set: the language, whether plainly, whether in color."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import gettext


class Style(NamedTuple):
    """`plain` is for screen readers: one labelled sentence a line, no signs, no columns."""

    texts: gettext.NullTranslations
    plain: bool = False
    color: bool = False
