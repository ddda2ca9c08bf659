"""Every code that the engine knows, as a whole sentence: what happened, what it means, what to do.

Fields in braces are filled in after translation. Unknown codes show themselves rather than fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.model import Result, Security, State, Verdict
from configure587.report import words

if TYPE_CHECKING:
    import gettext

    from configure587.model import Reason

VERDICTS = {
    Verdict.DUE: N_("Needs the change"),
    Verdict.HALF_WAY: N_("Almost there"),
    Verdict.FINE: N_("All good"),
    Verdict.LEFT_ALONE: N_("Left as it is"),
    Verdict.STUCK: N_("Needs you"),
    Verdict.BLOCKED: N_("Managed by your organisation"),
    Verdict.GUIDED: N_("Follow the steps"),
    Verdict.UNREADABLE: N_("Could not be read"),
    Verdict.UNPROVEN: N_("Server not confirmed"),
}

PROTECTION = {
    Security.NONE: N_("no protection"),
    Security.OPPORTUNISTIC: N_("protection only if the server offers it"),
    Security.STARTTLS: N_("protected connection (STARTTLS)"),
    Security.TLS: N_("protected connection (TLS)"),
}

# Programs whose name is another one in another language; all others keep theirs.
PROGRAMS = {
    "Outlook (new)": N_("Outlook (new)"),
    "Mail (Windows 10)": N_("Mail (Windows 10)"),
    "Outlook for Mac": N_("Outlook for Mac"),
}

RESULTS = {
    Result.CHANGED: N_("Changed and checked"),
    Result.UNDONE: N_("Undone"),
    Result.UNCHANGED: N_("Nothing to do"),
    Result.KEPT: N_("Left as it is"),
    Result.UNREADABLE: N_("Not all of it is undone: something there cannot be read"),
    Result.DEFERRED: N_("Left for later: the mail program is open"),
    Result.DENIED: N_("Not changed: no permission"),
    Result.STALE: N_("Not changed: the settings changed meanwhile"),
    Result.FAILED: N_("Not changed: something went wrong, and everything was put back"),
    Result.BROKEN: N_(
        "Something went wrong; Configure 587! puts everything back when it is next started"
    ),
    Result.STOPPED: N_("Stopped, and everything was put back"),
}

# In a rehearsal nothing has happened yet.
REHEARSED = {
    Result.CHANGED: N_("Would be changed"),
    Result.UNDONE: N_("Would be undone"),
}

# An interrupted run could not be put right: nothing was put back, it is tried again.
NOT_YET = {
    Result.DENIED: N_("Not put right yet: no permission"),
    **dict.fromkeys(
        (Result.STALE, Result.FAILED, Result.BROKEN, Result.STOPPED),
        N_("Not put right yet: something went wrong"),
    ),
}

STATES = {
    State.PREPARED: N_("Not finished: Configure 587! puts everything back when it is next started"),
    State.APPLIED: N_("Changed; can be undone"),
    State.ROLLED_BACK: N_("Undone"),
    State.KEPT_IN_PART: N_("Undone, but for values that somebody changed since"),
    State.NOTHING: N_("Nothing was changed"),
    State.DAMAGED: N_("Damaged"),
}

REASONS = {
    "port_25": N_(
        "Many internet providers close port 25 at home. Port 587 is the one made for sending."
    ),
    "due_port": N_("It sends through port {port}, which is to be left behind."),
    "asked_for": N_("It sends through port {port}; you asked for this account to be changed."),
    "not_protected": N_(
        "It already sends through port 587, but the connection is not protected for certain."
    ),
    "odd_port": N_(
        "It sends through port {port}, which somebody must have chosen on purpose. "
        "To change it all the same, name it with --only."
    ),
    "local_host": N_(
        "The outgoing server {host} belongs to this computer or its own network: an antivirus, "
        "a program in between or an office server. To change it all the same, name it with --only."
    ),
    "left_by_policy": N_("Your organisation wants this account left as it is."),
    "host_mapped": N_(
        "Your organisation has moved the outgoing server from {host} to {other}. The mail program "
        "may ask for the password again."
    ),
    "policy_wins": N_("{key} is set by your organisation ({path}), so what you said is not used."),
    "tls_on_odd_port": N_(
        "It sends through port {port} with protection from the first moment. "
        "We never lower a protection."
    ),
    "not_smtp": N_(
        'This account sends in another way ("{type}"), not through an ordinary outgoing server, '
        "so no port needs changing."
    ),
    "no_hostname": N_("This entry names no outgoing server, so it sends nothing."),
    "unusable_port": N_(
        "The port {port} does not exist, so nothing can be sent. "
        "Ask your mail provider for the outgoing server on port 587 and enter it by hand."
    ),
    "version_unknown": N_(
        "No port is set, and we could not tell which version of the program used this profile "
        "last. We treat it as a recent one, for which that means port 587."
    ),
    "absent_means_25": N_("No port is set, and this version of the program then takes port 25."),
    "opportunistic_is_none": N_(
        'This version of the program takes "if available" as no protection at all.'
    ),
    "certificate_exception": N_(
        "You once accepted the identity document (certificate) of {host} by hand, for port 25 "
        "only. On port 587 the program will ask again when you send."
    ),
    "sign_in_unlikely": N_(
        'The sign-in method is set to "{method}", which most servers do not accept on port 587. '
        'If sending fails, choose "Normal password" in the outgoing server\'s settings.'
    ),
    "sign_in_needed": N_(
        "It sends without user name and password today, but port 587 asks for them. In the "
        "outgoing server's settings choose STARTTLS, then sign-in with user name and password; "
        "then start again here."
    ),
    "sign_in_added": N_(
        "Port 587 asks for user name and password, so the change includes signing in as "
        "{username}. If the program asks for the password when you send, enter that of this "
        "account."
    ),
    "locked": N_(
        "This setting is managed by your organisation: {path} decides {name}. "
        "Only your administrator can change it."
    ),
    "decided_elsewhere": N_(
        "Your organisation's settings in {path} may decide this, in a way we cannot read for "
        "certain. We leave it to your administrator."
    ),
    "autoconfig_unclear": N_(
        "{path} is a small program that sets mail settings; we cannot foresee what it decides."
    ),
    "autoconfig_from_network": N_("{path} fetches mail settings from the network."),
    "settings_file_unreadable": N_("{path} could not be read."),
    "passwords_again": N_(
        "Passwords that stood in the file could not be put back. The mail program will ask for "
        "them: type them again."
    ),
    "managed_setup": N_("{path} holds your organisation's rules for setting this program up."),
    "odd_value": N_(
        "{name} in {path} is not as this program writes it, so we do not touch the account. "
        "Look at its settings in the program itself."
    ),
    "odd_value_kept": N_(
        "{name} is written in {path} in an unusual way, which we could not put back exactly, so we "
        "do not touch the account. You can change its settings in the program itself."
    ),
    "odd_key": N_(
        "The name of this profile holds a line break or a character like it, so no backup of it "
        "could be made, and we do not touch it. You can change its settings in the program itself."
    ),
    "account_file_damaged": N_(
        "The account file {path} is damaged or not as the program writes it, so we do not touch it."
    ),
    "starttls_unsure": N_(
        "Nobody documents whether this program can protect the connection on port 587. To try it "
        "all the same, name this account with --only, and send yourself a test message at once: "
        "if that fails, undo the change. Port 465 is the safer way where your provider offers it "
        "(--target 465)."
    ),
    "starttls_unsure_today": N_(
        "It sends through port 587 with a protected connection, and nobody documents whether this "
        "program can do that. If your messages arrive, there is nothing to do. If they do not, "
        "choose port 465 in the account's settings, where your provider offers it."
    ),
    "outlook_not_current": N_(
        "These settings belong to a version of Outlook that is no longer installed, so nothing "
        "is sent with them."
    ),
    "outlook_too_old": N_(
        "This version of Outlook is too old to protect the connection on port 587. "
        "Use your provider's webmail, or a newer mail program."
    ),
    "outlook_version_unknown": N_(
        "We could not tell which version of Outlook uses these settings, so we do not touch them."
    ),
    "outlook_corporate": N_(
        "This profile is of a very old Outlook (98 or 2000), which keeps its outgoing server where "
        "no other program should change it."
    ),
    "outlook_from_store": N_(
        "This Outlook comes from Microsoft's Store and may keep its settings where we cannot see "
        "them, so a change of ours might not count."
    ),
    "outlook_oauth": N_(
        "You sign in to this account in a window of your provider, not with a password that "
        "Outlook keeps. Such an account is set up by Outlook itself, so we do not touch it."
    ),
    "outlook_ssl_unclear": N_(
        "An old setting of this account switches protection on, beside the one that newer versions "
        "have, and nobody documents which of them counts. We leave the choice to you."
    ),
    "outlook_ssl_old_only": N_(
        "Only an old setting of this account switches protection on, and nobody documents whether "
        "this Outlook still heeds it. In the outgoing server's settings choose port 587 with "
        "STARTTLS, or port 465 with SSL/TLS, and save them."
    ),
    "outlook_pop_first": N_(
        "It signs in by fetching mail first, which does not work on port 587. In the outgoing "
        "server's settings choose to sign in with the same settings as for incoming mail."
    ),
    "no_words_for_target": N_(
        "We cannot set this program to port 587 with a protected connection. "
        "Its own settings window may be able to."
    ),
    "running": N_(
        "{program} is open. While it is open, the change would be lost. "
        "Close {program} and start again."
    ),
    "profile_list_unreadable": N_(
        "The list of profiles in {path} tells us nothing ({detail}), although there are profiles "
        "beside it. We changed nothing there."
    ),
    "guided_program": N_(
        "We cannot see how {program} is set up: it keeps its settings where no other program can "
        "read or change them safely. Nothing was changed in it. If you send mail with it, you "
        "can look and change it by hand, step by step."
    ),
    "guide_unreadable": N_(
        'The page with the steps for this program ("{guide}") is missing or damaged, so we show '
        "those for any mail program. Installing Configure 587! again brings it back."
    ),
    "carrier_nothing_known": N_(
        "What a phone would need to know of this account, we cannot see here. Set it up on the "
        "phone by hand, step by step."
    ),
    "carrier_unclear": N_(
        "We could not tell for certain how {address} fetches its mail, so we do not pass it on to "
        "a phone. Set it up there by hand, step by step."
    ),
    "carrier_unprotected": N_(
        "{address} fetches its mail without a protected connection, and on a phone, in strangers' "
        "networks, that would show your password. Ask your mail provider for the protected "
        "incoming server and set the account up on the phone by hand."
    ),
    "carrier_sign_in": N_(
        "{address} signs in in a way that a phone cannot be told in advance. Set it up on the "
        "phone by hand, step by step."
    ),
    "carrier_oauth": N_(
        "You sign in to {address} in a window of your provider. Add the account on the phone in "
        "the ordinary way, with your address: it will open that window there."
    ),
    "carrier_odd_value": N_(
        "A server's name, the user name or the address of this account has signs that a phone may "
        "not accept. Set it up on the phone by hand, step by step."
    ),
    "carrier_too_long": N_(
        "This account's names are too long for a code that a phone can read. Set it up on the "
        "phone by hand, step by step."
    ),
    "program_unused": N_(
        "{program} came with the computer, and there is no sign that anybody uses it. "
        "Nothing needs changing there."
    ),
    "other_person": N_(
        "You started this as {ran_as}, but {person} is signed in to this computer. "
        "We look after {person}'s mail."
    ),
    "root_for_another": N_(
        "You started this as root, so we look after root's mail, and not after what is in {home}. "
        "For your own mail, start it as yourself, without sudo."
    ),
    "no_permission": N_("We are not allowed to read or write {path}. Nothing was changed there."),
    "io_trouble": N_("{path} could not be read or written: {detail}. Nothing was changed there."),
    "our_bug": N_("A fault of ours ({detail}). Nothing was changed."),
    "changed_meanwhile": N_(
        "{path} changed while we were at work. Nothing was changed there; start again."
    ),
    "changed_since": N_(
        "Somebody changed this account's settings after us, "
        "so we left them as they are ({finding})."
    ),
    "profile_gone": N_("The profile is no longer there."),
    "was_interrupted": N_(
        "Last time our work was interrupted, for example by a power cut; "
        "what had been begun was put back."
    ),
    "not_verified": N_("After the change, {path} did not read as planned, so it was put back."),
    "prefs_damaged": N_(
        "{path} is damaged: it breaks off, or what it says about outgoing mail cannot be made out. "
        "We changed nothing in it. Open the mail program and look whether your accounts are there."
    ),
    "prefs_faulty": N_(
        "{path} has a mistake in another place. The mail program itself will drop that text."
    ),
    "odd_spelling": N_(
        "{name} is written in {path} in an unusual way, which we could not put back exactly. Open "
        "the mail program once and close it: it tidies its files. Then start again here."
    ),
    "port_465_unprotected": N_(
        "It uses port 465 without the protection that belongs to that port, so it can hardly send. "
        "In the outgoing server's settings choose SSL/TLS as connection security."
    ),
    "registry_file_damaged": N_(
        "The registry file cannot be understood for certain (line {line}). Nothing was changed."
    ),
    "registry_of_several": N_(
        "{path} holds the registries of several people, so we cannot tell whose mail is meant. "
        "Export one person's only."
    ),
    "edit_not_reversible": N_(
        "{path} is written in an unusual way, and we could not be certain of the way back. "
        "Nothing was changed there."
    ),
    "edit_not_safe": N_(
        "{path} is written in an unusual way, and we could not be certain to change only what we "
        "meant. Nothing was changed there."
    ),
}


_TABLES = (
    *(("detail", words.DETAILS), ("method", words.METHODS), ("program", PROGRAMS)),
    ("allowed", words.ALLOWED),
)


class _Fields(dict[str, str | int]):
    """The fields of a sentence; a missing one shows its name rather than fail."""

    def __missing__(self, name: str) -> str:
        return f"({name})"


_DATES = {"since", "until"}


def date(texts: gettext.NullTranslations, iso: str) -> str:
    """A day in ISO 8601 as the reader writes days; anything else as it is."""
    parts = iso.split("-")
    if len(parts) != 3:
        return iso
    year, month, day = parts
    pattern = texts.gettext(N_("{year}-{month}-{day}"))
    return pattern.format(year=year, month=month, day=day)


def filled(texts: gettext.NullTranslations, sentence: str, fields: dict[str, str | int]) -> str:
    """A sentence in the reader's language, its fields filled in."""
    shown = _Fields(fields)
    for name, table in _TABLES:
        word = table.get(str(fields.get(name)))
        if word is not None:
            shown[name] = texts.gettext(word)
    for name in _DATES & fields.keys():
        shown[name] = date(texts, str(fields[name]))
    return texts.gettext(sentence).format_map(shown)


def _of_proof(code: str) -> str | None:
    from configure587.report.proofs import PROOFS  # a scan never needs them

    return PROOFS.get(code)


def sentence_of(code: str) -> str | None:
    """The sentence of a reason, its fields still to be filled in; None for an unknown code."""
    return REASONS.get(code) or _of_proof(code)


def explain(texts: gettext.NullTranslations, reason: Reason) -> str:
    """A reason as a whole sentence."""
    sentence = sentence_of(reason.code)
    return reason.code if sentence is None else filled(texts, sentence, dict(reason.fields))
