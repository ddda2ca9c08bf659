"""Writes the manual pages and what shells complete, from the program that is found first.

PYTHONPATH=…/usr/lib/configure587 python -m installers.linux.papers …/usr/share EPOCH
"""

from __future__ import annotations

import gzip
import os
import sys
from typing import TYPE_CHECKING

from installers.linux import completions, manual

from configure587.i18n import ENGLISH, PORTUGUESE

if TYPE_CHECKING:
    from collections.abc import Sequence


def papers(epoch: int) -> dict[str, bytes]:
    """Path below /usr/share -> content."""
    return {
        "man/man1/configure587.1.gz": packed(manual.page(ENGLISH, epoch)),
        "man/pt_BR/man1/configure587.1.gz": packed(manual.page(PORTUGUESE, epoch)),
        "bash-completion/completions/configure587": completions.bash().encode(),
        "zsh/vendor-completions/_configure587": completions.zsh().encode(),
        "fish/vendor_completions.d/configure587.fish": completions.fish().encode(),
    }


def packed(text: str) -> bytes:
    """As small as gzip makes it, the same at every hour."""
    return gzip.compress(text.encode(), 9, mtime=0)


def main(words: Sequence[str]) -> None:
    """Write them all, and the window's manual page as a link to the command's."""
    share, epoch = words
    for name, data in papers(int(epoch)).items():
        path = os.path.join(share, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as target:
            target.write(data)
        if name.endswith(".1.gz"):
            os.symlink("configure587.1.gz", path.replace("587.1.gz", "587-gui.1.gz"))


if __name__ == "__main__":
    main(sys.argv[1:])
