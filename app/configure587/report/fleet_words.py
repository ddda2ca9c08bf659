"""What a fleet's numbers are called, and the sentences that the terminal and the page share.

A test holds that every stage, every reason to set a file aside and every verdict has its words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.report import sentences, text
from configure587.report import words as word_lists
from configure587.report.learning import number

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterator, Mapping

    from configure587.fleet.progress import Fleet, Share

STAGES = {
    "moved": N_("Moved"),
    "due": N_("Still to change"),
    "unproven": N_("Server not confirmed"),
    "needs_a_person": N_("Needs a person"),
    "failed": N_("Failed"),
    "not_seen": N_("Somebody was not looked at"),
    "held": N_("Waits for its turn"),
    "silent": N_("Never reported"),
    "no_account": N_("Without an account"),
}

MEANINGS = {
    "moved": N_("Every account there sends as it should."),
    "due": N_("An account still sends the old way; the next run changes it."),
    "unproven": N_("The outgoing server could not be confirmed, so nothing was changed."),
    "needs_a_person": N_("Somebody has to change an account by hand, or an administrator has to."),
    "failed": N_("The run was stopped or refused, or a change did not work and was put back."),
    "not_seen": N_("A person of this computer was skipped, so it is not known how they send."),
    "held": N_("A ring, a limit or the brake held it back, or another run was at work."),
    "silent": N_("It stands in the list, and no report of it is here."),
    "no_account": N_("No mail program there has an account, so it is left out of the share."),
}

ASIDES = {
    "damaged": N_("empty, broken off or no proper report"),
    "other_version": N_("from another version of this program"),
    "too_large": N_("larger than any report"),
    "unreadable": N_("could not be read"),
    "other_kind": N_("another kind of document"),
    "rehearsal": N_("a rehearsal, which changed nothing"),
}

DEFINITION = (
    N_(
        "A computer counts as moved when its newest report shows at least one account, and every "
        "account of every person there sends as it should, or was left as it is and does not use "
        "port 25 of a mail provider."
    ),
    N_(
        "It does not count while anything there is still to be changed, could not be confirmed, "
        "needs a person or failed; nor when a person was not looked at."
    ),
    N_(
        "The share is taken of every computer that has reported or stands in the list, but for "
        "those without an account: whoever never reported counts as not moved."
    ),
    N_(
        "Phones, printers and whoever reads mail in a browser only are not part of this report. "
        "Before port 25 is closed, the logs of the mail server tell who still uses it."
    ),
)

TABLES = {
    "client": (N_("By mail program"), N_("Mail program")),
    "version": (N_("By version"), N_("Mail program and version")),
    "provider": (N_("By mail provider"), N_("Mail provider")),
    "verdict": (N_("By verdict"), N_("Verdict")),
    "reason": (N_("Why some have not moved yet"), N_("Reason")),
}

VERDICTS: Mapping[str, str] = {each.value: word for each, word in sentences.VERDICTS.items()}

REASONS = {
    "port_25": N_("sends through port 25"),
    "due_port": N_("sends through a port that is to be left behind"),
    "absent_means_25": N_("no port is set, which means port 25"),
    "not_protected": N_("the connection is not protected for certain"),
    "running": N_("the mail program was open"),
    "locked": N_("managed by the organisation"),
    "decided_elsewhere": N_("managed by the organisation"),
    "sign_in_needed": N_("sends without signing in today"),
    "guided_program": N_("a program that has to be changed by hand"),
    "no_words_for_target": N_("a program that cannot be set to the new port"),
    "odd_port": N_("an unusual port, chosen on purpose"),
    "outlook_oauth": N_("signs in through a window of the provider"),
    "proof_oauth_only": N_("the server takes no password (OAuth2 only)"),
    "proof_no_sign_in": N_("the server offers no sign-in"),
    "proof_no_encryption": N_("the server offers no protection"),
    "proof_certificate_date": N_("the server's certificate is not valid today"),
    "proof_certificate_issuer": N_("nobody known vouches for the server"),
    "proof_wrong_host": N_("the server shows another server's certificate"),
    "proof_server_renamed": N_("the server's name has changed"),
    "proof_blocked_587": N_("the network closes ports 587 and 465"),
    "proof_only_465": N_("only port 465 answers"),
    "proof_server_gone": N_("the server does not answer"),
    "proof_offline": N_("no server could be reached"),
    "proof_busy": N_("the server was busy"),
    "name_unknown": N_("no server of that name was found"),
    "no_permission": N_("no permission"),
    "not_allowed": N_("no permission"),
    "prefs_damaged": N_("the settings are damaged"),
    "changed_since": N_("somebody changed the settings since"),
    "service_account": N_("no person, but an account of the system"),
    "administrator_account": N_("the administrator's own account"),
    "account_closed": N_("a person who cannot sign in"),
    "home_missing": N_("a person without a home folder"),
    "home_not_mounted": N_("the home folder was not there"),
    "ring": N_("its ring has not come yet"),
    "limit": N_("the limit was reached"),
    "brake": N_("too many failed, so the others wait"),
    "another_run": N_("another run was at work"),
    "policy_unreadable": N_("the policy could not be read"),
    "policy_everybodys": N_("everybody can change the policy"),
    "policy_not_toml": N_("the policy has a mistake"),
    "policy_key_unknown": N_("the policy has a mistake"),
    "policy_value_wrong": N_("the policy has a mistake"),
    "policy_contradiction": N_("the policy has a mistake"),
    "our_bug": N_("a fault of Configure 587!"),
}
"""Short words for the commonest codes; of any other the code itself is shown."""


def percent(texts: gettext.NullTranslations, part: int, whole: int) -> str:
    """A share with one decimal, never rounded up: 89.96 % is not 90 %."""
    tenths = 1000 * part // whole if whole else 0
    return texts.gettext("{whole}.{tenth} %").format(whole=tenths // 10, tenth=tenths % 10)


def headline(texts: gettext.NullTranslations, fleet: Fleet) -> str:
    """How many have moved."""
    if not fleet.known:
        return texts.gettext("There is no computer to count yet.")
    line = texts.ngettext(
        "{moved} of {count} computer has moved: {percent}.",
        "{moved} of {count} computers have moved: {percent}.",
        fleet.known,
    )
    share = percent(texts, fleet.moved, fleet.known)
    moved, count = number(texts, fleet.moved), number(texts, fleet.known)
    return line.format(moved=moved, count=count, percent=share)


def goal(texts: gettext.NullTranslations, fleet: Fleet) -> str:
    """Whether that is enough; never said to be reached when that is not certain."""
    _, ngettext = texts.gettext, texts.ngettext
    if fleet.broken_off:
        return _("The reports could not be read to their end, so nothing can be said of the goal.")
    if fleet.reached and fleet.certain:
        return _("The goal of {goal} % is reached.").format(goal=fleet.goal)
    if fleet.reached:
        line = _("The goal of {goal} % seems to be reached, but that is not certain.")
        return line.format(goal=fleet.goal)
    if not fleet.known:
        return _("The goal is {goal} %.").format(goal=fleet.goal)
    line = ngettext(
        "The goal of {goal} % is not reached: {count} more computer has to move.",
        "The goal of {goal} % is not reached: {count} more computers have to move.",
        fleet.missing,
    )
    return line.format(goal=fleet.goal, count=number(texts, fleet.missing))


def certainty(texts: gettext.NullTranslations, fleet: Fleet) -> Iterator[str]:
    """What was counted, what was not, and what should be looked at."""
    _, ngettext = texts.gettext, texts.ngettext
    line = ngettext(
        "{count} report was counted, of {computers}.",
        "{count} reports were counted, of {computers}.",
        fleet.counted,
    )
    reported = sum(bool(each.id) for each in fleet.computers)
    of = ngettext("{count} computer", "{count} computers", reported)
    computers = of.format(count=number(texts, reported))
    yield line.format(count=number(texts, fleet.counted), computers=computers)
    for path, why in fleet.broken_off:
        known = word_lists.DETAILS.get(why)
        line = _("{path} could not be read to its end ({detail}); other reports may be missing.")
        yield line.format(path=text.shown(path), detail=why if known is None else _(known))
    yield from _asides(texts, fleet)
    yield from _oddities(texts, fleet)
    yield from _remains(texts, fleet)
    yield from _list(texts, fleet)


def _asides(texts: gettext.NullTranslations, fleet: Fleet) -> Iterator[str]:
    ngettext = texts.ngettext
    for why, count in sorted(fleet.aside.items(), key=lambda pair: pair[0].value):
        line = {
            "damaged": ngettext(
                "{count} file is empty, breaks off or is no proper report; it was not counted.",
                "{count} files are empty, break off or are no proper reports; "
                "they were not counted.",
                count,
            ),
            "other_version": ngettext(
                "{count} report comes from another version of this program and was not counted.",
                "{count} reports come from another version of this program and were not counted.",
                count,
            ),
            "too_large": ngettext(
                "{count} file is larger than any report and was not read.",
                "{count} files are larger than any report and were not read.",
                count,
            ),
            "unreadable": ngettext(
                "{count} file could not be read.", "{count} files could not be read.", count
            ),
            "other_kind": ngettext(
                "{count} file is another kind of document; that changes nothing here.",
                "{count} files are other kinds of documents; that changes nothing here.",
                count,
            ),
            "rehearsal": ngettext(
                "{count} report is of a rehearsal, which changed nothing; it was not counted.",
                "{count} reports are of rehearsals, which changed nothing; they were not counted.",
                count,
            ),
        }[why.value]
        yield line.format(count=number(texts, count))


def _oddities(texts: gettext.NullTranslations, fleet: Fleet) -> Iterator[str]:
    """What is to be looked at, although it is counted."""
    ngettext = texts.ngettext
    found = (
        (
            fleet.odd_clocks,
            ngettext(
                "The clock of {count} computer is or was wrong: a report of it is dated in the "
                "future or before this program existed. Any other report counts more.",
                "The clocks of {count} computers are or were wrong: a report of theirs is dated in "
                "the future or before this program existed. Any other report counts more.",
                fleet.odd_clocks,
            ),
        ),
        (
            fleet.doubtful,
            ngettext(
                "{count} computer has no better report than such a one.",
                "{count} computers have no better report than such a one.",
                fleet.doubtful,
            ),
        ),
        (
            len(fleet.same_names),
            ngettext(
                "{count} name is that of several computers; each of them is counted.",
                "{count} names are those of several computers; each of them is counted.",
                len(fleet.same_names),
            ),
        ),
        (
            fleet.strangers,
            ngettext(
                "{count} computer reported that is not in the list; it is counted.",
                "{count} computers reported that are not in the list; they are counted.",
                fleet.strangers,
            ),
        ),
    )
    for count, line in found:
        if count:
            yield line.format(count=number(texts, count))


def _remains(texts: gettext.NullTranslations, fleet: Fleet) -> Iterator[str]:
    """What lies there and changes nothing."""
    ngettext = texts.ngettext
    found = (
        (
            fleet.duplicates,
            ngettext(
                "{count} report lies there twice; that changes nothing.",
                "{count} reports lie there twice; that changes nothing.",
                fleet.duplicates,
            ),
        ),
        (
            fleet.unfinished,
            ngettext(
                "{count} file (.part) was still being written, or was left unfinished.",
                "{count} files (.part) were still being written, or were left unfinished.",
                fleet.unfinished,
            ),
        ),
        (
            fleet.folders,
            ngettext(
                "{count} folder lies in the folder of reports; what is in it was not read.",
                "{count} folders lie in the folder of reports; what is in them was not read.",
                fleet.folders,
            ),
        ),
    )
    for count, line in found:
        if count:
            yield line.format(count=number(texts, count))


def _list(texts: gettext.NullTranslations, fleet: Fleet) -> Iterator[str]:
    if fleet.listed is not None:
        line = texts.ngettext(
            "The list names {count} computer.", "The list names {count} computers.", fleet.listed
        )
        yield line.format(count=number(texts, fleet.listed))
    yield texts.gettext("Days are those of the computers' own clocks, in universal time (UTC).")


def row_name(texts: gettext.NullTranslations, table: str, row: Share) -> str:
    """What a row of a table is called; what came from a report is made safe for a terminal."""
    _ = texts.gettext
    if row.name == "…":
        return _("all others")
    if table == "verdict":
        return _(VERDICTS[row.name])
    if table == "reason":
        return reason(texts, row.name)
    if not row.name:
        return _("none that we know") if table == "provider" else _("not known")
    return text.shown(row.name)


def reason(texts: gettext.NullTranslations, code: str) -> str:
    """A reason in a few words, with its code; or the code alone."""
    known = REASONS.get(code)
    code = text.shown(code)
    return code if known is None else f"{texts.gettext(known)} ({code})"
