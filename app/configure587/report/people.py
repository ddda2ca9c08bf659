"""How it went for each person of a computer, for whoever looks after it: a line or two for each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.machine.people import NOT_PEOPLE
from configure587.model import Result, Verdict
from configure587.report import sentences, troubles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configure587.report.run_documents import AccountJson, PersonJson
    from configure587.report.style import Style

REASONS = {
    "service_account": N_("This account belongs to a service, not to a person."),
    "administrator_account": N_("This is the administrator's own account, which sends no mail."),
    "account_closed": N_("Nobody can sign in with this account."),
    "home_missing": N_("Their home folder is not there."),
    "home_locked": N_("Their home folder is locked. It opens when they sign in."),
    "home_unreachable": N_("Their home folder could not be reached."),
    "home_not_mounted": N_("Their home folder is on another computer and not in use now."),
    "home_of_another": N_("Their home folder belongs to somebody else."),
    "home_link": N_("Something in their home folder leads elsewhere, so we did not follow it."),
    "profile_temporary": N_(
        "Windows gave them a temporary profile, which goes when they sign out."
    ),
    "profile_damaged": N_("Windows could not load their profile, or it is not complete."),
    "profile_mandatory": N_("Their profile is the same for many people and keeps no changes."),
    "profile_roaming": N_(
        "Their profile comes from a server and would be overwritten. Run this while they are "
        "signed in."
    ),
    "profile_in_use": N_("Their settings are in use by another program. Try again later."),
    "registry_not_loaded": N_("Windows could not load their settings. Nothing was changed."),
    "registry_not_unloaded": N_(
        "Another program still uses their settings. What was done for them is done. Restart the "
        "computer before they sign in."
    ),
    "not_become": N_("The system did not let us act as this person. Nothing was changed."),
    "person_hung": N_(
        "Their part took too long and was ended. What is half done is put back with the next run."
    ),
    "person_crashed": N_(
        "Something went wrong inside Configure 587!, and that is our fault. What is half done is "
        "put back with the next run."
    ),
    "answer_bad": N_("What was said of their part makes no sense, so we do not believe it."),
    "answer_too_long": N_("What was said of their part was too long, so we do not believe it."),
}
"""Why somebody was left out or failed, besides what stops any run (troubles.py)."""


def lines(style: Style, name: str, entry: PersonJson) -> Iterator[str]:
    """One person: how their accounts stand, or why nothing was done."""
    _ = style.texts.gettext
    shown = _shown(name)
    if entry["state"] == "skipped":
        sentence = _("{person}: left out. {reason}")
        yield sentence.format(person=shown, reason=why(style, entry))
        return
    if entry["state"] == "failed":
        sentence = _("{person}: not done. {reason}")
        yield sentence.format(person=shown, reason=why(style, entry))
    elif not entry["accounts"]:
        yield _("{person}: no account that sends mail was found.").format(person=shown)
    for word, count in _counted(style, entry["accounts"]).items():
        yield _("{person}: {word}: {count}.").format(person=shown, word=word, count=count)


def why(style: Style, entry: PersonJson) -> str:
    """Why somebody was left out or failed, as a sentence."""
    code = entry["reason"] or ""
    if code in REASONS:
        return style.texts.gettext(REASONS[code])
    if code in troubles.ERRORS:
        return sentences.filled(style.texts, troubles.ERRORS[code][0], {"command": style.command})
    sentence = sentences.sentence_of(code)
    return code if sentence is None else sentences.filled(style.texts, sentence, {})


def summary(style: Style, entries: Sequence[PersonJson]) -> Iterator[str]:
    """How many people it was done for, failed for, and were left out."""
    ngettext = style.texts.ngettext
    counts = Counter(each["state"] for each in entries if each["reason"] not in NOT_PEOPLE)
    nobody = sum(each["reason"] in NOT_PEOPLE for each in entries)
    done, failed, skipped = counts["done"], counts["failed"], counts["skipped"]
    yield ngettext("Done for {count} person.", "Done for {count} people.", done).format(count=done)
    if failed:
        sentence = ngettext(
            "Not done for {count} person; the reason is above.",
            "Not done for {count} people; the reasons are above.",
            failed,
        )
        yield sentence.format(count=failed)
    if skipped:
        sentence = ngettext(
            "{count} person was left out; the reason is above.",
            "{count} people were left out; the reasons are above.",
            skipped,
        )
        yield sentence.format(count=skipped)
    if nobody:
        sentence = ngettext(
            "Besides, {count} account belongs to the system and not to a person.",
            "Besides, {count} accounts belong to the system and not to people.",
            nobody,
        )
        yield sentence.format(count=nobody)


def _counted(style: Style, accounts: Sequence[AccountJson]) -> Counter[str]:
    """What became of the accounts, in words; of those that nothing was done to, how they stand."""
    _ = style.texts.gettext
    found: Counter[str] = Counter()
    for each in accounts:
        if each["result"] is None:
            found[_(sentences.VERDICTS[Verdict(each["verdict"])])] += 1
        else:
            result = Result(each["result"])
            words = sentences.REHEARSED if style.rehearsal else {}
            found[_(words.get(result, sentences.RESULTS[result]))] += 1
    return found


def _shown(name: str) -> str:
    """A name that cannot make a terminal do anything."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name
    )
