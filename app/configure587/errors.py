"""What stops a run: a code and fields that become a title and advice at the edge."""

from __future__ import annotations

import errno


class Unsure(Exception):
    """A format refuses: it cannot be certain what these bytes mean. Becomes a finding."""

    def __init__(self, code: str, **fields: str | int) -> None:
        """`code` names the reason in model.Reason's vocabulary; `fields` are its details."""
        super().__init__(code, fields)
        self.code = code
        self.fields = fields


class Unclear(OSError):
    """A store whose text cannot be understood for certain: `unsure` says where."""

    def __init__(self, unsure: Unsure, path: str) -> None:
        """`path` is the file."""
        super().__init__(errno.EINVAL, unsure.code, path)
        self.unsure = unsure


class Stale(Exception):
    """A value is no longer what the change expected (compare-and-swap)."""

    def __init__(self, path: str, name: str = "") -> None:
        """`path` and `name` say which value."""
        super().__init__(path, name)
        self.path = path
        self.name = name


class Busy(Exception):
    """Somebody else holds the lock: the mail program runs, or another run of ours."""


class Outside(PermissionError):
    """A path leads out of the folder that stands for the computer (--image)."""


class Cancelled(Exception):
    """The person asked us to stop; raised by `notify` at safe points only."""


class Configure587Error(Exception):
    """What stops a run; the report room has a title and advice for each code."""

    exit_code = 1

    def __init__(self, code: str, **fields: str | int) -> None:
        """`code` names the trouble; `fields` are its details for the sentence."""
        super().__init__(code, fields)
        self.code = code
        self.fields = fields


class Refused(Configure587Error):
    """A bad or stale plan, a damaged backup, a contradiction: exit code 1."""


class Stopped(Configure587Error):
    """The person stopped us: exit code 130."""

    exit_code = 130


class Held(Configure587Error):
    """It is not this computer's turn, so nothing was begun: exit code 16."""

    exit_code = 16


class NoPermission(Configure587Error):
    """The system does not let us: exit code 77."""

    exit_code = 77


def detail(error: OSError) -> str:
    """What the system says, as the name of its errno: "ENOSPC"; a word of ours without one."""
    import errno

    return errno.errorcode.get(error.errno or 0) or error.strerror or type(error).__name__


def expected(error: BaseException) -> Configure587Error:
    """What can happen to honest people, as something that has words."""
    if isinstance(error, Configure587Error):
        return error
    if isinstance(error, PermissionError):
        return NoPermission("not_allowed", path=str(error.filename or ""))
    if isinstance(error, OSError):
        return Refused("file_trouble", path=str(error.filename or ""), detail=detail(error))
    return Stopped("stopped")


def about_backups(error: OSError) -> Configure587Error:
    """The data folder's own trouble, which stops a run before anything is changed."""
    path = str(error.filename or "?")
    if isinstance(error, PermissionError):
        return NoPermission("data_folder_denied", path=path)
    return Refused("data_folder_full", path=path, detail=detail(error))
