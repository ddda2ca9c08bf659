"""A policy's file, registry key and property list: all is understood, or it is refused by place."""

from __future__ import annotations

import json
import os
import plistlib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import HOME, a_machine
from configure587 import i18n
from configure587.errors import Refused
from configure587.machine import Platform
from configure587.machine.disk import DiskFiles
from configure587.machine.memory_registry import MemoryRegistry
from configure587.model import SUBMISSION, SUBMISSIONS, Opaque
from configure587.policies import kinds, layers, places, schema, settling, words
from configure587.policies.keys import CAMEL, KEYS
from configure587.policies.layers import Rank
from configure587.policy import Contact, HostMove, Policy, Probe
from configure587.report import policies, troubles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from configure587.machine import Look, Machine
    from configure587.model import Value

FILE = "/p/acme.toml"
MACHINE_FILE = "/etc/configure587/policy.d/10-acme.toml"
USER_FILE = f"{HOME}/.config/configure587/policy.toml"
HKLM = r"HKEY_LOCAL_MACHINE\Software\Policies\Configure587"
HKCU = r"HKEY_CURRENT_USER\Software\Policies\Configure587"

EVERYTHING: dict[str, Any] = {
    "clients": ["thunderbird", "outlook"],
    "due-ports": [25, 2525],
    "targets": ["465/tls", "587/starttls"],
    "probe": "warn",
    "online": True,
    "host-map": {"mail.old.example": "smtp.new.example local-part"},
    "include-hosts": ["mail.old.example"],
    "exclude-hosts": ["mail.other.example"],
    "include-domains": ["new.example"],
    "exclude-domains": ["other.example"],
    "leave-alone": ["chefe@new.example"],
    "accept-hosts": ["smtp.third.example"],
    "when-running": "wait",
    "wait-seconds": 90,
    "report": "/srv/reports",
    "report-addresses": False,
    "backups-kept": 7,
    "rings": ["pilot 5", "all 95"],
    "limit": 100,
    "stop-if-failed": 10,
    "language": "pt-BR",
    "window-offers": ["change", "learn"],
    "updates": "off",
    "support-name": "Acme",
    "support-phone": "0800 000",
    "support-site": "https://acme.example/ajuda",
    "support-logo": "/srv/acme.png",
}
WANTED = Policy(
    clients=("thunderbird", "outlook"),
    due_ports=(25, 2525),
    targets=(SUBMISSIONS, SUBMISSION),
    probe=Probe.WARN,
    online=True,
    host_map=(HostMove("mail.old.example", "smtp.new.example", "local-part"),),
    include_hosts=("mail.old.example",),
    exclude_hosts=("mail.other.example",),
    include_domains=("new.example",),
    exclude_domains=("other.example",),
    leave_alone=("chefe@new.example",),
    accept_hosts=("smtp.third.example",),
    wait=90.0,
    report="/srv/reports",
    backups_kept=7,
    rings=(("pilot", 5), ("all", 95)),
    limit=100,
    stop_if_failed=10,
    language="pt-BR",
    window_offers=("change", "learn"),
    updates="off",
    support=Contact("Acme", "0800 000", "https://acme.example/ajuda", "/srv/acme.png"),
)


def toml(values: dict[str, Any]) -> bytes:
    """A file with these values; JSON's spelling of text, numbers and lists is TOML's too."""
    lines = [f"{k} = {json.dumps(v)}" for k, v in values.items() if not isinstance(v, dict)]
    for name, table in values.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *(f'"{k}" = {json.dumps(v)}' for k, v in table.items())]
    return "\n".join(lines).encode()


def in_registry(values: dict[str, Any], top: str = HKLM) -> MemoryRegistry:
    """The same as Group Policy writes it."""
    contents: dict[str, dict[str, Value]] = {top: {}}
    for name, value in values.items():
        camel = KEYS[name].camel
        if isinstance(value, list):
            items: dict[str, Value] = {str(n): str(v) for n, v in enumerate(value, start=1)}
            contents[f"{top}\\{camel}"] = items
        elif isinstance(value, dict):
            contents[f"{top}\\{camel}"] = {key: str(each) for key, each in value.items()}
        else:
            contents[top][camel] = int(value) if isinstance(value, bool) else value
    return MemoryRegistry(contents)


def with_file(text: str | bytes, path: str = FILE) -> Machine:
    """A computer with one file of a policy."""
    return a_machine(files={path: text if isinstance(text, bytes) else text.encode()})


