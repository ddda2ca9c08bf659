"""What a fault of PySide6 needs to be held, so that Python lives on; imported for its effect."""

import ctypes
import sys

if sys.version_info < (3, 12):  # from then on True is never freed (PEP 683)
    # In PySide6 6.12.0 Signal.emit answers True without adding a reference to it. After some
    # hundreds of signals nobody seems to hold True any more, and Python ends the process.
    ctypes.c_ssize_t.from_address(id(True)).value += 1 << 30
