"""The plan of a project: milestones with their deadlines, costs and who pays them, helpers, and the public summary."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, Transition, User
from communes.models import Commune
from deadlines import services as deadline_services
from deadlines.models import Deadline
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects import services
from projects.exceptions import CostsItemised, PlanOpen
from projects.models import CostItem, FinancingPart, FundingApplication, FundingProgramme, Milestone, Project, Supporter
from projects.planning import services as planning
from projects.planning.milestones import tick
from projects.planning.plan import plan_of
from tests import factories
from tests.queries import at_most

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=20)


@pytest.fixture
def own_rows(agency: Agency) -> Iterator[None]:
    """Let the test itself read the agency's rows."""
    with agency_context(agency):
        yield


def steps() -> list[tuple[str, object]]:
    """Return the open deadlines that milestones feed."""
    kept = Deadline.objects.open().filter(kind=Deadline.Kind.STEP).order_by("title")
    return [(deadline.title, deadline.due_on) for deadline in kept]


def test_a_milestone_feeds_a_deadline_that_follows_it_to_its_end(
    agency: Agency, project: Project, patron: Patron, manager: User
) -> None:
    with agency_context(agency):
        offer = planning.add_row(project, Milestone, by=patron.user, title="Angebot einholen", due_on=SOON)
        order = planning.add_row(project, Milestone, by=manager, title="Lampen bestellen", due_on=SOON)
        assert Deadline.objects.filter(kind=Deadline.Kind.STEP).first().owner == patron.user
        planning.change_row(offer, by=patron.user, title="Zwei Angebote einholen", due_on=TODAY)
        services.change_project(project, by=manager, title="Lampen")
        assert steps() == [("Lampen bestellen (Lampen)", SOON), ("Zwei Angebote einholen (Lampen)", TODAY)]
        assert tick(offer, by=patron.user, done=True).done_on == TODAY
        assert tick(offer, by=manager, done=True).done_on == TODAY
        assert steps() == [("Lampen bestellen (Lampen)", SOON)]
        tick(offer, by=patron.user, done=False)
        planning.remove_row(order, by=patron.user)
        planning.remove_row(order, by=patron.user)
        assert steps() == [("Zwei Angebote einholen (Lampen)", TODAY)]
        services.move_project(project, Project.Status.DROPPED, by=patron.user, reason="Kein Geld")
        assert steps() == []
        services.move_project(project, Project.Status.IDEA, by=patron.user)
        assert steps() == [("Zwei Angebote einholen (Lampen)", TODAY)]
        deadline = Deadline.objects.open().get(kind=Deadline.Kind.STEP)
        deadline_services.finish(deadline, by=patron.user)
        offer.refresh_from_db()
        assert offer.done_on == TODAY


def test_the_plan_says_in_words_what_is_missing_and_the_projects_costs_follow_its_items(
    agency: Agency, project: Project, patron: Patron, manager: User
) -> None:
    def words() -> str:
        return plan_of(project).words.replace("\xa0", " ")

    with agency_context(agency):
        services.change_project(project, by=patron.user, investment=Decimal(9000))
        assert words() == "Es gibt noch keinen Finanzierungsplan."
        lamps = planning.add_row(project, CostItem, by=patron.user, what="Lampen", amount=Decimal(1500))
        planning.add_row(project, CostItem, by=patron.user, what="Einbau", amount=Decimal("499.50"))
        project.refresh_from_db()
        assert project.investment == Decimal("1999.50")
        assert words() == "1.999,50 € sind noch nicht finanziert."
        with pytest.raises(CostsItemised):
            services.change_project(project, by=patron.user, investment=Decimal(5))
        own = planning.add_row(project, FinancingPart, by=patron.user, kind="own", amount=Decimal("799.50"))
        assert words() == "1.200 € sind noch nicht finanziert."
        planning.add_row(project, FinancingPart, by=patron.user, kind="in_kind", source="Bauhof", amount=Decimal(1400))
        assert words() == "Die Finanzierung ist um 200 € zu hoch."
        planning.change_row(lamps, by=patron.user, what="Lampen", amount=Decimal(1700))
        assert words() == "Kosten und Finanzierung stimmen überein."
        assert plan_of(project).in_kind == Decimal(1400)
        planning.remove_row(own, by=patron.user)
        project.refresh_from_db()
        assert (project.investment, words()) == (Decimal("2199.50"), "799,50 € sind noch nicht finanziert.")


