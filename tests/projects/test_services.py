"""What happens to projects and measures."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from agencies.exceptions import IllegalTransition, NotAllowed
from agencies.models import Agency, Programme, Transition, User
from communes.models import Commune
from deadlines.models import Deadline, OutboxMail
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects import exceptions, services
from projects.ideas import services as ideas
from projects.measures import services as measures
from projects.models import Idea, Measure, Project, Saving
from tests import factories

Status = Project.Status
LAMPS = {"kwh_before": "18.500", "kwh_after": "6.200"}


@pytest.fixture(autouse=True)
def _inside(inside: Agency) -> None:
    pass


def milestones(project: Project) -> list[Deadline]:
    return list(Deadline.objects.open().filter(subject_id=project.pk, kind=Deadline.Kind.MILESTONE))


def test_a_patron_leads_what_the_patron_begins_and_is_reminded_of_its_end(
    patron: Patron, programme: Programme, commune: Commune
) -> None:
    begun = services.create_project(
        by=patron.user,
        programme=programme,
        commune=commune,
        topic_id="energy",
        title="Lampen",
        ends_on=date(2030, 5, 1),
    )
    assert [lead.patron for lead in begun.leads.all()] == [patron]
    assert [(d.title, d.due_on, d.owner) for d in milestones(begun)] == [("Lampen", date(2030, 5, 1), patron.user)]


def test_a_patron_begins_no_project_where_the_patron_is_not_appointed(patron: Patron, programme: Programme) -> None:
    with pytest.raises(exceptions.WrongMunicipality, match="Ingelheim"):
        services.create_project(
            by=patron.user,
            programme=programme,
            commune=factories.commune("Ingelheim am Rhein, Stadt"),
            topic_id="energy",
            title="Lampen",
        )


def test_the_deadline_follows_title_and_end_and_is_cleared_with_the_project(project: Project, patron: Patron) -> None:
    services.change_project(project, by=patron.user, ends_on=date(2030, 5, 1))
    services.change_project(project, by=patron.user, title="Neuer Name", ends_on=date(2030, 6, 1))
    assert [(d.title, d.due_on) for d in milestones(project)] == [("Neuer Name", date(2030, 6, 1))]
    services.change_project(project, by=patron.user, ends_on=None)
    assert milestones(project) == []
    services.change_project(project, by=patron.user, ends_on=date(2030, 7, 1))
    services.move_project(project, Status.DROPPED, by=patron.user, reason="Kein Geld im Haushalt")
    assert milestones(project) == []
    services.move_project(project, Status.IDEA, by=patron.user)
    assert [d.due_on for d in milestones(project)] == [date(2030, 7, 1)]


def test_staff_and_the_leading_patron_may_change_a_project_and_nobody_else(
    project: Project, patron: Patron, other_patron: Patron, manager: User
) -> None:
    services.change_project(project, by=manager, investment=Decimal(100))
    for forbidden in (
        lambda: services.change_project(project, by=other_patron.user, title="Gekapert"),
        lambda: services.move_project(project, Status.PLANNED, by=other_patron.user),
        lambda: measures.add_measure(project, by=other_patron.user, kind="led_street_lighting", inputs=LAMPS),
        lambda: services.release(project, by=patron.user),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    project.refresh_from_db()
    assert (project.title, project.status, project.measures.count()) == ("Neue Straßenlampen", Status.IDEA, 0)


def test_a_project_moves_step_by_step_and_each_step_is_on_record(project: Project, manager: User) -> None:
    with pytest.raises(IllegalTransition, match="Idee"):
        services.move_project(project, Status.DONE, by=manager)
    for status in (Status.PLANNED, Status.UNDER_WAY, Status.DONE):
        services.move_project(project, status, by=manager)
    project.refresh_from_db()
    assert project.done_on == timezone.localdate()
    moves = Transition.objects.filter(subject_id=project.pk).order_by("pk").values_list("source", "target", "by")
    assert list(moves) == [
        ("idea", "planned", manager.pk),
        ("planned", "under_way", manager.pk),
        ("under_way", "done", manager.pk),
    ]
    assert project.history.order_by("pgh_id").values_list("status", flat=True).distinct().count() == 4


def test_dropping_needs_a_reason(project: Project, patron: Patron) -> None:
    with pytest.raises(exceptions.ReasonMissing):
        services.move_project(project, Status.DROPPED, by=patron.user, reason=" ")


def test_a_saving_is_frozen_with_its_factor_and_a_new_calculation_leaves_it_readable(
    project: Project, patron: Patron
) -> None:
    measure = measures.add_measure(project, by=patron.user, kind="led_street_lighting", inputs=LAMPS)
    first = measure.savings.get()
    assert (first.kg_per_year, first.used_factors[0].year, first.used_factors[0].value) == (
        Decimal("4231.2"), 2025, "0.344000",
    )  # fmt: skip
    assert (first.inputs, first.formula) == (
        {"kwh_before": "18500 kWh/a", "kwh_after": "6200 kWh/a"},
        "(kwh_before - kwh_after) * electricity",
    )
    measures.change_measure(measure, by=patron.user, kind=measure.kind, inputs=LAMPS, title="Nur der Name")
    assert list(measure.savings.all()) == [first]
    measures.change_measure(measure, by=patron.user, kind=measure.kind, inputs={**LAMPS, "kwh_after": "8.500"})
    first.refresh_from_db()
    assert first.replaced_at is not None
    assert first.kg_per_year == Decimal("4231.2")
    assert measure.savings.get(replaced_at=None).kg_per_year == Decimal("3440")


def test_finishing_a_project_finishes_the_measures_named_and_no_other(project: Project, patron: Patron) -> None:
    done, other = (
        measures.add_measure(project, by=patron.user, kind="led_street_lighting", inputs=LAMPS) for _ in range(2)
    )
    services.move_project(project, Status.PLANNED, by=patron.user)
    services.move_project(project, Status.UNDER_WAY, by=patron.user)
    with pytest.raises(exceptions.NotYetDone):
        services.finish(project, by=patron.user, on=timezone.localdate() + timedelta(days=1))
    services.finish(project, by=patron.user, on=date(2024, 5, 2), measures=(done.pk,))
    done.refresh_from_db()
    other.refresh_from_db()
    assert (done.status, done.done_on) == (Measure.Status.DONE, date(2024, 5, 2))
    assert other.status == Measure.Status.PLANNED


def test_only_a_project_with_a_summary_is_shown_to_the_public(project: Project, manager: User) -> None:
    with pytest.raises(exceptions.SummaryMissing):
        services.release(project, by=manager)
    services.change_project(project, by=manager, public_summary="Neue Lampen sparen Strom.")
    assert services.release(project, by=manager).released_at is not None
    assert services.unrelease(project, by=manager).released_at is None


def test_patrons_who_lead_a_project_are_told_whether_the_public_sees_it_and_why_not(
    project: Project, patron: Patron, desk: Client
) -> None:
    def act(verb: str, **data: str) -> None:
        desk.post(f"/admin/projects/project/{project.pk}/{verb}/", data)

    services.change_project(project, by=patron.user, public_summary="Neue Lampen sparen Strom.")
    services.propose_release(project, by=patron.user)
    act("take-back", note="Bitte nennen Sie die Kosten.")
    services.propose_release(project, by=patron.user)
    act("release")
    act("release")
    act("take-back")
    told = OutboxMail.objects.filter(recipient=patron.email, template__startswith="project/").order_by("pk")
    assert [mail.template.removeprefix("project/") for mail in told] == ["not_released", "released", "taken_back"]
    assert "Bitte nennen Sie die Kosten." in told[0].text
    assert f"/projects/{project.pk}/" in told[1].text


def test_an_idea_becomes_a_project(programme: Programme, commune: Commune, manager: User) -> None:
    idea = Idea.objects.create(programme=programme, title="Mitfahrbank", text="Eine Bank am Ortsausgang.")
    made = ideas.adopt_idea(idea, by=manager, commune=commune, topic_id="energy", title="Mitfahrbank")
    idea.refresh_from_db()
    assert (idea.status, idea.project, made.description) == ("adopted", made, "Eine Bank am Ortsausgang.")


def test_another_agency_cannot_touch_the_project(project: Project, other_agency: Agency) -> None:
    stranger = factories.account("regional_manager", other_agency)
    with agency_context(other_agency), pytest.raises(NotAllowed):
        services.change_project(project, by=stranger, title="Gekapert")
    assert not Saving.objects.exists()
