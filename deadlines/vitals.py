"""How the portal's engines are: what waits, since when, what failed, and when beat was last heard. No personal data."""

import logging
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import redis
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from deadlines.models import Pulse

logger = logging.getLogger(__name__)

BEAT = "beat"


@dataclass(frozen=True)
class AgencyVitals:
    """Counts of one agency; `failed_*`, `sent_mails` are those of the last 24 hours."""

    agency_id: int
    slug: str
    waiting: int
    due: int
    oldest_due: datetime | None
    held: int
    failed_mails: int
    sent_mails: int
    queued_jobs: int
    running_jobs: int
    oldest_job: datetime | None
    failed_jobs: int
    suppressed: int


@dataclass(frozen=True)
class Vitals:
    """Everything an operator looks at; None where a part does not answer. Sizes in bytes."""

    agencies: list[AgencyVitals]
    queue: int | None
    last_beat: datetime | None
    disk_free: int | None
    disk_size: int | None

    def total(self, name: str) -> int:
        """Return the sum of a count over all agencies."""
        return sum(getattr(agency, name) for agency in self.agencies)

    def oldest(self, name: str) -> datetime | None:
        """Return the earliest of a time over all agencies."""
        return min((at for agency in self.agencies if (at := getattr(agency, name))), default=None)


def take() -> Vitals:
    """Look at everything now. Costs two queries, however many agencies there are."""
    with connection.cursor() as cursor:
        columns = ", ".join(AgencyVitals.__dataclass_fields__)
        cursor.execute(f"SELECT {columns} FROM deadlines_vitals ORDER BY slug")  # noqa: S608  # nosec B608
        agencies = [AgencyVitals(*row) for row in cursor.fetchall()]
    last_beat = Pulse.objects.filter(name=BEAT).values_list("at", flat=True).first()
    free, size = _disk()
    return Vitals(agencies, _queue(), last_beat, free, size)


def note_pulse(name: str) -> None:
    """Note that something that must happen again and again has happened now."""
    Pulse.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def _queue() -> int | None:
    """Return how many messages wait in the broker for a worker."""
    try:
        client = redis.Redis.from_url(settings.BROKER_URL, socket_connect_timeout=1, socket_timeout=1)
        with client:
            return int(client.llen(settings.CELERY_TASK_DEFAULT_QUEUE))  # type: ignore[arg-type]
    except redis.RedisError as problem:
        logger.warning("The broker cannot be asked: %s", problem)
        return None


def _disk() -> tuple[int | None, int | None]:
    """Return free and whole bytes of the disk with the files; None where they are kept elsewhere."""
    if (
        not isinstance(settings.STORAGES["default"], dict)
        or "FileSystem" not in settings.STORAGES["default"]["BACKEND"]
    ):
        return None, None
    folder = Path(default_storage.path(""))
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
