"""The drill of the PDF jobs."""

import time
from pathlib import Path

from django.db import OperationalError

from agencies.models import Agency, Programme, User
from communes.models import Commune
from deadlines import jobs
from deadlines.models import Job
from klikks.tenancy import agency_context
from patrons.models import Patron
from reports.models import Document
from tests import factories
from tests.drills.house import House, say, wait
from tests.drills.storage import AWAY, FULL
from tests.drills.table import Table

KILLS = 6
FAILING_SECONDS = 6


def drill(house: House, agency: Agency, programme: Programme, commune: Commune, by: User, count: int) -> Table:
    """Order certificates, harm the house while they are made, try again what failed, and count."""
    begun = time.monotonic()
    with agency_context(agency):
        orders = _order(agency, programme, commune, by, count)
    say(f"{count} jobs are ordered")
    kills = _harm(house, agency, count)
    say("all harm is done; waiting for the rest")
    wait(lambda: _ended(agency) == count, "the last job", 1200, every=2)
    with agency_context(agency):
        failed = list(Job.objects.filter(status=Job.Status.FAILED))
        told = sum(bool(job.error) for job in failed)
        for job in failed:
            jobs.retry(job, by=by)
    say(f"{len(failed)} failed jobs are tried again, as staff would")
    wait(lambda: _ended(agency) == count, "the last of them", 600, every=2)
    return _table(house, agency, orders, kills, (len(failed), told), time.monotonic() - begun)


def _order(agency: Agency, programme: Programme, commune: Commune, by: User, count: int) -> list[int]:
    """Order the certificates of so many appointments."""
    made = []
    for number in range(count):
        patron = factories.patron(
            agency, programme, commune, status=Patron.Status.APPOINTED, last_name=f"Beispiel {number}"
        )
        appointment = factories.appointment(agency, patron, commune)
        made.append(jobs.order(Job.Kind.APPOINTMENT_CERTIFICATE, subject=appointment, by=by).pk)
    return made


def _harm(house: House, agency: Agency, count: int) -> int:
    """Do one harm after the other as jobs end; return how often a worker was killed."""
    done = 0
    for number in range(1, KILLS + 1):
        ended = count * number // (KILLS + 3)
        if not wait(lambda ended=ended: _ended(agency) >= ended, f"job number {ended}", 300, 0.05):
            break
        if number == 1:
            house.empty_broker()
        if number in {2, 4}:
            state = FULL if number == 2 else AWAY
            house.let_storage(state, fail=True)
            time.sleep(FAILING_SECONDS)
        house.kill_worker()
        done += 1
        if number in {2, 4}:
            time.sleep(FAILING_SECONDS)
            house.let_storage(state, fail=False)
        if number == 5:
            house.restart_database()
    return done


def _ended(agency: Agency) -> int:
    """Count the jobs that are done or have failed."""
    try:
        with agency_context(agency):
            return Job.objects.filter(status__in=[Job.Status.DONE, Job.Status.FAILED]).count()
    except OperationalError:
        return 0


def _table(
    house: House, agency: Agency, orders: list[int], kills: int, failed: tuple[int, int], seconds: float
) -> Table:
    with agency_context(agency):
        states = dict(Job.objects.filter(pk__in=orders).values_list("pk", "status"))
        documents = list(Document.objects.values_list("job", "file", "size"))
    files = {
        str(path.relative_to(house.media)): path.stat().st_size for path in house.media.rglob("*") if path.is_file()
    }
    count = len(orders)
    whole = [
        Path(house.media, name).read_bytes().startswith(b"%PDF") and files.get(name) == size
        for _job, name, size in documents
    ]
    table = Table(f"{count} PDF jobs, {seconds:.0f} s")
    table.expect("workers killed with SIGKILL", kills, KILLS)
    table.count("broker emptied, PostgreSQL restarted, disk full, storage out of reach", "once each")
    table.count("failed meanwhile, visible to staff", failed[0])
    table.expect("of these with the reason in words", failed[1], failed[0])
    table.expect("jobs that vanished", count - len(states), 0)
    table.expect(
        "done in the end, the failed ones after one retry",
        sum(state == Job.Status.DONE for state in states.values()),
        count,
    )
    table.expect("documents, one a job", len(documents), count)
    table.expect("jobs with a document", len({job for job, _name, _size in documents} & set(orders)), count)
    table.expect("files in the storage", len(files), count)
    table.expect("files that are whole", sum(whole), count)
    return table
