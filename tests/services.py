"""The real servers around the portal: a mail server that keeps what it gets, a Celery worker, and beat.

`mailbox` is an SMTP server on a free port; the portal and the worker send to it. `worker` is a Celery worker in a
process of its own, started once and kept: it works on the database of the running test. `beat` is Celery beat, for
which everything is due at once when the test starts it. Tests that use one of the last two are marked `worker`; their
rows are really committed, and emptied out afterwards by the tables' owner, because the application's role may not
truncate.
"""

import email
import email.policy
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from aiosmtpd.controller import Controller
from celery.utils.nodenames import gethostname
from django.conf import settings as django_settings
from django.db import connections
from django.test import TransactionTestCase

from script.embedded import free_port

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 30
KEPT_TABLES = ("django_migrations", "django_content_type")


def until(condition: Callable[[], Any], what: str = "what the test waits for", seconds: float = SECONDS) -> Any:
    """Wait until a condition holds and return its value; fail after some seconds."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            pytest.fail(f"{what} did not come within {seconds} seconds")
        time.sleep(0.05)
    return value


# The database -----------------------------------------------------------------------------------------------------


def _empty_as_owner(_test: TransactionTestCase) -> None:
    """Empty all tables as their owner; migrations' own tables are kept."""
    owner = connections["owner"]
    parameters = owner.get_connection_params() | {"dbname": connections["default"].settings_dict["NAME"]}
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as connection:
        kept = ", ".join(f"'{name}'" for name in KEPT_TABLES)
        found = connection.execute(
            f"SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables"
            f" WHERE schemaname = 'public' AND tablename NOT IN ({kept})"
        ).fetchone()
        connection.execute(f"TRUNCATE {found[0]} RESTART IDENTITY")


@pytest.fixture(autouse=True, scope="session")
def emptied_by_the_owner() -> None:
    """Let tests with real commits (`transactional_db`, `live_server`) be cleaned up by the owner of the tables."""
    TransactionTestCase._fixture_teardown = _empty_as_owner  # type: ignore[method-assign]


@pytest.fixture
def committed_db(transactional_db: None) -> None:
    """A database in which the test's rows are really committed, so that other processes see them."""


def database_url(alias: str) -> str:
    """Return the address of the running test's database for one of the two roles."""
    database = connections[alias].settings_dict
    name = connections["default"].settings_dict["NAME"]
    user = database["USER"] + (f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else "")
    host = database["HOST"]
    if host.startswith("/"):
        return f"postgres://{user}@/{host}/{name}"
    return f"postgres://{user}@{host}:{database['PORT'] or 5432}/{name}"


# Mail -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Received:
    """A mail the server took."""

    to: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        """The Message-ID."""
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """The plain text."""
        body = self.message.get_body(("plain",))
        return body.get_content() if body else ""

    @property
    def html(self) -> str:
        """The HTML."""
        body = self.message.get_body(("html",))
        return body.get_content() if body else ""


class Mailbox:
    """An SMTP server that keeps what it gets, refuses what it is told to, and can be taken down."""

    def __init__(self) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.port = free_port()
        self.mails: list[Received] = []
        self._refusals: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._controller: Controller | None = None
        self.up()

    def up(self) -> None:
        """Listen."""
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self._controller.start()

    def down(self) -> None:
        """Stop listening: whoever wants to send finds nobody."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def empty(self) -> None:
        """Forget what came and what shall be refused, and listen."""
        with self._lock:
            self.mails.clear()
            self._refusals.clear()
        self.up()

    def refuse(self, address: str, answer: str, times: int = 1) -> None:
        """Answer mails to an address with `answer` (as "450 later"), so many times."""
        with self._lock:
            self._refusals[address] = [answer] * times

    def to(self, address: str) -> list[Received]:
        """Return what came for an address."""
        with self._lock:
            return [mail for mail in self.mails if mail.to == address]

    def wait_for(self, address: str, count: int = 1) -> list[Received]:
        """Wait until so many mails have come for an address and return them."""
        return until(lambda: len(found := self.to(address)) >= count and found, f"mail to {address}")

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        """Answer to a recipient."""
        with self._lock:
            if refusals := self._refusals.get(address):
                return refusals.pop()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        """Keep a mail."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._lock:
            self.mails += [Received(address, message) for address in envelope.rcpt_tos]
        return "250 taken"


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.down()


