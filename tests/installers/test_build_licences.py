"""Whoever's work a package brings along has its licence in it, in a folder that explains itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest
from installers.jobs import Trouble

from installers import licences, parts, wheels
from package_builders import a_wheel

if TYPE_CHECKING:
    from pathlib import Path

PYTHON_TEXT: Final = "The licence of Python."


def collected(into: Path, *found: str, also: list[parts.Part] | None = None) -> dict[str, str]:
    """Collect, and read it all again."""
    names = licences.collect(found, str(into), also or [])
    on_disk = {
        path.relative_to(into).as_posix(): path.read_text(encoding="utf-8")
        for path in into.rglob("*")
        if path.is_file()
    }
    assert sorted(on_disk) == names
    return on_disk


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Give the folder of a package for its licences."""
    return tmp_path / "package" / "licences"


def windows_parts(tmp_path: Path) -> list[parts.Part]:
    """Give all that a package for Windows holds beside wheels."""
    (tmp_path / "LICENSE.txt").write_text(PYTHON_TEXT, encoding="utf-8")
    python = parts.python("3.11.7", str(tmp_path / "LICENSE.txt"))
    return [python, parts.openssl("3.0.11"), parts.qt("6.12.0"), parts.msvc("14.40")]


# --- collecting ----------------------------------------------------------------------------------


def test_every_text_of_a_wheel_goes_along_under_its_name(tmp_path: Path, into: Path) -> None:
    texts = {"LICENSE": "one", "licenses/NOTICE": "two", "licenses/deep/MORE.txt": "three"}
    found = collected(into, a_wheel(tmp_path, "thing", "License-Expression: MIT", texts=texts))
    assert {name: found[name] for name in found if name.startswith("thing/")} == {
        "thing/LICENSE": "one",
        "thing/NOTICE": "two",
        "thing/deep-MORE.txt": "three",
    }


def test_the_program_s_own_licence_and_a_page_in_each_language_are_there(into: Path) -> None:
    found = collected(into)
    assert "MIT License" in found["LICENSE.txt"]
    assert "software" in found["README.txt"]
    assert "programa livre" in found["LEIA-ME.txt"]


def test_each_page_lists_every_part_with_its_version_and_licence(
    tmp_path: Path, into: Path
) -> None:
    wheel = a_wheel(tmp_path, "thing", "License-Expression: ISC", version="2.5")
    found = collected(into, wheel, also=windows_parts(tmp_path))
    for name in licences.HEADINGS:
        lines = found[name].splitlines()
        assert {"thing 2.5: ISC", "OpenSSL 3.0.11: Apache-2.0"} <= set(lines)
        assert {"Python 3.11.7: Python-2.0.1", "Qt 6.12.0: LGPL-3.0-only"} <= set(lines)
        assert any(line.startswith("Microsoft Visual C++ Runtime 14.40: ") for line in lines)


def test_qt_comes_with_both_licences_and_how_to_replace_it_in_each_language(
    tmp_path: Path, into: Path
) -> None:
    found = collected(into, also=windows_parts(tmp_path))
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in found["LGPL-3.0.txt"]
    assert "GNU GENERAL PUBLIC LICENSE" in found["GPL-3.0.txt"]
    assert "https://code.qt.io/" in found["Qt/replacing-qt.en.txt"]
    assert "https://code.qt.io/" in found["Qt/replacing-qt.pt-BR.txt"]
    assert "Qt/replacing-qt.en.txt" in found["README.txt"]
    assert "Qt/replacing-qt.pt-BR.txt" in found["LEIA-ME.txt"]


def test_python_openssl_and_microsoft_have_their_texts(tmp_path: Path, into: Path) -> None:
    found = collected(into, also=windows_parts(tmp_path))
    assert found["Python/LICENSE.txt"] == PYTHON_TEXT
    assert "Apache License" in found["Apache-2.0.txt"]
    assert "vcruntime140.dll" in found["Microsoft-Visual-C-Runtime/msvc-runtime.txt"]


def test_a_package_without_qt_says_nothing_of_it(tmp_path: Path, into: Path) -> None:
    found = collected(into, a_wheel(tmp_path))
    assert "GPL-3.0.txt" not in found
    assert not any("Qt" in found[name] for name in licences.HEADINGS)


