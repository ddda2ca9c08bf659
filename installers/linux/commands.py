"""The command line as values, read from the parser itself: for manual pages and completions."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from configure587 import arguments, i18n

if TYPE_CHECKING:
    from collections.abc import Iterator


class Option(NamedTuple):
    """One option: how it is spelled, what follows it, and what it does."""

    flags: tuple[str, ...]
    value: str  # "" when nothing follows
    choices: tuple[str, ...]
    summary: str


class Place(NamedTuple):
    """One word that is no option, at its place behind the verb."""

    name: str
    choices: tuple[str, ...]
    required: bool
    many: bool
    summary: str


class Command(NamedTuple):
    """The whole program (its name is "") or one of its verbs."""

    name: str
    summary: str
    options: tuple[Option, ...]
    places: tuple[Place, ...]


def commands(language: str) -> tuple[Command, ...]:
    """The program and all its verbs, in words of this language."""
    texts = i18n.texts(language)
    before = getattr(argparse, "_", None)
    setattr(argparse, "_", texts.gettext)  # noqa: B010 - typeshed does not know the name
    try:
        top = arguments.parser(texts, [])
        verbs = _verbs(top)
        top = arguments.parser(texts, list(verbs))
    finally:
        setattr(argparse, "_", before)  # noqa: B010
    found = [Command("", top.description or "", tuple(_options(top)), ())]
    for name, verb in _verbs(top).items():
        options, places = tuple(_options(verb)), tuple(_places(verb))
        found.append(Command(name, verb.description or "", options, places))
    return tuple(found)


def _verbs(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Verb -> its parser."""
    for action in parser._actions:  # noqa: SLF001 - argparse tells it in no other way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:  # noqa: SLF001
        if action.option_strings and action.help is not argparse.SUPPRESS:
            value = "" if action.nargs == 0 else _value(action)
            yield Option(tuple(action.option_strings), value, _choices(action), _summary(action))


def _places(parser: argparse.ArgumentParser) -> Iterator[Place]:
    for action in parser._actions:  # noqa: SLF001
        if not action.option_strings and action.help is not argparse.SUPPRESS:
            required, many = action.nargs in {None, "+"}, action.nargs in {"*", "+"}
            name = _value(action)
            yield Place(name, _choices(action), required, many, _summary(action))


def _choices(action: argparse.Action) -> tuple[str, ...]:
    return tuple(map(str, action.choices or ()))


def _value(action: argparse.Action) -> str:
    if action.metavar is not None:
        return action.metavar if isinstance(action.metavar, str) else " ".join(action.metavar)
    return "|".join(_choices(action)) or action.dest.upper()


def _summary(action: argparse.Action) -> str:
    """What help says, with argparse's own fields filled in."""
    return (action.help or "") % {**vars(action), "prog": "configure587"}