@pytest.fixture
def mailbox(_mail_server: Mailbox, settings: Any) -> Mailbox:
    """A real mail server, empty at first, to which the portal sends."""
    _mail_server.empty()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", _mail_server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return _mail_server


# Celery -----------------------------------------------------------------------------------------------------------


class CeleryProcess:
    """A process of Celery, on the running test's database, queue and mail server."""

    def __init__(self, log: Path, mail_port: int, ready: str, *arguments: str) -> None:
        self._log, self._ready = log, ready
        self._command = [sys.executable, "-m", "celery", "-A", "klikks", *arguments]
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
            "DATABASE_URL": database_url("default"),
            "OWNER_DATABASE_URL": database_url("owner"),
            "BROKER_URL": django_settings.BROKER_URL,
            "INSTANCE": django_settings.INSTANCE,
            "MEDIA_ROOT": str(django_settings.MEDIA_ROOT),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What the process has said."""
        return self._log.read_text() if self._log.exists() else ""

    @property
    def runs(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        self._log.unlink(missing_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        until(lambda: self._ready in self.log or not self.runs, f"Celery ({self._log})")
        assert self.runs, self.log

    def stop(self) -> None:
        """End the process in an orderly way."""
        if self._process is not None and self.runs:
            self._process.terminate()
            try:
                self._process.wait(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def kill(self) -> None:
        """Kill the process and its children at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=SECONDS)
        self._process = None


@pytest.fixture(scope="session")
def _worker_process(
    django_db_setup: None, _mail_server: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CeleryProcess]:
    options = ["--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--hostname"]
    log = tmp_path_factory.mktemp("celery") / "worker.log"
    process = CeleryProcess(log, _mail_server.port, " ready.", "worker", *options, f"{django_settings.INSTANCE}@%h")
    yield process
    process.stop()


@pytest.fixture
def worker(transactional_db: None, mailbox: Mailbox, _worker_process: CeleryProcess) -> Iterator[CeleryProcess]:
    """A real Celery worker, ready for work, with nothing left over in its queue.

    After the test it lives on but takes nothing: a test without it does the work of its tasks itself, or leaves it.
    """
    from klikks.celery import app

    queue = django_settings.CELERY_TASK_DEFAULT_QUEUE
    one = {
        "destination": [f"{django_settings.INSTANCE}@{gethostname()}"],
        "reply": True,
        "limit": 1,
        "timeout": SECONDS,
    }
    app.control.purge()
    if _worker_process.runs:
        app.control.add_consumer(queue, **one)
    else:
        _worker_process.start()
    yield _worker_process
    if _worker_process.runs:
        app.control.cancel_consumer(queue, **one)


class Beat(CeleryProcess):
    """Celery beat, for which whatever repeats after some seconds is due at once when it starts."""

    def __init__(self, folder: Path, mail_port: int) -> None:
        self._schedule = folder / "schedule"
        options = ["--schedule", str(self._schedule), "--pidfile", "", "--loglevel", "INFO"]
        super().__init__(folder / "beat.log", mail_port, "beat: Starting", "beat", *options)

    def start(self) -> None:
        """Start with a memory as if everything had last run a day ago."""
        _make_everything_due(self._schedule)
        super().start()


@pytest.fixture
def beat(worker: CeleryProcess, mailbox: Mailbox, tmp_path: Path) -> Iterator[Beat]:
    """A real Celery beat beside the real worker; the test starts it when its rows are there: `beat.start()`."""
    process = Beat(tmp_path, mailbox.port)
    yield process
    process.stop()


def _make_everything_due(schedule: Path) -> None:
    """Write beat's memory as if it had last run a day ago."""
    from celery.beat import PersistentScheduler
    from celery.schedules import crontab

    from klikks.celery import app

    scheduler = PersistentScheduler(app, schedule_filename=str(schedule))
    for entry in scheduler.schedule.values():
        if not isinstance(entry.schedule, crontab):
            entry.last_run_at -= timedelta(days=1)
    scheduler.close()