def test_data_under_the_mozilla_licence_brings_its_whole_text(tmp_path: Path, into: Path) -> None:
    wheel = a_wheel(tmp_path, "certs", "License: MPL-2.0", texts={"LICENSE": "see MPL"})
    assert "Mozilla Public License Version 2.0" in collected(into, wheel)["MPL-2.0.txt"]


def test_qt_s_commercial_licence_which_is_not_ours_stays_out(tmp_path: Path, into: Path) -> None:
    wheel = a_wheel(
        tmp_path,
        "PySide6_Essentials",
        "License: LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
        texts={"licenses/LicenseRef-Qt-Commercial.txt": "for customers"},
    )
    found = collected(into, wheel)
    assert not any("Commercial" in name for name in found)
    assert {"LGPL-3.0.txt", "GPL-3.0.txt"} <= set(found)


def test_a_wheel_without_any_text_stops_the_build(tmp_path: Path, into: Path) -> None:
    wheel = a_wheel(tmp_path, "bare", "License-Expression: MIT", texts={})
    with pytest.raises(Trouble, match=r"bare 1\.0 brings no text"):
        licences.collect([wheel], str(into))
    assert not into.exists()


def test_a_missing_licence_of_python_stops_the_build(tmp_path: Path, into: Path) -> None:
    python = parts.python("3.11.7", str(tmp_path / "nowhere.txt"))
    with pytest.raises(Trouble, match=r"nowhere\.txt"):
        licences.collect([], str(into), [python])


def test_no_text_can_leave_the_folder(tmp_path: Path, into: Path) -> None:
    texts = {"licenses/..\\..\\evil": "x", "licenses/a:b": "y"}
    found = collected(into, a_wheel(tmp_path, "..\\sly", texts=texts))
    assert {name.partition("/")[0] for name in found if "sly" in name} == {"-sly"}
    assert all(set(name) <= set(licences_letters()) for name in found)


def licences_letters() -> str:
    """Give the letters that a collected name may have."""
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-/"


# --- reading wheels ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        (["License-Expression: Apache-2.0 OR BSD-2-Clause"], "Apache-2.0 OR BSD-2-Clause"),
        (["License: PSFL"], "PSF-2.0"),
        (["License: MPL-2.0", "Classifier: License :: OSI Approved :: MIT License"], "MPL-2.0"),
        (["Classifier: License :: OSI Approved :: BSD License"], "BSD-3-Clause"),
        (["License: see the file", "Classifier: License :: OSI Approved :: MIT License"], "MIT"),
        (["Classifier: License :: Freeware"], "Freeware"),
        (["License: Permission is hereby granted,\n        free of charge"], "unknown"),
        ([], "unknown"),
    ],
)
def test_a_licence_is_said_in_the_words_of_spdx_where_they_are_known(
    tmp_path: Path, headers: list[str], licence: str
) -> None:
    assert wheels.read(a_wheel(tmp_path, "thing", *headers)).licence == licence


def test_an_installed_package_is_read_like_its_wheel(tmp_path: Path) -> None:
    info = tmp_path / "site" / "thing-1.0.dist-info"
    (info / "licenses").mkdir(parents=True)
    (info / "METADATA").write_text("Name: Thing_One\nVersion: 1.0\nLicense-Expression: MIT\n")
    (info / "licenses" / "LICENSE").write_text("yes")
    (found,) = wheels.read_all(wheels.installed(str(tmp_path / "site")))
    assert found.purl == "pkg:pypi/thing-one@1.0"
    assert (found.sha256, found.texts) == (None, {"LICENSE": b"yes"})


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\5\6" + bytes(18)])
def test_what_is_no_wheel_is_trouble(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "thing.whl"
    path.write_bytes(data)
    with pytest.raises(Trouble, match="is no wheel"):
        wheels.read(str(path))


def test_the_texts_that_lie_here_are_whole() -> None:
    ends = {
        "Apache-2.0.txt": "limitations under the License.",
        "GPL-3.0.txt": "<https://www.gnu.org/licenses/why-not-lgpl.html>.",
        "LGPL-3.0.txt": "Library.",
        "MPL-2.0.txt": "defined by the Mozilla Public License, v. 2.0.",
    }
    for name, end in ends.items():
        with open(os.path.join(parts.TEXTS, name), encoding="utf-8") as source:
            assert source.read().rstrip().endswith(end)
