"""A phase plan of sixty tasks that runs in forty municipalities is shifted, beside an UPDATE of as many bare rows."""

from datetime import timedelta
from itertools import cycle

from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Phase, Programme, User
from benchmarks.data import manager
from benchmarks.measure import Result, side_by_side
from communes.models import Commune
from deadlines.models import PhasePlan, PlannedTask
from deadlines.plans import services as plans
from klikks.tenancy import agency_context

TASKS, COMMUNES = 60, 40
LONGEST_SECONDS = 2.0
TITLE = "Benchmark"
BARE = """
CREATE TEMPORARY TABLE bare AS SELECT id, due_on FROM generate_series(1, %s) AS id, current_date AS due_on
"""


def shift(scale: float) -> Result:
    """Measure the shift of 2,400 tasks with their deadlines and history; it must also take less than two seconds."""
    rounds = max(int(20 * scale), 4)
    by = manager()
    with agency_context(Agency.objects.get(slug="rlp")):
        plan = _running(by)
        with connection.cursor() as cursor:
            cursor.execute(BARE, [TASKS * COMMUNES])
        ways = cycle([7, -7])
        seconds, baseline = side_by_side(
            lambda: plans.shift_all(plan, by=by, days=next(ways)), _shift_bare_rows, rounds=rounds, warm_up=2
        )
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bare")
    return Result(
        "plans",
        f"phase plan of {TASKS} tasks shifted in {COMMUNES} municipalities",
        "UPDATE of as many rows of a bare table",
        seconds,
        baseline,
        1000 if seconds < LONGEST_SECONDS else 1,
        rounds,
        {"it took": f"{seconds:.2f} s (bar {LONGEST_SECONDS:.0f} s)"},
    )


def _shift_bare_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bare SET due_on = due_on + 7")


def _running(by: User) -> PhasePlan:
    """Return a plan that runs in forty places; make it unless it is there."""
    made = PhasePlan.objects.filter(title=TITLE).first()
    if made is not None:
        return made
    programme = Programme.objects.get(slug="klikks")
    plan = PhasePlan.objects.create(programme=programme, title=TITLE)
    phases = list(Phase.objects.filter(programme=programme))
    PlannedTask.objects.bulk_create(
        PlannedTask(plan=plan, phase=phases[number % len(phases)], title=f"Aufgabe {number + 1}", days=6 * number)
        for number in range(TASKS)
    )
    start = timezone.localdate() - timedelta(days=30)
    for commune in Commune.objects.that_can_register().filter(state_id="DE-RP").order_by("ags")[:COMMUNES]:
        plans.apply(plan, plans.Place(str(commune), {"regional_manager": by}, commune), by=by, days={None: start})
    return plan
