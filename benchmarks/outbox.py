"""The outbox: how fast due mails are picked out of many, and how fast they leave.

The drain stands beside what it is made of: bare SMTP sends of the same bytes to the same mail server over one
connection, and Celery tasks that do nothing, done by the same worker. The slower of both is the baseline.
"""

import os
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import redis
from django.conf import settings
from django.utils import timezone

from agencies.models import Agency
from benchmarks.measure import Result, timed
from deadlines import claims, outbox
from deadlines.models import OutboxMail
from klikks.celery import app
from klikks.tenancy import agency_context
from script.embedded import free_port

ROWS, DUE = 100_000, 10_000
PICK_SECONDS = 0.05
# The drain's rate must be at least 0.7 of the slower baseline's.
BAR = 1 / 0.7
Status = OutboxMail.Status


def pick(scale: float) -> Result:
    """Measure how long it takes to claim a batch, and to find all that is due, among many mails."""
    rounds = max(int(40 * scale), 5)
    with agency_context(Agency.objects.get(slug="rlp")):
        _fill()
        claimed: list[claims.Claim] = []
        seconds = [timed(lambda: claimed.append(claims.take())) for _round in range(rounds)]
        due = OutboxMail.objects.waiting().order_by("not_before", "pk").values_list("pk", flat=True)
        found: list[int] = []
        all_keys = statistics.median(timed(lambda: found.extend(due[:DUE])) for _round in range(5))
        for claim in claimed:
            claims.give_back(claim)
        OutboxMail.objects.filter(recipient__startswith="bench-").delete()
    return Result(
        "pick",
        f"claim of {claims.BATCH} mails out of {ROWS} with {DUE} due",
        "50 ms",
        statistics.median(seconds),
        PICK_SECONDS,
        1.0,
        rounds,
        {"keys of all that is due": f"{all_keys * 1000:.1f} ms"},
    )


def drain(scale: float) -> Result:
    """Measure the drain of an outbox by a worker with four processes."""
    count, rounds = max(int(2000 * scale), 200), 3
    port = free_port()
    with _process([sys.executable, "-m", "benchmarks.sink", str(port)]), _worker(port):
        _wait_for(port)
        with agency_context(Agency.objects.get(slug="rlp")):
            mail = outbox.post("reminder", to="bench-0@example.org", language="de", context=_values(0))
            content = _bytes(mail)
            OutboxMail.objects.filter(pk=mail.pk).delete()
            _tasks(20)
            bare, tasks, ours = [], [], []
            for _round in range(rounds):
                bare.append(timed(lambda: _send_bare(port, content, count)))
                tasks.append(timed(lambda: _tasks(count)))
                _write(count)
                ours.append(timed(_drain))
            OutboxMail.objects.filter(recipient__startswith="bench-").delete()
    smtp, celery, mine = (statistics.median(seconds) for seconds in (bare, tasks, ours))
    more = {
        name: f"{count / seconds:.0f} a second"
        for name, seconds in [("drain", mine), ("bare SMTP", smtp), ("Celery no-ops", celery)]
    }
    what = f"{count} mails leave the outbox"
    return Result("drain", what, "slower of bare SMTP and Celery no-ops", mine, max(smtp, celery), BAR, rounds, more)


def _fill() -> None:
    """Make many mails: some due, half of the others sent, half of them for later."""
    agency, now = Agency.objects.get(slug="rlp"), timezone.now()
    text = "Guten Tag,\n\nwir erinnern Sie an eine Frist.\n" * 20
    mails = []
    for number in range(ROWS):
        is_due, is_sent = number % 10 == 0, number % 2 == 1
        mails.append(
            OutboxMail(
                agency=agency,
                template="reminder",
                recipient=f"bench-{number}@provider{number % 500}.example",
                language="de",
                subject_line="Erinnerung",
                text=text,
                html=text,
                message_id=f"<bench-{number}@example.org>",
                status=Status.WAITING if is_due or not is_sent else Status.SENT,
                sent_at=now,
                not_before=now + (-timedelta(seconds=number) if is_due else timedelta(days=1, seconds=number)),
            )
        )
    OutboxMail.objects.bulk_create(mails, batch_size=2000)


def _values(number: int) -> dict[str, object]:
    return {
        "title": f"Antrag {number} abgeben",
        "kind": "Frist",
        "when": "heute fällig",
        "due_on": "1. März",
        "link": "/x/",
    }


def _write(count: int) -> None:
    """Write so many mails that are due."""
    outbox.post_all(
        "reminder",
        [
            outbox.Letter(f"bench-{number}@provider{number % 50}.example", "de", _values(number))
            for number in range(count)
        ],
    )


def _drain() -> None:
    """Let the worker drain the outbox with as many runs at once as may be, and wait for the end."""
    for _run in range(settings.MAIL_CONNECTIONS):
        app.send_task(outbox.DRAIN_TASK)
    waiting = OutboxMail.objects.filter(status=Status.WAITING, recipient__startswith="bench-")
    _until(lambda: not waiting.exists())


def _tasks(count: int) -> None:
    """Let the worker do so many tasks that do nothing, and wait for the end."""
    with app.producer_pool.acquire(block=True) as producer:
        for _task in range(count):
            app.send_task("benchmarks.tasks.nothing", producer=producer)
    broker = redis.Redis.from_url(settings.BROKER_URL)
    queue = settings.CELERY_TASK_DEFAULT_QUEUE
    _until(lambda: broker.llen(queue) == 0 and broker.hlen("unacked") == 0)


def _send_bare(port: int, content: bytes, count: int) -> None:
    """Send the same bytes so many times over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _mail in range(count):
            server.sendmail("bench@example.org", ["bench@example.org"], content)


def _bytes(mail: OutboxMail) -> bytes:
    """Return a mail as it goes over the wire."""
    from django.core.mail import EmailMultiAlternatives

    message = EmailMultiAlternatives(mail.subject_line, mail.text, to=[mail.recipient])
    message.attach_alternative(mail.html, "text/html")
    return message.message().as_bytes(linesep="\r\n")


@contextmanager
def _worker(port: int) -> Iterator[None]:
    """Run a worker with four processes that sends to the mail server."""
    command = [sys.executable, "-m", "celery", "--app", "klikks", "--quiet", "worker", "--concurrency", "4"]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "ERROR", "--include", "benchmarks.tasks"]
    with _process(command, EMAIL_URL=f"smtp://127.0.0.1:{port}"):
        yield


@contextmanager
def _process(command: list[str], **environment: str) -> Iterator[None]:
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int) -> None:
    """Wait until somebody listens on a port."""

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _until(listens)


def _until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds. Raises RuntimeError after five minutes."""
    end = time.monotonic() + 300
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("The worker does not get done.")
        time.sleep(0.05)  # asking more often would take time from what is measured
