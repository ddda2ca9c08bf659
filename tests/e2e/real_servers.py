"""Real Postfix with Dovecot, Exim, and the name server NSD, on loopback, while a test needs them.

    with postfix(programs, authority.issue(NAME), Rules(mechanisms=("xoauth2",))) as server:
        ...                                        # server.address, ports 25, 587, 465

The programs are those that ``installers/servers.py`` has unpacked; nothing of the machine's own
mail system is used, read or changed. Every file lies in a temporary folder, every process belongs
to the test: it is in a session of its own, is ended with the block, and ends if the test is killed.

What each odd-looking setting is for stands beside it. Users and host names that the machine does
not have come from nss_wrapper (cwrap.org), a library that Debian has for just this: the servers
get their users from it, and ``world`` lets our command, or Thunderbird, resolve ``NAME``.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from e2e.real_thunderbird import ADDRESS, PASSWORD, wait_for, write
from e2e.real_thunderbird import HOSTNAME as NAME
from installers import servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from certificates import Authority

MX, SUBMISSION, SUBMISSIONS, DNS = 25, 587, 465, 53
PATIENCE: Final = 30.0  # seconds: for a port that somebody else's test still holds
START: Final = 20.0  # deadlines in seconds; each of them is up within 0.1 on an idle core
STOP: Final = 10.0

USER_IDS: Final = {"postfix": 64587, "postdrop": 64588, "Debian-exim": 64589}
"""Users of nobody else; below 65536, for a container may have no others."""
NOBODY: Final = 65534


@dataclass(frozen=True, slots=True)
class Rules:
    """How a provider has set its server up."""

    ports: tuple[int, ...] = (MX, SUBMISSION, SUBMISSIONS)
    starttls: bool = True
    """Whether it is offered on 25 and 587; without it, there is no AUTH on 587 either."""
    mechanisms: tuple[str, ...] = ("plain", "login")
    """What AUTH offers under TLS on 587 and 465; none: no AUTH at all."""
    old_tls: bool = False
    """Speak TLS 1.0 and 1.1 only."""
    old_ways: bool = False
    """Let people sign in on 25 and in the clear too, as before RFC 6409; services have names."""
    logs_tls: bool = False
    """Whether Postfix notes every handshake; it does not by default."""
    users: tuple[str, ...] = (ADDRESS,)


@dataclass(frozen=True, slots=True)
class Programs:
    """A copy of the unpacked servers that every user may run: they give up root before they do."""

    folder: str

    def path(self, name: str) -> str:
        """Where one of their files lies."""
        return os.path.join(self.folder, name)

    def environment(self, tree: str, **more: str) -> dict[str, str]:
        """What a server of this tree is started with, and nothing of ours."""
        lib = self.path(f"{tree}/usr/lib")
        folders = [os.path.join(lib, name) for name in os.listdir(lib)]
        folders.append(os.path.join(lib, "dovecot", "modules", "old-stats"))
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LD_LIBRARY_PATH": ":".join(folders),
        } | more

    def wrapper(self, tree: str) -> str:
        """The library nss_wrapper."""
        lib = self.path(f"{tree}/usr/lib")
        found = [os.path.join(lib, name, "libnss_wrapper.so") for name in os.listdir(lib)]
        return next(path for path in found if os.path.exists(path))

    def processes(self) -> list[int]:
        """Every living process of these programs."""
        return [pid for pid in _living() if _program(pid).startswith(self.folder + os.sep)]


@dataclass(frozen=True, slots=True)
class Server:
    """One that is up."""

    addresses: tuple[str, ...]
    rules: Rules
    log_path: str

    @property
    def address(self) -> str:
        """The first address on which it listens."""
        return self.addresses[0]

    def log(self) -> str:
        """What it has noted up to now."""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()


# --- before and around ---------------------------------------------------------------------------


def hindrance() -> str | None:
    """Why no real server can be started here, in one sentence; None when it can."""
    if os.geteuid() != 0:
        return "real mail servers need root: ports below 1024, users of their own"
    if absent := servers.missing(servers.unpacked(servers.cache_folder())):
        return f"{absent[0]} is not unpacked: run python3 installers/servers.py"
    return None


@contextlib.contextmanager
def copied_programs() -> Iterator[Programs]:
    """Give a copy of the unpacked servers; afterwards it is gone, and nothing of it runs."""
    folder = tempfile.mkdtemp(prefix="c587-")  # not below pytest's, which only its owner may enter
    try:
        os.chmod(folder, 0o711)
        source = servers.unpacked(servers.cache_folder())
        subprocess.run(["cp", "-a", f"{source}/.", folder], check=True)
        os.chmod(folder, 0o711)
        programs = Programs(folder)
        yield programs
        assert programs.processes() == []
    finally:
        shutil.rmtree(folder)


_NUMBERS: Final = itertools.count()


def own_address() -> str:
    """Give a loopback address that no other living test uses: the process ID is in it."""
    number = (os.getpid() % (2**18 - 2) + 1) * 64 + next(_NUMBERS) % 62 + 1
    return f"127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def world(
    programs: Programs, folder: str, names: Mapping[str, Sequence[str]], authority: Authority
) -> dict[str, str]:
    """Give the variables with which a child process resolves these names and trusts us.

    Only the C library of the child is told; no code of ours has a door for it. Any other name is
    still looked up in the usual way. ``names`` maps a host name, in A-labels, to its addresses.
    """
    lines = [f"{address} {name}\n" for name, each in names.items() for address in each]
    return {
        "LD_PRELOAD": programs.wrapper("postfix"),
        "NSS_WRAPPER_HOSTS": write(folder, "hosts", "".join(lines)),
        "SSL_CERT_FILE": authority.path,
    }


# --- mail servers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """A mail server that somebody wants, and the folder in which it may live."""

    programs: Programs
    folder: str
    certificate: str
    rules: Rules
    addresses: tuple[str, ...]


class Setup(NamedTuple):
    """How to start a mail server that has been set up, and where it notes what it does."""

    command: Sequence[str]
    log: str


class MailServer(Protocol):
    """A mail server of one kind."""

    def __call__(
        self,
        programs: Programs,
        certificate: str,
        rules: Rules = ...,
        addresses: Sequence[str] = ...,
    ) -> AbstractContextManager[Server]:
        """Run it on these loopback addresses, or on one of its own."""


def _mail_server(tree: str, set_up: Callable[[Order], AbstractContextManager[Setup]]) -> MailServer:
    """A mail server from this tree, once it is set up so."""

    @contextlib.contextmanager
    def run(
        programs: Programs,
        certificate: str,
        rules: Rules = Rules(),
        addresses: Sequence[str] = (),
    ) -> Iterator[Server]:
        addresses = tuple(addresses) or (own_address(),)
        with (
            _folder(programs) as folder,
            set_up(Order(programs, folder, certificate, rules, addresses)) as setup,
        ):
            environment = programs.environment(tree, **_users(programs, tree, folder))
            server = Server(addresses, rules, setup.log)
            doors = [(address, port) for address in addresses for port in rules.ports]
            with _running(setup.command, environment, folder, doors):
                yield server

    return run


# --- Postfix and Dovecot -------------------------------------------------------------------------


@contextlib.contextmanager
def _set_up_postfix(order: Order) -> Iterator[Setup]:
    """Postfix, with Dovecot to ask for passwords."""
    folder, rules = order.folder, order.rules
    with contextlib.ExitStack() as running:
        socket_path = ""
        if rules.mechanisms:
            people = (rules.mechanisms, rules.users)
            socket_path = running.enter_context(dovecot(order.programs, *people))
        _make_queue(folder)
        pem = shutil.copy(order.certificate, folder)
        write(folder, "main.cf", _main_cf(order.programs, folder, pem, rules, socket_path))
        write(folder, "master.cf", _master_cf(order.addresses, rules))
        for name in ("main.cf", "master.cf"):  # it waits until they are 2 s old
            os.utime(os.path.join(folder, name), (0, 0))
        program = order.programs.path("postfix/usr/lib/postfix/sbin/master")
        yield Setup([program, "-c", folder, "-d"], write(folder, "log", ""))


postfix: Final = _mail_server("postfix", _set_up_postfix)


def _make_queue(folder: str) -> None:
    """What `postfix start` would make; that checks the whole installation, and takes 3 s."""
    for name in ("queue", "queue/pid"):
        os.mkdir(os.path.join(folder, name))
        os.chmod(os.path.join(folder, name), 0o755)
    for name in ("data", *(f"queue/{each}" for each in POSTFIX_QUEUES)):
        path = os.path.join(folder, name)
        os.mkdir(path, 0o700)
        os.chown(path, USER_IDS["postfix"], USER_IDS["postdrop"])


POSTFIX_QUEUES: Final = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming"),
    *("maildrop", "private", "public", "saved", "trace"),
)


def _main_cf(programs: Programs, folder: str, pem: str, rules: Rules, socket_path: str) -> str:
    """postconf(5); what is empty would else be asked of the machine or of the network."""
    keep = "LD_PRELOAD LD_LIBRARY_PATH NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP"
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": f"{folder}/queue",
        "data_directory": f"{folder}/data",
        "meta_directory": folder,
        "daemon_directory": programs.path("postfix/usr/lib/postfix/sbin"),
        "command_directory": programs.path("postfix/usr/sbin"),
        "shlib_directory": "no",
        "maillog_file": f"{folder}/log",
        "maillog_file_prefixes": folder,
        "mail_owner": "postfix",
        "setgid_group": "postdrop",
        "default_privs": "nobody",
        "import_environment": f"MAIL_CONFIG {keep}",
        "export_environment": keep,
        "myhostname": NAME,
        "mydestination": "",
        "alias_maps": "",
        "local_recipient_maps": "",
        "smtpd_peername_lookup": "no",
        "inet_interfaces": "loopback-only",  # master.cf says which; the default is every one
        "inet_protocols": "all" if os.path.exists("/proc/net/if_inet6") else "ipv4",
        "smtpd_tls_chain_files": pem,
        "smtpd_tls_security_level": "may" if rules.starttls else "none",
        "smtpd_tls_auth_only": "no" if rules.old_ways else "yes",
        "smtpd_tls_loglevel": "1" if rules.logs_tls else "0",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": socket_path or "nobody",  # empty is an error, asked or not
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
        "default_transport": "discard",  # a letter ends in the log
    }
    if rules.old_tls:
        settings |= {
            "smtpd_tls_protocols": ">=TLSv1, <=TLSv1.1",
            "smtpd_tls_mandatory_protocols": ">=TLSv1, <=TLSv1.1",
            "tls_medium_cipherlist": "ALL:@SECLEVEL=0",  # without it OpenSSL 3 has none for them
            "tls_high_cipherlist": "ALL:@SECLEVEL=0",
        }
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def _master_cf(addresses: Sequence[str], rules: Rules) -> str:
    """master(5): the doors of RFC 6409 and 8314, and what they need behind them."""
    auth = " -o smtpd_sasl_auth_enable=yes" if rules.mechanisms else ""
    must = " -o smtpd_tls_security_level=encrypt"
    doors = {
        MX: auth if rules.old_ways else "",
        SUBMISSION: (must if rules.starttls and not rules.old_ways else "") + auth,
        SUBMISSIONS: f"{must} -o smtpd_tls_wrappermode=yes{auth}",
    }
    if rules.old_ways:  # named as Debian's master.cf names them
        doors[SUBMISSION] += " -o syslog_name=postfix/submission"
        doors[SUBMISSIONS] += " -o syslog_name=postfix/submissions"
    hosts = [f"[{address}]" if ":" in address else address for address in addresses]
    lines = [
        f"{host}:{port} inet n - n - - smtpd{doors[port]}\n"
        for host in hosts
        for port in rules.ports
    ]
    return "".join(lines) + POSTFIX_SERVICES


POSTFIX_SERVICES: Final = """\
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""


