"""Runs the portal on one machine: PostgreSQL, Valkey, a mail sink, web, worker and beat; Ctrl-C stops them all."""

from __future__ import annotations

import email
import email.policy
import fcntl
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from embedded import EmbeddedError, Services, free_port

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
PYTHON = sys.executable
PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://127.0.0.1:{PORT}"
STARTED = time.monotonic()


class Stop(Exception):
    """Somebody wants the portal to stop."""


class MailSink:
    """Takes every mail, keeps it under var/mail and prints its subject and first link."""

    def __init__(self) -> None:
        self.folder = VAR / "mail"
        self.folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        file = self.folder / f"{time.time_ns()}.eml"
        file.write_bytes(content)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        body = mail.get_body(("plain",))
        link = re.search(r"https?://\S+", body.get_content() if body else "")
        say(f"mail to {', '.join(envelope.rcpt_tos)}: {mail['subject']}{f'  {link[0]}' if link else ''}")
        return "250 OK"


def main() -> None:
    """Start everything, wait, and stop everything."""
    VAR.mkdir(exist_ok=True)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _stop)
    try:
        with ExitStack() as running:
            _run(running)
    except Stop:
        say("Stopped.")
    except EmbeddedError as problem:
        sys.exit(f"klikks: {problem}")


def _run(running: ExitStack) -> None:
    lock = running.enter_context((VAR / "server.lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("klikks: it is running already from this folder; stop it first with Ctrl-C where it was started.")
    _require_free_port()
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("BASE_URL", ADDRESS)
    is_ours = "DATABASE_URL" not in os.environ
    with step("PostgreSQL and Valkey"):
        services = running.enter_context(Services(VAR / "server"))
        os.environ.update(services.environment())
    if not os.environ.get("EMAIL_URL"):
        with step("Mail sink (mails are kept in var/mail)"):
            port = free_port()
            sink = Controller(MailSink(), hostname="127.0.0.1", port=port)
            sink.start()
            running.callback(sink.stop)
            os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    with step("Texts in both languages"):
        _compile_messages()
    # With a database of our own, what stands in it is known without asking; each question takes seconds.
    prepared, logins = VAR / "server" / "prepared", VAR / "server" / "logins"
    now = _what_is_prepared()
    if not (is_ours and logins.exists() and prepared.exists() and prepared.read_text() == now):
        _prepare()
        logins.parent.mkdir(exist_ok=True)
        logins.write_text(_demo_logins())
        prepared.write_text(now)
    children = {name: running.enter_context(_process(name, *command)) for name, command in COMMANDS.items()}
    with step("Web, worker and beat"):
        _wait_for_web(children)
    took = time.monotonic() - STARTED
    say(f"\nklikks runs at {ADDRESS} (started in {took:.0f} s). Sign in as\n\n{logins.read_text()}")
    say("Logs: var/log. Ctrl-C stops everything.\n")
    _watch(children)


def _prepare() -> None:
    """Bring the database to where the sources are: tables, municipalities, and the demo where it belongs."""
    with step("Database tables"):
        manage("migrate", "--database", "owner", "--verbosity", "0")
    with step("German municipalities"):
        manage("load_reference", "--if-empty")
    if os.environ["DEBUG"].lower() in {"1", "true", "yes", "on"}:
        with step("Demo data"):
            manage("load_demo", "--if-empty")


def _what_is_prepared() -> str:
    """Return a fingerprint of all that decides about the tables: our migrations and the libraries' versions."""
    files = [ROOT / "requirements.txt", *sorted(ROOT.glob("*/migrations/*.py"))]
    digest = hashlib.sha256(os.environ["DEBUG"].encode())
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


CELERY = (PYTHON, "-m", "celery", "--app", "klikks", "--quiet")
COMMANDS: dict[str, tuple[str, ...]] = {
    "web": (PYTHON, "-m", "gunicorn", "klikks.wsgi", "--bind", f"127.0.0.1:{PORT}", "--workers", "2", "--threads", "4",
            "--worker-class", "gthread"),
    "worker": (*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    "beat": (*CELERY, "beat", "--schedule", str(VAR / "beat-schedule"), "--pidfile", "", "--loglevel", "WARNING"),
}  # fmt: skip


def say(words: str) -> None:
    """Print a line at once."""
    print(words, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that a step of the start is under way and how long it took."""
    begun = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    yield
    say(f" {time.monotonic() - begun:.1f} s")


def manage(*arguments: str) -> None:
    """Run a management command; end with its output when it fails."""
    done = subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"\nklikks: manage.py {arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def _compile_messages() -> None:
    pairs = [(source, source.with_suffix(".mo")) for source in ROOT.glob("locale/*/LC_MESSAGES/django.po")]
    if any(not made.exists() or made.stat().st_mtime < source.stat().st_mtime for source, made in pairs):
        manage("compilemessages", "--ignore", ".venv")


@contextmanager
def _process(name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the portal's processes; its output goes to var/log."""
    (VAR / "log").mkdir(exist_ok=True)
    with (VAR / "log" / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _require_free_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            sys.exit(f"klikks: port {PORT} is taken. Start it on another one: PORT=8001 script/server")


def _wait_for_web(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for _attempt in range(300):
        _end_if_one_died(children)
        try:
            with urllib.request.urlopen(f"{ADDRESS}/health/", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit(f"\nklikks: the web process does not answer; see {VAR / 'log' / 'web.log'}")


def _end_if_one_died(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in children.items():
        if process.poll() is not None:
            log = VAR / "log" / f"{name}.log"
            sys.exit(f"\nklikks: {name} ended by itself. The end of {log}:\n{log.read_text()[-3000:]}")


def _demo_logins() -> str:
    """Return one login for each role of the demo; empty where there is none."""
    command = [PYTHON, "manage.py", "demo_logins"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    while True:
        _end_if_one_died(children)
        time.sleep(0.5)


def _stop(_sign: int, _frame: object) -> None:
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)
    raise Stop


if __name__ == "__main__":
    main()
