"""What an agent on the phone says next: whole sentences, by page, then by what is the matter.

First comes the sentence of the page. Where the page leaves it open what is the matter, a sentence
follows for the first reason that has one, else for the network, else for the most pressing verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.model import Verdict
from configure587.pages import Page
from configure587.support.numbers import Last, Picture
from configure587.support.situation import COMMAND_LINE, SEVERITY

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterator

    from configure587.support.situation import Situation

BY_PAGE = {
    COMMAND_LINE: N_("Thank you. You are using the program in a terminal; stay there, please."),
    Page.START.value: N_(
        "Thank you. Please press the button on this page: the program only looks, it changes "
        "nothing yet."
    ),
    Page.LOOKING.value: N_("The program is looking at your mail programs. Let us wait for it."),
    Page.FOUND.value: N_("Thank you. I can see what the program found; let us go through it."),
    Page.CHANGES.value: N_(
        "Please look through the list: it shows what is set today and what it will be. A tick "
        "stands for a change; take it away where you do not want one."
    ),
    Page.CLOSE_PROGRAM.value: N_(
        "Please close your mail program, all of its windows. If a message is half written, save it "
        "first. The program goes on by itself as soon as it is closed."
    ),
    Page.CHANGING.value: N_(
        "The program is making the change. It takes a moment; please leave the window open."
    ),
    Page.DONE.value: N_(
        "The change is made. Please open your mail program and send a test message to yourself; "
        "tell me whether it arrives."
    ),
    Page.ALL_GOOD.value: N_("Nothing has to be changed: your mail already leaves as it should."),
    Page.NO_PROGRAM.value: N_(
        "The program found no mail program on this computer. Do you read your mail in a browser or "
        "on your phone? In a browser there is nothing to change."
    ),
    Page.SERVER_TROUBLE.value: N_(
        "Your mail settings are as they were: the program changes nothing until it has confirmed "
        "the server."
    ),
    Page.NO_NETWORK.value: N_(
        "The program reached no server. Please open any site in your browser and tell me whether "
        "it appears."
    ),
    Page.OTHER_SERVER.value: N_(
        "The program found a good server under another name. Please read me that name; I will look "
        "whether it is your mail provider's before you say yes."
    ),
    Page.MODERN_SIGN_IN.value: N_(
        "Your provider wants you to sign in through a window of its own. We will set that up in "
        "the mail program, step by step."
    ),
    Page.ORGANIZATION.value: N_(
        "These settings are managed by your organisation. Please call whoever looks after its "
        "computers; I can give you the words for them."
    ),
    Page.NOT_CHANGED.value: N_(
        "The change did not succeed, and everything is as it was before. Nothing is lost."
    ),
    Page.UNDOING.value: N_(
        "The program is putting things back. It takes a moment; please leave the window open."
    ),
    Page.UNDONE.value: N_(
        "The change was undone: everything is as it was before. Please tell me what made you undo "
        "it, and we will look for another way."
    ),
    Page.CANNOT_GO_ON.value: N_("Something else has to be put right first. Nothing was changed."),
    Page.LEARN.value: N_("You are on a page to read. Please go back with the Esc key."),
    Page.GLOSSARY.value: N_("You are in the list of words. Please go back with the Esc key."),
    Page.GUIDE.value: N_(
        "We will do it together, step by step. Please read me the step you are at, and what the "
        "mail program shows."
    ),
    Page.HISTORY.value: N_(
        "You see every change that was made here. Please undo none unless we agree on it."
    ),
    Page.WHOLE_FILE.value: N_(
        "Please wait: putting a whole file back also undoes what was set up since, such as a new "
        "account. Undoing the change alone is nearly always better; go back with the Esc key."
    ),
    Page.HELP.value: N_("Thank you for the code. Please go back with the Esc key."),
    Page.REPORT.value: N_(
        "This is the report. Please read it through; it leaves your computer only if you send it."
    ),
    Page.CRASH.value: N_(
        "That was a fault of the program, not yours. Please close it and start it again: it first "
        "puts back whatever was half done."
    ),
}
_NEW_PAGE = N_(
    "Please read me the title of the page: your program is newer than mine, and I do not know it."
)

BY_VERDICT = {
    Verdict.UNPROVEN: N_(
        "One account should change, but its server could not be confirmed from where you are. "
        "Please try once more, and if you can, from another network."
    ),
    Verdict.DUE: N_(
        "One account still sends through the old port. Please go on to the page that shows what "
        "will change; nothing happens before you say yes."
    ),
    Verdict.HALF_WAY: N_(
        "One account uses the right port, but its protection is not certain. Please go on to the "
        "page that shows what will change; nothing happens before you say yes."
    ),
    Verdict.STUCK: N_(
        "One account needs your own hand in the mail program. Please open its steps; we will do "
        "them together."
    ),
    Verdict.UNREADABLE: N_(
        "The program could not read one account. Please open the mail program once, see whether "
        "your accounts are there, close it, and look again."
    ),
    Verdict.BLOCKED: N_(
        "One account is managed by your organisation. Please call whoever looks after its "
        "computers."
    ),
    Verdict.GUIDED: N_(
        "Your mail program lets no other program change its settings. Please open its steps; we "
        "will do them together."
    ),
    Verdict.LEFT_ALONE: N_(
        "One account was left as it is, for it seems to be set up so on purpose. If it sends mail, "
        "there is nothing to do."
    ),
    Verdict.FINE: N_("Every account sends as it should, so there is nothing to change."),
}
_NO_VERDICT = N_("Please let the program look at your mail first.")

BY_REASON = {
    "running": N_(
        "The mail program is open. Please close all of its windows; if a message is half written, "
        "save it first."
    ),
    "sign_in_needed": N_(
        "This account sends without a user name and password, and the new port asks for them. We "
        "will enter them in the mail program, step by step."
    ),
    "odd_port": N_(
        "One account uses an unusual port. Did your company or somebody you trust set it up so? "
        "If it sends mail, leave it."
    ),
    "local_host": N_(
        "One account sends through a program on this computer or in its own network, such as an "
        "antivirus. Please tell me which antivirus you have."
    ),
    "locked": N_(
        "Your organisation decides this setting. Please call whoever looks after its computers."
    ),
    "managed_setup": N_(
        "Your organisation sets this mail program up. Please call whoever looks after its "
        "computers."
    ),
    "proof_server_gone": N_(
        "The server does not answer. Please ask your mail provider: which is the outgoing server "
        "on port 587?"
    ),
    "proof_oauth_only": N_(
        "Your provider accepts no password there. In the mail program choose OAuth2 as the way to "
        "sign in, or ask the provider for an app password."
    ),
    "proof_no_sign_in": N_(
        "That server is not made for handing in mail. Please ask your mail provider: which is the "
        "outgoing server on port 587?"
    ),
    "proof_no_encryption": N_(
        "The server offers no protected connection, so we do not send your password there. Please "
        "ask your mail provider: which is the outgoing server on port 587?"
    ),
    "proof_encryption_fails": N_(
        "The server speaks only outdated protection. Please ask your mail provider: which is the "
        "outgoing server on port 587?"
    ),
    "proof_wrong_host": N_(
        "The server showed another server's certificate. Please switch the mail shield of your "
        "antivirus off for a moment and try again; if it stays so, ask your mail provider for the "
        "server's right name."
    ),
    "proof_certificate_date": N_(
        "The server's certificate is not valid today. Please look at the date and time of your "
        "computer; if they are right, only the mail provider can help."
    ),
    "proof_only_465": N_(
        "The server answers on port 465 only, which is protected as well. Please go on with "
        "port 465 if the program offers it."
    ),
    "proof_busy": N_("The server is busy. Please wait a quarter of an hour and try again."),
    "proof_starttls_off": N_(
        "The server cannot protect the connection just now. Please try again later today."
    ),
    "other_host_by_hand": N_(
        "A good server was found under another name, and it has to be entered by hand. Please open "
        "the steps; we will do them together."
    ),
    "outlook_oauth": N_(
        "This account signs in through your provider's window, and Outlook sets it up by itself. "
        "There is nothing to change by hand."
    ),
    "outlook_too_old": N_(
        "This Outlook is too old for a protected connection. You can use your mail in the browser "
        "today; after that we will look for a newer mail program."
    ),
    "unusable_port": N_(
        "The port that is set does not exist. Please open the steps; we will enter port 587 "
        "together."
    ),
    "port_465_unprotected": N_(
        "Port 465 is set without its protection. In the outgoing server's settings please choose "
        "SSL/TLS as connection security."
    ),
    "prefs_damaged": N_(
        "The mail program's settings file is damaged. Please open the mail program and tell me "
        "whether your accounts are there; change nothing yet."
    ),
    "passwords_again": N_(
        "The mail program will ask for your password when you send. Please enter the one of this "
        "mail account."
    ),
    "starttls_unsure": N_(
        "Nobody knows for certain whether this mail program can protect port 587. Please send a "
        "test message right after the change, and undo it if that fails."
    ),
    "no_permission": N_(
        "The program was not allowed to write there. Please start it without administrator rights, "
        "signed in as the person whose mail it is."
    ),
    "changed_meanwhile": N_(
        "The settings changed while the program was at work. Please close the mail program and "
        "look again."
    ),
    "another_run": N_(
        "The program is already open a second time. Please close the other window, or wait until "
        "it has finished."
    ),
    "data_folder_full": N_(
        "There is no room for the backup. Please make some room on the disk, for example by "
        "emptying the bin, and try again."
    ),
    "data_folder_denied": N_(
        "The program may not write where the backup belongs. Please tell me whether this is your "
        "own computer or your company's."
    ),
}
_LIKE = {
    "proof_only_465_encrypts": "proof_only_465",
    "decided_elsewhere": "locked",
    "outlook_pop_first": "sign_in_needed",
    "not_allowed": "no_permission",
    "certificate_expired": "proof_certificate_date",
    "proof_server_renamed": "proof_wrong_host",
}

BY_PICTURE = {
    Picture.CLOSES_25: N_(
        "Your network closes port 25, as it should. That is why mail sent through it does not "
        "leave, and the change will cure it."
    ),
    Picture.CLOSES_587: N_(
        "Your network seems to close the port for sending mail, as some hotels and companies do. "
        "Please try over your phone's connection."
    ),
    Picture.OFFLINE: N_(
        "No server could be reached. Please look whether the Wi-Fi or the cable is connected, and "
        "switch off any VPN for a moment."
    ),
    Picture.SIGN_IN_FIRST: N_(
        "A page of the Wi-Fi answers in the server's place. Please open your browser, sign in to "
        "the Wi-Fi there, and try again."
    ),
    Picture.TAKES_PROTECTION_AWAY: N_(
        "Something on the way takes the protection off, most often the mail shield of an "
        "antivirus. Please switch that shield off for a moment, or try from another network."
    ),
    Picture.SLIPS_TEXT_IN: N_(
        "Something on the way interferes with the connection, so please send no mail from this "
        "network for now. Try over your phone's connection."
    ),
    Picture.READS_ALONG: N_(
        "An antivirus or your company reads along on this connection. Please tell me which "
        "antivirus you have, and whether this is your company's network."
    ),
    Picture.ANSWERS_FOR_25: N_(
        "On port 25 something else answers in your provider's place, which is one more reason to "
        "change."
    ),
    Picture.REFUSED: N_(
        "The server refuses your network's address, as servers do with addresses on a blocklist. "
        "Please try over your phone's connection, and call your internet provider."
    ),
    Picture.CLOCK: N_(
        "The date or time of your computer seems to be wrong. Please put it right and try again."
    ),
}

BY_LAST = {
    Last.DONE: N_("The last change was made and checked."),
    Last.UNDONE: N_("The last change was undone."),
    Last.FAILED: N_("The last change did not succeed, and everything was put back."),
}

SETTLED = frozenset(
    page.value
    for page in (
        *(Page.LOOKING, Page.CLOSE_PROGRAM, Page.CHANGING, Page.NO_PROGRAM, Page.UNDOING),
        *(Page.UNDONE, Page.WHOLE_FILE, Page.CRASH, Page.ALL_GOOD, Page.CHANGES, Page.START),
        *(Page.OTHER_SERVER, Page.MODERN_SIGN_IN, Page.ORGANIZATION, Page.GUIDE),
    )
)
"""Pages that say themselves what is to be done, whatever the accounts need."""

_OF_THE_NETWORK = {Page.SERVER_TROUBLE.value, Page.NO_NETWORK.value}
_AFTER_A_CHANGE = {Page.DONE.value, Page.NOT_CHANGED.value}
_LOOKING_BACK = {COMMAND_LINE, Page.HELP.value, Page.HISTORY.value}


def next_to_say(texts: gettext.NullTranslations, value: Situation) -> list[str]:
    """The sentences to say next, in the reader's language; there is always one."""
    return [texts.gettext(each) for each in _chosen(value)]


