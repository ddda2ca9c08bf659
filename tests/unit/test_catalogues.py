"""The translations are whole, and the check that says so would notice."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from configure587 import i18n
from installers import catalogues

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from babel.messages.catalog import Catalog

SOURCE = """
from gettext import gettext as _, ngettext
def N_(text): return text
ADVICE = N_("Close Thunderbird.")
def say(count, texts):
    # Translators: the port is a number
    _("Port {port} of {host}")
    _("%s: 100%% of %(name)s\\n")
    texts.ngettext("{count} account", "{count} accounts", count)
    _(f"never {count}")
    _(ADVICE)
"""
WHOLE = """
msgid ""
msgstr ""
"Language: pt_BR\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Close Thunderbird."
msgstr "Feche o Thunderbird."

msgid "Port {port} of {host}"
msgstr "{host}, porta {port}"

msgid "%s: 100%% of %(name)s\\n"
msgstr "%(name)s: 100%% de %s\\n"

msgid "{count} account"
msgid_plural "{count} accounts"
msgstr[0] "{count} conta"
msgstr[1] "{count} contas"
"""
DAMAGES: Mapping[str, tuple[str, str, list[tuple[str, str]]]] = {
    "fuzzy": (
        'msgid "Close',
        '#, fuzzy\nmsgid "Close',
        [("fuzzy", "Close Thunderbird.")],
    ),
    "missing": (
        'msgid "Close Thunderbird."\nmsgstr "Feche o Thunderbird."\n',
        "",
        [("missing", "Close Thunderbird.")],
    ),
    "unused": (
        'msgid "Close',
        'msgid "Old."\nmsgstr "Velho."\n\nmsgid "Close',
        [("unused", "Old.")],
    ),
    "obsolete": (
        'msgid "Close',
        '#~ msgid "Old."\n#~ msgstr "Velho."\n\nmsgid "Close',
        [("obsolete", "Old.")],
    ),
    "not translated": (
        "Feche o Thunderbird.",
        "",
        [("not translated", "Close Thunderbird.")],
    ),
    "one plural form empty": (
        "{count} contas",
        "",
        [("not translated", "{count} account")],
    ),
    "one plural form missing": (
        'msgstr[1] "{count} contas"\n',
        "",
        [("not translated", "{count} account")],
    ),
    "a placeholder is lost": (
        "{host}, porta {port}",
        "porta {port}",
        [("placeholders", "Port {port} of {host}")],
    ),
    "a placeholder is translated": (
        "{host}, porta {port}",
        "{host}, porta {porta}",
        [("placeholders", "Port {port} of {host}")],
    ),
    "a %s is lost": (
        "100%% de %s",
        "100%% de",
        [("placeholders", "%s: 100%% of %(name)s\n")],
    ),
    "a placeholder is lost in the plural": (
        "{count} contas",
        "contas",
        [("placeholders", "{count} account")],
    ),
    "the line end is lost": (
        "de %s\\n",
        "de %s",
        [("line end", "%s: 100%% of %(name)s\n")],
    ),
    "another plural rule": (
        "plural=(n > 1)",
        "plural=(n != 1)",
        [("plural forms", "the header")],
    ),
}


@pytest.fixture
def template(tmp_path: Path) -> Catalog:
    """Give the sentences of a small program."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "say.py").write_text(SOURCE, encoding="utf-8")
    return catalogues.sentences(tmp_path / "app")


def parsed(text: str) -> Catalog:
    """Give the catalogue that this text is."""
    return read_po(io.BytesIO(text.encode()), locale="pt_BR")


def test_every_translation_is_whole() -> None:
    assert catalogues.main(["check"]) == 0


def test_every_language_that_can_be_chosen_has_a_catalogue_and_no_other_has() -> None:
    chosen = {name.replace("-", "_") for name in i18n.LANGUAGES if name != i18n.ENGLISH}
    assert catalogues.catalogues().keys() == chosen


def test_the_sentences_are_those_that_a_person_is_shown(template: Catalog) -> None:
    assert {message.id for message in template if message.id} == {
        "Close Thunderbird.",
        "Port {port} of {host}",
        "%s: 100%% of %(name)s\n",
        ("{count} account", "{count} accounts"),
    }
    assert template["Port {port} of {host}"].auto_comments == ["Translators: the port is a number"]


def test_a_whole_catalogue_has_no_faults(template: Catalog) -> None:
    assert list(catalogues.faults(template, parsed(WHOLE))) == []


@pytest.mark.parametrize(("there", "instead", "faults"), DAMAGES.values(), ids=DAMAGES)
def test_a_damage_is_found_and_named(
    template: Catalog, there: str, instead: str, faults: list[tuple[str, str]]
) -> None:
    assert WHOLE.count(there) == 1
    assert list(catalogues.faults(template, parsed(WHOLE.replace(there, instead)))) == faults


def test_an_update_keeps_what_is_translated_and_drops_what_is_not_said(
    template: Catalog, tmp_path: Path
) -> None:
    po = tmp_path / "pt_BR.po"
    extra = '\nmsgid "Old."\nmsgstr "Velho."\n\n#~ msgid "Older."\n#~ msgstr "Mais velho."\n'
    po.write_text(WHOLE + extra, encoding="utf-8")
    catalogues.update("pt_BR", po, template)
    assert list(catalogues.faults(template, catalogues.read(po, "pt_BR"))) == []
    assert "Old" not in po.read_text(encoding="utf-8")


def test_an_update_leaves_a_changed_sentence_to_the_translator(
    template: Catalog, tmp_path: Path
) -> None:
    po = tmp_path / "pt_BR.po"
    po.write_text(WHOLE.replace("Close Thunderbird.", "Close it."), encoding="utf-8")
    catalogues.update("pt_BR", po, template)
    assert list(catalogues.faults(template, catalogues.read(po, "pt_BR"))) == [
        ("not translated", "Close Thunderbird.")
    ]


def test_an_update_keeps_a_doubt_of_the_translator(template: Catalog, tmp_path: Path) -> None:
    po = tmp_path / "pt_BR.po"
    po.write_text(WHOLE.replace('msgid "Close', '#, fuzzy\nmsgid "Close'), encoding="utf-8")
    catalogues.update("pt_BR", po, template)
    assert catalogues.read(po, "pt_BR")["Close Thunderbird."].fuzzy


def test_a_second_update_changes_no_byte(template: Catalog, tmp_path: Path) -> None:
    po = tmp_path / "new" / "pt_BR.po"
    catalogues.update("pt_BR", po, template)
    first = po.read_bytes()
    catalogues.update("pt_BR", po, template)
    assert po.read_bytes() == first
    assert b"nplurals=2; plural=(n > 1);" in first


def test_the_catalogues_are_written_as_an_update_writes_them(tmp_path: Path) -> None:
    template = catalogues.sentences()
    for language, po in catalogues.catalogues().items():
        copy = tmp_path / po.name
        copy.write_bytes(po.read_bytes())
        catalogues.update(language, copy, template)
        assert copy.read_text(encoding="utf-8") == po.read_text(encoding="utf-8"), (
            "run: python installers/catalogues.py update"
        )
