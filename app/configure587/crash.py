"""A crash file for us: where our code failed, without values, names or messages of the person."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

from configure587 import __version__
from configure587.errors import Configure587Error
from configure587.machine import here

if TYPE_CHECKING:
    from configure587.machine import Machine


def write(error: BaseException, image: str | None, data_dir: str | None) -> str | None:
    """Write it into the data folder; None when even that fails."""
    try:
        machine = next(iter(here.machines(image)))
    except (OSError, Configure587Error):
        return None
    if data_dir is not None:
        machine = machine.but(data=os.path.abspath(data_dir))
    return write_for(machine, error)


def write_for(machine: Machine, error: BaseException) -> str | None:
    """Write it into the data folder of this machine, as its files may be written."""
    lines = [f"configure587 {__version__}", f"{type(error).__name__}"]
    lines += [
        f"  {os.path.basename(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    try:
        name = f"crash-{machine.file_stamp()}-{os.getpid()}.txt"
        path = os.path.join(machine.data_folder, name)
        machine.files.create({path: "\n".join([*lines, ""]).encode()})
    except (OSError, Configure587Error):
        return None
    return path