@contextlib.contextmanager
def dovecot(
    programs: Programs, mechanisms: Sequence[str], users: Sequence[str] = (ADDRESS,)
) -> Iterator[str]:
    """Run Dovecot's sign-in service for these users; gives the socket on which Postfix asks."""
    with _folder(programs) as folder:
        path = os.path.join(folder, "auth")
        write(folder, "passwd", "".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))
        write(folder, "oauth2.conf", "tokeninfo_url = http://127.0.0.1:9/\n")  # nobody is there
        config = DOVECOT_CONF.format(
            folder=folder,
            libexec=programs.path("postfix/usr/lib/dovecot"),
            mechanisms=" ".join(mechanisms),
            nobody=NOBODY,
        )
        config_path = write(folder, "dovecot.conf", config)
        # what `dovecot -F -c FILE` does, which looks for doveconf in /usr/bin
        command = [programs.path("postfix/usr/bin/doveconf"), "-f", "service=master", "-p"]
        command += ["-c", config_path, "-m", "master"]
        command += ["-e", programs.path("postfix/usr/sbin/dovecot"), "-F"]
        environment = programs.environment("postfix")
        is_up = functools.partial(os.path.exists, path)
        end = signal.SIGKILL  # asked politely, it waits a second for clients, and has none
        with _process(command, environment, folder, is_up, end):
            yield path


