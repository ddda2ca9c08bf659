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

# What the system says of a file, by the name of its errno; other names are shown as they are.
DETAILS = {
    "ENOENT": N_("it is not there"),
    "EACCES": N_("no permission"),
    "EPERM": N_("no permission"),
    "EROFS": N_("it can only be read"),
    "ENOSPC": N_("no space is left"),
    "EDQUOT": N_("no space is left"),
    "EFBIG": N_("it is too large"),
    "EISDIR": N_("it is a folder"),
    "ENOTDIR": N_("a part of its path is not a folder"),
    "EINVAL": N_("it is not an ordinary file"),
    "ELOOP": N_("it is a link that leads back to itself"),
    "ENOLCK": N_("this kind of folder knows no locks"),
    "EIO": N_("the disk does not answer as it should"),
    "missing": N_("it is not there"),
    "names no profile": N_("it names no profile"),
}
