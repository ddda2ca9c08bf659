"""The table of policy keys as templates of Group Policy: one .admx, and an .adml per language.

What the editor of Group Policy then writes is what configure587.policies.layers reads: text as
REG_SZ, numbers and yes or no as REG_DWORD, lists as a key with the values 1, 2 and so on, tables as
a key with a value for each row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from installers.rollout import titles

from configure587.policies import places, words
from configure587.policies.keys import KEYS
from configure587.policies.kinds import Choice, Number, Text

if TYPE_CHECKING:
    import gettext

    from configure587.policies.keys import Key

_SCHEMA: Final = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
_VERSIONS: Final = {"revision": "1.0", "schemaVersion": "1.0"}
_PREFIX: Final = "configure587"
_TEXT: Final = "1024"  # letters: as in configure587.policies.kinds


def definitions() -> bytes:
    """The .admx: which values there are, without a word for people."""
    top = Element("policyDefinitions", {**_VERSIONS, "xmlns": _SCHEMA})
    spaces = SubElement(top, "policyNamespaces")
    SubElement(spaces, "target", prefix=_PREFIX, namespace="Configure587.Policies")
    SubElement(top, "resources", minRequiredRevision="1.0")
    supported = SubElement(SubElement(top, "supportedOn"), "definitions")
    SubElement(supported, "definition", name="supported", displayName="$(string.supported)")
    _groups(SubElement(top, "categories"))
    policies = SubElement(top, "policies")
    for key in KEYS.values():
        _policy(policies, key)
    return _document(top)


def _groups(categories: Element) -> None:
    SubElement(categories, "category", name="product", displayName="$(string.product)")
    for name in titles.GROUPS:
        group = SubElement(categories, "category", name=name, displayName=f"$(string.{name})")
        SubElement(group, "parentCategory", ref="product")


def _policy(policies: Element, key: Key) -> None:
    """One key, for the computer and for a person."""
    name = key.camel
    texts = {"displayName": f"$(string.{name})", "explainText": f"$(string.{name}_explained)"}
    where = {"key": places.REGISTRY}
    flag = key.kind.carrier == "flag"
    more = {"valueName": name} if flag else {"presentation": f"$(presentation.{name})"}
    policy = SubElement(
        policies, "policy", {"name": name, "class": "Both", **texts, **where, **more}
    )
    SubElement(policy, "parentCategory", ref=titles.TITLES[key.name][0])
    SubElement(policy, "supportedOn", ref="supported")
    if flag:
        _decimal(policy, "enabledValue", 1)
        _decimal(policy, "disabledValue", 0)
    else:
        _element(SubElement(policy, "elements"), key)


def _decimal(above: Element, name: str, value: int) -> None:
    SubElement(SubElement(above, name), "decimal", value=str(value))


def _element(elements: Element, key: Key) -> None:
    """Where and how the key's value is written."""
    name, kind = key.camel, key.kind
    own = {"id": name, "valueName": name, "required": "true"}
    below = {"id": name, "key": f"{places.REGISTRY}\\{name}"}
    if isinstance(kind, Choice):
        enum = SubElement(elements, "enum", own)
        for word in kind.words:
            item = SubElement(enum, "item", displayName=f"$(string.{_word_id(key, word)})")
            SubElement(SubElement(item, "value"), "string").text = word
    elif isinstance(kind, Number):
        bounds = {"minValue": str(kind.least), "maxValue": str(kind.most)}
        SubElement(elements, "decimal", {**own, **bounds})
    elif isinstance(kind, Text):
        SubElement(elements, "text", {**own, "maxLength": _TEXT})
    elif kind.carrier == "table":
        SubElement(elements, "list", {**below, "explicitValue": "true"})
    else:
        SubElement(elements, "list", {**below, "valuePrefix": ""})


def _word_id(key: Key, word: str) -> str:
    return f"{key.camel}_{word.replace('-', '_')}"


def resources(texts: gettext.NullTranslations, language: str) -> bytes:
    """The .adml: every word for people, in one language."""
    top = Element("policyDefinitionResources", {**_VERSIONS, "xmlns": _SCHEMA})
    SubElement(top, "displayName").text = titles.PRODUCT
    SubElement(top, "description").text = titles.told(titles.ABOUT, language)
    both = SubElement(top, "resources")
    strings = SubElement(both, "stringTable")
    for name, text in _strings(texts, language).items():
        SubElement(strings, "string", id=name).text = text
    presentations = SubElement(both, "presentationTable")
    for key in KEYS.values():
        if key.kind.carrier != "flag":
            _presentation(SubElement(presentations, "presentation", id=key.camel), key, language)
    return _document(top)


def _strings(texts: gettext.NullTranslations, language: str) -> dict[str, str]:
    found = {"product": titles.PRODUCT, "supported": titles.told(titles.SUPPORTED, language)}
    found |= {name: titles.told(pair, language) for name, pair in titles.GROUPS.items()}
    for key in KEYS.values():
        found[key.camel] = titles.told(titles.TITLES[key.name], language)
        found[f"{key.camel}_explained"] = explained(texts, language, key)
        if isinstance(key.kind, Choice):
            found |= {_word_id(key, word): word for word in key.kind.words}
    return found


def explained(texts: gettext.NullTranslations, language: str, key: Key) -> str:
    """What a key is for and what it allows, as `configure587 policy` says it too."""
    what = words.allowed(texts, key.kind.allowed)
    allowed = titles.told(titles.ALLOWED, language).format(what=what)
    return f"{texts.gettext(words.KEYS[key.name])}\n\n{allowed}\n\n{key.name}"


def _presentation(presentation: Element, key: Key, language: str) -> None:
    kind = key.kind
    if isinstance(kind, Choice):
        box, label = SubElement(presentation, "dropdownList", noSort="true"), titles.CHOICE
    elif isinstance(kind, Number):
        # without a default the editor would show 1, which some keys do not allow
        box = SubElement(presentation, "decimalTextBox", defaultValue=str(kind.least))
        label = titles.VALUE
    elif isinstance(kind, Text):
        box, label = SubElement(presentation, "textBox"), titles.VALUE
        SubElement(box, "label").text = titles.told(label, language)
    else:
        box = SubElement(presentation, "listBox")
        label = titles.TWO_COLUMNS if kind.carrier == "table" else titles.ONE_A_LINE
    box.set("refId", key.camel)
    if not isinstance(kind, Text):
        box.text = titles.told(label, language)


def _document(top: Element) -> bytes:
    indent(top)
    data: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return data + b"\n"