def _chosen(value: Situation) -> Iterator[str]:
    known = value.page in BY_PAGE
    yield BY_PAGE[value.page] if known else _NEW_PAGE
    if value.page in _LOOKING_BACK and value.last in BY_LAST:
        yield BY_LAST[value.last]
    if value.page not in SETTLED:
        yield from _matter(value)


def _matter(value: Situation) -> Iterator[str]:
    """What is the matter, in one sentence, where there is something."""
    codes = [_LIKE.get(code, code) for code in value.reasons]
    of_reason = next((BY_REASON[code] for code in codes if code in BY_REASON), None)
    of_picture = BY_PICTURE.get(value.picture)
    if value.page in _OF_THE_NETWORK:
        of_verdict = BY_VERDICT[Verdict.UNPROVEN]
        yield of_picture or of_reason or of_verdict
    elif value.page in _AFTER_A_CHANGE and not of_reason:
        yield from _left_over(value)
    elif of_reason or (of_picture and worst(value) is Verdict.UNPROVEN):
        yield of_reason or of_picture or ""
    elif value.page != Page.CANNOT_GO_ON.value:
        pressing = worst(value)
        yield _NO_VERDICT if pressing is None else BY_VERDICT[pressing]


def _left_over(value: Situation) -> Iterator[str]:
    """After a change: what another account needs, unless none needs anything."""
    pressing = worst(value)
    if pressing is not None and pressing not in {Verdict.FINE, Verdict.LEFT_ALONE}:
        yield BY_VERDICT[pressing]


def worst(value: Situation) -> Verdict | None:
    """The most pressing verdict; None when there is no account."""
    met = {verdict for verdict, _ in value.verdicts}
    return next((verdict for verdict in SEVERITY if verdict in met), None)
