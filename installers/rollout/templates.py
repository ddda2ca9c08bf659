"""Makes what Group Policy, Intune and Jamf show of a policy from the one table of keys.

    python -m installers.rollout.templates           write the files of installers/rollout again
    python -m installers.rollout.templates profile POLICY.toml -o FILE.mobileconfig
                                                     a configuration profile from a policy's file

The files are kept, so that administrators need no Python; a test compares them with fresh ones.
"""

from __future__ import annotations

import argparse
import gettext
import io
import os
import sys
import tomllib
from typing import TYPE_CHECKING, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from installers.jobs import ROOT
from installers.rollout import admx, profiles, titles

from configure587.errors import Refused
from configure587.machine import here
from configure587.policies import layers
from configure587.policies.layers import Rank
from configure587.report import troubles

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE: Final = os.path.join(ROOT, "installers", "rollout")
EXAMPLE: Final = os.path.join(ROOT, "resources", "policy.example.toml")
_CATALOGUES: Final = {titles.PORTUGUESE: "pt_BR"}


def texts(language: str) -> gettext.NullTranslations:
    """The sentences of a language, from its catalogue as translators keep it."""
    if language == titles.ENGLISH:
        return gettext.NullTranslations()
    folder = os.path.join(ROOT, "locales", _CATALOGUES[language], "LC_MESSAGES")
    with open(os.path.join(folder, "configure587.po"), "rb") as source:
        catalogue = read_po(source)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def generated() -> dict[str, bytes]:
    """Path below installers/rollout -> what belongs there."""
    languages = (titles.ENGLISH, titles.PORTUGUESE)
    return {
        "windows/configure587.admx": admx.definitions(),
        **{
            f"windows/{language}/configure587.adml": admx.resources(texts(language), language)
            for language in languages
        },
        "macos/configure587.mobileconfig": profile_of(EXAMPLE),
        "macos/jamf-schema.json": profiles.form(),
    }


def profile_of(path: str) -> bytes:
    """A configuration profile from a policy's file; Refused when that is no policy."""
    layers.toml(next(here.machines()).files, path, Rank.FILE)
    with open(path, "rb") as source:
        return profiles.profile(tomllib.load(source))


def write(path: str, data: bytes) -> None:
    """Put one file there, and its folder if need be."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "wb") as target:
        target.write(data)


def main(words: Sequence[str]) -> int:
    """Do what the words ask for."""
    parser = argparse.ArgumentParser(prog="python -m installers.rollout.templates")
    kinds = parser.add_subparsers(dest="what")
    profile = kinds.add_parser("profile", help="a configuration profile from a policy's file")
    profile.add_argument("policy")
    profile.add_argument("-o", "--output", required=True)
    args = parser.parse_args(words)
    if args.what is None:
        for name, data in generated().items():
            write(os.path.join(HERE, name), data)
        return 0
    try:
        write(args.output, profile_of(args.policy))
    except Refused as error:
        title, advice = troubles.title_and_advice(gettext.NullTranslations(), error, "configure587")
        print(title, advice, sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
