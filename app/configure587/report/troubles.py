"""What stops a run, as a title and an advice: what happened, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configure587.i18n import N_
from configure587.model import reason
from configure587.report.sentences import filled

if TYPE_CHECKING:
    import gettext

    from configure587.errors import Configure587Error

ERRORS = {
    "plan_of_another_computer": (
        N_("This plan was made on another computer."),
        N_("Make a plan on this computer: {command} plan -o FILE"),
    ),
    "plan_stale": (
        N_("The settings have changed since this plan was made ({finding}). Nothing was changed."),
        N_("Make a new plan: {command} plan -o FILE"),
    ),
    "plan_damaged": (
        N_("The plan file {path} is damaged or was altered. Nothing was changed."),
        N_("Make a new plan: {command} plan -o FILE"),
    ),
    "plan_unreadable": (
        N_("The plan file {path} could not be read: {detail}."),
        N_("Check the path, or make a new plan: {command} plan -o FILE"),
    ),
    "another_run": (
        N_("Configure 587! is already at work on this computer."),
        N_("Wait until it has finished and start again."),
    ),
    "no_rings": (
        N_('The ring "{ring}" was asked for, and the policy has no rings. Nothing was changed.'),
        N_("Give the policy its rings, or leave out --ring."),
    ),
    "ring_unknown": (
        N_('The policy has no ring named "{ring}". Nothing was changed.'),
        N_("It has: {allowed}."),
    ),
    "no_report_folder": (
        N_(
            "A limit and a brake are counted in the folder of the reports, and none was named. "
            "Nothing was changed."
        ),
        N_("Name it with --report, or in the policy."),
    ),
    "held_ring": (
        N_("It is not this computer's turn yet: it belongs to a later ring. Nothing was changed."),
        N_("It runs with its own ring and with every later one."),
    ),
    "held_limit": (
        N_("As many computers as the limit allows were changed already. Nothing was changed here."),
        N_("Raise --limit when the others are well. Also check that the report folder is there."),
    ),
    "held_brake": (
        N_("Too many computers failed, so this one waits. Nothing was changed."),
        N_("See in the report folder what failed. Also check that the folder is there."),
    ),
    "not_administrator": (
        N_("To act for all people of this computer we need the rights of an administrator."),
        N_("Start it again as root (sudo), or on Windows as an administrator."),
    ),
    "people_unknown": (
        N_("The list of the people of this computer could not be read: {detail}."),
        N_("Nothing was changed. Ask whoever looks after this computer."),
    ),
    "not_for_all_users": (
        N_("{option} is about one person and cannot be used with --all-users."),
        N_("Nothing was changed. Leave out one of the two."),
    ),
    "no_such_backup": (
        N_("There is no backup named {backup}."),
        N_("See which there are: {command} backups list"),
    ),
    "backup_damaged": (
        N_("The backup {backup} is damaged, so we do not use it. Nothing was changed."),
        N_("The copies of your files are in {folder}; LEIA-ME-READ-ME.txt tells how to use them."),
    ),
    "copy_damaged": (
        N_("The copy of {path} in the backup {backup} is missing or damaged. Nothing was changed."),
        N_("Undo the values alone, without --whole-file. The backup's folder is {folder}."),
    ),
    "copy_withheld": (
        N_("The backup {backup} holds no copy of {path}: a password may stand in it."),
        N_("Undo the values alone, without --whole-file."),
    ),
    "image_without_home": (
        N_('{path} does not stand for a computer: it has no folder "home".'),
        N_("Name the folder that holds home/."),
    ),
    "image_description_bad": (
        N_("{path} is not as it should be ({detail})."),
        N_('It may say platform = "linux", "macos" or "windows", and user = "name".'),
    ),
    "data_folder_denied": (
        N_("We are not allowed to write to {path}, where the backups belong."),
        N_("Without a backup nothing is changed. Name another folder with --data-dir."),
    ),
    "data_folder_full": (
        N_("The backup could not be written to {path}: {detail}."),
        N_(
            "Without a backup nothing is changed. "
            "Make room, or name another folder with --data-dir."
        ),
    ),
    "no_display": (
        N_("There is no display on which a window could be opened."),
        N_("In this terminal, use instead: {command} scan"),
    ),
    "no_display_library": (
        N_("The window needs {library}, which this system does not have."),
        N_("Install it, or use in this terminal instead: {command} scan"),
    ),
    "no_window_part": (
        N_("The part that shows the window is not installed ({detail})."),
        N_(
            "Install it (pip install 'configure587[gui]'), or use in a terminal instead: "
            "{command} scan"
        ),
    ),
    "log_unreadable": (
        N_("The log {path} could not be read: {detail}."),
        N_("Nothing was counted. Check the path and who may read it."),
    ),
    "not_confirmed": (
        N_("Nothing was changed: nobody is here to say yes."),
        N_("Run it in a terminal, or add --yes."),
    ),
    "data_dir_outside": (
        N_("{path} is not inside the folder that stands for the computer. Nothing was changed."),
        N_("With --image, backups stay inside that folder: leave out --data-dir."),
    ),
    "folder_not_empty": (
        N_("{path} is not empty, so nothing was built there."),
        N_("Name an empty folder, or none at all."),
    ),
    "updates_none": (
        N_("This edition of Configure 587! looks for no new versions."),
        N_("To see whether there is one, look where you got this one."),
    ),
    "updates_by_policy": (
        N_("Your organisation decides which version of Configure 587! you use."),
        N_("So this program looks for no new one. Ask whoever looks after this computer."),
    ),
    "updates_not_reached": (
        N_("We could not find out whether there is a new version ({detail})."),
        N_("Everything else works as before. Try again when you are connected."),
    ),
    "updates_not_genuine": (
        N_("The answer about new versions is not from us, so we do not believe it."),
        N_(
            "It lacks our signature. Perhaps something on the way changed it. Get a new version "
            "only where you got this one."
        ),
    ),
    "updates_out_of_date": (
        N_("The answer about new versions is out of date, so we do not believe it."),
        N_(
            "Check the date of this computer and try again later, or look for a new version where "
            "you got this one."
        ),
    ),
    "updates_not_understood": (
        N_("The answer about new versions is ours, but this version does not understand it."),
        N_("So there is probably a newer one: look where you got this one."),
    ),
    "stopped": (
        N_("Stopped. Nothing was left half done."),
        N_("Start again whenever you like."),
    ),
    "not_allowed": (
        N_("We are not allowed to use {path}."),
        N_("Nothing was changed. Ask whoever looks after this computer."),
    ),
    "file_trouble": (
        N_("{path} could not be used: {detail}."),
        N_("Nothing was left half done. Put that right and start again."),
    ),
    "declined": (
        N_("Nothing was changed, as you wished."),
        N_("To make the change later: {command} apply"),
    ),
    "declined_undo": (
        N_("Nothing was undone, as you wished."),
        N_("To undo only our own change: {command} rollback"),
    ),
    "unknown_id": (
        N_("No account here has the id {id}. Nothing was changed."),
        N_("See the ids: {command} plan"),
    ),
    "nobody_to_ask": (
        N_("Nobody is here to type the user name or the password. Nothing was tried."),
        N_("Run it in a terminal."),
    ),
    "not_typed": (
        N_("The user name or the password is empty, or holds a character that cannot be sent."),
        N_("Nothing was tried. Start again and type both."),
    ),
    "no_password_store": (
        N_("This computer has no store for passwords, or it is locked ({detail})."),
        N_("Nothing was stored. Unlock it, or leave out --remember and type the password."),
    ),
    "remembered_unreadable": (
        N_("The list of what was stored, {path}, could not be read."),
        N_(
            "No password was stored or removed. In your system's own store they stand under the "
            "name configure587: remove them there, then delete that file."
        ),
    ),
    "providers_unreadable": (
        N_("The table of providers {path} could not be read: {detail}."),
        N_("Check the path."),
    ),
    "providers_not_toml": (
        N_("The table of providers {path} is not written as TOML (line {line})."),
        N_("Look at that line, and at the one before it: a quotation mark may be missing."),
    ),
    "providers_no_rows": (
        N_("The table of providers {path} has no rows."),
        N_("A row begins with [[provider]]."),
    ),
    "providers_value_bad": (
        N_('{path}, line {line}, row "{row}": {name} cannot be "{value}".'),
        N_("It may be: {allowed}."),
    ),
    "providers_name_missing": (
        N_('{path}, line {line}, row "{row}": {name} is missing.'),
        N_("Add it; docs/providers.md tells what belongs into a row."),
    ),
    "providers_name_unknown": (
        N_('{path}, line {line}, row "{row}": "{name}" is no name that we know.'),
        N_("It may be: {allowed}."),
    ),
    "providers_twice": (
        N_('{path}, line {line}, row "{row}": {name} has "{value}", which row "{other}" has too.'),
        N_("Leave it in one place, so that it is certain which one counts."),
    ),
    "provider_unknown": (
        N_("We know nothing about the mail provider of {domain}."),
        N_('Ask your provider: "which is the outgoing server on port 587?"'),
    ),
    "provider_its_own_way": (
        N_("Mail of {domain} is sent through a program of the provider, not through a server."),
        N_("There is nothing to check. That program sets server and port by itself."),
    ),
    "not_a_domain": (
        N_('"{domain}" is no address, domain or server name.'),
        N_("Name one such as example.com.br: {command} providers show DOMAIN"),
    ),
    "topic_unknown": (
        N_('We have no page and no explanation for "{topic}".'),
        N_("See what there is: {command} learn"),
    ),
    "topic_unreadable": (
        N_("The page {path} could not be read. Everything else works as before."),
        N_("Installing Configure 587! again brings the page back."),
    ),
    "folder_not_named": (
        N_("Nothing was imported: no folder was named."),
        N_("Name a copy of the Thunderbird ISP database: {command} providers import FOLDER"),
    ),
    "ispdb_unreadable": (
        N_("The folder {path} could not be read: {detail}."),
        N_("Name a copy of the Thunderbird ISP database: {command} providers import FOLDER"),
    ),
    "ispdb_empty": (
        N_("The folder {path} holds no XML files, so nothing was imported."),
        N_("Name a copy of the Thunderbird ISP database: {command} providers import FOLDER"),
    ),
    "policy_unreadable": (
        N_("The policy {path} could not be read: {detail}."),
        N_("Nothing was changed. Check the path and who may read it."),
    ),
    "policy_everybodys": (
        N_(
            "Everybody on this computer can change {path}, so it is no policy of its administrator."
        ),
        N_("Nothing was changed. Let only the administrator write there (chmod o-w)."),
    ),
    "policy_not_toml": (
        N_("{where}: this is not written as TOML ({detail})."),
        N_("Nothing was changed. Look at that line, and at the one before it."),
    ),
    "policy_key_unknown": (
        N_('{where}: "{key}" is no key of a policy.'),
        N_("Nothing was changed. The keys are: {known}."),
    ),
    "policy_value_wrong": (
        N_("{where}: {key} cannot be {value}."),
        N_("Nothing was changed. It may be: {allowed}."),
    ),
    "policy_not_named": (
        N_("No policy was checked: no file was named."),
        N_("Name one: {command} policy check FILE"),
    ),
    "policy_contradiction": (
        N_("{where}: {one} and {other} ({there}) cannot both be meant: {value}."),
        N_("Nothing was changed. Leave one of them out."),
    ),
    "reports_unreadable": (
        N_("The folder of reports {path} could not be read: {detail}."),
        N_("Nothing was counted. Check the path, and whether the share is there."),
    ),
    "inventory_unreadable": (
        N_("The list of computers {path} could not be read: {detail}."),
        N_("Nothing was counted. Check the path."),
    ),
    "inventory_not_csv": (
        N_("The list of computers {path} is no table that we can read."),
        N_("Nothing was counted. Save it as CSV, separated by commas, semicolons or tabs."),
    ),
    "inventory_empty": (
        N_("The list of computers {path} names none."),
        N_(
            "Nothing was counted. Their names belong in a column such as Computer, or in the first."
        ),
    ),
    "option_not_here": (
        N_("{option} means nothing here."),
        N_("See which options belong to which words: {command} fleet --help"),
    ),
    "file_not_written": (
        N_("{path} could not be written: {detail}."),
        N_("Check the path and the free space."),
    ),
}


def title_and_advice(
    texts: gettext.NullTranslations, error: Configure587Error, command: str
) -> tuple[str, str]:
    """What stopped the run, and what to do about it; `command` is how we are called."""
    title, advice = ERRORS[error.code]
    fields = {**error.fields, "command": command}
    if error.code == "policy_value_wrong":
        fields["allowed"] = _allowed(texts, error)
    return filled(texts, title, fields), filled(texts, advice, fields)


def _allowed(texts: gettext.NullTranslations, error: Configure587Error) -> str:
    """What a key of a policy may be: a code and its fields travel with the error."""
    from configure587.policies import words

    start = "allowed_"
    fields = {
        key.removeprefix(start): v for key, v in error.fields.items() if key.startswith(start)
    }
    return words.allowed(texts, reason(str(error.fields["allowed"]), **fields))