def refusal(text: str | bytes) -> Refused:
    """What is wrong in a file."""
    with pytest.raises(Refused) as caught:
        layers.toml(with_file(text).files, FILE, Rank.FILE)
    return caught.value


def test_a_file_with_every_key_gives_every_field_of_a_policy() -> None:
    wishes = settling.settled(with_file(toml(EVERYTHING)), file=FILE)
    assert set(EVERYTHING) == set(KEYS)
    assert settling.policy(wishes) == WANTED


def test_the_registry_gives_the_same() -> None:
    machine = a_machine(platform=Platform.WINDOWS).but(registry=in_registry(EVERYTHING))
    assert settling.policy(settling.settled(machine)) == WANTED


def test_managed_preferences_give_the_same() -> None:
    values = {KEYS[name].camel: value for name, value in EVERYTHING.items()}
    payload = plistlib.dumps({**values, "PayloadVersion": 1})
    path = "/Library/Managed Preferences/org.configure587.plist"
    machine = a_machine(files={path: payload}, platform=Platform.MACOS)
    assert settling.policy(settling.settled(machine)) == WANTED


def test_what_a_policy_does_not_speak_of_stays_as_it_was() -> None:
    base = Policy(clients=("outlook",), wait=5.0, only=("x",))
    wishes = settling.settled(with_file("probe = 'off'"), file=FILE)
    assert settling.policy(wishes, base) == base._replace(probe=Probe.OFF)


def test_the_schema_takes_what_we_take() -> None:
    jsonschema.validate(EVERYTHING, schema.document())


@pytest.mark.parametrize(
    "wrong",
    [{"probe": "of"}, {"due-ports": [587]}, {"limit": -1}, {"unknown": 1}, {"online": 1}],
    ids=str,
)
def test_the_schema_refuses_what_we_refuse(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema.document())
    refusal(toml(wrong))


WRONG = [
    ("clients = []", "clients"),
    ('clients = ["eudora"]', "clients"),
    ('clients = "outlook"', "clients"),
    ("due-ports = [0]", "due-ports"),
    ("due-ports = [465]", "due-ports"),
    ("due-ports = [true]", "due-ports"),
    ("due-ports = [25, 25]", "due-ports"),
    ('targets = ["25/none"]', "targets"),
    ('probe = "never"', "probe"),
    ("probe = 1", "probe"),
    ('online = "yes"', "online"),
    ("online = 1", "online"),
    ('include-hosts = ["localhost"]', "include-hosts"),
    ("include-domains = []", "include-domains"),
    ('exclude-domains = ["@example.com"]', "exclude-domains"),
    ('leave-alone = ["ana"]', "leave-alone"),
    ("wait-seconds = 0", "wait-seconds"),
    ("wait-seconds = 1.5", "wait-seconds"),
    ('report = "reports"', "report"),
    ('report = ""', "report"),
    ('support-name = "a\\nb"', "support-name"),
    ('support-name = "\\u001b[31mred"', "support-name"),
    ('support-name = "\\u202egnp"', "support-name"),
    ('support-site = "javascript:alert(1)"', "support-site"),
    ('support-site = "https://"', "support-site"),
    ("limit = -1", "limit"),
    ("stop-if-failed = 101", "stop-if-failed"),
    ('language = "pt"', "language"),
    ('window-offers = ["everything"]', "window-offers"),
    ("rings = []", "rings"),
    ('rings = ["a b 1"]', "rings"),
    ('rings = ["a 60", "b 41"]', "rings"),
    ('rings = ["a 5", "a 6"]', "rings"),
    ('rings = ["a 0"]', "rings"),
    ('rings = ["a"]', "rings"),
    ('host-map = { "a.example" = "b.example c" }', "host-map"),
    ('host-map = { "a.example" = "" }', "host-map"),
    ('host-map = { "a" = "b.example" }', "host-map"),
]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(("text", "key"), WRONG)
def test_a_value_that_is_not_allowed_is_refused_with_its_line(
    text: str, key: str, language: str
) -> None:
    error = refusal(f"# Acme\n\n{text}\n")
    assert error.code == "policy_value_wrong"
    title, advice = troubles.title_and_advice(i18n.texts(language), error, "configure587")
    assert f"{FILE}:3" in title
    assert key in title
    assert "{" not in title.replace(str(error.fields["value"]), "")
    assert "{" not in advice
    assert len(advice) > len(i18n.texts(language).gettext("Nothing was changed. It may be: ."))


