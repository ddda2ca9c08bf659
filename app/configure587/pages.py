"""The pages of the window by name and number, so that a person can read one out on the phone.

The numbers are promises: support staff learn them by heart. A page that goes leaves a gap.
"""

from __future__ import annotations

import enum


class Page(enum.Enum):
    """One page of the window; its value is the number in the corner."""

    START = 1
    LOOKING = 2
    FOUND = 3  # one card per account
    CHANGES = 4  # what will change, with tick boxes
    CLOSE_PROGRAM = 5  # the mail program runs
    CHANGING = 6
    DONE = 7
    ALL_GOOD = 8  # nothing has to be changed
    NO_PROGRAM = 9  # no mail program that we know
    SERVER_TROUBLE = 10  # a server could not be proven
    NO_NETWORK = 11
    OTHER_SERVER = 12  # another host name, which needs the person's yes
    MODERN_SIGN_IN = 13  # the server takes OAuth2 only
    ORGANIZATION = 14  # managed by the person's organization
    NOT_CHANGED = 15  # it went wrong, and everything was put back
    UNDOING = 16
    UNDONE = 17
    CANNOT_GO_ON = 18  # what stops a run: another run, no room, a folder that cannot be written
    LEARN = 20
    GLOSSARY = 21
    GUIDE = 30  # step by step, by hand
    HISTORY = 40  # all backups
    WHOLE_FILE = 41  # put a whole file back, after a warning
    HELP = 50
    REPORT = 51  # what would be passed on, line by line
    CRASH = 60  # our bug
