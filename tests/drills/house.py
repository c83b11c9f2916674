"""The house under drill: its own servers, workers and beats, which may be killed, and a mail server that misbehaves."""

import asyncio
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "drill"
sys.path.insert(0, str(ROOT / "script"))

from embedded import Services, free_port  # noqa: E402

CELERY = [sys.executable, "-m", "celery", "--app", "klikks", "--quiet"]
STALL_SECONDS = 25  # longer than EMAIL_TIMEOUT


def say(words: str) -> None:
    """Print a line at once, with the time since the start."""
    print(f"{time.monotonic() - STARTED:7.1f} s  {words}", flush=True)


STARTED = time.monotonic()


def wait(condition: Callable[[], Any], what: str, seconds: float, every: float = 0.2) -> bool:
    """Wait until a condition holds; say so and return False when it does not within some seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            say(f"{what}: not within {seconds:.0f} s")
            return False
        time.sleep(every)
    return True


class Sink:
    """A mail server: takes most mails, puts some off once, refuses some for good, and stalls when told to.

    Which ones is decided by the number in the recipient's address, so that it can be checked afterwards.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.put_off: set[str] = set()
        self.refused: set[str] = set()
        self._stalled_until = 0.0
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    def stall(self) -> None:
        """Answer nobody for a while."""
        self._stalled_until = time.monotonic() + STALL_SECONDS

    @staticmethod
    def is_refused(number: int) -> bool:
        """Whether mails to this number are refused for good: 1 %."""
        return number % 100 == 7

    @staticmethod
    def is_put_off(number: int) -> bool:
        """Whether the first mail to this number is put off: 5 %."""
        return number % 20 == 3

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Answer to a recipient."""
        while time.monotonic() < self._stalled_until:
            await asyncio.sleep(0.1)
        found = re.fullmatch(r"person-(\d+)@.*", address)
        number = int(found[1]) if found else 0  # the agency itself is told of this and that
        if self.is_refused(number):
            self.refused.add(address)
            return "550 5.7.1 we do not like this"
        if self.is_put_off(number) and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.3.2 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail and note when."""
        head = envelope.content.partition(b"\r\n\r\n")[0].decode(errors="replace")
        line = next(line for line in head.splitlines() if line.lower().startswith("message-id:"))
        self.taken[line.partition(":")[2].strip()].append(time.monotonic())
        return "250 taken"


class House:
    """PostgreSQL, Valkey, a mail server, two workers and two beats, all of them this drill's own."""

    def __init__(self) -> None:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        self.media = FOLDER / "media"
        self.services = Services(FOLDER, use_environment=False)
        self.sink = Sink()
        # When something broke off what the portal did: (from, until) on the monotonic clock.
        self.harm: list[tuple[float, float]] = []
        # How often a process ended by itself and was started again, as a supervisor does.
        self.revived = 0
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, tuple[str, ...]] = {}
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._random = random.Random(5)

    def __enter__(self) -> "House":
        self.services.start()
        self.sink.start()
        os.environ.update(
            self.services.environment()
            | {
                "DEBUG": "1",
                "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
                "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
                "MEDIA_ROOT": str(self.media),
                "LOG_LEVEL": "WARNING",
            }
        )
        os.chdir(ROOT)
        subprocess.run([sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"], check=True)
        return self

    def __exit__(self, *_problem: object) -> None:
        self._closing.set()
        for name in list(self._processes):
            self._end(name)
        self.sink.stop()
        self.services.stop()

    def open(self) -> None:
        """Start two workers and two beats."""
        for number in (1, 2):
            self.start_worker(number)
            self._start(f"beat{number}", "beat", "--schedule", str(FOLDER / f"schedule{number}"), "--pidfile", "")
        threading.Thread(target=self._supervise, daemon=True).start()

    def start_worker(self, number: int) -> None:
        """Start a worker with two processes."""
        options = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--hostname", f"w{number}@drill"]
        self._start(f"worker{number}", "worker", *options)

    def kill_worker(self) -> None:
        """Kill one of the workers with all its processes, as a power cut would, and start it again."""
        number = self._random.choice((1, 2))
        with self._lock:
            process = self._processes[f"worker{number}"]
            self.harm.append((time.monotonic(), time.monotonic() + 1))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.start_worker(number)

    def empty_broker(self) -> None:
        """Delete everything that the broker holds."""
        redis.Redis.from_url(os.environ["BROKER_URL"]).flushall()
        say("broker emptied")

    def restart_broker(self) -> None:
        """Stop the broker and start it again."""
        self.services.valkey.restart()
        say("broker restarted")

    def restart_database(self) -> None:
        """Stop PostgreSQL, which ends all connections, and start it again."""
        begun = time.monotonic()
        from django.db import connections

        connections.close_all()
        self.services.postgres.restart()
        self.harm.append((begun, time.monotonic() + 1))
        say("PostgreSQL restarted")

    def stall_mail_server(self) -> None:
        """Let the mail server answer nobody for a while."""
        begun = time.monotonic()
        self.sink.stall()
        self.harm.append((begun, begun + STALL_SECONDS + 1))
        say("mail server stalls")

    def let_storage(self, state: str, fail: bool) -> None:
        """Let the storage fail, or work again."""
        flag = self.media.with_name(state)
        flag.touch() if fail else flag.unlink(missing_ok=True)
        say(f"storage {state}: {'begins' if fail else 'ends'}")

    def explains(self, at: float) -> bool:
        """Whether something was harmed so soon after a moment that it broke off what was done then."""
        return any(begun - 2 <= at <= ended for begun, ended in self.harm)

    def _supervise(self) -> None:
        """Start again what has ended by itself."""
        while not self._closing.wait(1):
            with self._lock:
                ended = [name for name, process in self._processes.items() if process.poll() is not None]
                for name in ended:
                    self.revived += 1
                    say(f"{name} has ended by itself and is started again; see {FOLDER / name}.log")
                    self._start(name, *self._commands[name])

    def _start(self, name: str, *arguments: str) -> None:
        self._commands[name] = arguments
        with (FOLDER / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [*CELERY, *arguments, "--loglevel", "WARNING"], stdout=log, stderr=log, start_new_session=True
            )

    def _end(self, name: str) -> None:
        with self._lock:
            process = self._processes.pop(name)
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
