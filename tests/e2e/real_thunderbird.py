"""Drives the installed Thunderbird, without a window and never in the real home.

What a test learns here comes from Thunderbird's own mouth (``MailServices.outgoingServer``,
``nsIMsgSend``), over Marionette in chrome context; our own reading of its files proves nothing.
``docs`` may cite what was met on the way: every odd-looking line below says why it is there.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from e2e.marionette import Marionette, ScriptFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from e2e.mail_server import Certificates

REPOSITORY: Final = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INSTALLED: Final = "/usr/lib/thunderbird"
"""Debian's. The wrapper in /usr/bin is passed by: it links ~/.icedove and looks for helpers."""

HOSTNAME: Final = "smtp.exemplo.com.br"
USERNAME: Final = "ana"
ADDRESS: Final = "ana@exemplo.com.br"
PASSWORD: Final = "canary-587"

PLAIN: Final = 0  # nsMsgSocketType, mailnews/base/public/MailNewsTypes2.idl
STARTTLS: Final = 2
PASSWORD_CLEARTEXT: Final = 3  # nsMsgAuthMethod, the same file

START: Final = 40.0  # deadlines in seconds; a start takes 3 on two idle cores
STOP: Final = 20.0
SEND: Final = 20.0
COMMAND: Final = 90.0
POLL: Final = 0.02

LOG: Final = "thunderbird.log"

T = TypeVar("T")


class OutOfPatience(Exception):
    """Something did not happen before its deadline."""


def wait_for(what: str, look: Callable[[], T | None], seconds: float) -> T:
    """Give the first result of ``look`` that is not ``None``, or raise at the deadline."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise OutOfPatience(f"{what}: not within {seconds:g} s")
        time.sleep(POLL)
    return found


# --- an installation ---------------------------------------------------------------------------


def require_thunderbird(folder: str = INSTALLED) -> str:
    """Give the installation folder; without Thunderbird these tests fail, they do not skip."""
    binary = os.path.join(folder, "thunderbird-bin")
    if not os.access(binary, os.X_OK):
        raise FileNotFoundError(f"{binary} is missing: install Thunderbird (apt: thunderbird)")
    return folder


def make_installation(folder: str, original: str = INSTALLED) -> str:
    """Make an installation that may be locked down without touching the machine's own.

    Thunderbird finds its installation from the real path of its binary, so the binary is copied
    and everything else is linked. ``defaults`` gets real folders: a test adds files to them.
    """
    os.makedirs(folder)
    for name in os.listdir(original):
        source, target = os.path.join(original, name), os.path.join(folder, name)
        if name == "thunderbird-bin":
            shutil.copy2(source, target)
        elif name not in {"defaults", "distribution"}:
            os.symlink(os.path.realpath(source), target)
    os.remove(os.path.join(folder, "thunderbird"))
    os.symlink("thunderbird-bin", os.path.join(folder, "thunderbird"))
    os.makedirs(os.path.join(folder, "distribution"))
    os.makedirs(os.path.join(folder, "defaults"))
    for name in os.listdir(os.path.join(original, "defaults")):
        source = os.path.realpath(os.path.join(original, "defaults", name))
        target = os.path.join(folder, "defaults", name)
        if name == "pref":
            shutil.copytree(source, target)
        else:
            os.symlink(source, target)
    return folder


def write(folder: str, name: str, text: str) -> str:
    """Write one text file below ``folder`` and give its path."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


# --- a home ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder in which Thunderbird has made a profile."""

    path: str
    profile: str

    @property
    def prefs_js(self) -> str:
        """Where Thunderbird keeps the settings."""
        return os.path.join(self.profile, "prefs.js")

    @property
    def user_js(self) -> str:
        """Where a careful person overrides them."""
        return os.path.join(self.profile, "user.js")

    @property
    def ours(self) -> str:
        """Where Configure 587! keeps its backups."""
        return os.path.join(self.path, ".local", "share", "configure587")

    def copy_to(self, path: str) -> Home:
        """Give an equal home elsewhere: profiles.ini is relative, the prefs' ``-rel`` twins win."""
        shutil.copytree(self.path, path, symlinks=True)
        return Home(path, os.path.join(path, os.path.relpath(self.profile, self.path)))


