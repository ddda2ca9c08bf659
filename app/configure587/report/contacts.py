"""Whom a person may ask, in words: what a policy says of whoever helps, and it stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.report.text import body, shown

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterator

    from configure587.policy import Contact
    from configure587.report.style import Style


def heading(texts: gettext.NullTranslations, contact: Contact) -> str:
    """Who helps."""
    if contact.name:
        return texts.gettext("{name} helps you").format(name=shown(contact.name))
    return texts.gettext("Here you get help")


def ways(texts: gettext.NullTranslations, contact: Contact) -> list[str]:
    """How to reach them, one sentence each."""
    _ = texts.gettext
    found = []
    if contact.phone:
        found.append(_("Phone: {phone}").format(phone=shown(contact.phone)))
    if contact.site:
        found.append(_("Site: {site}").format(site=shown(contact.site)))
    return found


def advice(texts: gettext.NullTranslations, contact: Contact) -> str:
    """All of it in one sentence, for pages and lists on which something is left to do."""
    _ = texts.gettext
    fields = {name: shown(getattr(contact, name)) for name in ("name", "phone", "site")}
    sentences = {
        (True, True, True): _("If you need help, call {name} at {phone}, or visit {site}"),
        (True, True, False): _("If you need help, call {name} at {phone}."),
        (True, False, True): _("If you need help, ask {name}: {site}"),
        (True, False, False): _("If you need help, ask {name}."),
        (False, True, True): _("If you need help, call {phone}, or visit {site}"),
        (False, True, False): _("If you need help, call {phone}."),
        (False, False, True): _("If you need help, visit {site}"),
    }
    known = (bool(contact.name), bool(contact.phone), bool(contact.site))
    return sentences.get(known, "").format(**fields)


def lines(style: Style) -> Iterator[str]:
    """The same in a terminal and in a report; nothing where nobody is named."""
    words = advice(style.texts, style.contact)
    if words:
        yield from body(style, words)
