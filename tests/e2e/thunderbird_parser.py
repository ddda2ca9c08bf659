"""Asks a running Thunderbird what its own parser makes of any bytes, and makes bytes to ask about.

Gecko has two doors to it. `parsePrefsFromBuffer` (nsIPrefService) reads as the files in
defaults/pref are read and reports every statement; `readUserPrefsFromFile` is the way of a
prefs.js, reports errors on the console and sets live preferences, which are taken back at once.
"""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from e2e.real_thunderbird import Thunderbird

Value: TypeAlias = bool | int | str

CORPUS: Final = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
    "corpora",
    "prefs-parser-cases.json",
)


class Reading(NamedTuple):
    """What came of one input: statements as (kind, name, value, sticky, locked), and errors."""

    statements: list[tuple[str, str, Value, bool, bool]]
    errors: list[str]


class UserReading(NamedTuple):
    """What came of one input as a prefs.js: user values, session defaults, errors."""

    values: dict[str, Value]
    defaults: dict[str, Value]
    errors: list[str]


def read_as_defaults(thunderbird: Thunderbird, inputs: Sequence[bytes]) -> list[Reading]:
    """Give what Thunderbird makes of each input, read like a file in defaults/pref."""
    return [
        Reading(
            [
                (kind, _text(name), _value(value), sticky, locked)
                for kind, name, value, sticky, locked in answer["statements"]
            ],
            answer["errors"],
        )
        for answer in _ask(thunderbird, AS_DEFAULTS, inputs)
    ]


def read_as_user(thunderbird: Thunderbird, inputs: Sequence[bytes]) -> list[UserReading]:
    """Give what Thunderbird makes of each input, read like a prefs.js."""
    return [
        UserReading(
            {_text(name): _value(value) for name, value in answer["values"]},
            {_text(name): _value(value) for name, value in answer["defaults"]},
            [error.rpartition(f"{FILE}:")[2] for error in answer["errors"]],
        )
        for answer in _ask(thunderbird, AS_USER, inputs)
    ]


def read_ini(thunderbird: Thunderbird, inputs: Sequence[bytes]) -> list[dict[str, dict[str, str]]]:
    """Give what Thunderbird's reader of profiles.ini makes of each input."""
    return [
        {
            _text(section): {_text(key): _text(value) for key, value in keys}
            for section, keys in answer
        }
        for answer in _ask(thunderbird, AS_INI, inputs)
    ]


def _ask(
    thunderbird: Thunderbird, script: str, inputs: Sequence[bytes], batch: int = 500
) -> Iterable[Any]:
    for start in range(0, len(inputs), batch):
        texts = [base64.b64encode(data).decode() for data in inputs[start : start + batch]]
        answers = thunderbird.ask(script, texts)
        assert isinstance(answers, list)
        assert len(answers) == len(texts)
        yield from answers


def _text(latin: str) -> str:
    """Make of bytes that were shown as Latin-1 what our reader makes of them."""
    return latin.encode("latin-1").decode("utf-8", "surrogateescape")


def _value(value: Value) -> Value:
    return _text(value) if isinstance(value, str) else value


FILE: Final = "asked.js"

AS_DEFAULTS: Final = """
return args[0].map(text => {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const statements = [], errors = [];
  const note = (kind, name, value, sticky, locked) =>
    statements.push([kind, name, value, sticky, locked]);
  Services.prefs.parsePrefsFromBuffer(bytes, {
    onStringPref: note, onIntPref: note, onBoolPref: note,
    onError: message => errors.push(message.replace(/^asked:/, "")),
  }, "asked");
  return { statements, errors };
});
"""

AS_USER: Final = f"""
const prefs = Services.prefs, standard = prefs.getDefaultBranch("");
const path = PathUtils.join(PathUtils.profileDir, "{FILE}");
const file = await IOUtils.getFile(path);
const getter = {{
  [prefs.PREF_INT]: "getIntPref", [prefs.PREF_BOOL]: "getBoolPref",
  [prefs.PREF_STRING]: "getCharPref",
}};
const value = (branch, name) => branch[getter[prefs.getPrefType(name)]](name);
const answers = [];
for (const text of args[0]) {{
  await IOUtils.write(path, Uint8Array.from(atob(text), c => c.charCodeAt(0)));
  const names = new Set();
  const observer = {{ observe: (subject, topic, name) => names.add(name) }};
  Services.console.reset();
  prefs.addObserver("", observer);
  try {{
    prefs.readUserPrefsFromFile(file);
  }} catch (error) {{
    if (error.result != Cr.NS_ERROR_FILE_CORRUPTED) throw error;
  }}
  prefs.removeObserver("", observer);
  const errors = Services.console.getMessageArray().map(m => m.message)
    .filter(m => m.includes("prefs parse error"));
  const set = [...names].filter(name => prefs.prefHasUserValue(name));
  const values = set.map(name => [name, value(prefs, name)]);
  const defaults = [...names].filter(name => !set.includes(name))
    .map(name => [name, value(standard, name)]);
  answers.push({{ values, defaults, errors }});
  for (const name of names) {{
    prefs.clearUserPref(name);
    // An empty name would be the branch of everything.
    if (name.includes(".")) standard.deleteBranch(name);
  }}
}}
return answers;
"""


