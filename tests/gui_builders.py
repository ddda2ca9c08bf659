"""The window's session as a person meets it: at every page, in every state that there is.

Nothing here knows Qt. `carry_out` does what the window does, without a thread.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from builders import HOME, a_guided_machine, a_machine, thunderbird
from configure587.errors import Cancelled, Configure587Error, Refused, expected
from configure587.gui.session import Session
from configure587.gui.tidings import Tidings
from configure587.machine import Platform, memory
from configure587.model import (
    SUBMISSION,
    Outcome,
    Place,
    Profile,
    Progress,
    Reason,
    Result,
    State,
    Verdict,
    reason,
)
from configure587.pages import Page
from configure587.policies import settling
from configure587.policies.layers import Rank, Setting
from configure587.policy import Policy, Probe
from configure587.report.proofs import PROOFS
from configure587.report.sentences import REASONS
from configure587.report.troubles import ERRORS
from configure587.seen import CertificateTrouble, End
from network_builders import CERTIFICATE, HOST, Network, only, ready
from update_builders import CHANNEL, Postman, signed, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from builders import ProfileFiles
    from configure587.gui.session import Intention
    from configure587.machine import Machine
    from configure587.model import Finding

UNPROVED = Policy(probe=Probe.OFF)
LONG = "maria.aparecida.dos.santos.silva.oliveira@correio.secretaria-da-educacao.exemplo.com.br"
LONG_HOST = "servidor-de-envio-autenticado.correio.secretaria-da-educacao.exemplo.com.br"
OTHER = "smtp.outra.example"


def carry_out(
    session: Session,
    intention: Intention,
    notify: Callable[[Progress], None] | None = None,
) -> None:
    """What the window does with an intention, and with everything that follows of itself."""
    task = intention()
    while task is not None:
        try:
            result = task.work(notify or session.seen)
        except Cancelled:
            session.cancelled()
        except (Configure587Error, OSError) as error:
            session.failed(expected(error))
        except Exception:  # noqa: BLE001 - as the worker does
            session.crashed("/home/ana/.local/share/configure587/crash-1.txt")
        else:
            task.then(result)
        task = session.take_over()


def where(session: Session) -> Page:
    """The page that a session is at just now."""
    return session.page


# --- computers -----------------------------------------------------------------------------------


def one_due(**more: Any) -> Machine:  # noqa: ANN401 - the words of thunderbird()
    """A computer whose one account needs the change."""
    return a_machine(thunderbird(port=25, try_ssl=0, **more))


def several(network: Network | None = None) -> Machine:
    """A computer on which accounts of every kind live together."""
    profiles = [
        thunderbird(name="aaaa0001.casa", port=25, try_ssl=0),
        thunderbird(name="aaaa0002.certo", address="bia@certo.example", port=587, try_ssl=2),
        thunderbird(name="aaaa0003.quase", address="caio@quase.example", port=587, try_ssl=1),
        thunderbird(name="aaaa0004.proxy", address="duda@proxy.example", host="127.0.0.1", port=25),
        thunderbird(name="aaaa0005.longo", address=LONG, host=LONG_HOST, port=25, try_ssl=0),
        thunderbird(name="aaaa0006.porta", address="eva@porta.example", port=2525, try_ssl=2),
        thunderbird(name="aaaa0007.quebrado", raw=b'user_pref("mail.smtpservers", "smtp1'),
        thunderbird(name="aaaa0008.ssl", address="gil@ssl.example", port=465, try_ssl=0),
        thunderbird(name="aaaa0009.preso", address="hugo@preso.example", port=65561),
    ]
    return a_machine(*profiles).but(network=network)


def with_servers(*hosts: str, network: Network) -> Machine:
    """A computer with one account for each of these servers, and this network."""
    profiles: list[ProfileFiles] = [
        thunderbird(name=f"abcd000{n}.default", host=host, port=25, try_ssl=0)
        for n, host in enumerate(hosts or (HOST,))
    ]
    return a_machine(*profiles).but(network=network)


def with_news(brought: bytes | Exception, *, wanted: bool = True, asked: bool = True) -> Session:
    """Where new versions are looked for: this is what comes of it."""
    session = Session(one_due(), UNPROVED)
    session.tidings = Tidings(session.machine, CHANNEL, Postman(brought))
    session.tidings.want(on=wanted)
    if asked:
        carry_out(session, session.tidings.look)
    return session


# --- the way there -------------------------------------------------------------------------------


def looked(machine: Machine, policy: Policy = UNPROVED) -> Session:
    """After a look at this computer."""
    session = Session(machine, policy)
    carry_out(session, session.check)
    return session


def at_changes(machine: Machine, policy: Policy = UNPROVED) -> Session:
    """Where the change can be started."""
    session = looked(machine, policy)
    carry_out(session, session.go_on)
    return session


def changed(machine: Machine, policy: Policy = UNPROVED) -> Session:
    """After the change."""
    session = at_changes(machine, policy)
    carry_out(session, session.change)
    return session


def with_history(machine: Machine | None = None) -> Session:
    """At the history of one change."""
    session = changed(machine or one_due())
    carry_out(session, session.history)
    return session


def at_work(session: Session, intention: Intention, *progress: Progress) -> Session:
    """While something is at work, this far."""
    intention()
    for each in progress:
        session.seen(each)
    return session


def unproven(code: str, *more: Reason, host: str = HOST) -> Session:
    """At the page for an account whose server was not proven, for this reason."""
    session = looked(one_due(host=host))
    assert session.plan is not None
    [step] = session.plan.steps
    import dataclasses

    found = step.finding._replace(
        verdict=Verdict.UNPROVEN,
        target=None,
        reasons=(*step.finding.reasons, _filled(code), *more),
    )
    offer = dataclasses.replace(step, finding=step.finding._replace(reasons=found.reasons))
    open_ones = {each.code for each in found.reasons} & {"other_host_found", "proof_oauth_only"}
    session.plan = dataclasses.replace(
        session.plan, steps=(), untouched=(found,), offers=(offer,) if open_ones else ()
    )
    session.show(found)
    return session


def shown(session: Session, verdict: Verdict) -> Session:
    """At the page for the first account with this verdict."""
    found = next(each for each in session.findings if each.verdict is verdict)
    session.show(found)
    return session


def blocked() -> Session:
    """At the page for an account that an organization manages."""
    locked = b'{"mail.smtpserver.smtp1.port": {"Value": 25, "Status": "locked"}}'
    policies = b'{"policies": {"Preferences": ' + locked + b"}}"
    machine = a_machine(
        thunderbird(port=25, try_ssl=0),
        files={"/etc/thunderbird/policies/policies.json": policies},
    )
    return shown(looked(machine), Verdict.BLOCKED)


def ended(page: Page, *results: Result, code: str = "io_trouble") -> Session:
    """At the end, with these results."""
    session = looked(one_due())
    session.trail.here = session.trail.here._replace(page=page)
    session.outcomes = tuple(
        Outcome(
            _profile(number),
            result,
            (_filled(code),) if result not in {Result.CHANGED, Result.UNDONE} else (),
            accounts=(LONG if number else "ana@exemplo.com.br",),
        )
        for number, result in enumerate(results)
    )
    return session


def stopped_by(error: Configure587Error) -> Session:
    """Where nothing goes on."""
    session = Session(one_due(), UNPROVED)
    session.check()
    session.failed(error)
    return session


def crashed(path: str | None) -> Session:
    """After a bug of ours."""
    session = Session(one_due(), UNPROVED)
    session.crashed(path)
    return session


def told(topic: str) -> Session:
    """Learning about one thing."""
    session = looked(one_due())
    session.learn(topic)
    return session


def beside(page: Page, session: Session) -> Session:
    """On a page that one looks at on the side."""
    session.trail.go(page)
    return session


def _profile(number: int) -> Profile:
    folder = f"{HOME}/.thunderbird/abcd{number:04}.default"
    return Profile(
        "thunderbird",
        "Thunderbird",
        "default",
        folder,
        Place("prefs.js", f"{folder}/prefs.js"),
        True,
    )


_FIELDS: dict[str, str | int] = {
    "host": LONG_HOST,
    "other": OTHER,
    "port": 25,
    "program": "Thunderbird",
    "path": f"{HOME}/.thunderbird/k3x8p2qa.default-release/prefs.js",
    "detail": "ENOSPC",
    "number": 550,
    "said": "5.7.1 access denied",
    "names": f"{OTHER}, *.outra.example",
    "until": "2026-01-01",
    "issuer": "Autoridade de Teste",
    "since": "2026-01-01",
    "name": "mail.smtpserver.smtp1.port",
    "person": "ana",
    "ran_as": "admin",
    "line": 7,
    "finding": "thunderbird:0123456789:smtp1",
    "method": "old",
    "user": "ana",
    "backup": "20261124-120000",
    "folder": f"{HOME}/.local/share/configure587/backups/1",
    "library": "libxcb-cursor.so.0",
    "value": "x",
    "row": "exemplo",
    "allowed": "host",
    "domain": "exemplo.com.br",
    "id": "thunderbird:0:smtp1",
}


def _filled(code: str) -> Reason:
    return reason(code, **_FIELDS)


EVERY_REASON = tuple(_filled(code) for code in [*REASONS, *PROOFS])
"""Each reason that we have a sentence for, with every field that any of them could want."""

EVERY_ERROR = tuple(Refused(code, **_FIELDS) for code in ERRORS)
"""Everything that stops a run."""

IN_THE_WINDOW = {
    *("another_run", "no_such_backup", "backup_damaged", "copy_damaged", "copy_withheld"),
    *("data_folder_denied", "data_folder_full", "not_allowed", "file_trouble"),
    *("image_without_home", "image_description_bad"),
}
"""What can stop a run that was begun in the window; the rest speaks of the command's words."""