DOVECOT_CONF: Final = """\
protocols =
ssl = no
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
# the users that Debian always has: doveconf forgets nss_wrapper's
default_internal_user = daemon
default_internal_group = daemon
default_login_user = nobody
libexec_dir = {libexec}
import_environment = LD_LIBRARY_PATH
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home=/nonexistent
}}
service config {{
  # without a name it reads the machine's
  executable = {libexec}/config -c {folder}/dovecot.conf
}}
service anvil {{
  # else every sign-in waits for seconds after somebody's wrong password
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
"""


# --- Exim ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def _set_up_exim(order: Order) -> Iterator[Setup]:
    """Exim, which takes letters and keeps them."""
    own = os.path.join(order.folder, "own")
    os.mkdir(own)
    pem = shutil.copy(order.certificate, own)
    for path in (own, pem):
        os.chown(path, USER_IDS["Debian-exim"], USER_IDS["Debian-exim"])
    config = _exim_conf(order.programs, own, pem, order.rules, order.addresses)
    config_path = write(order.folder, "exim.conf", config)
    # -C is for root only, else Exim asks for a file that was trusted when it was built
    command = [order.programs.path("exim/usr/sbin/exim4"), "-C", config_path, "-bdf"]
    yield Setup(command, os.path.join(own, "mainlog"))