def read_bytes(path: str) -> bytes:
    """Give a file's bytes."""
    with open(path, "rb") as file:
        return file.read()


def snapshot(folder: str) -> dict[str, bytes]:
    """Give every file below a folder: relative path -> content (a link's content is its target)."""
    seen: dict[str, bytes] = {}
    for where, folders, files in os.walk(folder):
        for name in (*files, *(f for f in folders if os.path.islink(os.path.join(where, f)))):
            path = os.path.join(where, name)
            link = os.path.islink(path)
            content = os.readlink(path).encode() if link else read_bytes(path)
            seen[os.path.relpath(path, folder)] = content
    return seen


def make_home(path: str, certificates: Certificates) -> Home:
    """Let Thunderbird make a profile, and in it an account that still sends through port 25."""
    os.makedirs(path)
    with Thunderbird(path) as thunderbird:
        profile = thunderbird.ask("return PathUtils.profileDir")
        assert isinstance(profile, str)
        thunderbird.ask(
            MAKE_ACCOUNT, HOSTNAME, USERNAME, ADDRESS, PASSWORD, certificates.authority_base64
        )
    return Home(path, profile)


MAKE_ACCOUNT: Final = """
const [hostname, username, address, password, authority] = args;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB)
  .addCertFromBase64(authority, "C,,");

const origin = `smtp://${hostname}`;
const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
login.init(origin, null, origin, username, password, "", "");
await Services.logins.addLoginAsync(login);

MailServices.accounts.createLocalMailAccount();
const incoming = MailServices.accounts.createIncomingServer(
  username, "pop.exemplo.com.br", "pop3");
incoming.loginAtStartUp = false;
incoming.doBiff = false;

const outgoing = MailServices.outgoingServer.createServer("smtp");
const smtp = outgoing.QueryInterface(Ci.nsISmtpServer);
smtp.hostname = hostname;
smtp.port = 25;
outgoing.username = username;
outgoing.socketType = Ci.nsMsgSocketType.plain;
outgoing.authMethod = Ci.nsMsgAuthMethod.passwordCleartext;
MailServices.outgoingServer.defaultServer = outgoing;

const identity = MailServices.accounts.createIdentity();
identity.fullName = "Ana";
identity.email = address;
identity.smtpServerKey = outgoing.key;
identity.doFcc = false;
identity.composeHtml = false;

const account = MailServices.accounts.createAccount();
account.incomingServer = incoming;
account.addIdentity(identity);
MailServices.accounts.defaultAccount = account;
Services.prefs.savePrefFile(null);
"""


# --- a running Thunderbird ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outgoing server as Thunderbird itself describes it."""

    key: str
    hostname: str
    port: int
    socket_type: int
    auth_method: int
    username: str


@dataclass(frozen=True, slots=True)
class Sent:
    """How an attempt to send ended: 0 is success, else an nsresult; and what dialogs said."""

    status: int
    dialogs: tuple[str, ...]


def environment(home: str) -> dict[str, str]:
    """Give an environment in which a program sees ``home`` and nothing of the real one.

    No DISPLAY, no session bus: a Thunderbird that runs elsewhere is not found and not called.
    """
    scratch = os.path.join(home, ".tmp")
    os.makedirs(scratch, exist_ok=True)
    return {"HOME": home, "TMPDIR": scratch, "PATH": os.defpath, "LANG": "C.UTF-8"}


