"""What shells complete, for bash, zsh and fish, from the parser itself."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from installers.linux.commands import Command, commands

from configure587.i18n import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from installers.linux.commands import Option, Place

PROGRAM: Final = "configure587"
GLOBAL: Final = ""
_FOLDER: Final = re.compile(r"\b(DIR|FOLDER)\b")
_FILE: Final = re.compile(r"FILE\b")


def kind(name: str) -> str:
    """What a value's name asks for: "files", "folders", or "" for something of the person's own."""
    return "folders" if _FOLDER.search(name) else "files" if _FILE.search(name) else ""


def _flags(command: Command) -> str:
    return " ".join(flag for option in command.options for flag in option.flags)


# --- bash ----------------------------------------------------------------------------------------


def bash() -> str:
    """The completion for bash; it needs nothing but bash."""
    top, *verbs = commands(ENGLISH)
    lines = [
        f"# bash completion for {PROGRAM}; made from its parser, do not edit",
        f"_{PROGRAM}() {{",
        '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
        "    local verb='' place=0 i",
        "    for ((i = 1; i < COMP_CWORD; i++)); do",
        '        case "${COMP_WORDS[i]}" in',
        f"            {_takers([top, *verbs])}) ((i++)) ;;",
        "            -*) ;;",
        '            *) if [[ -z $verb ]]; then verb="${COMP_WORDS[i]}"; else ((place++)); fi ;;',
        "        esac",
        "    done",
        '    case "$verb:$before" in',
        *(line for each in (top, *verbs) for line in _bash_values(each)),
        "    esac",
        "    if [[ $word == -* ]]; then",
        '        case "$verb" in',
        *(
            f"            {each.name or chr(39) * 2}) {_bash_words(_flags(each))} ;;"
            for each in (top, *verbs)
        ),
        "        esac",
        "        return",
        "    fi",
        '    case "$verb:$place" in',
        f"        :0) {_bash_words(' '.join(verb.name for verb in verbs))} ;;",
        *(line for verb in verbs for line in _bash_places(verb)),
        "    esac",
        "}",
        f"complete -F _{PROGRAM} {PROGRAM}",
    ]
    return "\n".join(lines) + "\n"


def _takers(found: Sequence[Command]) -> str:
    """The options that a value follows, as a pattern."""
    return "|".join(sorted({flag for c in found for o in c.options if o.value for flag in o.flags}))


def _bash_words(words: str) -> str:
    return f'COMPREPLY=($(compgen -W {shlex.quote(words)} -- "$word"))'


def _bash_answer(choices: Sequence[str], name: str) -> str:
    if choices:
        return _bash_words(" ".join(choices))
    how = {"files": "-f", "folders": "-d", "": ""}[kind(name)]
    if not how:
        return "COMPREPLY=()"
    return f'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen {how} -- "$word")'


def _bash_values(command: Command) -> Iterator[str]:
    for option in command.options:
        if option.value:
            flags = "|".join(f"{command.name}:{flag}" for flag in option.flags)
            yield f"        {flags}) {_bash_answer(option.choices, option.value)}; return ;;"


def _bash_places(verb: Command) -> Iterator[str]:
    for number, place in enumerate(verb.places):
        pattern = "*" if place.many else str(number)
        yield f"        {verb.name}:{pattern}) {_bash_answer(place.choices, place.name)} ;;"


# --- zsh -----------------------------------------------------------------------------------------


def zsh() -> str:
    """The completion for zsh."""
    top, *verbs = commands(ENGLISH)
    lines = [
        f"#compdef {PROGRAM}",
        f"# made from the parser of {PROGRAM}, do not edit",
        "local -a verbs",
        "verbs=(",
        *(f"    {shlex.quote(f'{verb.name}:{verb.summary}')}" for verb in verbs),
        ")",
        "local context state state_descr line",
        "typeset -A opt_args",
        f"_arguments -C {_zsh_options(top)} '1:command:->verb' '*::argument:->rest'",
        'case "$state" in',
        "    verb) _describe command verbs ;;",
        "    rest)",
        '        case "$line[1]" in',
        *(
            f"            {verb.name}) _arguments {_zsh_options(verb)} {_zsh_places(verb)} ;;"
            for verb in verbs
        ),
        "        esac ;;",
        "esac",
    ]
    return "\n".join(lines) + "\n"


def _zsh_said(text: str) -> str:
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def _zsh_values(choices: Sequence[str], name: str) -> str:
    if choices:
        return f"({' '.join(choices)})"
    return {"files": "_files", "folders": "_files -/", "": " "}[kind(name)]


def _zsh_options(command: Command) -> str:
    return " ".join(
        shlex.quote(f"*{flag}[{_zsh_said(option.summary)}]{_zsh_value(option)}")
        for option in command.options
        for flag in option.flags
    )


def _zsh_value(option: Option) -> str:
    if not option.value:
        return ""
    return f":{_zsh_said(option.value)}:{_zsh_values(option.choices, option.value)}"


def _zsh_places(verb: Command) -> str:
    return " ".join(shlex.quote(_zsh_place(place)) for place in verb.places)


def _zsh_place(place: Place) -> str:
    start = "*:" if place.many else ":" if place.required else "::"
    return f"{start}{_zsh_said(place.name)}:{_zsh_values(place.choices, place.name)}"


# --- fish ----------------------------------------------------------------------------------------


def fish() -> str:
    """The completion for fish."""
    top, *verbs = commands(ENGLISH)
    names = " ".join(verb.name for verb in verbs)
    none = f"not __fish_seen_subcommand_from {names}"
    lines = [
        f"# made from the parser of {PROGRAM}, do not edit",
        f"complete -c {PROGRAM} -f",
        *(_fish_line(none, f"-a {verb.name}", verb.summary) for verb in verbs),
        *_fish_options(none, top),
    ]
    for verb in verbs:
        seen = f"__fish_seen_subcommand_from {verb.name}"
        lines += _fish_options(seen, verb)
        lines += [
            _fish_line(seen, _fish_values(place.choices, place.name), place.summary)
            for place in verb.places
            if place.choices or kind(place.name)
        ]
    return "\n".join(lines) + "\n"


def _fish_line(condition: str, words: str, said: str) -> str:
    return f"complete -c {PROGRAM} -n {_fish_quoted(condition)} {words} -d {_fish_quoted(said)}"


def _fish_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _fish_values(choices: Sequence[str], name: str) -> str:
    if choices:
        return f"-a {_fish_quoted(' '.join(choices))}"
    return {"files": "-F", "folders": "-a '(__fish_complete_directories)'", "": ""}[kind(name)]


def _fish_options(condition: str, command: Command) -> Iterator[str]:
    for option in command.options:
        flags = " ".join(
            f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
        )
        if option.value:
            only = "-r" if kind(option.value) == "files" else "-x"  # -x: no file names besides
            flags += f" {only} {_fish_values(option.choices, option.value)}"
        yield _fish_line(condition, flags.strip(), option.summary)