def test_a_key_that_nobody_knows_is_refused_and_all_keys_are_named() -> None:
    error = refusal('probe = "off"\n\nprobes = "off"\n')
    assert (error.code, error.fields["where"], error.fields["key"]) == (
        "policy_key_unknown",
        f"{FILE}:3",
        "probes",
    )
    assert error.fields["known"] == ", ".join(KEYS)


@pytest.mark.parametrize(
    "text",
    [
        'include-hosts = ["a.example"]\nexclude-hosts = ["A.example."]',
        'include-domains = ["a.example"]\nexclude-domains = ["a.example", "b.example"]',
        'when-running = "skip"\nwait-seconds = 5',
        'probe = "off"\nonline = true',
        'accept-hosts = ["a.example"]\nexclude-hosts = ["A.example"]',
        'exclude-hosts = ["b.example"]\n[host-map]\n"a.example" = "b.example"',
    ],
)
def test_two_keys_that_cannot_both_be_meant_are_refused_with_both_lines(text: str) -> None:
    error = refusal(text)
    assert error.code == "policy_contradiction"
    assert {error.fields["where"], error.fields["there"]} == {
        f"{FILE}:{line}"
        for line, words_ in enumerate(text.splitlines(), start=1)
        if (" = " in words_ and not words_.startswith('"')) or words_.startswith("[")
    }


@pytest.mark.parametrize(
    "rows",
    [
        {"a.example": "a.example"},
        {"a.example": "b.example", "b.example": "a.example"},
        {"a.example": "b.example", "b.example": "c.example"},
        {"a.example": "b.example", "b.example": "c.example", "c.example": "a.example address"},
        {"a.example": "A.EXAMPLE."},
    ],
    ids=str,
)
def test_a_server_that_would_be_moved_again_and_again_is_refused(rows: dict[str, str]) -> None:
    error = refusal(toml({"host-map": rows}))
    assert (error.code, error.fields["allowed"]) == ("policy_value_wrong", "host_loop")


def test_the_same_old_server_in_two_spellings_is_refused() -> None:
    rows = {"a.example": "b.example", "A.example.": "c.example"}
    assert refusal(toml({"host-map": rows})).fields["allowed"] == "each_once"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("probe = \n", 1),
        ("probe = 'off'\n\nonline = maybe\n", 3),
        ("probe = 'off'\nprobe = 'off'\n", 2),
        ("[rings\na = 1\n", 1),
        ("clients = [\n'outlook'\n", 3),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, line: int) -> None:
    error = refusal(text)
    assert (error.code, error.fields["where"]) == ("policy_not_toml", f"{FILE}:{line}")


MANY = "".join(["leave-alone = [\n", *(f'  "a{n}@x.example",\n' for n in range(9_000)), "]\n"])


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("", "limit = -1"),
        ("# limit = 5\n", "limit = -1"),
        ('support-name = "limit = 5"\n', "limit = -1"),
        ('support-phone = """0800 \\\n limit = 5\\\n"""\n', "limit = -1"),
        ("due-ports = [\n  25,\n  # limit\n  2525,\n]\n\n# more\n", "limit = -1"),
        ("due-ports = [25]\n", '"limit" = -1'),
        ("due-ports = [25]\r\n\r\n", "limit = -1"),
        ('support-phone = """x\\\n[limit]\\\n"""\n', "limit = -1"),
        (MANY, "limit = -1"),
        ("", "[limit]"),
        ("", "limit.x = 1"),
    ],
    ids=range(11),
)
def test_the_line_is_where_the_key_begins_whatever_stands_before(before: str, text: str) -> None:
    error = refusal(before + text + "\n")
    assert error.fields["where"] == f"{FILE}:{before.count(chr(10)) + 1}"


def test_a_line_of_a_table_is_not_taken_for_a_key_of_the_document() -> None:
    error = refusal('[host-map]\n"a.example" = "b.example"\nlimit = -1\n')
    assert (error.fields["key"], error.fields["where"]) == ("host-map", f"{FILE}:1")


def test_the_line_of_a_value_over_several_lines_is_its_first() -> None:
    assert refusal("\ndue-ports = [\n  25,\n  587,\n]\n").fields["where"] == f"{FILE}:2"


