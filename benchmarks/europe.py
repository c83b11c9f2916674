"""The data set *Europe* and its figures, in a process and a database of their own: prints what it found as JSON.

200 agencies, 11,000 municipalities, 100,000 patrons and 1,000,000 projects, each with a measure and its saving. Rows
are copies of one that the portal made itself, so that they are whole whatever columns a table has.
"""

import json
import os
import statistics
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
django.setup()

from django.db import connection, connections, models, transaction  # noqa: E402

from agencies.models import Agency, Programme  # noqa: E402
from benchmarks.measure import timed  # noqa: E402
from communes.models import Commune  # noqa: E402
from klikks.tenancy import agency_context  # noqa: E402
from patrons.models import Appointment, Patron  # noqa: E402
from projects.models import Measure, Project, Saving  # noqa: E402
from reports import figures  # noqa: E402
from reports.figures import stored  # noqa: E402

AGENCIES = 200
ROUNDS, RAW_ROUNDS = 50, 5
STATUS = "CASE WHEN n / 7 %% 10 < 6 THEN 'done' WHEN n / 7 %% 10 < 9 THEN 'under_way' ELSE 'dropped' END"
FIRST = 1_000_000_000  # keys of the copies begin here

# As somebody would write it who knows the tables and wants nothing but these totals.
RAW = """
WITH mine AS (SELECT id, status, investment FROM projects_project WHERE programme_id = %(programme)s),
saved AS (
    SELECT measure.status, mine.status AS project_status, saving.kg_per_year
    FROM projects_saving saving
    JOIN projects_measure measure ON measure.id = saving.measure_id
    JOIN mine ON mine.id = measure.project_id
    WHERE saving.replaced_at IS NULL AND measure.counted_in_id IS NULL
)
SELECT 'projects', count(*) FROM mine WHERE status <> 'dropped'
UNION ALL
SELECT 'invested', sum(investment) FROM mine WHERE status IN ('under_way', 'done')
UNION ALL
SELECT 'measures_done', count(*) FROM projects_measure measure JOIN mine ON mine.id = measure.project_id
WHERE measure.status = 'done' AND measure.counted_in_id IS NULL
UNION ALL
SELECT 'kg_done', sum(kg_per_year) FROM saved WHERE status = 'done'
UNION ALL
SELECT 'kg_planned', sum(kg_per_year) FROM saved WHERE status = 'planned' AND project_status <> 'dropped'
UNION ALL
SELECT 'patrons_interested', count(*) FROM patrons_patron
WHERE programme_id = %(programme)s AND confirmed_at IS NOT NULL
UNION ALL
SELECT 'patrons_appointed', count(DISTINCT (appointment.agency_id, appointment.patron_id))
FROM patrons_appointment appointment JOIN patrons_patron patron ON patron.id = appointment.patron_id
WHERE patron.programme_id = %(programme)s AND appointment.revoked_on IS NULL
"""


def main(projects: int) -> None:
    """Build the data set and measure."""
    programme = _build(projects)
    stored_all = timed(stored.store)
    seconds = statistics.median(timed(lambda: figures.for_scope(programme)) for _round in range(ROUNDS))
    raw = statistics.median(timed(lambda: _raw(programme)) for _round in range(RAW_ROUNDS))
    is_equal = _portal(programme) == _raw(programme)
    one = _change(programme)
    is_equal = is_equal and _portal(programme) == _raw(programme)
    changed = statistics.median(timed(lambda: figures.for_scope(programme)) for _round in range(RAW_ROUNDS))
    stored_one = timed(stored.store)
    is_equal = is_equal and _portal(programme) == _raw(programme) and one
    found = {"seconds": seconds, "raw": raw, "is_equal": is_equal, "changed": changed, "rounds": ROUNDS}
    print(json.dumps({**found, "stored_one": stored_one, "stored_all": stored_all}))


def _portal(programme: Programme) -> dict[str, Decimal]:
    return {value.figure.value: value.total for value in figures.for_scope(programme) if value.total}


def _raw(programme: Programme) -> dict[str, Decimal]:
    """Return the totals by hand, past the walls, as their owner may."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(RAW, {"programme": programme.pk})
        return {figure: Decimal(total) for figure, total in cursor.fetchall() if total}


def _change(programme: Programme) -> bool:
    """Change one project's money; return whether its agency noticed."""
    agency = Agency.objects.order_by("-pk")[0]
    with agency_context(agency):
        project = Project.objects.filter(programme=programme, status="under_way")[0]
        return Project.objects.filter(pk=project.pk).update(investment=Decimal("123456.78")) == 1


