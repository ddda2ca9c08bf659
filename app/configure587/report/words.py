"""What fields of sentences may hold that is itself to be translated."""

from __future__ import annotations

from configure587.i18n import N_

# What may stand somewhere in a table of providers; lists of words are shown as they are.
ALLOWED = {
    "text": N_("some text on one line"),
    "names": N_('a list of names, such as ["example.com.br"]'),
    "host": N_("a server's name, such as smtp.example.com.br"),
    "servers": N_('a list such as [{ host = "…", port = 587, security = "starttls" }]'),
    "doors": N_("port 587 with starttls, or port 465 with tls"),
    "date": N_("a day without quotation marks, such as 2026-11-24"),
    "id": N_("small letters, numbers and single hyphens"),
}

METHODS = {
    "invalid": N_("none of the known ones"),
    "old": N_("an old one"),
    "cram-md5": N_("Encrypted password"),
    "secure": N_("a protected one"),
    "any": N_("any"),
}
