"""Keep the translations whole: take the sentences from the source, check what translators wrote.

    python installers/catalogues.py update [LANGUAGE]   put new sentences in, take old ones out
    python installers/catalogues.py check               say what is not finished; 1 if anything

For developers; the program reads only what build_backend.py compiles. The list of sentences is
made anew each time and never kept in a file, so it cannot be out of date.
"""

from __future__ import annotations

import argparse
import io
import re
import string
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from babel.messages.catalog import Message

ROOT: Final = Path(__file__).resolve().parent.parent
DOMAIN: Final = "configure587"
KEYWORDS: Final = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
HEADER: Final = """\
# Configure 587! - translation to LANGUAGE.
# Copyright (c) 2026 The Configure 587! founders; MIT license.
#"""
CHANGEABLE: Final = re.compile(
    rb'^"(?:Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Trans|Generated-By).*\n',
    re.MULTILINE,
)
"""Header lines that would differ from day to day and from tool to tool, and say nothing."""
PERCENT: Final = re.compile(r"%(?:\((\w+)\))?[-#0+]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")


def sentences(source: Path = ROOT / "app") -> Catalog:
    """Every sentence that the source shows to a person, with the files that show it."""
    found = Catalog(domain=DOMAIN)
    for name, line, message, comments, _ in extract_from_dir(
        source, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=["Translators:"]
    ):
        path = f"{source.name}/{name}".replace("\\", "/")
        found.add(message, locations=[(path, line)], auto_comments=comments)
    return found


def catalogues(locales: Path = ROOT / "locales") -> dict[str, Path]:
    """Language -> its catalogue."""
    return {po.parts[-3]: po for po in sorted(locales.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))}


def read(po: Path, language: str) -> Catalog:
    """One catalogue as its translators left it."""
    with po.open("rb") as source:
        return read_po(source, locale=language, domain=DOMAIN, abort_invalid=True)


def updated(template: Catalog, old: Catalog, language: str) -> Catalog:
    """The sentences of the template, translated where the old catalogue has the very same one."""
    new = Catalog(
        locale=language,
        domain=DOMAIN,
        header_comment=HEADER.replace("LANGUAGE", language),
        language_team=language,
        fuzzy=False,
    )
    for message in sorted(_messages(template), key=_order):
        known = old.get(message.id)
        same = known is not None and _ids(known) == _ids(message)
        new.add(
            message.id,
            known.string if known is not None and same else None,
            locations=sorted(set(message.locations)),
            flags=known.flags & {"fuzzy"} if known else (),
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known else (),
        )
    return new


def update(language: str, po: Path, template: Catalog) -> None:
    """Rewrite one catalogue; the same source and translations always give the same bytes."""
    old = read(po, language) if po.exists() else Catalog(locale=language)
    text = io.BytesIO()
    write_po(text, updated(template, old, language), width=100, include_lineno=False)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_bytes(CHANGEABLE.sub(b"", text.getvalue()))


def faults(template: Catalog, catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """What stands between this catalogue and a release: (what is wrong, the sentence)."""
    wanted = {_ids(message): message for message in _messages(template)}
    present = {_ids(message): message for message in _messages(catalogue)}
    yield from (("missing", ids[0]) for ids in wanted if ids not in present)
    yield from (("unused", ids[0]) for ids in present if ids not in wanted)
    yield from (("obsolete", _ids(message)[0]) for message in catalogue.obsolete.values())
    for ids, message in present.items():
        yield from ((fault, ids[0]) for fault in _faults_of(message, catalogue.num_plurals))
    if catalogue.fuzzy:
        yield "fuzzy", "the header"
    if catalogue.plural_forms != Catalog(locale=catalogue.locale).plural_forms:
        yield "plural forms", "the header"


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    ids, texts = _ids(message), _texts(message)
    if message.fuzzy:
        yield "fuzzy"
    if not all(texts):
        yield "not translated"
        return
    if len(texts) != (plurals if len(ids) > 1 else 1):
        yield "plural forms"
    for text, likes in zip(texts, [ids] + [ids[-1:]] * (len(texts) - 1), strict=True):
        if fields(text) not in [fields(like) for like in likes]:
            yield "placeholders"
        if text.endswith("\n") != ids[0].endswith("\n"):
            yield "line end"


def fields(text: str) -> tuple[frozenset[str], Counter[str]]:
    """The placeholders of a sentence: those with names, and those that count by order."""
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:  # a brace that is only a brace
        named = {"{", "}"} & set(text)
    percents = list(PERCENT.finditer(text))
    named |= {found[0] for found in percents if found[1]}
    return frozenset(named), Counter(found[0] for found in percents if not found[1])


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _texts(message: Message) -> tuple[str, ...]:
    text = message.string or ""
    return (text,) if isinstance(text, str) else tuple(text)


def _order(message: Message) -> tuple[list[tuple[str, int | None]], tuple[str, ...]]:
    return sorted(message.locations), _ids(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Do one of the two verbs; 1 when a check finds anything."""
    parser = argparse.ArgumentParser(description="Keep the translations whole.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check", help="say what is not finished")
    update_parser = verbs.add_parser("update", help="put new sentences in, take old ones out")
    update_parser.add_argument("language", nargs="?", help="start this language, such as es")
    args = parser.parse_args(argv)
    template, known = sentences(), catalogues()
    if args.verb == "update":
        if args.language:
            known[args.language] = ROOT / "locales" / args.language / "LC_MESSAGES" / f"{DOMAIN}.po"
        for language, po in known.items():
            update(language, po, template)
        return 0
    found = [
        f"{po.relative_to(ROOT).as_posix()}: {fault}: {sentence!r}"
        for language, po in known.items()
        for fault, sentence in faults(template, read(po, language))
    ]
    print("\n".join(found) or f"{len(known)} translation(s), nothing missing.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
