"""The manual page, from the parser's own words, so that it cannot go stale."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from installers.linux.commands import commands
from installers.linux.manual_words import WORDS

from configure587 import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from installers.linux.commands import Command, Option, Place
    from installers.linux.manual_words import Words


def page(language: str, epoch: int) -> str:
    """The manual page configure587(1) in this language, in the macros of man(7)."""
    words, (top, *verbs) = WORDS[language], commands(language)
    day = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    lines = [
        "'\\\" -*- coding: UTF-8 -*-",
        f'.TH CONFIGURE587 1 {day} "configure587 {__version__}" "{words.manual}"',
        *_section(words.name, [f"configure587, configure587\\-gui \\- {_plain(words.summary)}"]),
        *_section(words.synopsis, _synopsis(words)),
        *_section(words.description, _paragraphs([top.summary, *words.story])),
        *_section(words.verbs, (line for verb in verbs for line in _verb(verb, top.options))),
        *_section(words.options, [_plain(words.shared), *_options(top.options)]),
        *_section(
            words.exit_status, _terms((str(code), said) for code, said in words.codes.items())
        ),
        *_section(words.files, _terms(words.paths.items())),
        *_section(words.examples, _terms(words.tries.items())),
        *_section(words.see_also, [".BR thunderbird (1)"]),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {_quoted(title)}"
    yield from lines


def _synopsis(words: Words) -> Iterator[str]:
    yield ".B configure587"
    yield f"[\\fI{_plain(words.option)}\\fR ...] \\fI{_plain(words.verb)}\\fR [...]"
    yield ".br"
    yield ".B configure587\\-gui"
    yield f"[\\fI{_plain(words.option)}\\fR ...]"


def _verb(verb: Command, shared: Sequence[Option]) -> Iterator[str]:
    """One verb as a subsection; the options that all verbs have stand elsewhere."""
    known = {option.flags for option in shared}
    places = " ".join(map(_place, verb.places))
    yield f".SS {_quoted(f'{verb.name} {places}'.strip())}"
    yield _plain(f"{verb.summary[:1].upper()}{verb.summary[1:]}.")
    yield from _terms((_place(place), place.summary) for place in verb.places)
    yield from _options([option for option in verb.options if option.flags not in known])


def _place(place: Place) -> str:
    name = "|".join(place.choices) or place.name
    name = f"{name} ..." if place.many else name
    return name if place.required else f"[{name}]"


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        flags = ", ".join(f"\\fB{_plain(flag)}\\fR" for flag in option.flags)
        value = "|".join(option.choices) or option.value
        yield ".TP"
        yield f"{flags} \\fI{_plain(value)}\\fR" if value else flags
        yield _plain(option.summary)


def _terms(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, said in pairs:
        yield ".TP"
        yield f".B {_quoted(term)}"
        yield _plain(said)


def _paragraphs(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield ".PP"
        yield _plain(text)


def _plain(text: str) -> str:
    """Text that roff shows as it is: no command begins in it, a hyphen can be copied."""
    text = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def _quoted(text: str) -> str:
    quotes = _plain(text).replace('"', "\\(dq")
    return f'"{quotes}"'
