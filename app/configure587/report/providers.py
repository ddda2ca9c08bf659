"""What we know of mail providers, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.report import sentences, text, wire
from configure587.submission.providers import (
    PLACE_OF_DOMAIN,
    Confidence,
    Note,
    Rewrite,
    SignIn,
    UserForm,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.report.documents import ProviderJson, ProvidersJson
    from configure587.report.style import Style
    from configure587.submission.ispdb import Skipped
    from configure587.submission.providers import Provider

USER_FORMS = {
    UserForm.ADDRESS: N_("User name: your whole address."),
    UserForm.LOCAL: N_("User name: the part of your address before the @."),
    UserForm.OTHER: N_("User name: not your address, or nobody has told us which."),
}

SIGN_INS = {
    SignIn.PASSWORD: N_("Sign-in: with your password."),
    SignIn.APP_PASSWORD: N_(
        "Sign-in: with a password that the provider makes for your mail program alone "
        "(app password). Your usual one is refused."
    ),
    SignIn.OAUTH2: N_(
        "Sign-in: in a window of the provider (OAuth2), no password in the mail program. "
        "A change of port alone cures nothing where a program cannot do that."
    ),
    SignIn.OAUTH2_OR_APP_PASSWORD: N_(
        "Sign-in: in a window of the provider (OAuth2), or with a password that it makes for your "
        "mail program alone (app password). Your usual one may be refused."
    ),
    SignIn.BRIDGE: N_("Sign-in: with what the provider's own program on this computer shows you."),
}

CONFIDENCES = {
    Confidence.HIGH: N_("high"),
    Confidence.MEDIUM: N_("medium"),
    Confidence.LOW: N_("low"),
}

CERTAINTY = {
    Confidence.HIGH: N_(
        "How certain: high. The provider says so, or a list that many people check."
    ),
    Confidence.MEDIUM: N_(
        "How certain: medium. Sources that know nothing of each other agree; we have not read it "
        "on a page of the provider."
    ),
    Confidence.LOW: N_("How certain: low. It is worth a look and no more."),
}

SOURCES = {
    source: source
    for source in (
        N_("Thunderbird ISP database"),
        N_("guides and public configurations"),
        N_("presets of other programs"),
        N_("public configurations"),
        N_("public configurations and provider lists"),
        N_("public configurations of different owners"),
        N_("the provider's page and public configurations"),
    )
}

NOTES = {
    Note.ACCESS_SWITCH: N_(
        "In the settings of its webmail, access by mail programs has to be switched on."
    ),
    Note.ACCOUNTS_CUT_BACK: N_(
        "The provider has cut back its free accounts. If signing in is refused, the port may have "
        "nothing to do with it."
    ),
    Note.ADMINISTRATOR_DECIDES: N_(
        "Your organisation's administrator decides how you may sign in, and whether mail programs "
        "may send at all."
    ),
    Note.APP_PASSWORD_WITH_TWO_STEP: N_(
        "If you sign in in two steps, the mail program needs a password of its own (app password)."
    ),
    Note.BRIDGE_ITS_OWN: N_(
        "Mail goes through Proton Bridge on your own computer, which sets server, port and "
        "password. We leave these settings alone."
    ),
    Note.CARD_NUMBER: N_("The user name is the number of your university card."),
    Note.HOSTER_CERTIFICATE: N_(
        "Names such as smtp.{domain} often show the certificate of the hoster itself, so the "
        "protected connection fails there. The hoster's own name above is the one to use."
    ),
    Note.KEEP_SERVER_NAME: N_(
        "If your mail program names the machine itself, such as srv10.prodns.com.br, keep that "
        "name: the certificate is made out to it."
    ),
    Note.LIMITS: N_(
        "The provider limits how much you may send. A message that is refused after signing in is "
        "no question of the port."
    ),
    Note.MOVED: N_("The provider has handed its mail over to another one."),
    Note.NO_MAILBOX: N_(
        "This is a service for sending in bulk, not a mailbox. Keep its server and its user name."
    ),
    Note.ONE_NAME_PER_PORT: N_("Each port has a name of its own: do not mix them."),
    Note.OWN_ADDRESS_ONLY: N_(
        "It sends only for the address that signs in, and for that account's own aliases."
    ),
    Note.PAID_ONLY: N_("As far as we know, mail programs can send with paid accounts only."),
    Note.PASSWORD_ENDS: N_(
        "Microsoft has announced that sending with a password is switched off by default at the "
        "end of December 2026. An administrator may switch it on again for a while."
    ),
    Note.REGIONS: N_(
        "Accounts of other regions have other servers, with the ending of that region."
    ),
    Note.SECOND_PORT_UNCONFIRMED: N_(
        "The second port above comes from public configurations only."
    ),
    Note.SISTER_NAMES: N_(
        "Several names are in use. Keep the one that you have, and try another only if it fails."
    ),
    Note.STARTTLS_UNCONFIRMED: N_(
        "Whether port 587 is protected there, no source says for certain. A test shows it."
    ),
    Note.STATE_UNKNOWN: N_("We do not know whether this service is still there for everyone."),
    Note.UNITS_DIFFER: N_("Departments and institutes may have servers of their own."),
    Note.USER_FORM_DISPUTED: N_(
        "Sources differ on the user name: some have the whole address, others only the part before "
        "the @. Keep the one that you have, and try the other if signing in is refused."
    ),
}

SKIPPED = {
    "too_large": N_("{file}: left out, it is too large."),
    "not_xml": N_("{file}: left out, it is damaged or not safe to read."),
    "other_xml": N_("{file}: left out, it is no file of that database."),
    "unreadable": N_("{file}: left out, it could not be read."),
    "nothing_protected": N_("{file}: left out, it names no protected way to send."),
    "no_name": N_("{file}: left out, its name has neither letters nor numbers."),
    "taken": N_("{file}: left out, an earlier file has the same domains."),
}


def listed(style: Style, rows: Sequence[Provider]) -> Iterator[str]:
    """Every provider on a line: id, name, how many domains, how certain."""
    _, ngettext = style.texts.gettext, style.texts.ngettext
    if not style.plain:
        yield from _columns(style, rows)
    for row in rows if style.plain else ():
        count = len(row.domains)
        line = ngettext(
            "{name}, ID {id}: {count} domain; how certain: {confidence}.",
            "{name}, ID {id}: {count} domains; how certain: {confidence}.",
            count,
        )
        confidence = _(CONFIDENCES[row.confidence])
        yield line.format(name=row.name, id=row.id, count=count, confidence=confidence)
    line = ngettext("{count} provider.", "{count} providers.", len(rows))
    yield line.format(count=len(rows))


def _columns(style: Style, rows: Sequence[Provider]) -> Iterator[str]:
    _ = style.texts.gettext
    heads = (_("ID"), _("Name"), _("Domains"), _("How certain"))
    cells_of = (
        (row.id, row.name, str(len(row.domains)), _(CONFIDENCES[row.confidence])) for row in rows
    )
    lines = [heads, *cells_of]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()
    yield ""


def shown(style: Style, row: Provider) -> Iterator[str]:
    """All that we know of a provider, in plain words."""
    _ = style.texts.gettext
    own = _("YOUR-DOMAIN")
    yield _("{name} (ID {id})").format(name=row.name, id=row.id)
    for server in row.servers:
        host = server.host.replace(PLACE_OF_DOMAIN, own)
        line = _("Outgoing server: {host}, port {port}, {protection}.")
        protection = _(sentences.PROTECTION[server.security])
        yield from text.sentence(
            style, line.format(host=host, port=server.port, protection=protection)
        )
    yield from text.sentence(style, _(USER_FORMS[row.user]))
    yield from text.sentence(style, _(SIGN_INS[row.sign_in]))
    if row.own_domains:
        yield from text.sentence(style, _("Its customers may have domains of their own."))
    if row.old_hosts:
        line = _("Old names, which the servers above replace: {hosts}.")
        yield from text.sentence(style, line.format(hosts=", ".join(row.old_hosts)))
    for note in row.notes:
        yield from text.sentence(style, _(NOTES[note]).replace(PLACE_OF_DOMAIN, own))
    source = _(SOURCES.get(row.source, row.source))
    line = _("Source: {source}, as of {date}.").format(source=source, date=row.date)
    yield from text.sentence(style, line)
    yield from text.sentence(style, _(CERTAINTY[row.confidence]))
    if row.rewrite is not Rewrite.NEVER:
        line = _("Nothing of this is used before the server itself has been tested.")
        yield from text.sentence(style, line)
    yield ""


def written(style: Style, count: int, path: str) -> str:
    """That an import is in a file."""
    ngettext = style.texts.ngettext
    line = ngettext("{count} provider is in {path}.", "{count} providers are in {path}.", count)
    return line.format(count=count, path=path)


def skipped(style: Style, values: Sequence[Skipped]) -> Iterator[str]:
    """The files that gave no row, each with its reason."""
    for value in values:
        line = style.texts.gettext(SKIPPED[value.why])
        yield from text.sentence(style, line.format(file=value.file))


def document(
    rows: Sequence[Provider], skipped: Sequence[Skipped] = (), notice: str = ""
) -> ProvidersJson:
    """Rows for JSON; with what an import left out, and the licence of the rest."""
    return {
        "schema": wire.SCHEMA,
        "kind": "providers",
        "providers": [_row(row) for row in rows],
        "skipped": [{"file": each.file, "why": each.why} for each in skipped],
        "notice": notice,
    }


def _row(row: Provider) -> ProviderJson:
    return {
        "id": row.id,
        "name": row.name,
        "domains": list(row.domains),
        "own_domains": row.own_domains,
        "old_hosts": list(row.old_hosts),
        "incoming_hosts": list(row.incoming_hosts),
        "mx": list(row.mx),
        "servers": [
            {"host": each.host, "port": each.port, "security": each.security.value}
            for each in row.servers
        ],
        "user": row.user.value,
        "sign_in": row.sign_in.value,
        "rewrite": row.rewrite.value,
        "notes": [note.value for note in row.notes],
        "source": row.source,
        "date": row.date,
        "confidence": row.confidence.value,
    }