def test_a_project_begins_with_a_plan_that_adds_up_with_a_reason_or_without_a_plan(
    agency: Agency, programme: Programme, commune: Commune, project: Project, patron: Patron, portal: Client
) -> None:
    with agency_context(agency):
        unplanned = factories.project(agency, programme, commune, led_by=patron, status=Project.Status.PLANNED)
        services.move_project(project, Project.Status.PLANNED, by=patron.user)
        planning.add_row(project, CostItem, by=patron.user, what="Lampen", amount=Decimal(1200))
        with pytest.raises(PlanOpen):
            services.move_project(project, Project.Status.UNDER_WAY, by=patron.user)
    move = f"{reverse('projects:move', args=[project.pk])}?to=under_way"
    assert "1.200\xa0€ sind noch nicht finanziert" in portal.get(move).content.decode()
    refused = portal.post(move, {"reason": ""})
    assert "oder sagen Sie hier, warum" in refused.content.decode()
    portal.post(move, {"reason": "Der Rat zahlt vor."})
    page = portal.get(f"{reverse('projects:move', args=[unplanned.pk])}?to=under_way").content.decode()
    assert "Das Projekt kann auch ohne beginnen" in page
    portal.post(f"{reverse('projects:move', args=[unplanned.pk])}?to=under_way", {"reason": ""})
    with agency_context(agency):
        assert set(Project.objects.values_list("status", flat=True)) == {Project.Status.UNDER_WAY}
        assert Transition.objects.get(subject_id=project.pk, target="under_way").reason == "Der Rat zahlt vor."


def test_a_patron_plans_in_the_portal_and_nothing_typed_is_lost(
    portal: Client, agency: Agency, project: Project
) -> None:
    def add(row: str, **data: object) -> str:
        return portal.post(reverse(f"projects:add_{row}", args=[project.pk]), data, follow=True).content.decode()

    assert "Angebot" in add("milestone", title="Angebot", due_on=SOON.isoformat())
    page = add("milestone", title="Angebot", due_on=SOON.isoformat())
    assert "einen Meilenstein mit diesem Namen" in page
    assert 'value="Angebot"' in page
    assert 'value="Bestellen"' in add("milestone", title="Bestellen", due_on="")
    assert 'value="viel"' in add("cost", what="Lampen", amount="viel")
    assert "1.250,50\xa0€" in add("cost", what="Lampen", amount="1.250,50 €")
    page = add("financing", kind="in_kind", source="Bauhof", amount="250,50")
    assert "1.000\xa0€ sind noch nicht finanziert" in page
    assert "250,50\xa0€ davon als Sachleistung" in page
    assert "TuS Bingen" in add("supporter", kind="club", name="TuS Bingen", role="stellt die Halle")
    with agency_context(agency):
        milestone, cost, helper = Milestone.objects.get(), CostItem.objects.get(), Supporter.objects.get()
    tick_url = reverse("projects:tick_milestone", args=[milestone.pk])
    assert "Erledigt: „Angebot“" in portal.post(tick_url, follow=True).content.decode()
    assert "Doch nicht erledigt" in portal.get(project.get_absolute_url()).content.decode()
    portal.post(tick_url, {"open": ""})
    change = reverse("projects:change_cost", args=[cost.pk])
    assert 'value="1.250,50"' in portal.get(change).content.decode()
    portal.post(change, {"what": "Leuchten", "amount": "1300"})
    portal.post(reverse("projects:change_supporter", args=[helper.pk]), {"remove": "yes"})
    with agency_context(agency):
        project.refresh_from_db()
        milestone.refresh_from_db()
        assert (project.investment, milestone.done_on) == (Decimal(1300), None)
        assert not Supporter.objects.exists()
        assert not Supporter.history.rel.related_model.objects.exists()
    form = portal.get(reverse("projects:change", args=[project.pk])).context["form"]
    assert "investment" not in form.fields