def _build(projects: int) -> Programme:
    """Make the rows, without history: no figure reads it."""
    programme = Programme.objects.create(
        slug="europe", name="Europe", starts_on=date(2022, 3, 1), ends_on=date(2030, 1, 1)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM communes_commune WHERE latitude IS NOT NULL")
        communes = cursor.fetchone()[0]
    first = Agency.objects.order_by("pk")[0]
    with agency_context(first):
        saving = Saving.objects.filter(replaced_at__isnull=True, measure__status="done").select_related("measure")[0]
        templates = {
            Project: saving.measure.project_id,
            Measure: saving.measure_id,
            Saving: saving.pk,
            Patron: Patron.objects.filter(confirmed_at__isnull=False)[0].pk,
        }
        appointment = Appointment.objects.filter(revoked_on__isnull=True)[0].pk
    owner = connections["owner"]
    tables = [model._meta.db_table for model in (*templates, Appointment, Agency)]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            f"CREATE TEMP TABLE place AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM {_table(Commune)}"
            " WHERE latitude IS NOT NULL"
        )
        cursor.execute("CREATE INDEX ON place (n)")
        agency_id = f"{FIRST} + n %% {AGENCIES}"
        place_id = f"(SELECT id FROM place WHERE place.n = made.n %% {communes})"
        day = "date '2022-04-01' + (n %% 1400)::int"
        _copy(
            cursor, Agency, first.pk, AGENCIES, {"slug": "'agency-' || n", "name": "'Agency ' || n", "state_id": "NULL"}
        )
        _copy(
            cursor,
            Project,
            templates[Project],
            projects,
            {
                "agency_id": agency_id,
                "programme_id": str(programme.pk),
                "commune_id": place_id,
                "status": STATUS,
                "investment": "(n %% 5000) * 10 + 0.25",
                "starts_on": day,
                "ends_on": "NULL",
                "done_on": f"CASE WHEN n / 7 %% 10 < 6 THEN {day} END",
            },
        )
        _copy(
            cursor,
            Measure,
            templates[Measure],
            projects,
            {
                "agency_id": agency_id,
                "project_id": f"{FIRST} + n",
                "status": "CASE WHEN n / 7 %% 10 < 6 THEN 'done' ELSE 'planned' END",
                "done_on": f"CASE WHEN n / 7 %% 10 < 6 THEN {day} END",
            },
        )
        _copy(
            cursor,
            Saving,
            templates[Saving],
            projects,
            {"agency_id": agency_id, "measure_id": f"{FIRST} + n", "kg_per_year": "(n %% 9973) + (n %% 1000) / 1000.0"},
        )
        patrons = projects // 10
        _copy(
            cursor,
            Patron,
            templates[Patron],
            patrons,
            {
                "agency_id": agency_id,
                "programme_id": str(programme.pk),
                "home_id": place_id,
                "user_id": "NULL",
                "email": "'europe-' || n || '@example.org'",
            },
        )
        appointed = {"agency_id": agency_id, "patron_id": f"{FIRST} + n", "commune_id": place_id, "appointed_on": day}
        _copy(cursor, Appointment, appointment, patrons, appointed | {"ended_on": "NULL", "code": "'X' || n"})
    with owner.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
    return programme


def _copy(cursor: Any, model: type[models.Model], template: int, count: int, changed: Mapping[str, str]) -> None:
    """Write a row `count` times, with some columns changed by SQL in which `n` is the number of the copy."""
    columns = [field.column for field in model._meta.concrete_fields if field.column]
    missing = set(changed) - set(columns)
    values = [f"{FIRST} + n" if column == "id" else changed.get(column, f"template.{column}") for column in columns]
    cursor.execute(
        f"INSERT INTO {_table(model)} ({', '.join(columns)})"
        f" SELECT {', '.join(values)} FROM {_table(model)} template, generate_series(0, %s - 1) AS made (n)"
        " WHERE template.id = %s",
        [count, template],
    )
    if missing:
        raise ValueError(f"{model.__name__} has no columns {', '.join(sorted(missing))}")


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


if __name__ == "__main__":
    main(int(sys.argv[1]))
