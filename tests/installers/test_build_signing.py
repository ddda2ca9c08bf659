"""What is signed can be checked by others, and a changed byte is noticed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from installers.jobs import Signing, Trouble

from installers import build, signing
from package_builders import EPOCH, a_windows_program

ROOT: Final = Path(__file__).resolve().parents[2]
PASSWORD: Final = "canary-587"
NEEDED: Final = {"osslsigncode": "/usr/bin/osslsigncode", "openssl": "/usr/bin/openssl"}
ABSENT: Final = [package for package, file in NEEDED.items() if not os.path.exists(file)]
if os.environ.get("CI"):
    assert not ABSENT, f"these tests need: apt-get install {' '.join(ABSENT)}"
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"apt-get install {' '.join(ABSENT)}")


def openssl(*words: str) -> bytes:
    """What openssl prints."""
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def password_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a file with the password of every key here."""
    path = tmp_path_factory.mktemp("password") / "password"
    path.write_text(f"{PASSWORD}\n")
    return str(path)


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory, password_file: str) -> Signing:
    """Give a certificate for programs that signed itself, and its locked key."""
    folder = tmp_path_factory.mktemp("identity")
    key, certificate = str(folder / "key.pem"), str(folder / "certificate.pem")
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", certificate),
        *("-passout", f"file:{password_file}", "-days", "30", "-subj", "/CN=Configure 587! test"),
        *("-addext", "extendedKeyUsage=codeSigning"),
    )
    return Signing(key, certificate, password_file)