AS_INI: Final = """
const path = PathUtils.join(PathUtils.profileDir, "asked.ini");
const file = await IOUtils.getFile(path);
const factory = Cc["@mozilla.org/xpcom/ini-parser-factory;1"].getService(Ci.nsIINIParserFactory);
// Strings come as UTF-8 decoded; bytes that are not are not asked about.
const bytes = text => String.fromCharCode(...new TextEncoder().encode(text));
const answers = [];
for (const text of args[0]) {
  await IOUtils.write(path, Uint8Array.from(atob(text), c => c.charCodeAt(0)));
  const parser = factory.createINIParser(file);
  answers.push([...parser.getSections()].map(section => [
    bytes(section),
    [...parser.getKeys(section)].map(
      key => [bytes(key), bytes(parser.getString(section, key))]),
  ]));
}
return answers;
"""


# --- inputs ------------------------------------------------------------------------------------


def corpus() -> list[bytes]:
    """Give the inputs of the corpus."""
    with open(CORPUS, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    return [
        base64.b64decode(case["input_base64"]) if "input_base64" in case else case["input"].encode()
        for case in cases
    ]


SOUP: Final = (
    *b"user_pref user_pref( pref( sticky_pref( pref true false sticky locked".split(),
    *b'( ) , ; ; ); , " " \' + - 0 25 587 2147483648 4294967296 99999999999 00 -1 1x'.split(),
    *b'"f.a" "f.b" "f.\\u0061" "\\x66.b" "f." "" "x\\ny" "\\ud83d\\ude00"'.split(),
    *b'"\\ud83d\\" "\\ud83d\\u0041" "\\ude00" "\\u00e9" "\\xe9" "\\x00" "\\u0000"'.split(),
    *b"\\ \\x \\u \\n \\\" \\' // # /* */ / * @ \xe9 \xc3\xa9 \xef\xbb\xbf \x00 \x1a 'f.c'".split(),
    *b'user_pref("f.a",25); pref("f.d",1); sticky_pref("f.e",true); user_pref("f.a","x");'.split(),
    *(b" ", b" ", b"\n", b"\n", b"\r", b"\r\n", b"\t", b"\v", b"\f", b"\\\r\n", b"\\\n"),
    *(b'user_pref("f.a", 25);\n', b'user_pref("f.b", "x");\r\n', b'user_pref("f.c", true);\n'),
    *(b'user_pref("f.a", "\\"//\\"");\n', b'// user_pref("f.a", 1);\n', b"/* ; */", b"# it's\r"),
)

VALUES: Final = (
    *(b"true", b"false", b"0", b"25", b"-1", b"587", b"2147483647", b"-2147483648"),
    *(
        b'""',
        b'"smtp.example.org"',
        b'"it\'s // /* #"',
        b'"{\\"a\\":\\"b\\"}"',
        b'"C:\\\\Mail\\\\"',
    ),
    *(b'"a\\nb\\r"', b'"\xe9"', b'"\xc3\xa9 \xf0\x9f\x98\x80"', b'"a\tb"', b'"\\\\\\""', b'","'),
)


def canonical(rng: random.Random) -> bytes:
    """Make a small file as Thunderbird writes it."""
    end = rng.choice((b"\n", b"\n", b"\r\n"))
    names = sorted(
        {b"f.%s.%d" % (rng.choice((b"a", b"b.c", b"m")), rng.randrange(9)) for _ in "x" * 6}
    )
    lines = [b'user_pref("%s", %s);' % (name, rng.choice(VALUES)) for name in names]
    head = [b"// Mozilla User Preferences", b"", b"// DO NOT EDIT THIS FILE.", b"//", b""]
    mark = rng.choice((b"", b"", b"", b"\xef\xbb\xbf"))
    return mark + b"".join(line + end for line in head[: rng.choice((0, 2, 5))] + lines)


def soup(rng: random.Random) -> bytes:
    """Make a file of tokens in no order."""
    return b"".join(rng.choices(SOUP, k=rng.randrange(1, 30)))


def mutated(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Make one to four small changes."""
    for _ in range(rng.randrange(1, 5)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((0, 0, 1, 1, 2, 8, 40)))
        piece = rng.choice(
            (
                b"",
                bytes((rng.randrange(256),)),
                rng.choice(SOUP),
                rng.choice(SOUP),
                data[end : end + rng.randrange(40)],
                rng.choice(others)[: rng.randrange(60)],
            )
        )
        data = data[:start] + piece + data[end:]
    return data


def inputs(rng: random.Random, count: int) -> list[bytes]:
    """Make so many inputs: the corpus itself, then mutants of it, of canonical files, and soups."""
    known = corpus()
    made = list(known)
    while len(made) < count:
        base = rng.choice((rng.choice(known), canonical(rng), canonical(rng), soup(rng)))
        made.append(mutated(base, known, rng))
    return made[:count]


INI: Final = ("[", "]", "[A]", "[B]", "k", "l", "=", "k=1", "l=é", "#", ";", " ", "\t", "\0")


def ini(rng: random.Random) -> bytes:
    """Make something like a profiles.ini."""
    lines = ["".join(rng.choices(INI, k=rng.randrange(5))) for _ in range(rng.randrange(8))]
    text = "[A]\n" + "".join(line + rng.choice(("\n", "\n", "\r\n", "\r")) for line in lines)
    kind = rng.randrange(8)
    if kind == 0:
        return b"\xff\xfe" + text.encode("utf-16-le")
    return (b"\xef\xbb\xbf" if kind == 1 else b"") + text.encode()
