"""Images on a real disk, the command as a real process or in this one, and what must hold."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from configure587 import cli

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Mapping, Sequence

    from builders import ProfileFiles

HOME = "home/.thunderbird"
DATA = "home/.local/share/configure587"
BACKUPS = f"{DATA}/backups"
PORT = "mail.smtpserver.smtp1.port"
PERSON = 23587  # a user id that nobody has


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The document on standard output."""
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """All that a person reads, as one line."""
        return " ".join((self.out + " " + self.err).split())

    @property
    def results(self) -> list[str]:
        """The results of an apply or a rollback, profile by profile."""
        return [outcome["result"] for outcome in self.json["outcomes"]]

    @property
    def verdicts(self) -> list[str]:
        """The verdicts of a scan."""
        return [finding["verdict"] for finding in self.json["findings"]]


def write(folder: pathlib.Path, files: Mapping[str, bytes]) -> pathlib.Path:
    """Write these files below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def an_image(folder: pathlib.Path, *profiles: ProfileFiles) -> pathlib.Path:
    """A folder that stands for a computer with these Thunderbird profiles."""
    from builders import contents

    return write(folder, contents(*profiles, root=HOME))


def environment() -> dict[str, str]:
    """What a command is started with: nothing that writes besides what we test."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}


def command(*words: str) -> list[str]:
    """The command line of a real process."""
    return [sys.executable, "-m", "configure587", *words]


def run(*words: str, image: pathlib.Path, before: Sequence[str] = ()) -> Answer:
    """Run the command as a real process; `before` stands in front of it (setpriv, strace)."""
    languages = [] if "--lang" in words else ["--lang", "en"]
    done = subprocess.run(
        [*before, *command(*words, "--image", str(image), *languages)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=120,
    )
    return checked(Answer(done.returncode, done.stdout, done.stderr), words)


def run_here(*words: str, image: pathlib.Path) -> Answer:
    """Run the command in this process: a new start in all but the interpreter."""
    out, err = io.StringIO(), io.StringIO()
    languages = [] if "--lang" in words else ["--lang", "en"]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(["--image", str(image), *languages, "--verbose", *words])
    return checked(Answer(code, out.getvalue(), err.getvalue()), words)


def checked(answer: Answer, words: Sequence[str]) -> Answer:
    """The same answer; a fault of ours, or text that no person should see, fails the test."""
    said = f"{' '.join(words)} ended with {answer.code}\n{answer.out}\n{answer.err}"
    assert answer.code != 70, said
    assert "Traceback" not in answer.err, said
    assert "Error" not in answer.err, said
    assert "[Errno" not in answer.out + answer.err, said
    return answer


def profile_files(image: pathlib.Path, home: str = HOME) -> dict[str, bytes]:
    """Every file of the programs, path below their root -> bytes.

    .parentlock is left out: it is empty, Thunderbird leaves it behind itself, and one that we
    made stays when we are killed.
    """
    root = image / home
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".parentlock"
    }


def by_profile(files: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The same files, grouped by the folder that they are in."""
    groups: dict[str, dict[str, bytes]] = {}
    for path, data in files.items():
        groups.setdefault(path.partition("/")[0], {})[path] = data
    return groups


def leftovers(image: pathlib.Path) -> list[str]:
    """Temporary files of ours, wherever they are in the image."""
    return sorted(str(path.relative_to(image)) for path in image.rglob("*.c587-*"))


def backup_ids(image: pathlib.Path) -> list[str]:
    """The ids of the backup sets on disk."""
    folder = image / BACKUPS
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def as_person(*more: str) -> list[str]:
    """What stands in front of a command so that another, powerless person runs it."""
    return ["setpriv", f"--reuid={PERSON}", f"--regid={PERSON}", "--clear-groups", *more]


@contextlib.contextmanager
def small_disk(at: pathlib.Path, size: str) -> Iterator[pathlib.Path]:
    """A disk of its own at this folder, taken away at the end."""
    at.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", str(at)]
    subprocess.run(words, check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def fill(folder: pathlib.Path, leave: int = 0) -> pathlib.Path:
    """Fill the disk to the last byte, then give back this many pages of 4 KiB."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        file.truncate(max(0, file.tell() - 4096 * leave))
    return path