def test_staff_plan_on_the_desk(desk: Client, own_rows: None, project: Project) -> None:
    def posted(page: str, **rows: list[dict[str, object]]) -> None:
        data: dict[str, object] = {}
        for prefix in ("measures", "milestones", "leads", "cost_items", "financing_parts", "supporters", "partners"):
            given = rows.get(prefix, [])
            known = sum("id" in row for row in given)
            data |= {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": known}
            for number, row in enumerate(given):
                data |= {f"{prefix}-{number}-{name}": value for name, value in {"project": project.pk, **row}.items()}
        url = reverse(f"admin:projects_project_{page}", args=[project.pk])
        fields = {"title": project.title, "topic": "energy"} if page == "change" else {}
        answer = desk.post(url, {**fields, **data})
        assert answer.status_code == 302, answer.context["errors"]

    lead = {"id": project.leads.get().pk, "patron": project.leads.get().patron_id}
    posted("change", leads=[lead], milestones=[{"title": "Angebot", "due_on": SOON.strftime("%d.%m.%Y")}])
    assert steps() == [("Angebot (Neue Straßenlampen)", SOON)]
    posted(
        "plan",
        cost_items=[{"what": "Lampen", "amount": "1.250,50"}],
        financing_parts=[{"kind": "own", "source": "Gemeinde", "amount": "50,50"}],
        supporters=[{"kind": "volunteer", "name": "Jürgen Probst"}],
    )
    page = desk.get(reverse("admin:projects_project_change", args=[project.pk])).content.decode()
    assert "1.200\xa0€ sind noch nicht finanziert" in page
    helper = project.supporters.get()
    cost, part = project.cost_items.get(), project.financing_parts.get()
    posted(
        "plan",
        cost_items=[{"id": cost.pk, "what": "Lampen", "amount": "50,50"}],
        financing_parts=[{"id": part.pk, "kind": "own", "amount": "50,50"}],
        supporters=[{"id": helper.pk, "kind": "volunteer", "name": "Jürgen Probst", "DELETE": "on"}],
    )
    project.refresh_from_db()
    assert project.investment == Decimal("50.50")
    assert not Supporter.history.rel.related_model.objects.exists()


def test_what_was_granted_stands_beside_the_plan(
    portal: Client, agency: Agency, project: Project, patron: Patron
) -> None:
    with agency_context(agency):
        call = FundingProgramme.objects.create(agency=agency, name="Topf", funder="Land", rate=Decimal(60))
        FundingApplication.objects.create(
            project=project, funding_programme=call, status="granted", applied_for=Decimal(900), granted=Decimal(800)
        )
        planning.add_row(project, FinancingPart, by=patron.user, kind="grant", source="Topf", amount=Decimal(900))
    page = portal.get(reverse("projects:plan", args=[project.pk])).content.decode()
    assert "Das sind 100\xa0€ weniger als im Plan." in page


def test_a_summary_is_proposed_released_and_waits_again_when_its_words_change(
    portal: Client, desk: Client, agency: Agency, project: Project, patron: Patron
) -> None:
    propose = reverse("projects:propose", args=[project.pk])
    assert "öffentliche Zusammenfassung" in portal.post(propose, follow=True).content.decode()
    with agency_context(agency):
        services.change_project(project, by=patron.user, public_summary="Neue Lampen sparen Strom.")
    assert "wartet die Zusammenfassung auf Ihre Agentur" in portal.post(propose, follow=True).content.decode()
    portal.post(propose, {"withdraw": ""})
    assert "Neue Straßenlampen" not in desk.get(reverse("admin:index")).content.decode()
    portal.post(propose)
    assert "Neue Straßenlampen" in desk.get(reverse("admin:index")).content.decode()
    waiting = desk.get(reverse("admin:projects_project_changelist"), {"public": "proposed"})
    assert waiting.context["cl"].result_count == 1
    desk.post(reverse("admin:projects_project_release", args=[project.pk]))
    public = reverse("projects:released_project", args=[project.pk])
    assert "Neue Lampen sparen Strom." in Client().get(public).content.decode()
    data = {"title": "Neue Straßenlampen", "topic": "energy", "public_summary": "Andere Worte."}
    page = portal.post(reverse("projects:change", args=[project.pk]), data, follow=True).content.decode()
    assert "sobald Ihre Agentur die neuen Worte gelesen hat" in page
    assert Client().get(public).status_code == 404
    desk.post(reverse("admin:projects_project_release", args=[project.pk]))
    assert "Andere Worte." in Client().get(public).content.decode()
    desk.post(reverse("admin:projects_project_take_back", args=[project.pk]))
    assert Client().get(public).status_code == 404


def test_the_plan_of_somebody_elses_project_is_not_found(
    agency: Agency, project: Project, other_patron: Patron, patron: Patron
) -> None:
    with agency_context(agency):
        cost = planning.add_row(project, CostItem, by=patron.user, what="Lampen", amount=Decimal(5))
        milestone = planning.add_row(project, Milestone, by=patron.user, title="Angebot", due_on=SOON)
    stranger = factories.browser(other_patron.user)
    for name, pk in [("plan", project.pk), ("add_cost", project.pk), ("change_cost", cost.pk)]:
        assert stranger.get(reverse(f"projects:{name}", args=[pk])).status_code == 404, name
    for name, pk in [("change_cost", cost.pk), ("tick_milestone", milestone.pk), ("propose", project.pk)]:
        assert stranger.post(reverse(f"projects:{name}", args=[pk]), {"remove": ""}).status_code == 404, name


@pytest.mark.parametrize("count", [1, 15])
def test_the_pages_of_a_plan_ask_as_often_for_much_as_for_little(
    portal: Client,
    desk: Client,
    agency: Agency,
    project: Project,
    patron: Patron,
    count: int,
) -> None:
    with agency_context(agency):
        services.move_project(project, Project.Status.PLANNED, by=patron.user)
        for number in range(count):
            Milestone.objects.create(project=project, title=f"Schritt {number}", due_on=SOON)
            CostItem.objects.create(project=project, what="Lampen", amount=Decimal(5))
            FinancingPart.objects.create(project=project, amount=Decimal(5))
            Supporter.objects.create(project=project, name="TuS")
            Project.objects.create(
                programme=project.programme, commune=project.commune, topic_id="energy", title="K", copied_from=project
            )
    with at_most(8):
        portal.get(project.get_absolute_url())
    with at_most(8):
        portal.get(reverse("projects:plan", args=[project.pk]))
    for page in ("change", "plan"):
        with at_most(12):
            desk.get(reverse(f"admin:projects_project_{page}", args=[project.pk]))