exim: Final = _mail_server("exim", _set_up_exim)


def _exim_conf(
    programs: Programs, own: str, pem: str, rules: Rules, addresses: Sequence[str]
) -> str:
    """Exim's specification, chapters 13, 14, 33 and 43."""
    old = "tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:+SIGN-ALL:%COMPAT"
    return EXIM_CONF.format(
        program=programs.path("exim/usr/sbin/exim4"),
        own=own,
        pem=pem,
        name=NAME,
        addresses=" ; ".join(addresses),
        ports=" : ".join(map(str, rules.ports)),
        starttls="*" if rules.starttls else "",
        old=old if rules.old_tls else "",
        selector="+incoming_interface" if rules.old_ways else "",
        auth_hosts="*" if rules.old_ways else EXIM_AUTH_HOSTS,
        authenticators="".join(_authenticator(each, rules.users) for each in rules.mechanisms),
    )


def _authenticator(mechanism: str, users: Sequence[str]) -> str:
    """One that knows these users; what Exim cannot do it offers, and refuses everybody."""
    prompts, user, password = {
        "plain": (":", "$auth2", "$auth3"),
        "login": ("Username:: : Password::", "$auth1", "$auth2"),
    }.get(mechanism, (":", "", ""))
    people = " : ".join(users)
    right = f"${{if and{{{{inlist{{{user}}}{{{people}}}}}{{eq{{{password}}}{{{PASSWORD}}}}}}}}}"
    return (
        f"{mechanism.replace('-', '_')}:\n driver = plaintext\n public_name = {mechanism.upper()}\n"
        f" server_prompts = {prompts}\n server_condition = {right}\n server_set_id = {user}\n"
    )


EXIM_AUTH_HOSTS: Final = "${if and{{def:tls_in_cipher}{!={$received_port}{25}}}{*}{}}"
EXIM_CONF: Final = """\
primary_hostname = {name}
exim_path = {program}
spool_directory = {own}
log_file_path = {own}/%slog
pid_file_path = {own}/pid
local_interfaces = <; {addresses}
daemon_smtp_ports = {ports}
tls_on_connect_ports = 465
tls_certificate = {pem}
tls_advertise_hosts = {starttls}
{old}
log_selector = {selector}
auth_advertise_hosts = {auth_hosts}
host_lookup =
rfc1413_hosts =
queue_only
keep_environment =
acl_smtp_rcpt = accept authenticated = *
begin authenticators
{authenticators}"""


# --- NSD -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def nsd(programs: Programs, zone: str, records: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Run NSD for one zone; gives the address on which it answers, and nobody else's business."""
    address = own_address()
    with _folder(programs) as folder:
        own = [f"$ORIGIN {zone}.", "$TTL 60", "@ SOA ns root 1 3600 600 86400 60", "@ NS ns"]
        own.append(f"ns A {address}")
        write(folder, "zone", "".join(f"{line}\n" for line in (*own, *records)))
        config = NSD_CONF.format(folder=folder, address=address, port=DNS, zone=zone)
        command = [programs.path("nsd/usr/sbin/nsd"), "-d"]
        command += ["-c", write(folder, "nsd.conf", config)]
        with _running(command, programs.environment("nsd"), folder, [(address, DNS)]):
            yield address, DNS