# --- every state of every page -------------------------------------------------------------------


def _sample() -> Session:
    session = Session(one_due(), UNPROVED, sample="/tmp/configure587-demo-1")
    session.machine = session.machine.but(notices=(_filled("other_person"),))
    return session


def _recovered() -> Session:
    session = looked(several())
    outcome = Outcome(_profile(0), Result.UNDONE, (reason("was_interrupted"),))
    session.recovered = (outcome,)
    return session


def _unticked() -> Session:
    session = at_changes(several())
    for step in session.chosen:
        session.tick(step.finding.id, on=False)
    return session


def _many_reasons(codes: Iterable[str]) -> Session:
    first, *others = codes
    return unproven(first, *(_filled(each) for each in others))


def _two_needy() -> Session:
    network = Network({HOST: only(End.REJECTED), OTHER: only(End.REJECTED), "ok.example": ready})
    session = looked(with_servers(HOST, OTHER, "ok.example", network=network), Policy())
    session.show(session.needy[0])
    return session


def _closing(*programs: str) -> Session:
    session = at_changes(a_machine(thunderbird(port=25, try_ssl=0, running=True)))
    carry_out(session, session.change)
    session.open_programs = programs or session.open_programs
    return session


def _undone() -> Session:
    session = changed(one_due())
    carry_out(session, session.undo)
    return session


