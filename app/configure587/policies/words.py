"""What the keys of a policy mean and allow, as whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_

if TYPE_CHECKING:
    import gettext

    from configure587.model import Reason

ALLOWED = {
    "one_of": N_("one of: {words}"),
    "yes_or_no": N_("true or false"),
    "number_between": N_("a whole number from {least} to {most}"),
    "some_text": N_("text on one line"),
    "old_port": N_("a port from 1 to 65535 from which people are to be moved, so not 587 or 465"),
    "some_host": N_("the name of a server, such as smtp.example.com"),
    "some_domain": N_("the name of a domain, such as example.com"),
    "some_account": N_("a mail address, or an id as scan --verbose shows it"),
    "some_folder": N_("a folder, with its whole path"),
    "some_file": N_("a picture file (PNG, JPEG or SVG), with its whole path"),
    "some_site": N_("an address that begins with https://"),
    "host_map": N_(
        'a table of old server = "new server", behind which may stand how to sign in: '
        "keep, address or local-part"
    ),
    "host_loop": N_("a server once only: {host} is both an old and a new one"),
    "rings": N_('a list of rings with their percentages, such as ["pilot 5", "all 95"]'),
    "rings_too_many": N_("percentages that come to 100 or less together"),
    "each_once": N_("each item once"),
}
"""What is allowed, as words; "list_of" is "a list; each item is: …"."""

LIST_OF = N_("a list; each item is: {item}")

KEYS = {
    "clients": N_("Only these mail programs. Without it: all that are known."),
    "due-ports": N_("The ports from which people are moved. Without it: 25."),
    "targets": N_("Where to go, the best first. Without it: 587/starttls."),
    "probe": N_(
        "Whether a server must be proven before anything changes. require: else nothing is "
        "changed; warn: look, and change all the same; off: look at no server."
    ),
    "online": N_("Whether the provider's site, Thunderbird's database and DNS may be asked."),
    "host-map": N_(
        "Servers that have a new name. The new one is proven before anything changes, and the mail "
        "program may ask for the password again."
    ),
    "include-hosts": N_("Only accounts that send through these servers."),
    "exclude-hosts": N_("Never accounts that send through these servers."),
    "include-domains": N_("Only accounts whose addresses are all in these domains."),
    "exclude-domains": N_("Never accounts with an address in these domains."),
    "leave-alone": N_("Accounts that are never changed."),
    "accept-hosts": N_("Servers of another name that may be used, once they are proven."),
    "when-running": N_(
        "What to do while a mail program is open. skip: leave it; wait: wait until it is closed; "
        "next-sign-in: do it when the person signs in again."
    ),
    "wait-seconds": N_("With when-running = wait: how many seconds at most."),
    "report": N_("The folder for the reports of unattended runs; a share will do."),
    "report-addresses": N_("Whether reports name mail addresses and servers. Without it: no."),
    "backups-kept": N_("How many backups each person keeps; 0 keeps all."),
    "rings": N_("Rings in their order, and how many percent of the computers are in each."),
    "limit": N_("How many computers may be changed in all, counted from the reports; 0: any."),
    "stop-if-failed": N_("At how many percent of failed computers the others wait."),
    "language": N_("The language of all texts."),
    "window-offers": N_("What the window offers. Without it: everything."),
    "updates": N_("Whether a person may have the program look for new versions."),
    "support-name": N_("Who helps: the name of the provider or of the help desk."),
    "support-phone": N_("Its phone number."),
    "support-site": N_("Its site on the web."),
    "support-logo": N_("Its logo; a path without a root begins at the policy file's folder."),
}
"""Key -> what it is for."""


def allowed(texts: gettext.NullTranslations, what: Reason) -> str:
    """What a key allows, as part of a sentence."""
    _ = texts.gettext
    fields = dict(what.fields)
    if what.code != "list_of":
        return _(ALLOWED[what.code]).format(**fields)
    item = ALLOWED[str(fields.pop("item"))]
    return _(LIST_OF).format(item=_(item).format(**fields))