@pytest.mark.parametrize(
    ("data", "detail"),
    [(b"\xff\xfe", "UTF-8"), (b"#" * (1024 * 1024 + 1), "EFBIG")],
    ids=["not UTF-8", "too large"],
)
def test_what_cannot_be_read_as_text_is_refused(data: bytes, detail: str) -> None:
    error = refusal(data)
    assert (error.code, error.fields["detail"]) == ("policy_unreadable", detail)


def test_a_file_with_a_byte_order_mark_and_windows_lines_is_read() -> None:
    text = "\ufeffprobe = 'off'\r\nlimit = 5\r\n"
    found = layers.toml(with_file(text).files, FILE, Rank.FILE)
    assert [(each.key, each.value, each.line) for each in found] == [
        ("probe", "off", 1),
        ("limit", 5, 2),
    ]


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        settling.settled(a_machine(), file=FILE)
    assert (caught.value.code, caught.value.fields["detail"]) == ("policy_unreadable", "ENOENT")


@given(st.binary(max_size=200))
def test_no_bytes_make_anything_but_settings_or_a_refusal(data: bytes) -> None:
    try:
        found = layers.toml(with_file(data).files, FILE, Rank.FILE)
    except Refused:
        return
    assert {each.key for each in found} <= set(KEYS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(st.sampled_from(list(KEYS.values())), JSON)
def test_every_kind_takes_a_value_or_says_what_it_allows(key: Any, raw: Any) -> None:  # noqa: ANN401
    allowed = key.kind.allowed
    try:
        key.kind.taken(raw)
    except kinds.Wrong as error:
        allowed = error.allowed
    assert "{" not in words.allowed(i18n.texts("en"), allowed)


@pytest.mark.parametrize("key", KEYS.values(), ids=list(KEYS))
def test_every_key_says_what_it_is_for_and_what_it_allows(key: Any) -> None:  # noqa: ANN401
    assert words.KEYS[key.name].endswith(".")
    assert words.allowed(i18n.texts("pt-BR"), key.kind.allowed)
    assert CAMEL[key.camel.lower()] is key


def test_a_value_is_shown_as_a_file_would_spell_it() -> None:
    found = layers.toml(with_file(toml(EVERYTHING)).files, FILE, Rank.FILE)
    assert {each.key: policies.plain(each.value) for each in found} == EVERYTHING


@pytest.mark.parametrize(
    "value",
    [Opaque("REG_BINARY", b"\1"), 2, -1, "yes"],
    ids=str,
)
def test_a_yes_in_the_registry_is_one_or_nothing(value: Value) -> None:
    found = MemoryRegistry({HKLM: {"Online": value}})
    machine = a_machine(platform=Platform.WINDOWS).but(registry=found)
    with pytest.raises(Refused) as caught:
        settling.settled(machine)
    assert (caught.value.code, caught.value.fields["where"]) == ("policy_value_wrong", HKLM)


def test_the_items_of_a_list_in_the_registry_keep_their_order() -> None:
    items: dict[str, Value] = {str(n): f"h{n}.example" for n in (10, 9, 1, 2)}
    found = MemoryRegistry({HKLM: {}, f"{HKLM}\\AcceptHosts": items})
    machine = a_machine(platform=Platform.WINDOWS).but(registry=found)
    wishes = settling.settled(machine)
    assert wishes.said("accept-hosts") == (
        "h1.example",
        "h2.example",
        "h9.example",
        "h10.example",
    )


@pytest.mark.parametrize("data", [b"", b"<plist", b"bplist00", b"<plist><array/></plist>"])
def test_managed_preferences_that_are_none_are_refused(data: bytes) -> None:
    path = "/Library/Managed Preferences/org.configure587.plist"
    machine = a_machine(files={path: data}, platform=Platform.MACOS)
    with pytest.raises(Refused) as caught:
        settling.settled(machine)
    assert caught.value.code == "policy_unreadable"


def test_the_logo_of_a_file_lies_beside_it_and_that_of_the_registry_where_it_says() -> None:
    beside = settling.settled(with_file('support-logo = "acme.png"'), file=FILE)
    assert settling.policy(beside).support.logo == "/p/acme.png"
    machine = a_machine(platform=Platform.WINDOWS).but(
        registry=in_registry({"support-logo": r"C:\acme.png"})
    )
    assert settling.policy(settling.settled(machine)).support.logo == r"C:\acme.png"


RANKED = [MACHINE_FILE, None, USER_FILE, FILE]
"""The places from the strongest to the weakest; None is the command line."""


@pytest.mark.parametrize("first", range(4))
def test_the_strongest_word_counts(first: int) -> None:
    said = {place: f"limit = {n}" for n, place in enumerate(RANKED) if place and n >= first}
    said.setdefault(FILE, "")
    machine = a_machine(files={path: text.encode() for path, text in said.items()})
    command = {"limit": 1} if first <= 1 else {}
    assert settling.settled(machine, command, FILE).said("limit") == first


def test_only_the_word_of_the_machine_is_fixed_and_it_overrules_the_command_line() -> None:
    text = "limit = 3\nprobe = 'off'\n"
    machine = a_machine(files={MACHINE_FILE: text.encode(), USER_FILE: b"online = false\n"})
    wishes = settling.settled(machine, {"limit": 5, "probe": "off", "language": "en"})
    assert [each.key for each in wishes.overruled] == ["limit"]
    fixed = wishes.fixed("limit")
    assert fixed is not None
    assert (fixed.value, fixed.path, fixed.line) == (3, MACHINE_FILE, 1)
    assert wishes.fixed("online") is None
    assert wishes.fixed("language") is None


def test_of_several_files_of_the_machine_the_last_by_name_counts() -> None:
    folder = "/etc/configure587/policy.d"
    files = {
        f"{folder}/20.toml": b"limit = 20\nonline = false",
        f"{folder}/10.toml": b"limit = 10\nprobe = 'off'",
        f"{folder}/.30.toml": b"limit = 30",
        f"{folder}/40.toml.dpkg-old": b"limit = 40",
    }
    wishes = settling.settled(a_machine(files=files))
    assert (wishes.said("limit"), wishes.said("probe")) == (20, "off")


def test_a_person_on_windows_and_on_macos_is_heard_too() -> None:
    found = in_registry({"limit": 4}, HKCU)
    windows = a_machine(platform=Platform.WINDOWS).but(registry=found)
    path = "/Library/Managed Preferences/ana/org.configure587.plist"
    mac = a_machine(files={path: plistlib.dumps({"Limit": 4})}, platform=Platform.MACOS)
    for machine in (windows, mac):
        assert places.any_there(machine)
        wishes = settling.settled(machine)
        assert wishes.said("limit") == 4
        assert wishes.fixed("limit") is None


def test_a_computer_without_policies_is_known_by_a_look() -> None:
    assert not places.any_there(a_machine())
    assert not places.any_there(a_machine(platform=Platform.WINDOWS))
    assert not places.any_there(a_machine(platform=Platform.MACOS))
    assert settling.settled(a_machine()).digest == ""


def test_the_digest_tells_policies_apart_and_not_the_order_of_their_keys() -> None:
    one = settling.settled(with_file("limit = 1\nonline = true"), file=FILE).digest
    same = settling.settled(with_file("online = true\n\nlimit = 1"), file=FILE).digest
    other = settling.settled(with_file("online = true\nlimit = 2"), file=FILE).digest
    assert one == same
    assert one != other


@pytest.mark.skipif(os.name == "nt", reason="the registry has rights of its own")
@pytest.mark.parametrize("open_to_all", ["policy.d", "policy.d/acme.toml"])
def test_a_policy_that_everybody_can_write_is_none_of_the_administrators(
    tmp_path: Path, open_to_all: str
) -> None:
    folder = tmp_path / "policy.d"
    folder.mkdir(mode=0o755)
    path = folder / "acme.toml"
    path.write_text("limit = 3\n", encoding="utf-8")
    machine = a_machine().but(files=Below(tmp_path))
    assert [each.key for each in settling.of_machine(machine)] == ["limit"]
    os.chmod(tmp_path / open_to_all, 0o777)
    with pytest.raises(Refused) as caught:
        settling.of_machine(machine)
    assert caught.value.code == "policy_everybodys"


class Below(DiskFiles):
    """The disk, with a folder of ours in place of /etc/configure587."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where policy.d is."""
        super().__init__()
        self._folder = str(folder)

    def _there(self, path: str) -> str:
        return path.replace("/etc/configure587", self._folder)

    def look(self, path: str) -> Look | None:
        """See Files.look."""
        return super().look(self._there(path))

    def names(self, path: str) -> Sequence[str]:
        """See Files.names."""
        return super().names(self._there(path))

    def read(self, path: str, limit: int | None = None) -> bytes:
        """See Files.read."""
        return super().read(self._there(path), limit)
