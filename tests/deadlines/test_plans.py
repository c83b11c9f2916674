"""Phase plans: applied, shifted with their milestones, shown in time, ended, and improved task by task."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Phase, Programme, User
from agencies.models.accounts import Role
from communes.models import Partnership
from deadlines import jobs, services
from deadlines.models import Deadline, Job, PhasePlan, PlanMilestone, PlannedTask, RunningPlan, Task
from deadlines.plans import services as plans
from deadlines.plans.differences import DecidedAlready, differences_of, leave, take_over
from deadlines.plans.selectors import loads
from klikks.tenancy import agency_context
from reports.models import Document
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def plan(inside: Agency, programme: Programme) -> PhasePlan:
    """A plan for municipalities: three tasks counted from the start, two from the appointment."""
    phase = Phase.objects.create(programme=programme, position=1, name="Vorbereitung")
    made = PhasePlan.objects.create(programme=programme, title="Standard")
    office = PlanMilestone.objects.create(plan=made, title="Ernennung", days=100)
    for number, (milestone, days, doer) in enumerate(
        [(None, 0, "regional_manager"), (None, 7, "regional_manager"), (None, 14, "agency_admin"),
         (office, -7, "regional_manager"), (office, 30, "patron")]
    ):  # fmt: skip
        PlannedTask.objects.create(
            plan=made, phase=phase, milestone=milestone, days=days, doer=doer, title=f"Aufgabe {number}", takes_days=5
        )
    return made


def partnership(agency: Agency, programme: Programme, name: str = "Bingen") -> Partnership:
    """Make a partner municipality."""
    return factories.partnership(agency, programme, factories.commune(name))


def days_of(running: RunningPlan) -> list[int]:
    """Return in how many days each task is due, in the order of the template."""
    return [(task.due_on - TODAY).days for task in running.tasks.order_by("planned_id")]


def test_staff_apply_a_plan_to_chosen_municipalities_and_tasks_belong_to_who_does_them(
    inside: Agency, programme: Programme, manager: User, desk: Client, plan: PhasePlan
) -> None:
    first, second = partnership(inside, programme), partnership(inside, programme, "Ingelheim")
    account = factories.account(Role.PATRON, inside)
    patron = factories.patron(inside, programme, first.commune, user=account, status="active")
    factories.appointment(inside, patron, first.commune)
    chosen = {"action": "apply_plan_many", "_selected_action": [first.pk, second.pk]}
    address = reverse("admin:communes_partnership_changelist")
    asked = desk.post(address, chosen).content.decode()
    assert "Bingen" in asked
    assert "Ernennung" in asked
    assert not RunningPlan.objects.exists()
    office = plan.milestones.get()
    chosen |= {"confirmed": "1", "start": TODAY.isoformat()}
    assert "Für 2 Kommunen" in desk.post(address, chosen | {"start": "morgen"}).content.decode()
    answer = desk.post(address, chosen, follow=True).content.decode()
    assert "Der Plan läuft in 2 Kommunen." in answer
    running = RunningPlan.objects.get(subject_id=first.pk)
    assert days_of(running) == [0, 7, 14, 93, 130]
    assert running.tasks.order_by("planned_id").last().owner == account
    dates = Deadline.objects.open().filter(kind=Deadline.Kind.TASK)
    assert (dates.count(), dates.filter(title="Bingen: Aufgabe 0").count()) == (10, 1)
    again = desk.post(
        reverse("admin:communes_partnership_apply_plan", args=[first.pk]), {"start": TODAY.isoformat()}, follow=True
    )
    assert "Er läuft dort schon" in again.content.decode()
    third = partnership(inside, programme, "Alzey")
    typed = {"start": TODAY.isoformat(), f"milestone-{office.pk}": (TODAY + timedelta(days=50)).isoformat()}
    desk.post(reverse("admin:communes_partnership_apply_plan", args=[third.pk]), typed)
    assert days_of(RunningPlan.objects.get(subject_id=third.pk)) == [0, 7, 14, 43, 80]


def test_a_plan_shifts_with_its_milestone_in_one_statement_and_keeps_what_is_closed_or_moved_by_hand(
    inside: Agency, programme: Programme, manager: User, desk: Client, plan: PhasePlan
) -> None:
    running = plans.apply(plan, plans.Place("Agentur", {"regional_manager": manager}), by=manager, days={None: TODAY})
    tasks = list(running.tasks.order_by("planned_id"))
    services.finish_task(tasks[0], by=manager)
    services.skip_task(tasks[1], by=manager, reason="hinfällig")
    deadline = Deadline.objects.get(kind=Deadline.Kind.TASK, subject_id=tasks[2].pk)
    services.move(deadline, by=manager, due_on=TODAY + timedelta(days=20))
    start = running.milestones.get(planned=None)
    move = f"{reverse('admin:deadlines_runningplan_move', args=[running.pk])}?milestone={start.pk}"
    on = {"on": (TODAY + timedelta(days=10)).isoformat(), "seen": TODAY.isoformat()}
    assert desk.post(move, on).status_code == 302
    assert days_of(running) == [0, 7, 30, 93, 130]
    late = desk.post(move, {"on": (TODAY + timedelta(days=3)).isoformat(), "seen": TODAY.isoformat()}).content.decode()
    assert "inzwischen" in late
    assert "zu weit entfernt" in desk.post(move, {"on": "2226-01-01"}).content.decode()
    deadline.refresh_from_db()
    assert deadline.due_on == TODAY + timedelta(days=30)
    with at_most(6):
        assert plans.shift_all(plan, by=manager, days=-5) == 1
    assert days_of(running) == [0, 7, 25, 88, 125]
    assert (
        "1 laufender Plan"
        in desk.post(
            reverse("admin:deadlines_phaseplan_shift_all", args=[plan.pk]), {"days": "5"}, follow=True
        ).content.decode()
    )
    end = reverse("admin:deadlines_runningplan_end", args=[running.pk])
    desk.post(end, {"reason": "  "})
    assert desk.post(end, {"reason": "Programm beendet"}).status_code == 302
    assert not Deadline.objects.open().filter(kind=Deadline.Kind.TASK).exists()
    assert running.tasks.filter(reason="Programm beendet").count() == 3


def test_an_improved_template_is_offered_to_running_plans_task_by_task(
    inside: Agency, programme: Programme, manager: User, desk: Client, plan: PhasePlan
) -> None:
    running = plans.apply(plan, plans.Place("Agentur", {"regional_manager": manager}), by=manager, days={None: TODAY})
    assert differences_of(running) == []
    first, second, third, fourth, _fifth = planned = list(plan.tasks.order_by("pk"))
    Task.objects.filter(planned=first).update(title="Unser Wort dafür")
    PlannedTask.objects.filter(pk=first.pk).update(how="Zuerst anrufen", days=3)
    PlannedTask.objects.filter(pk=second.pk).update(title="Neuer Titel")
    PlannedTask.objects.filter(pk=third.pk).update(is_retired=True)
    PlannedTask.objects.filter(pk=fourth.pk).update(is_retired=True)
    added = [
        PlannedTask.objects.create(plan=plan, phase=first.phase, title=title, days=40) for title in ("Neu A", "Neu B")
    ]
    page = reverse("admin:deadlines_runningplan_differences", args=[running.pk])
    with at_most(12):
        shown = desk.get(page).content.decode()
    assert all(words in shown for words in ("Zuerst anrufen", "Neuer Titel", "Neu A", "nicht mehr nötig"))
    assert "mindestens eine" in desk.post(page, {"leave": "1"}, follow=True).content.decode()
    desk.post(page, {"planned": [first.pk, third.pk, added[0].pk], "take_over": "1"})
    desk.post(page, {"planned": [second.pk, fourth.pk, added[1].pk], "leave": "1"})
    assert differences_of(running) == []
    assert (
        "schon jemand entschieden"
        in desk.post(page, {"planned": first.pk, "take_over": "1"}, follow=True).content.decode()
    )
    tasks = {task.planned_id: task for task in running.tasks.all()}
    mine = tasks[first.pk]
    assert (mine.title, mine.how, mine.due_on) == ("Unser Wort dafür", "Zuerst anrufen", TODAY + timedelta(days=3))
    assert tasks[second.pk].title == "Aufgabe 1"
    assert (tasks[third.pk].status, tasks[fourth.pk].status) == (Task.Status.SKIPPED, Task.Status.OPEN)
    assert (tasks[added[0].pk].owner, tasks[added[1].pk].status) == (manager, Task.Status.SKIPPED)
    PlannedTask.objects.filter(pk=second.pk).update(title="Noch besser")
    assert [each.planned for each in differences_of(running)] == [second]
    take_over(running, second.pk, by=manager)
    with pytest.raises(DecidedAlready):
        leave(running, second.pk, by=manager)
    assert len(planned) == 5


def test_the_timeline_is_a_drawing_with_a_table_beside_it_and_a_pdf_on_a3(
    inside: Agency, programme: Programme, manager: User, desk: Client, plan: PhasePlan, other_agency: Agency
) -> None:
    import pikepdf

    running = plans.apply(plan, plans.Place("Agentur", {"regional_manager": manager}), by=manager, days={None: TODAY})
    page = reverse("admin:deadlines_runningplan_change", args=[running.pk])
    with at_most(12):
        few = desk.get(page).content.decode()
    assert few.count('class="gantt-bar') == 5
    assert "Aufgabe 4" in few.partition("</svg>")[2]
    assert "style=" not in few[few.index("<svg") : few.index("</svg>")]
    for number in range(20):
        Task.objects.create(title=f"Weitere {number}", running=running, due_on=TODAY, owner=manager)
    with at_most(12):
        assert "Weitere 19" in desk.get(page).content.decode()
    with at_most(12):
        assert desk.get(reverse("admin:deadlines_runningplan_changelist")).status_code == 200
    desk.post(reverse("admin:deadlines_runningplan_pdf", args=[running.pk]))
    jobs.run(Job.objects.get(kind=Job.Kind.PHASE_PLAN).pk)
    document = Document.objects.get(kind=Document.Kind.PHASE_PLAN)
    with document.file.open("rb") as file, pikepdf.open(file) as pdf:
        box = [float(edge) for edge in pdf.pages[0].mediabox]
    assert [round(edge / 72 * 25.4) for edge in box[2:]] == [420, 297]
    with agency_context(other_agency):
        assert not RunningPlan.objects.exists()


def test_the_load_per_person_counts_every_open_date_in_one_query(
    inside: Agency, manager: User, desk: Client, as_role: Callable[..., Client]
) -> None:
    for days in (-1, 0, 3, 300):
        Task.objects.create(title="Aufgabe", owner=manager, due_on=TODAY + timedelta(days=days))
    Deadline.objects.create(title="Frist", due_on=TODAY)
    with at_most(1):
        weeks, people = loads()
    assert [(load.overdue, load.later, load.total) for load in people] == [(1, 1, 4), (0, 0, 1)]
    assert (len(weeks), weeks[0].weekday()) == (8, 0)
    with at_most(12):
        assert "noch niemand" in desk.get(reverse("admin:deadlines_task_load")).content.decode()
    assert desk.get(reverse("admin:deadlines_task_mine"))["Location"].endswith(f"?who={manager.pk}")


def test_the_agency_itself_carries_out_its_plan_and_the_coordinator_keeps_the_template(
    inside: Agency, programme: Programme, manager: User, desk: Client, as_role: Callable[..., Client], plan: PhasePlan
) -> None:
    address = reverse("admin:deadlines_runningplan_apply_here")
    assert desk.get(address).status_code == 302
    PhasePlan.objects.filter(pk=plan.pk).update(audience=PhasePlan.Audience.AGENCY)
    assert "Ernennung" in desk.get(address).content.decode()
    answer = desk.post(address, {"start": TODAY.isoformat()})
    running = RunningPlan.objects.get()
    assert answer["Location"] == reverse("admin:deadlines_runningplan_change", args=[running.pk])
    assert "läuft dort schon" in desk.post(address, {"start": TODAY.isoformat()}).content.decode()
    coordinator = as_role(Role.COORDINATOR)
    planned = plan.tasks.first()
    task_page = reverse("admin:deadlines_plannedtask_change", args=[planned.pk])
    typed = {"title": "Besser", "phase": planned.phase_id, "doer": "patron", "days": "3", "takes_days": "2"}
    assert desk.post(task_page, typed).status_code == 403
    assert coordinator.post(task_page, typed | {"experience": "Früh anfangen"}).status_code == 302
    planned.refresh_from_db()
    assert (planned.title, planned.experience) == ("Besser", "Früh anfangen")
    with at_most(12):
        assert coordinator.get(reverse("admin:deadlines_phaseplan_change", args=[plan.pk])).status_code == 200
