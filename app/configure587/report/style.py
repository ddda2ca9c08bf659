"""How text is set: the language, whether plainly, whether in color."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configure587.policy import Contact

if TYPE_CHECKING:
    import gettext


class Style(NamedTuple):
    """`plain` is for screen readers: one labelled sentence a line, no signs, no columns.

    `command` is how we were called, with the options that must be said again; `ids` shows the
    ids that --only and --skip take; in a `rehearsal` nothing has happened. `contact` is whom the
    person may ask.
    """

    texts: gettext.NullTranslations
    plain: bool = False
    color: bool = False
    command: str = "configure587"
    ids: bool = False
    rehearsal: bool = False
    contact: Contact = Contact()