def _guided(platform: Platform) -> Session:
    return shown(looked(a_guided_machine(platform)), Verdict.GUIDED)


def _whole_file() -> Session:
    session = with_history()
    session.ask_whole_file(session.backups[0])
    return session


def _history_of_all_states() -> Session:
    import dataclasses

    session = with_history(several())
    [backup] = session.backups
    session.backups = tuple(
        dataclasses.replace(
            backup, id=f"{number}", created=f"2026-11-0{number + 1}T08:00:00Z", state=s
        )
        for number, s in enumerate((each for each in State if each is not State.NOTHING), 1)
    )
    return session


def _changing(*stages: str) -> Session:
    session = at_changes(one_due())
    session.trail.here = session.trail.here._replace(page=Page.CHANGING)
    session.stages = stages
    return session


def _wrong_certificate() -> Session:
    answer = only(
        End.BAD_CERTIFICATE, trouble=CertificateTrouble.OTHER_NAME, certificate=CERTIFICATE
    )
    session = looked(with_servers(network=Network({HOST: answer})), Policy())
    return shown(session, Verdict.UNPROVEN)


def _no_history() -> Session:
    session = Session(one_due(), UNPROVED)
    carry_out(session, session.history)
    return session


def for_a_phone(guide: str) -> Session:
    """At the guide of a phone, with one account to take there and one that cannot be taken."""
    incoming: dict[str, bool | int | str] = {
        "mail.server.server1.type": "imap",
        "mail.server.server1.hostname": "imap.exemplo.com.br",
        "mail.server.server1.socketType": 3,
    }
    session = looked(
        a_machine(
            thunderbird(port=587, try_ssl=2, more=incoming),
            thunderbird(name="efgh5678.outro", address=LONG, port=587, try_ssl=2),
        )
    )
    carry_out(session, lambda: session.guide(guide))
    return session


