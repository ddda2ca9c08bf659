"""What was seen of a server, as whole sentences: what it means, and what to do.

One sentence for each row of the decision table (submission/verdict.py), and what explains it.
"""

from __future__ import annotations

from configure587.i18n import N_

PROOFS = {
    "proof_ready": N_(
        "We reached {host} on port {port}: the connection is protected, the certificate is this "
        "server's, and sign-in is offered."
    ),
    "proof_oauth_only": N_(
        "{host} is ready on port {port}, but it accepts no password: you sign in through a window "
        "of your provider. Choose OAuth2 for this account in the mail program, or ask your mail "
        "provider for an app password."
    ),
    "proof_login_needed": N_(
        "{host} wants user name and password on port {port}, and this account has none."
    ),
    "proof_no_sign_in": N_(
        "{host} answers on port {port} with a protected connection, but it offers no sign-in: it "
        "is no server for handing in mail. Ask your mail provider: which is the outgoing server "
        "on port 587?"
    ),
    "proof_only_465_encrypts": N_(
        "{host} offers no protection on port {port}, but port 465 is protected from the first "
        "moment. To use that one: --target 587 --target 465"
    ),
    "proof_no_encryption": N_(
        "{host} offers no protected connection, so your password could be read on the way. Ask "
        "your mail provider: which is the outgoing server on port 587?"
    ),
    "proof_stripped": N_(
        "Something on the way seems to take away the protection that {host} offers: a firewall, "
        "an antivirus or this network. Try from another network, and look at the mail shield of "
        "your antivirus."
    ),
    "proof_starttls_off": N_(
        "{host} cannot protect the connection on port {port} just now. Try again later."
    ),
    "proof_tampered": N_(
        "On the way to {host} something slipped text in before the protection began, so we broke "
        "off at once. It may be an attack or a broken server. Try from another network; if it "
        "happens there too, tell your mail provider."
    ),
    "proof_encryption_fails": N_(
        "{host} speaks only outdated protection on port {port}, or something else answers there. "
        "Ask your mail provider: which is the outgoing server on port 587?"
    ),
    "proof_certificate_date": N_(
        "The identity document (certificate) of {host} is not valid today."
    ),
    "proof_certificate_issuer": N_(
        "Nobody whom this computer trusts vouches for {host}. It may be an antivirus, a router, "
        "a company's network or somebody in between."
    ),
    "proof_server_renamed": N_(
        "{host} showed the certificate of another server of the same provider; its name seems to "
        "have changed."
    ),
    "proof_wrong_host": N_(
        "{host} showed another server's certificate. It may be an antivirus, or the name of the "
        "server has changed. Ask your mail provider: which is the outgoing server on port 587?"
    ),
    "proof_only_465": N_(
        "{host} does not answer on port {port}, but port 465 is protected from the first moment. "
        "To use that one: --target 587 --target 465"
    ),
    "proof_blocked_587": N_(
        "The ports 587 and 465 of {host} cannot be reached, although its port 25 answers: this "
        "network seems to close them, as some hotels and companies do. Try from another network."
    ),
    "proof_server_gone": N_(
        "{host} does not answer on port {port}. The name may be an old one, or misspelled. Ask "
        "your mail provider: which is the outgoing server on port 587?"
    ),
    "name_unknown": N_(
        "No server of that name was found. Without a connection to the internet it looks the same: "
        "does a web page open?"
    ),
    "nobody_answered": N_(
        "No other server has answered either, and without a connection to the internet it looks "
        "the same: does a web page open?"
    ),
    "proof_offline": N_(
        "No server could be reached, so nothing is known. Check the connection to the internet "
        "and start again."
    ),
    "proof_busy": N_("{host} was busy, or did not answer in time. Try again later."),
    "proof_refused_here": N_(
        "{host} refuses to talk to this network's address, as servers do with addresses on a "
        "blocklist. Ask your internet provider, or try from another network."
    ),
    "proof_not_mail": N_(
        "Something that is no mail server answers in place of {host}. In a café or hotel, sign in "
        "to the Wi-Fi in a browser first; then start again."
    ),
    "proof_intercepted_25": N_(
        "We reached {host} on port {port}: the connection is protected, the certificate is this "
        "server's, and sign-in is offered. On port 25 something else answers in its place, which "
        "is one more reason to change."
    ),
    "proof_fine_already": N_("This account already sends as it should."),
    "proof_half_way": N_("It uses the right port; the protection becomes certain with the change."),
    "proof_local": N_("The server belongs to this computer or its own network."),
    "proof_unusual": N_("This set-up is unusual, so it is only changed if you name it."),
    "proof_no_smtp": N_("This account does not send through an ordinary outgoing server."),
    "proof_not_now": N_("The settings cannot be written safely just now."),
    "proof_old_port": N_(
        "{host} answers on port {port}, but that port is for mail servers among themselves, and "
        "many networks close it for everybody else. The port to send through is 587."
    ),
    "certificate_expired": N_("It expired on {until}. Only the mail provider can renew it."),
    "certificate_not_yet_valid": N_(
        "It is valid from {since} on. Check the date and time of this computer."
    ),
    "certificate_self_signed": N_("The server vouches for itself ({issuer})."),
    "certificate_unknown_issuer": N_("The certificate was issued by {issuer}."),
    "certificate_other_name": N_("The certificate belongs to: {names}."),
    "certificate_old_form": N_(
        "Its certificate says {names} only in an old form, which mail programs no longer accept. "
        "Only the mail provider can renew it."
    ),
    "certificate_other": N_("The certificate was not accepted ({issuer})."),
    "server_said": N_("The server said: {number} {said}"),
    "local_root": N_(
        "The certificate was issued by {issuer}, whom only this computer trusts. It may be an "
        "antivirus or your organisation that reads along."
    ),
    "blocked_25_likely": N_(
        "Port 25 of {host} gave no answer: this network very likely closes it."
    ),
    "blocked_25": N_(
        "Port 25 is closed in this network: several servers that answer on port 587 do not answer "
        "there."
    ),
    "forbidden_25": N_("A router or firewall forbids port 25 here."),
    "local_proxy_25": N_(
        "On port 25 a program on this computer answers in the server's place, an antivirus for "
        "example."
    ),
    "clock_wrong": N_(
        "The certificates of several servers seem to be out of date. Check the date and time of "
        "this computer."
    ),
    "not_looked": N_(
        "The servers were not looked at, as you wished. Only a test message will tell whether "
        "sending works."
    ),
    "unproven_all_the_same": N_("You wished only to be warned, so it is changed all the same."),
    "proof_lost": N_(
        "After the change the server was no longer as it should be, so the change was undone."
    ),
    "other_host_by_hand": N_(
        "The server {other} passes every check, but we cannot enter another server in this "
        "program. If it belongs to your mail provider, enter it by hand."
    ),
    "other_host_taken": N_(
        "You accepted the server {other}, which passes every check: it takes the place of {host}."
    ),
    "user_name_local": N_(
        "{other} wants as user name the part of your address before the @. If signing in fails, "
        "change that in the mail program."
    ),
    "user_name_address": N_(
        "{other} wants your whole address as user name. If signing in fails, change that in the "
        "mail program."
    ),
    "sign_in_works": N_("Signing in worked. No message was sent."),
    "sign_in_refused": N_(
        "The server did not accept this user name and password ({number} {said}). We tried once "
        "and do not try again: too many attempts may lock the account. The port is not at fault."
    ),
    "sign_in_too_weak": N_(
        "The server wants another way to sign in ({number} {said}). Ask your mail provider, for "
        "example for an app password."
    ),
    "sign_in_later": N_("The server cannot check the sign-in just now ({number} {said})."),
    "sign_in_new_password": N_(
        "The password has to be changed first ({number} {said}). Do that with your mail provider."
    ),
    "sign_in_no_way": N_(
        "We cannot try the ways to sign in that this server offers, so no password was sent. Your "
        "mail program may know one of them."
    ),
    "sign_in_no_answer": N_(
        "The connection ended before the server said whether signing in works. Nothing was "
        "changed. Try again later."
    ),
    "sign_in_unclear": N_(
        "Whether signing in works could not be found out ({number} {said}). Nothing was changed."
    ),
    "other_host_found": N_(
        "The server {other}, of {domain}, passes every check. If it belongs to your mail provider, "
        "take it: --accept-host {other}"
    ),
    "other_host_by_dns": N_(
        "Its name comes from DNS, which others can forge. Take it only if you are certain that "
        "{domain} belongs to your mail provider."
    ),
    "port_465_good": N_(
        "Port 465 of {host} is protected from the first moment. To use that one: --target 587 "
        "--target 465"
    ),
    "wait_more": N_(
        "Some servers pause on purpose before they greet. To wait up to 30 seconds: --wait-more"
    ),
}
