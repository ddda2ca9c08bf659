"""A crash file for us: where our code failed, without values, names or messages of the person."""

from __future__ import annotations

import os
import time
import traceback

from configure587 import __version__
from configure587.errors import Configure587Error
from configure587.machine import here


def write(error: BaseException, image: str | None, data_dir: str | None) -> str | None:
    """Write it into the data folder; None when even that fails."""
    lines = [f"configure587 {__version__}", f"{type(error).__name__}"]
    lines += [
        f"  {os.path.basename(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    try:
        machine = next(iter(here.machines(image)))
        if data_dir is not None:
            machine = machine.but(data=os.path.abspath(data_dir))
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        path = os.path.join(machine.data_folder, f"crash-{stamp}-{os.getpid()}.txt")
        machine.files.create({path: "\n".join([*lines, ""]).encode()})
    except (OSError, Configure587Error):
        return None
    return path