def _nameless() -> Session:
    machine = one_due(authMethod=1, incoming=None, username=None)
    return shown(looked(machine), Verdict.STUCK)


def _without_steps() -> Session:
    """At the page for an account that no steps of ours would help."""
    import dataclasses

    session = looked(one_due())
    assert session.plan is not None
    [step] = session.plan.steps
    reasons = (*step.finding.reasons, reason("outlook_oauth"))
    found = step.finding._replace(verdict=Verdict.STUCK, target=None, reasons=reasons)
    session.plan = dataclasses.replace(session.plan, steps=(), untouched=(found,))
    session.show(found)
    return session


def _modern_steps() -> Session:
    session = unproven("proof_oauth_only")
    carry_out(session, session.show_steps)
    return session


def _other_by_dns() -> Session:
    found = reason("other_host_found", other=OTHER, domain="exemplo.com.br")
    by_dns = reason("other_host_by_dns", other=OTHER, domain="exemplo.com.br")
    return unproven("proof_server_gone", found, by_dns)


# --- what an organization decided ----------------------------------------------------------------

LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 60">
<circle cx="30" cy="30" r="26" fill="#0b57d0"/><circle cx="30" cy="30" r="13" fill="#ffffff"/>
<path d="M70 14h30v10h-20v6h18v10h-18v10h-10z M112 14h12l9 14 9-14h12l-15 22 15 22h-12l-9-14-9 14
h-12l15-22z" fill="#1c2b2a"/><rect x="164" y="26" width="70" height="10" fill="#0b57d0"/></svg>"""
PROVIDER = {
    "support-name": "Provedor Exemplo",
    "support-phone": "0800 000 0000",
    "support-site": "https://ajuda.exemplo.com.br/587",
    "support-logo": "/etc/configure587/logo.svg",
}
_HOSTILE = {
    "support-name": '<img src="file:///etc/passwd"><b>& ' + "nome-sem-fim" * 12,
    "support-phone": "<a href='tel:1'>1</a> & 0800 000 0000 " * 3,
    "support-site": "https://exemplo.com.br/?" + "a=<b>&" * 30,
}
ONLY_LOOKING = {"window-offers": ()}
WITHOUT_UNDO = {"window-offers": ("change", "learn", "report", "phone", "other-server")}