def _thunderbird_environment(home: str) -> dict[str, str]:
    """Keep Thunderbird on this computer, from its very first breath.

    A connection to anywhere but the loopback crashes it (MOZ_DISABLE_NONLOCAL_CONNECTIONS, which
    release builds obey too), and the web is a proxy that is not there. Prefs in
    MOZ_MARIONETTE_PREF_STATE_ACROSS_RESTARTS need no ``marionette.`` prefix and are set before
    the first window, but after the profile was read: they need no user.js, which is the user's.
    """
    prefs = {
        "marionette.port": 0,  # any free one; it is remembered in prefs.js, so say it each time
        "network.dns.localDomains": f"{HOSTNAME},pop.exemplo.com.br",
        "app.donation.eoy.version.viewed": 999,
        "app.normandy.enabled": False,
        "app.update.enabled": False,
        "app.update.auto": False,
        "browser.search.update": False,
        "datareporting.healthreport.uploadEnabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "datareporting.usage.uploadEnabled": False,
        "extensions.blocklist.enabled": False,
        "extensions.getAddons.cache.enabled": False,
        "extensions.update.enabled": False,
        "mail.inappnotifications.enabled": False,
        "mail.provider.enabled": False,
        "mail.rights.version": 1,
        "mail.spotlight.firstRunDone": True,
        "mailnews.auto_config.fetchFromISP.enabled": False,
        "mailnews.auto_config.guess.enabled": False,
        "mailnews.auto_config_url": "",
        "mailnews.mx_service_url": "",
        "mailnews.start_page.enabled": False,
        "mailnews.start_page_override.mstone": "ignore",
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "network.manage-offline-status": False,
        "network.trr.mode": 5,
        "services.settings.server": "data:,#remote-settings-dummy/v1",
        "toolkit.telemetry.enabled": False,
        "toolkit.telemetry.server": "",
    }
    return environment(home) | {
        "MOZ_DISABLE_NONLOCAL_CONNECTIONS": "1",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "MOZ_MARIONETTE_PREF_STATE_ACROSS_RESTARTS": json.dumps(prefs),
    }


