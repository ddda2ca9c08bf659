"""The numbers of a support code: promises, for old codes are read by newer programs.

A number, once given, keeps its meaning for ever. Append; never change, move or use one again.
Weights are promises as well: they belong to the first sign of the code.
"""

from __future__ import annotations

import enum

from configure587.machine import Platform
from configure587.model import Verdict

# A reason's number; those up to fifteen take less room in a code. 0 is none.
REASONS: dict[str, int] = {
    "running": 1,
    "sign_in_needed": 2,
    "not_protected": 3,
    "odd_port": 4,
    "local_host": 5,
    "locked": 6,
    "decided_elsewhere": 7,
    "proof_server_gone": 8,
    "proof_offline": 9,
    "proof_oauth_only": 10,
    "proof_wrong_host": 11,
    "proof_blocked_587": 12,
    "proof_no_encryption": 13,
    "other_host_found": 14,
    "outlook_oauth": 15,
    "port_25": 16,
    "due_port": 17,
    "asked_for": 18,
    "tls_on_odd_port": 19,
    "not_smtp": 20,
    "no_hostname": 21,
    "unusable_port": 22,
    "version_unknown": 23,
    "absent_means_25": 24,
    "opportunistic_is_none": 25,
    "certificate_exception": 26,
    "sign_in_unlikely": 27,
    "sign_in_added": 28,
    "autoconfig_unclear": 29,
    "autoconfig_from_network": 30,
    "settings_file_unreadable": 31,
    "passwords_again": 32,
    "managed_setup": 33,
    "odd_value": 34,
    "account_file_damaged": 35,
    "starttls_unsure": 36,
    "outlook_not_current": 37,
    "outlook_too_old": 38,
    "outlook_version_unknown": 39,
    "outlook_corporate": 40,
    "outlook_from_store": 41,
    "outlook_ssl_unclear": 42,
    "outlook_pop_first": 43,
    "no_words_for_target": 44,
    "profile_list_unreadable": 45,
    "guided_program": 46,
    "program_unused": 47,
    "other_person": 48,
    "no_permission": 49,
    "io_trouble": 50,
    "our_bug": 51,
    "changed_meanwhile": 52,
    "changed_since": 53,
    "profile_gone": 54,
    "was_interrupted": 55,
    "not_verified": 56,
    "prefs_damaged": 57,
    "prefs_faulty": 58,
    "odd_spelling": 59,
    "port_465_unprotected": 60,
    "registry_file_damaged": 61,
    "registry_of_several": 62,
    "edit_not_reversible": 63,
    "edit_not_safe": 64,
    "proof_ready": 65,
    "proof_login_needed": 66,
    "proof_no_sign_in": 67,
    "proof_only_465_encrypts": 68,
    "proof_stripped": 69,
    "proof_starttls_off": 70,
    "proof_tampered": 71,
    "proof_encryption_fails": 72,
    "proof_certificate_date": 73,
    "proof_certificate_issuer": 74,
    "proof_server_renamed": 75,
    "proof_only_465": 76,
    "proof_busy": 77,
    "proof_refused_here": 78,
    "proof_not_mail": 79,
    "proof_intercepted_25": 80,
    "proof_fine_already": 81,
    "proof_half_way": 82,
    "proof_local": 83,
    "proof_unusual": 84,
    "proof_no_smtp": 85,
    "proof_not_now": 86,
    "certificate_expired": 87,
    "certificate_not_yet_valid": 88,
    "certificate_self_signed": 89,
    "certificate_unknown_issuer": 90,
    "certificate_other_name": 91,
    "certificate_other": 92,
    "server_said": 93,
    "local_root": 94,
    "blocked_25_likely": 95,
    "blocked_25": 96,
    "forbidden_25": 97,
    "local_proxy_25": 98,
    "clock_wrong": 99,
    "not_looked": 100,
    "unproven_all_the_same": 101,
    "proof_lost": 102,
    "other_host_by_hand": 103,
    "other_host_taken": 104,
    "user_name_local": 105,
    "user_name_address": 106,
    "sign_in_works": 107,
    "sign_in_refused": 108,
    "sign_in_too_weak": 109,
    "sign_in_later": 110,
    "sign_in_new_password": 111,
    "sign_in_unclear": 112,
    "another_run": 113,
    "data_folder_denied": 114,
    "data_folder_full": 115,
    "stopped": 116,
    "not_allowed": 117,
    "file_trouble": 118,
    "backup_damaged": 119,
    "copy_damaged": 120,
    "copy_withheld": 121,
    "plan_stale": 122,
    "no_such_backup": 123,
    "no_password_store": 124,
    "file_not_written": 125,
    "provider_unknown": 126,
    "guide_unreadable": 127,
    "carrier_nothing_known": 128,
    "carrier_unclear": 129,
    "carrier_unprotected": 130,
    "carrier_sign_in": 131,
    "carrier_oauth": 132,
    "carrier_odd_value": 133,
    "carrier_too_long": 134,
    "other_host_by_dns": 135,
    "port_465_good": 136,
    "wait_more": 137,
    "odd_value_kept": 138,
    "odd_key": 139,
    "starttls_unsure_today": 140,
    "outlook_ssl_old_only": 141,
    "certificate_old_form": 142,
    "sign_in_no_way": 143,
    "sign_in_no_answer": 144,
    "name_unknown": 145,
    "left_by_policy": 146,
    "host_mapped": 147,
    "policy_wins": 148,
    "root_for_another": 149,
    "proof_old_port": 150,
    "nobody_answered": 151,
}
REASON_OF: dict[int, str] = {number: code for code, number in REASONS.items()}

