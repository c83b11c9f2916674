"""A good idea is copied to another municipality: what is taken over, the link, how it spreads, and the walls."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme
from agencies.models.accounts import Role
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects import services
from projects.copying.selectors import spread_of
from projects.copying.services import copy_project
from projects.exceptions import AlreadyCopied
from projects.measures import services as measures
from projects.models import CostItem, FinancingPart, Milestone, Project, PublicProject
from tests import factories
from tests.at_once import at_once
from tests.queries import at_most

TODAY = timezone.localdate()


@pytest.fixture
def planned(project: Project, patron: Patron, agency: Agency) -> Project:
    """A project with a plan, begun a hundred days ago."""
    with agency_context(agency):
        project.starts_on = TODAY - timedelta(days=100)
        project.description, project.public_summary = "Alte Leuchten raus.", "Wir sparen Strom."
        project.save()
        Milestone.objects.create(project=project, title="Angebot", due_on=TODAY - timedelta(days=70), done_on=TODAY)
        Milestone.objects.create(project=project, title="Beschluss", due_on=TODAY - timedelta(days=95))
        CostItem.objects.create(project=project, what="Lampen", amount=Decimal(1200))
        FinancingPart.objects.create(project=project, amount=Decimal(1200))
        measures.add_measure(project, by=patron.user, kind="pv_own_use", inputs={"kwh_used": Decimal(1000)})
    return project


def test_a_patron_copies_an_own_project_with_its_plan_and_the_link_stays(
    portal: Client, agency: Agency, patron: Patron, planned: Project
) -> None:
    second = factories.commune("Ingelheim am Rhein, Stadt")
    factories.appointment(agency, patron, second)
    url = f"{reverse('projects:copy')}?of={planned.pk}"
    assert 'value="Neue Straßenlampen"' in portal.get(url).content.decode()
    data = {"title": "Lampen in Ingelheim", "commune": second.pk}
    page = portal.post(url, data, follow=True).content.decode()
    assert "Die Idee ist jetzt auch Ihre" in page
    assert "Neue Straßenlampen, Bingen am Rhein" in page
    assert "wurde in Ingelheim am Rhein schon begonnen" in portal.post(url, data).content.decode()
    with agency_context(agency):
        made = Project.objects.get(title="Lampen in Ingelheim")
        assert (made.copied_from, made.status, made.investment) == (planned, Project.Status.IDEA, Decimal(1200))
        assert made.description == "Alte Leuchten raus.\n\nMaßnahmen dort: Solarstrom vor Ort nutzen."
        days = list(made.milestones.values_list("title", "due_on", "done_on"))
        assert days == [
            ("Beschluss", TODAY + timedelta(days=14), None),
            ("Angebot", TODAY + timedelta(days=30), None),
        ]
        assert not made.financing_parts.exists()
        assert not made.public_summary
        assert [lead.patron for lead in made.leads.all()] == [patron]
    assert "1-mal kopiert, in Ingelheim am Rhein" in portal.get(planned.get_absolute_url()).content.decode()


def test_another_agency_copies_what_was_released_and_the_idea_is_seen_to_spread(
    portal: Client,
    agency: Agency,
    other_agency: Agency,
    programme: Programme,
    planned: Project,
    as_role: Callable[..., Client],
) -> None:
    borne = factories.commune("Borne", ags="03456002", state_id="DE-NI")
    partnership = factories.partnership(other_agency, programme, borne)
    stranger = as_role(Role.REGIONAL_MANAGER, other_agency)
    copy = f"{reverse('admin:projects_project_copy_released')}?of={planned.pk}"
    assert stranger.get(copy).status_code == 302
    assert Client().get(reverse("projects:released_project", args=[planned.pk])).status_code == 404
    with agency_context(agency):
        services.release(planned, by=factories.account(Role.REGIONAL_MANAGER, agency))
    assert copy in stranger.get(reverse("projects:released_project", args=[planned.pk])).content.decode()
    page = stranger.post(copy, {"partnership": partnership.pk, "title": "Lampen"}, follow=True)
    assert "„Lampen“ beginnt in Borne." in page.content.decode()
    with agency_context(other_agency):
        made = Project.objects.get()
        assert (made.copied_from, made.copied_public, made.commune) == (None, planned.pk, borne)
        assert (made.description, made.cost_items.count()) == ("Wir sparen Strom.", 0)
        assert spread_of(planned.pk).words == "1-mal kopiert, in Borne"
    with agency_context(agency):
        assert spread_of(planned.pk).words == "1-mal kopiert"
    assert "Borne" not in portal.get(planned.get_absolute_url()).content.decode()
    with agency_context(other_agency):
        Project.objects.update(public_summary="Auch bei uns.", released_at=timezone.now())
    assert "1-mal kopiert, in Borne" in portal.get(planned.get_absolute_url()).content.decode()
    assert (
        "1-mal kopiert, in Borne"
        in Client().get(reverse("projects:released_project", args=[planned.pk])).content.decode()
    )
    with agency_context(agency):
        planned.delete()
    desk = stranger.get(reverse("admin:projects_project_change", args=[made.pk]))
    assert desk.status_code == 200


def test_what_may_not_be_seen_is_not_copied(
    portal: Client, agency: Agency, programme: Programme, commune: Commune, other_patron: Patron, planned: Project
) -> None:
    with agency_context(agency):
        secret = factories.project(agency, programme, commune, led_by=other_patron, title="Geheim")
        released = factories.project(
            agency, programme, commune, led_by=other_patron, title="Offen", released_at=timezone.now(), description="In"
        )
        released.public_summary = "Außen."
        released.save()
    for of in (str(secret.pk), "x", "9" * 30, ""):
        assert portal.get(reverse("projects:copy"), {"of": of})["Location"] == reverse("projects:released")
    portal.post(f"{reverse('projects:copy')}?of={released.pk}", {"title": "Auch offen"})
    with agency_context(agency):
        made = Project.objects.get(title="Auch offen")
        assert (made.description, made.copied_from) == ("Außen.", released)


def test_a_manager_copies_a_project_of_the_own_agency(
    desk: Client, agency: Agency, programme: Programme, planned: Project
) -> None:
    where = factories.partnership(agency, programme, factories.commune("Ingelheim am Rhein, Stadt"))
    copy = reverse("admin:projects_project_copy", args=[planned.pk])
    assert desk.post(copy, {"partnership": "", "title": "Lampen"}).context["form"].errors
    page = desk.post(copy, {"partnership": where.pk, "title": "Lampen"}, follow=True).content.decode()
    assert "aus „Neue Straßenlampen“, Bingen am Rhein" in page
    page = desk.get(reverse("admin:projects_project_change", args=[planned.pk])).content.decode()
    assert "1-mal kopiert, in Ingelheim am Rhein" in page


@pytest.mark.parametrize("count", [1, 12])
def test_released_projects_are_found_with_few_questions(
    client: Client, agency: Agency, programme: Programme, commune: Commune, count: int
) -> None:
    for number in range(count):
        factories.project(
            agency, programme, commune, title=f"Lampen {number}", public_summary="S", released_at=timezone.now()
        )
    with agency_context(agency):
        first = PublicProject.objects.first()
    assert first is not None
    for asked in ({}, {"q": "lampen", "topic": "energy", "state": "DE-RP"}, {"q": "bingen"}):
        with at_most(5):
            page = client.get(reverse("projects:released"), asked)
        assert page.context["page"].paginator.count == count
    assert client.get(reverse("projects:released"), {"q": "Nahwärme"}).context["page"].paginator.count == 0
    with at_most(5):
        client.get(reverse("projects:released_project", args=[first.pk]))


@pytest.mark.django_db(transaction=True)
def test_two_who_copy_the_same_project_of_another_agency_at_once_begin_one_and_the_second_is_told(
    agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    theirs = factories.project(other_agency, programme, factories.commune("Anderswo"), public_summary="Wir sparen.")
    with agency_context(other_agency):
        services.release(theirs, by=factories.account(Role.REGIONAL_MANAGER, other_agency))
    by, ours = factories.account(Role.REGIONAL_MANAGER, agency), factories.commune()

    def copy() -> Project:
        with agency_context(agency):
            source = PublicProject.objects.get(pk=theirs.pk)
            return copy_project(source, by=by, programme=programme, commune=ours, title="Lampen")

    assert {type(answer) for answer in at_once(copy, copy)} == {Project, AlreadyCopied}