def decided(session: Session, *said: dict[str, Any]) -> Session:
    """The same, on a computer whose administrator said this."""
    words = {key: value for each in said for key, value in each.items()}
    path = "/etc/configure587/policy.d/acme.toml"
    session.wishes = settling.Wishes(
        {key: Setting(key, value, Rank.MACHINE, path, 1) for key, value in words.items()}
    )
    session.policy = settling.policy(session.wishes, session.policy)
    session.logo = LOGO if "support-logo" in words else b""
    return session


def broken() -> Session:
    """A start where the policy has a mistake, after a change that was made before."""
    machine = changed(one_due()).machine
    return Session(machine, broken=BROKEN, again=lambda: Session(machine, broken=BROKEN))


BROKEN = Refused(
    "policy_value_wrong",
    where="/etc/configure587/policy.d/acme.toml:7",
    key="probe",
    value="'sometimes'",
    allowed="one_of",
    allowed_words="require, warn, off",
)


def _overruled() -> Session:
    session = decided(Session(one_due(), UNPROVED), {"language": "en", "probe": "off"})
    notice = reason("policy_wins", key="probe", path="/etc/configure587/policy.d/acme.toml")
    session.machine = session.machine.but(notices=(notice,))
    return session


def _left() -> Session:
    start = decided(Session(several(), UNPROVED), {"leave-alone": (LONG,)}, WITHOUT_UNDO)
    carry_out(start, start.check)
    carry_out(start, start.go_on)
    return start


def _fixed_news() -> Session:
    session = decided(Session(one_due(), UNPROVED), {"updates": "off"})
    session.tidings = Tidings(session.machine, CHANNEL, Postman(b""), allowed=False)
    return beside(Page.HELP, session)


_FIXED = {"online": False, "targets": (SUBMISSION,), "accept-hosts": ()}


DECIDED: dict[str, tuple[Page, Callable[[], Session]]] = {
    "start, of a provider": (
        Page.START,
        lambda: decided(Session(one_due(), UNPROVED), PROVIDER),
    ),
    "start, only looking": (
        Page.START,
        lambda: decided(Session(one_due(), UNPROVED), ONLY_LOOKING),
    ),
    "start, without undo": (
        Page.START,
        lambda: decided(Session(one_due(), UNPROVED), WITHOUT_UNDO),
    ),
    "start, overruled": (Page.START, _overruled),
    "found, only looking": (
        Page.FOUND,
        lambda: decided(looked(several()), ONLY_LOOKING, PROVIDER),
    ),
    "changes, one left alone": (Page.CHANGES, _left),
    "done, without undo": (
        Page.DONE,
        lambda: decided(changed(several()), WITHOUT_UNDO, PROVIDER),
    ),
    "all good, only looking": (
        Page.ALL_GOOD,
        lambda: decided(looked(a_machine(thunderbird(port=587, try_ssl=2))), ONLY_LOOKING),
    ),
    "no program, only looking": (
        Page.NO_PROGRAM,
        lambda: decided(looked(memory.machine({})), ONLY_LOOKING),
    ),
    "server trouble, all is fixed": (
        Page.SERVER_TROUBLE,
        lambda: decided(unproven("proof_only_465"), _FIXED, PROVIDER),
    ),
    "another server, fixed": (
        Page.OTHER_SERVER,
        lambda: decided(_other_by_dns(), _FIXED, PROVIDER),
    ),
    "organization, only looking": (
        Page.ORGANIZATION,
        lambda: decided(blocked(), ONLY_LOOKING, PROVIDER),
    ),
    "not changed, of a provider": (
        Page.NOT_CHANGED,
        lambda: decided(ended(Page.NOT_CHANGED, Result.FAILED), PROVIDER),
    ),
    "guide, of a provider": (
        Page.GUIDE,
        lambda: decided(shown(looked(several()), Verdict.STUCK), PROVIDER),
    ),
    "history, without undo": (Page.HISTORY, lambda: decided(with_history(), WITHOUT_UNDO)),
    "help, of a provider": (
        Page.HELP,
        lambda: decided(beside(Page.HELP, looked(several())), PROVIDER),
    ),
    "help, of nobody good": (
        Page.HELP,
        lambda: decided(beside(Page.HELP, looked(several())), _HOSTILE),
    ),
    "help, only looking": (
        Page.HELP,
        lambda: decided(beside(Page.HELP, Session(one_due(), UNPROVED)), ONLY_LOOKING),
    ),
    "help, no versions": (Page.HELP, _fixed_news),
    "report, fixed": (
        Page.REPORT,
        lambda: decided(
            beside(Page.REPORT, changed(several())), {"report-addresses": False}, PROVIDER
        ),
    ),
    "policy with a mistake": (Page.CANNOT_GO_ON, broken),
    "cannot go on, of a provider": (
        Page.CANNOT_GO_ON,
        lambda: decided(stopped_by(Refused("another_run", **_FIELDS)), PROVIDER),
    ),
    "crash, of a provider": (Page.CRASH, lambda: decided(crashed(None), PROVIDER)),
}
"""The same for what an organization decided."""