SAID_BY_THE_VERDICT = frozenset(
    (
        *("port_25", "due_port", "asked_for", "guided_program", "program_unused"),
        *("proof_ready", "proof_fine_already", "proof_half_way", "proof_not_now", "not_looked"),
        *("version_unknown", "absent_means_25", "opportunistic_is_none", "sign_in_works"),
        *("certificate_exception", "sign_in_added", "outlook_not_current", "server_said"),
    )
)
"""Reasons that tell an agent nothing besides the verdict: a code leaves them out."""

PROGRAMS: dict[str, int] = {
    "Thunderbird": 0,
    "Outlook": 1,  # the classic one, of any year
    "Outlook (new)": 2,
    "Windows Live Mail": 3,
    "Windows Mail": 4,
    "Mail (Windows 10)": 5,
    "Outlook for Mac": 6,
    "Apple Mail": 7,
    "SeaMonkey": 8,
    "Betterbird": 9,
    "Epyrus": 10,
    "Icedove": 11,
}
OTHER_PROGRAM = 31
PROGRAM_OF: dict[int, str] = {number: name for name, number in PROGRAMS.items()}

VERDICTS: dict[Verdict, int] = {
    Verdict.DUE: 0,
    Verdict.HALF_WAY: 1,
    Verdict.FINE: 2,
    Verdict.LEFT_ALONE: 3,
    Verdict.STUCK: 4,
    Verdict.BLOCKED: 5,
    Verdict.GUIDED: 6,
    Verdict.UNREADABLE: 7,
    Verdict.UNPROVEN: 8,
}
VERDICT_OF: dict[int, Verdict] = {number: verdict for verdict, number in VERDICTS.items()}

PLATFORMS: dict[Platform, int] = {Platform.WINDOWS: 0, Platform.LINUX: 1, Platform.MACOS: 2}
PLATFORM_OF: dict[int, Platform] = {number: each for each, number in PLATFORMS.items()}


class Last(enum.Enum):
    """What came of the last change; the value is its number."""

    NONE = 0  # there was none
    DONE = 1
    UNDONE = 2
    FAILED = 3


class Picture(enum.Enum):
    """Whether it is the network; the value is its number."""

    UNKNOWN = 0  # nobody looked, or nothing stands out
    GOOD = 1  # a server was proven, and nothing stands in the way
    CLOSES_25 = 2
    CLOSES_587 = 3
    OFFLINE = 4
    SIGN_IN_FIRST = 5  # a café's or hotel's page answers in the server's place
    TAKES_PROTECTION_AWAY = 6
    SLIPS_TEXT_IN = 7
    READS_ALONG = 8  # an antivirus or a company vouches for the server
    ANSWERS_FOR_25 = 9
    REFUSED = 10  # the server refuses this network's address
    CLOCK = 11  # not the network: the date of this computer


# --- weights of format 1; the numbers behind the last known one are held for later ---------------

OF_PAGES = (5,) * 20 + (1,) * 80
OF_MAJOR = (8, 8, 4, 4, 2, 2, 2, 2)
OF_MINOR = (4,) * 16 + (1,) * 48
OF_PATCH = (16, 8, 4, 4, 2, 2) + (1,) * 26
OF_PLATFORMS = (4, 2, 2)
OF_PROGRAM_COUNTS = (2, 10, 4, 2, 1, 1, 1, 1)
OF_PROGRAMS = (12, 8, 4, 3, 2, 2, 2, 3, 2) + (1,) * 23
OF_VERDICT_COUNTS = (2, 10, 6, 3, 2, 1, 1, 1, 1, 1)
OF_VERDICTS = (12, 4, 8, 2, 3, 2, 3, 2, 6) + (1,) * 7
OF_ACCOUNTS = (0, 16, 8, 4, 2, 2) + (1,) * 10  # the last one is "fifteen or more"
OF_REASON_COUNTS = (6, 6, 3, 2)
OF_REASONS = (1,) + (32,) * 15 + (1,) * 496
OF_LAST = (10, 3, 2, 2)
OF_PICTURES = (20, 1, 5, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1) + (1,) * 4  # first: as the reasons say
OF_MORE = (15, 1)  # whether something was left out for want of room