@pytest.fixture(scope="module")
def sums_key(tmp_path_factory: pytest.TempPathFactory, password_file: str) -> build.SumsKey:
    """Give a locked Ed25519 key."""
    path = str(tmp_path_factory.mktemp("sums") / "key.pem")
    words = ("genpkey", "-algorithm", "ED25519", "-aes256", "-pass", f"file:{password_file}")
    openssl(*words, "-out", path)
    return build.SumsKey(path, password_file)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Give a program for Windows, not signed."""
    path = tmp_path / "setup.exe"
    path.write_bytes(a_windows_program())
    return path


def verified(program: Path, identity: Signing) -> bool:
    """Whether osslsigncode finds the signature good, and made by this identity."""
    words = ["osslsigncode", "verify", "-CAfile", identity.certificate, "-in", str(program)]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def now(identity: Signing) -> int:
    """Give a time at which the certificate holds, the same for a whole run."""
    return int(os.stat(identity.certificate).st_mtime) + 60


# --- programs for Windows ------------------------------------------------------------------------


def test_a_signed_program_is_found_good(program: Path, identity: Signing) -> None:
    assert not verified(program, identity)
    signing.sign(str(program), identity, now(identity))
    assert verified(program, identity)


def test_a_changed_byte_is_noticed(program: Path, identity: Signing) -> None:
    signing.sign(str(program), identity, now(identity))
    data = bytearray(program.read_bytes())
    data[600] ^= 1
    program.write_bytes(data)
    assert not verified(program, identity)


def test_somebody_else_s_signature_is_not_ours(
    program: Path, identity: Signing, tmp_path: Path
) -> None:
    key, certificate = str(tmp_path / "other.key"), str(tmp_path / "other.pem")
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", certificate, "-noenc"),
        *("-subj", "/CN=Configure 587! test", "-addext", "extendedKeyUsage=codeSigning"),
    )
    other = Signing(key, certificate)
    signing.sign(str(program), other, now(other))
    assert verified(program, other)
    assert not verified(program, identity)


def test_the_same_program_and_date_give_the_same_bytes(program: Path, identity: Signing) -> None:
    unsigned = program.read_bytes()
    signing.sign(str(program), identity, now(identity))
    first = program.read_bytes()
    program.write_bytes(unsigned)
    signing.sign(str(program), identity, now(identity))
    assert program.read_bytes() == first != unsigned


def test_without_a_key_nothing_is_signed(program: Path) -> None:
    signing.sign(str(program), None, EPOCH)
    assert program.read_bytes() == a_windows_program()


def test_a_wrong_password_leaves_the_file_and_nothing_else(
    program: Path, identity: Signing, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password")
    with pytest.raises(Trouble, match="osslsigncode sign failed"):
        signing.sign(str(program), identity._replace(password_file=str(wrong)), now(identity))
    assert program.read_bytes() == a_windows_program()
    assert {path.name for path in tmp_path.iterdir()} == {"setup.exe", "wrong"}


def test_what_is_no_program_is_refused(identity: Signing, tmp_path: Path) -> None:
    path = tmp_path / "setup.exe"
    path.write_bytes(b"no program")
    with pytest.raises(Trouble, match="osslsigncode sign failed"):
        signing.sign(str(path), identity, now(identity))


def test_no_password_is_ever_a_word_of_a_command(
    program: Path,
    identity: Signing,
    sums_key: build.SumsKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words: list[str] = []
    real = subprocess.run

    def noted(command: list[str], **how: object) -> object:
        words.extend(command)
        return real(command, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", noted)
    signing.sign(str(program), identity, now(identity))
    signing.signature(b"data", *sums_key)
    assert "osslsigncode" in words
    assert "openssl" in words
    assert not any(PASSWORD in word for word in words)


# --- the list of sums ----------------------------------------------------------------------------


def command(out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What a maintainer types, for the package that is made the quickest."""
    begin = [sys.executable, "-m", "installers.build", "wheel", "--out", str(out)]
    return subprocess.run(
        [*begin, "--work", str(out.with_suffix(".work")), *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def lines_of_the_page() -> list[list[str]]:
    """The lines for Linux with which the page on installing has the sums checked."""
    page = (ROOT / "docs/installing.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(sha256sum .+?)```", page, re.DOTALL)
    return [line.split() for line in block.splitlines()]


def test_the_sums_of_a_build_are_signed_and_checked_as_the_page_says(
    sums_key: build.SumsKey, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert sums_key.password_file is not None
    words = ("--sums-key", sums_key.path, "--sums-password-file", sums_key.password_file)
    done = command(out, *words)
    assert (done.returncode, done.stderr) == (0, "")
    made = [os.path.basename(line) for line in done.stdout.splitlines()]
    assert made[-2:] == ["SHA256SUMS", "SHA256SUMS.sig"]
    key = ("pkey", "-in", sums_key.path, "-passin", f"file:{sums_key.password_file}")
    (out / "PUBLIC.pem").write_bytes(openssl(*key, "-pubout"))

    def codes() -> list[int]:
        asked = lines_of_the_page()
        return [subprocess.run(line, cwd=out, check=False).returncode for line in asked]

    assert codes() == [0, 0]
    with open(out / made[0], "ab") as package:
        package.write(b"one byte more")
    assert codes() == [1, 0]
    with open(out / "SHA256SUMS", "ab") as target:
        target.write(b"\n")
    assert codes() == [1, 1]


def test_a_wrong_password_is_one_sentence_and_nothing_is_built(
    sums_key: build.SumsKey, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password")
    out = tmp_path / "out"
    done = command(out, "--sums-key", sums_key.path, "--sums-password-file", str(wrong))
    said = f"{sums_key.path} cannot be opened: it is no key (PEM), or {wrong} has not its password"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{said}\n")
    assert not out.exists()


def test_a_locked_key_without_a_password_is_one_sentence_and_asks_nobody(
    sums_key: build.SumsKey, tmp_path: Path
) -> None:
    done = command(tmp_path / "out", "--sums-key", sums_key.path)
    said = f"{sums_key.path} cannot be opened: it is no key (PEM), or it is locked"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{said}\n")


def test_a_key_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    done = command(tmp_path / "out", "--sums-key", missing)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{missing} is not there\n")


def test_the_public_key_is_the_one_that_openssl_tells(sums_key: build.SumsKey) -> None:
    key = ("pkey", "-in", sums_key.path, "-passin", f"file:{sums_key.password_file}")
    told = openssl(*key, "-pubout", "-outform", "DER")
    assert signing.public_key(*sums_key) == told[-32:]


def test_another_kind_of_key_is_refused(identity: Signing) -> None:
    with pytest.raises(Trouble, match="is no Ed25519 key"):
        signing.public_key(identity.key, identity.password_file)


def test_a_locked_key_without_its_password_asks_nobody(sums_key: build.SumsKey) -> None:
    with pytest.raises(Trouble, match="openssl pkeyutl failed"):
        signing.signature(b"data", sums_key.path)