class Thunderbird:
    """One run of Thunderbird, from its start to its clean end."""

    def __init__(
        self, home: str, *, installation: str = INSTALLED, profile: str | None = None
    ) -> None:
        """Say what to start; ``profile`` only where profiles.ini would not lead there."""
        self._home = home
        self._log = os.path.join(home, LOG)
        self._installation = require_thunderbird(installation)
        self._arguments = ["--profile", profile] if profile is not None else []
        self._process: subprocess.Popen[bytes] | None = None
        self._marionette: Marionette | None = None

    def __enter__(self) -> Self:
        """Start it, and return when it answers questions."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it as a person would, if nobody did; a run that will not end is killed."""
        self.stop()

    @property
    def pid(self) -> int:
        """Its process number."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and return when it answers questions."""
        ports = self._port_files()
        for stale in ports:
            os.remove(stale)
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [
                    os.path.join(self._installation, "thunderbird-bin"),
                    "--headless",
                    "--marionette",
                    # Without it Gecko 153 refuses chrome context ("System access is required").
                    "--remote-allow-system-access",
                    *self._arguments,
                ],
                env=_thunderbird_environment(self._home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            port = wait_for("Thunderbird's Marionette port", self._port, START)
            # The session is granted when the first window has settled (2 s later).
            self._marionette = Marionette(port, timeout=START)
        except BaseException as error:
            self._kill()
            error.add_note(self.last_words())
            raise

    def stop(self) -> None:
        """Close it as a person would; SIGKILL, and an error, when it does not end."""
        if self._process is None:
            return
        try:
            if self._marionette is not None and self._process.poll() is None:
                with contextlib.suppress(ScriptFailed):  # the line may go dead with the answer
                    self._marionette.send("Marionette:Quit", {"flags": ["eAttemptQuit"]})
            code = self._process.wait(STOP)
        except (OSError, subprocess.TimeoutExpired) as error:
            error.add_note(self.last_words())
            raise
        finally:
            self._kill()
        if code != 0:
            raise OutOfPatience(f"Thunderbird ended with {code}\n{self.last_words()}")

    @contextlib.contextmanager
    def held_still(self) -> Iterator[None]:
        """Keep it from running a single step, so that a changed byte cannot be its doing."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def ask(self, script: str, *args: object) -> object:
        """Give what a script returns that runs inside Thunderbird with all rights."""
        assert self._marionette is not None
        return self._marionette.run(script, *args)

    def outgoing(self, key: str = "smtp1") -> Outgoing:
        """Give one outgoing server as Thunderbird will use it."""
        found = self.ask(
            """
            const { MailServices } = ChromeUtils.importESModule(
              "resource:///modules/MailServices.sys.mjs");
            const server = MailServices.outgoingServer.getServerByKey(args[0])
              .QueryInterface(Ci.nsISmtpServer);
            return {
              key: server.key, hostname: server.hostname, port: server.port,
              socket_type: server.socketType, auth_method: server.authMethod,
              username: server.username,
            };
            """,
            key,
        )
        assert isinstance(found, dict)
        return Outgoing(**found)

    def smtp_prefs(self) -> Mapping[str, object]:
        """Give every preference whose name starts with ``mail.smtp``, as Thunderbird sees it."""
        found = self.ask(
            """
            const prefs = Services.prefs;
            const value = {
              [prefs.PREF_INT]: name => prefs.getIntPref(name),
              [prefs.PREF_BOOL]: name => prefs.getBoolPref(name),
              [prefs.PREF_STRING]: name => prefs.getStringPref(name),
            };
            return prefs.getChildList("mail.smtp")
              .map(name => [name, value[prefs.getPrefType(name)]?.(name) ?? null]);
            """
        )
        assert isinstance(found, list)
        return dict(found)

    def is_locked(self, pref: str) -> bool:
        """Say whether an administrator keeps this preference."""
        return self.ask("return Services.prefs.prefIsLocked(args[0])", pref) is True

    def send(self, subject: str, to: str = "bia@exemplo.com.br") -> Sent:
        """Send a letter as the compose window would, with the saved password."""
        self.ask(SEND_LETTER, to, subject)
        found = wait_for("the end of sending", self._sent, SEND)
        return Sent(found["status"], tuple(found["dialogs"]))

    def last_words(self) -> str:
        """Give what it wrote last to its console, without GTK's complaints about no screen."""
        with open(self._log, encoding="utf-8", errors="replace") as log:
            lines = [line for line in log if line.strip() and "gtk_icon_theme" not in line]
        return "".join(lines[-30:])

    def _sent(self) -> dict[str, Any] | None:
        try:
            found = self.ask("return globalThis.sent")
        except ScriptFailed as error:
            if "dialog" in str(error):  # one is being closed
                return None
            raise
        assert found is None or isinstance(found, dict)
        return found

    def _port_files(self) -> list[str]:
        roots = [os.path.join(self._home, ".thunderbird"), *self._arguments[1:]]
        return [
            os.path.join(where, "MarionetteActivePort")
            for root in roots
            for where, _, files in os.walk(root)
            if "MarionetteActivePort" in files
        ]

    def _port(self) -> int | None:
        assert self._process is not None
        if self._process.poll() is not None:
            raise OutOfPatience(f"Thunderbird ended with {self._process.returncode} at its start")
        for path in self._port_files():
            if text := read_bytes(path):
                return int(text)
        return None

    def _kill(self) -> None:
        if self._marionette is not None:
            self._marionette.close()
            self._marionette = None
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._process = None


# A failure may open a modal dialog, also without a screen, and a script that waits for its end
# would be cut short by Marionette. So this one only begins; dialogs are read and closed by
# themselves ("common-dialog-loaded" comes from toolkit's CommonDialog), with their cancel button
# where they have one, because "retry" would never end; how it went is fetched later.
SEND_LETTER: Final = """
const [to, subject] = args;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const account = MailServices.accounts.defaultAccount;
const fields = Cc["@mozilla.org/messengercompose/composefields;1"]
  .createInstance(Ci.nsIMsgCompFields);
fields.from = account.defaultIdentity.email;
fields.to = to;
fields.subject = subject;

const dialogs = [];
let status = null;
const end = () => {
  Services.obs.removeObserver(reader, "common-dialog-loaded");
  globalThis.sent = { status, dialogs };
};
const reader = window => {
  const { args, ui } = window.Dialog;
  dialogs.push(String(args.text));
  window.addEventListener("unload", () => status !== null && end());
  window.setTimeout(() => (ui.button1?.hidden === false ? ui.button1 : ui.button0).click());
};
const stopped = (id, code) => {
  status = code;
  // MessageSend.sys.mjs tells of a failure first here, then to the person: fail() opens an alert.
  if (Components.isSuccessCode(code) || code == Cr.NS_ERROR_ABORT) {
    end();
  }
};
const listener = {
  QueryInterface: ChromeUtils.generateQI(["nsIMsgSendListener"]),
  onStartSending() {}, onProgress() {}, onStatus() {}, onGetDraftFolderURI() {},
  onTransportSecurityError() {},
  onSendNotPerformed: stopped,
  onStopSending: stopped,
};
globalThis.sent = null;
Services.obs.addObserver(reader, "common-dialog-loaded");
Services.tm.dispatchToMainThread(() =>
  Cc["@mozilla.org/messengercompose/send;1"].createInstance(Ci.nsIMsgSend)
    .createAndSendMessage(
      null, account.defaultIdentity, account.key, fields, false, false,
      Ci.nsIMsgSend.nsMsgDeliverNow, null, "text/plain", `Letter: ${subject}\\r\\n`,
      null, null, listener, "", "", Ci.nsIMsgCompType.New));
"""


def start_in_vain(home: Home) -> subprocess.CompletedProcess[str]:
    """Start Thunderbird as a person would, where it is expected to give up by itself."""
    try:
        return subprocess.run(
            [os.path.join(require_thunderbird(), "thunderbird-bin"), "--headless"],
            env=_thunderbird_environment(home.path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AssertionError("Thunderbird went on running on a profile that is taken") from error


# --- our own program ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """How one run of our command ended, and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, object]:
        """Give what it said in JSON."""
        said = json.loads(self.out)
        assert isinstance(said, dict)
        return said


class Configure587:
    """Our command, run as a person runs it, in one home; everything it says is kept."""

    def __init__(self, home: Home, world: Mapping[str, str] | None = None) -> None:
        """Nothing runs yet; `world` are variables of a computer around that home."""
        self.home = home
        self._variables = our_environment(home.path) | dict(world or {})
        self.said: list[str] = []
        self._processes: list[subprocess.Popen[str]] = []

    def __call__(self, *arguments: str) -> Run:
        """Run the command to its end."""
        return self.finish(self.start(*arguments))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and do not wait for it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "configure587", *arguments],
            env=self._variables,
            cwd=self.home.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._processes.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> Run:
        """Wait for a started command."""
        out, err = process.communicate(timeout=COMMAND)
        self.said += [out, err]
        return Run(process.returncode, out, err)

    def close(self) -> None:
        """End what a failed test left running."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            process.wait()

    def leaks(self) -> list[str]:
        """Name every place outside Thunderbird's own folders where something secret stands."""
        secrets = _secrets(self.home)
        places = {
            name: content
            for name, content in snapshot(self.home.path).items()
            if not name.startswith(NOT_OURS)
        }
        places |= {f"output {n}": text.encode() for n, text in enumerate(self.said)}
        return [name for name, text in places.items() if any(word in text for word in secrets)]


NOT_OURS: Final = (".thunderbird/", ".cache/", ".tmp/", LOG)
"""What Thunderbird itself writes in a home."""


def _secrets(home: Home) -> list[bytes]:
    """Give the password in the shapes in which it could escape; logins.json holds one of them."""
    logins = json.loads(read_bytes(os.path.join(home.profile, "logins.json")))["logins"]
    encrypted = [login["encryptedPassword"] for login in logins]
    assert encrypted
    plain = PASSWORD.encode()
    return [plain, base64.b64encode(plain), *(str(text).encode() for text in encrypted)]


def our_environment(home: str) -> dict[str, str]:
    """Give an environment in which the package of this repository runs in ``home``."""
    return environment(home) | {"PYTHONPATH": _source(), "PYTHONDONTWRITEBYTECODE": "1"}


@functools.cache
def _source() -> str:
    """Lay out the package as an installation would, by links into this repository.

    An installed copy could be an older one; and ``app`` alone lacks ``configure587.resources``
    and ``configure587.locales``, which pyproject.toml mounts from the top of the repository.
    """
    folder = tempfile.mkdtemp(prefix="configure587-source-")
    atexit.register(shutil.rmtree, folder)
    package = os.path.join(folder, "configure587")
    source = os.path.join(REPOSITORY, "app", "configure587")
    os.mkdir(package)
    for name in os.listdir(source):
        os.symlink(os.path.join(source, name), os.path.join(package, name))
    for name in ("locales", "resources"):
        os.symlink(os.path.join(REPOSITORY, name), os.path.join(package, name))
    return folder


HOLD_THE_LOCK: Final = """
import sys
from configure587.machine.posix_locks import PosixLocks
with PosixLocks().keep_out(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def our_lock_held(home: Home) -> Iterator[None]:
    """Hold the profile's lock in another process, by the function that our program uses."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, os.path.join(home.profile, ".parentlock")],
        env=our_environment(home.path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.stdin.close()  # it lets go and ends
            holder.wait(STOP)
