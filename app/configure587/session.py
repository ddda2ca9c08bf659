"""One run of the command line: what was asked, on which machine, and where the answer goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from configure587.errors import Cancelled
from configure587.model import SUBMISSION, SUBMISSIONS
from configure587.policy import Policy, Probe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from configure587.machine import Machine, Network
    from configure587.model import Outcome, Progress
    from configure587.policies.settling import Wishes
    from configure587.report.style import Style
    from configure587.seen import Connection


_TARGETS = {"587": SUBMISSION, "465": SUBMISSIONS}


class Session(NamedTuple):
    """One run of the command: what was asked, on which machine, and where the answer goes."""

    args: argparse.Namespace
    machine: Machine
    style: Style
    out: TextIO
    err: TextIO
    interactive: bool
    stop: Callable[[], bool]
    prompt: Callable[[str], str]
    secret: Callable[[str], str]
    run: Callable[[Sequence[str]], int]
    wishes: Wishes | None = None

    @property
    def json(self) -> bool:
        """Whether another program reads the answer."""
        return bool(self.args.json)

    def say(self, lines: Iterable[str]) -> None:
        """Write lines for a person, unless a program reads or silence was asked for."""
        if not self.json and not getattr(self.args, "silent", False):
            self.write("".join(f"{line}\n" for line in lines))

    def document(self, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Write one JSON document, when one was asked for."""
        if self.json:
            import json

            self.write(json.dumps(value, indent=1) + "\n")

    def write(self, text: str) -> None:
        """Whoever reads may go away or lack room; the work is brought to its end all the same."""
        try:
            self.out.write(text)
            self.out.flush()
        except OSError:
            import os

            os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())

    def networked(self) -> Session:
        """The same run, able to look at servers unless that was forbidden."""
        if self.policy().probe is Probe.OFF:
            return self
        from configure587.submission.probe import SocketNetwork

        return self.with_network(SocketNetwork(wait_more=self.args.wait_more))

    def with_network(self, network: Network) -> Session:
        """The same run, looking at servers in this way."""
        return self._replace(machine=self.machine.but(network=network))

    @property
    def ledger(self) -> Sequence[Connection]:
        """Every connection that this run made."""
        return self.machine.network.ledger if self.machine.network is not None else ()

    def tell_ledger(self) -> None:
        """Say, with --verbose, which connections were made, why, and what came of them."""
        if self.args.verbose and self.ledger:
            from configure587.report import text

            self.say(text.ledger(self.style, self.ledger))

    def tell_notices(self) -> None:
        """Say, before anything else, what a person should know of this computer."""
        if self.machine.notices:
            from configure587.report import text

            self.say(text.notices(self.style, self.machine.notices))

    def tell_recovered(self, outcomes: Sequence[Outcome]) -> None:
        """Say what was put right because an earlier run had broken off."""
        if outcomes:
            from configure587.report import text

            self.say(text.recovered(self.style, outcomes))

    def policy(self) -> Policy:
        """The wishes that count in this run: what the command line spells, and any policy."""
        if self.wishes is None:
            return self._spelled()
        from configure587.policies import settling

        return settling.policy(self.wishes, self._spelled())

    def said(self) -> dict[str, Any]:
        """What the command line says of the keys of a policy."""
        return said(self.args)

    def _spelled(self) -> Policy:
        args = self.args
        waits = getattr(args, "when_running", None) or 0.0
        later = waits == "next-sign-in"
        return Policy(
            clients=tuple(args.client),
            targets=tuple(_TARGETS[port] for port in getattr(args, "target", ())) or (SUBMISSION,),
            only=tuple(getattr(args, "only", ())),
            skip=tuple(getattr(args, "skip", ())),
            wait=0.0 if later else waits,
            probe=Probe(getattr(args, "probe", "off") or "require"),
            accept_hosts=tuple(getattr(args, "accept_host", ())),
            online=bool(getattr(args, "online", False)),
            tamper_proof_only=bool(getattr(args, "silent", False)),
            next_sign_in=later,
            report=_whole_path(args),
            limit=getattr(args, "limit", 0),
            stop_if_failed=getattr(args, "stop_if_failed", None),
        )

    @property
    def has_policy(self) -> bool:
        """Whether somebody wrote down what is wanted: that is a yes for a run that cannot ask."""
        from configure587.policies.layers import Rank

        settings = self.wishes.settings.values() if self.wishes is not None else ()
        return any(each.rank is not Rank.COMMAND for each in settings)

    def agrees(self, question: str) -> bool:
        """Whether the person says yes; only ever asked on a terminal."""
        return self.means_yes(self.prompt(question))

    def means_yes(self, said: str) -> bool:
        """Whether an answer is a yes; anything else is a no."""
        _ = self.style.texts.gettext
        return said.strip().lower() in {"y", "yes", _("y"), _("yes")}

    def notify(self, progress: Progress) -> None:
        """Show how far we are; stop here when the person asked for it."""
        if self.stop():
            raise Cancelled
        _show(self, progress)

    def done_showing(self) -> None:
        """Take the progress line away."""
        if _shows_progress(self):
            self.err.write("\r\033[K")
            self.err.flush()


def said(args: argparse.Namespace) -> dict[str, Any]:
    """What a command line says of the keys of a policy, and only what it really says."""
    waiting = getattr(args, "when_running", None)
    targets = tuple(_TARGETS[port] for port in getattr(args, "target", ()))
    spoken = {
        "clients": tuple(args.client),
        "targets": tuple(dict.fromkeys(targets)),
        "probe": getattr(args, "probe", None),
        "online": getattr(args, "online", False),
        "accept-hosts": tuple(getattr(args, "accept_host", ())),
        "when-running": _when_running(waiting),
        "wait-seconds": int(waiting) if waiting and waiting != "next-sign-in" else None,
        "report": _whole_path(args),
        "limit": getattr(args, "limit", 0),
        "stop-if-failed": getattr(args, "stop_if_failed", None),
        "language": args.lang,
    }
    return {key: value for key, value in spoken.items() if value}


def _whole_path(args: argparse.Namespace) -> str:
    """The report folder from a root, as a policy has it; "" for none."""
    import os

    named = getattr(args, "report", None)
    return os.path.abspath(named) if named else ""


def _when_running(waiting: float | str | None) -> str | None:
    if waiting is None or isinstance(waiting, str):
        return waiting
    return "wait" if waiting else "skip"


def _shows_progress(session: Session) -> bool:
    """Whether there is a line that tells how far we are: on a terminal, for a person."""
    quiet = session.json or getattr(session.args, "silent", False) or session.style.plain
    return not quiet and session.interactive and session.err.isatty()


def _show(session: Session, progress: Progress) -> None:
    if not _shows_progress(session):
        return
    _ = session.style.texts.gettext
    stage = {
        "inspect": _("Looking at profile {done}…"),
        "write": _("Changing {done} of {total}…"),
        "verify": _("Checking {done} of {total}…"),
        "undo": _("Undoing {done} of {total}…"),
        "prove": _("Looking at server {done} of {total}…"),
        "wait": _("Waiting until the mail program is closed (Ctrl+C stops)…"),
    }[progress.stage]
    done = progress.done if progress.stage == "inspect" else progress.done + 1
    line = stage.format(done=done, total=progress.total)
    session.err.write(f"\r\033[K{line}")
    session.err.flush()