_ON_OTHER_PAGES = {"proof_oauth_only", "proof_offline", "proof_not_mail", "other_host_found"}
_STAGES = ("backup", "write", "verify", "prove")
_PROVE = Progress("prove", 1, 3)
_INSPECT = Progress("inspect", 7)

STATES: dict[str, tuple[Page, Callable[[], Session]]] = {
    "start": (Page.START, lambda: Session(one_due(), UNPROVED)),
    "start, sample": (Page.START, _sample),
    "start, newer version": (Page.START, lambda: with_news(signed(text()))),
    "looking": (Page.LOOKING, lambda: at_work(s := Session(one_due(), UNPROVED), s.check)),
    "looking at profiles": (
        Page.LOOKING,
        lambda: at_work(s := Session(one_due(), UNPROVED), s.check, _INSPECT),
    ),
    "looking at servers": (
        Page.LOOKING,
        lambda: at_work(s := Session(one_due(), UNPROVED), s.check, _INSPECT, _PROVE),
    ),
    "found, of every kind": (Page.FOUND, lambda: looked(several())),
    "found, proven": (
        Page.FOUND,
        lambda: looked(one_due().but(network=Network({HOST: ready})), Policy()),
    ),
    "found, nothing proven": (Page.FOUND, lambda: looked(several(Network({})), Policy())),
    "found, guided": (Page.FOUND, lambda: looked(a_guided_machine(Platform.WINDOWS))),
    "found, after a power cut": (Page.FOUND, _recovered),
    "changes": (Page.CHANGES, lambda: at_changes(several())),
    "changes, none ticked": (Page.CHANGES, _unticked),
    "close a program": (Page.CLOSE_PROGRAM, _closing),
    "close two programs": (Page.CLOSE_PROGRAM, partial(_closing, "Thunderbird", "SeaMonkey")),
    "changing": (Page.CHANGING, partial(_changing, "backup")),
    "changing, written": (Page.CHANGING, partial(_changing, "backup", "write", "verify")),
    "changing, looked at": (
        Page.CHANGING,
        partial(_changing, *_STAGES),
    ),
    "done": (Page.DONE, lambda: changed(several())),
    "done in part": (Page.DONE, partial(ended, Page.DONE, Result.CHANGED, Result.DENIED)),
    "all good": (
        Page.ALL_GOOD,
        lambda: looked(a_machine(thunderbird(port=587, try_ssl=2))),
    ),
    "no program": (Page.NO_PROGRAM, lambda: looked(memory.machine({}))),
    "server gone": (Page.SERVER_TROUBLE, _two_needy),
    "wrong certificate": (Page.SERVER_TROUBLE, _wrong_certificate),
    "every server trouble": (
        Page.SERVER_TROUBLE,
        lambda: _many_reasons(each for each in PROOFS if each not in _ON_OTHER_PAGES),
    ),
    "no network": (Page.NO_NETWORK, partial(unproven, "proof_offline")),
    "no mail here": (Page.NO_NETWORK, partial(unproven, "proof_not_mail")),
    "another server": (
        Page.OTHER_SERVER,
        partial(unproven, "proof_server_gone", reason("other_host_found", other=LONG_HOST)),
    ),
    "another server, by its domain": (Page.OTHER_SERVER, _other_by_dns),
    "modern sign-in": (Page.MODERN_SIGN_IN, partial(unproven, "proof_oauth_only")),
    "organization": (Page.ORGANIZATION, blocked),
    "not changed": (
        Page.NOT_CHANGED,
        partial(ended, Page.NOT_CHANGED, Result.FAILED, Result.STALE),
    ),
    "left half done": (Page.NOT_CHANGED, partial(ended, Page.NOT_CHANGED, Result.BROKEN)),
    "undoing": (Page.UNDOING, lambda: at_work(s := changed(one_due()), s.undo)),
    "undone": (Page.UNDONE, _undone),
    "undone in part": (
        Page.UNDONE,
        partial(ended, Page.UNDONE, Result.UNDONE, Result.KEPT, code="changed_since"),
    ),
    "nothing to undo": (Page.UNDONE, partial(ended, Page.UNDONE)),
    "learn": (Page.LEARN, partial(told, "")),
    "learn about port 25": (Page.LEARN, partial(told, "port-25")),
    "glossary": (Page.GLOSSARY, lambda: beside(Page.GLOSSARY, told(""))),
    "guide, Windows": (Page.GUIDE, partial(_guided, Platform.WINDOWS)),
    "guide, macOS": (Page.GUIDE, partial(_guided, Platform.MACOS)),
    "guide, stuck": (Page.GUIDE, lambda: shown(looked(several()), Verdict.STUCK)),
    "guide, with a code": (Page.GUIDE, partial(for_a_phone, "thunderbird-android")),
    "guide, with a file": (Page.GUIDE, partial(for_a_phone, "iphone")),
    "guide, without steps": (Page.GUIDE, _without_steps),
    "guide, modern sign-in": (Page.GUIDE, _modern_steps),
    "guide, without a user name": (Page.GUIDE, _nameless),
    "history": (Page.HISTORY, with_history),
    "history, empty": (Page.HISTORY, _no_history),
    "history, not known yet": (
        Page.HISTORY,
        lambda: beside(Page.HISTORY, Session(one_due(), UNPROVED)),
    ),
    "history, of every state": (Page.HISTORY, _history_of_all_states),
    "whole file": (Page.WHOLE_FILE, _whole_file),
    "help": (Page.HELP, lambda: beside(Page.HELP, looked(several()))),
    "help at once": (Page.HELP, lambda: beside(Page.HELP, Session(one_due(), UNPROVED))),
    "help, newer version": (Page.HELP, lambda: beside(Page.HELP, with_news(signed(text())))),
    "help, no news": (Page.HELP, lambda: beside(Page.HELP, with_news(OSError("too large")))),
    "report": (Page.REPORT, lambda: beside(Page.REPORT, changed(several()))),
    "report at once": (Page.REPORT, lambda: beside(Page.REPORT, Session(one_due(), UNPROVED))),
    "crash": (Page.CRASH, partial(crashed, f"{HOME}/.local/share/configure587/crash-1.txt")),
    "crash without a file": (Page.CRASH, partial(crashed, None)),
    **{
        f"cannot go on: {each.code}": (Page.CANNOT_GO_ON, partial(stopped_by, each))
        for each in EVERY_ERROR
        if each.code in IN_THE_WINDOW
    },
    **DECIDED,
}
"""State -> its page, and how to get there."""


def a_session_at(page: Page) -> Session:
    """A session at this page, in the first state of it that is listed."""
    return next(build() for at, build in STATES.values() if at is page)


def the_due(session: Session) -> Finding:
    """The first account that needs the change."""
    return next(each for each in session.findings if each.verdict is Verdict.DUE)