NSD_CONF: Final = """\
server:
  ip-address: {address}@{port}
  # what is empty would else be asked of the machine
  username: ""
  chroot: ""
  database: ""
  pidfile: ""
  xfrdfile: ""
  xfrdir: "{folder}"
  zonesdir: "{folder}"
  zonelistfile: "{folder}/zones"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: {zone}
  zonefile: zone
"""


# --- processes -----------------------------------------------------------------------------------


class ServerEnded(Exception):
    """A server did not stay; what it said stands in the message."""


@contextlib.contextmanager
def _folder(programs: Programs) -> Iterator[str]:
    """Give a folder that a server's users may enter; beside the programs, for its name is short."""
    folder = tempfile.mkdtemp(prefix="run-", dir=programs.folder)
    os.chmod(folder, 0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _users(programs: Programs, tree: str, folder: str) -> dict[str, str]:
    """Have a server see the users that it was built for."""
    ids = {"root": 0, "nobody": NOBODY, **USER_IDS}
    users = [f"{name}:x:{each}:{each}::/nonexistent:/bin/false\n" for name, each in ids.items()]
    groups = [f"{name}:x:{each}:\n" for name, each in ids.items()]
    return {
        "LD_PRELOAD": programs.wrapper(tree),
        "NSS_WRAPPER_PASSWD": write(folder, "users", "".join(users)),
        "NSS_WRAPPER_GROUP": write(folder, "groups", "".join(groups)),
    }


@contextlib.contextmanager
def _running(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    doors: Sequence[tuple[str, int]],
) -> Iterator[None]:
    """Run a server until the block ends; when that begins, every port is open."""
    for address, port in doors:
        what = f"port {port} of {address} is free"
        wait_for(what, functools.partial(_is_free, address, port), PATIENCE)
    with _process(command, environment, folder, lambda: not any(_is_free(*each) for each in doors)):
        yield


@contextlib.contextmanager
def _process(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    is_up: Callable[[], bool],
    end: signal.Signals = signal.SIGTERM,
) -> Iterator[None]:
    """Run a program in a session of its own, and end all of that whatever happens."""
    with (
        open(os.path.join(folder, "output"), "wb") as output,
        subprocess.Popen(
            command,
            env=environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as child,
    ):
        try:
            with watched(child):
                wait_for(f"{command[0]} is up", functools.partial(_look, child, is_up), START)
                yield
        except Exception as error:
            error.add_note(_said(folder))
            raise
        finally:
            child.send_signal(end)
            _wait_for_the_end(child)


@contextlib.contextmanager
def watched(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Have a shell kill all of a server when this process is gone, however it went.

    The kernel could do that (PR_SET_PDEATHSIG), but forgets it when a server changes its user.
    """
    command = ["sh", "-c", 'read -r _; kill -s KILL -- "-$0"', str(child.pid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as shell:
        try:
            yield
        finally:
            shell.kill()


def _look(child: subprocess.Popen[bytes], is_up: Callable[[], bool]) -> bool | None:
    if child.poll() is not None:
        raise ServerEnded(f"it has ended ({child.returncode})")
    return is_up() or None


def _said(folder: str) -> str:
    """Everything that a server has noted, for whoever reads why a test failed."""
    texts = []
    for name in ("output", "log", "own/mainlog", "own/paniclog"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                texts.append(f"{name}:\n{file.read()}")
    return "".join(texts)


def _wait_for_the_end(child: subprocess.Popen[bytes]) -> None:
    """Let it end, then kill what is left of its session: postlogd would stay for a while."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(STOP)
    for pid in _session(child.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for("it is gone", lambda: _session(child.pid) == [] or None, STOP)


def _session(leader: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for pid in _living():
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(pid) == leader and _program(pid):
                found.append(pid)
    return found


def _living() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _program(pid: int) -> str:
    """The file that a process runs; empty if it is gone, or dead and not yet collected."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/exe")
    return ""


def _is_free(address: str, port: int) -> bool | None:
    """Whether nobody listens there; None (not yet) when somebody does. A bind makes no noise."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((address, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return None
    return True
