"""The opening page of the staff desk, role by role."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, Target, User
from agencies.models.accounts import Role
from agencies.models.programmes import Figure
from deadlines.models import Deadline, Job, OutboxMail, Task
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db


def make_work(agency: Agency, programme: Programme, owner: User, *, rows: int = 1) -> None:
    """Give an agency open registrations, a volunteer, deadlines, a task, a target, a failed mail and a failed job."""
    today = timezone.localdate()
    for number in range(rows):
        where = factories.commune(f"{agency.slug} Ort {number}", ags=f"0731{agency.pk % 10}{number:03d}")
        factories.registration(
            agency, programme, where, confirmed_at=timezone.now() - timedelta(days=9), contact_name="Petra Wartend"
        )
        factories.patron(agency, programme, where, first_name="Olaf", last_name=f"Freiwillig{number}")
        with agency_context(agency):
            Deadline.objects.create(title=f"Frist {number}", due_on=today - timedelta(days=2), owner=owner)
            Task.objects.create(title=f"Aufgabe {number}", due_on=today + timedelta(days=3), owner=owner)
    with agency_context(agency):
        Target.objects.create(programme=programme, figure=Figure.COMMUNES_INTERESTED, value=Decimal(4))
        OutboxMail.objects.create(
            template="x",
            recipient="weg@example.org",
            language="de",
            subject_line="S",
            text="T",
            message_id=f"<{agency.slug}@x>",
            status=OutboxMail.Status.FAILED,
        )
        Job.objects.create(kind=Job.Kind.COMMUNE_REPORT, status=Job.Status.FAILED)


def test_a_regional_manager_sees_what_waits_what_is_due_and_how_far_the_targets_are(
    desk: Client, manager: User, agency: Agency, programme: Programme
) -> None:
    make_work(agency, programme, manager)
    page = desk.get("/admin/").content.decode()
    for text in [
        "rlp Ort 0",
        "Petra Wartend",
        "seit 9 Tagen",
        "Olaf Freiwillig0",
        "überfällig",
        "Frist 0",
        "Aufgabe 0",
    ]:
        assert text in page, text
    assert "von 4" in page
    assert "25 %" in page
    assert "1 E-Mail konnte nicht zugestellt werden." in page
    assert "1 Auftrag ist fehlgeschlagen." in page


def test_nobody_sees_the_work_of_another_agency(
    desk: Client, other_agency: Agency, programme: Programme, account: Callable[..., User]
) -> None:
    make_work(other_agency, programme, account(of=other_agency))
    page = desk.get("/admin/").content.decode()
    assert "nds Ort 0" not in page
    assert "Freiwillig0" not in page
    assert "Frist 0" not in page
    assert "nicht zugestellt" not in page
    assert "Niemand wartet auf Sie." in page
    assert "In den nächsten zwei Wochen ist nichts fällig." in page


def test_figures_are_counted_anew_each_minute_and_for_each_agency(
    desk: Client, agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    def projects(browser: Client) -> int:
        shown = browser.get("/admin/").context["figures"]
        return int(next(value.total for value in shown if value.figure == Figure.PROJECTS))

    assert projects(desk) == 0
    factories.project(agency, programme, factories.commune())
    assert projects(desk) == 0
    cache.clear()
    assert projects(desk) == 1
    assert projects(factories.browser(factories.account(Role.REGIONAL_MANAGER, other_agency))) == 0


def test_a_regional_manager_sees_own_and_unowned_deadlines_an_administrator_all(
    as_role: Callable[..., Client], account: Callable[..., User], agency: Agency
) -> None:
    colleague = account()
    with agency_context(agency):
        for title, owner in [("Von Kollegin", colleague), ("Von niemandem", None)]:
            Deadline.objects.create(title=title, due_on=timezone.localdate(), owner=owner)
    managers = as_role(Role.REGIONAL_MANAGER).get("/admin/").content.decode()
    admins = as_role(Role.AGENCY_ADMIN).get("/admin/").content.decode()
    assert "Von niemandem" in managers
    assert "Von Kollegin" not in managers
    assert "Von Kollegin" in admins


def test_an_administrator_is_told_which_accounts_have_no_second_factor(
    as_role: Callable[..., Client], account: Callable[..., User], agency: Agency
) -> None:
    unprotected = account()
    with agency_context(agency):
        name = Membership.objects.get(user=unprotected).name
    page = as_role(Role.AGENCY_ADMIN).get("/admin/").content.decode()
    assert "1 Konto hat noch keinen zweiten Faktor:" in page
    assert "Zweiten Faktor einrichten" in page
    assert name in page
    assert "zweiten Faktor:" not in as_role(Role.REGIONAL_MANAGER).get("/admin/").content.decode()


def test_a_coordinator_sees_the_figures_of_all_agencies_and_no_person(
    as_role: Callable[..., Client],
    account: Callable[..., User],
    agency: Agency,
    other_agency: Agency,
    programme: Programme,
) -> None:
    make_work(agency, programme, account())
    make_work(other_agency, programme, account(of=other_agency))
    page = as_role(Role.COORDINATOR).get("/admin/").content.decode()
    for text in [agency.short_name, other_agency.short_name, "/ 4", "25 %"]:
        assert text in page, text
    for name in ["Petra Wartend", "Freiwillig0", "weg@example.org"]:
        assert name not in page, name


def test_an_operator_sees_counts_of_each_agency_and_no_person(
    as_role: Callable[..., Client], account: Callable[..., User], agency: Agency, programme: Programme
) -> None:
    make_work(agency, programme, account())
    page = as_role(Role.OPERATOR).get("/admin/").content.decode()
    assert agency.short_name in page
    assert page.count('desk-chip-danger">1<') == 2
    for name in ["Petra Wartend", "Freiwillig0", "weg@example.org", "Frist 0"]:
        assert name not in page, name


def test_the_picked_programme_is_remembered(desk: Client, agency: Agency) -> None:
    other = factories.programme(name="Zweites Programm")
    with agency_context(agency):
        agency.participations.create(programme=other)
    assert "Zweites Programm" in desk.get(f"/admin/?programme={other.slug}").context["programme"].name
    assert desk.get("/admin/").context["programme"] == other
    assert desk.get("/admin/?programme=unsinn").context["programme"].name == "KlikKS"


@pytest.mark.parametrize("role", [Role.REGIONAL_MANAGER, Role.AGENCY_ADMIN, Role.COORDINATOR, Role.OPERATOR])
@pytest.mark.parametrize("rows", [1, 5])
def test_the_opening_page_asks_the_database_at_most_twelve_times_whatever_there_is(
    role: Role,
    rows: int,
    as_role: Callable[..., Client],
    account: Callable[..., User],
    agency: Agency,
    programme: Programme,
) -> None:
    make_work(agency, programme, account(), rows=rows)
    client = as_role(role)
    with at_most(12):
        assert client.get("/admin/").status_code == 200


def test_the_menu_offers_exactly_the_lists_of_the_role(as_role: Callable[..., Client]) -> None:
    def links(role: Role) -> set[str]:
        menu = as_role(role).get("/admin/").content.decode().partition('id="nav-sidebar-apps"')[2]
        return set(re.findall(r'<li>\s*<a href="(/admin/[^"]*)"', menu))

    assert "/admin/communes/registration/" in links(Role.REGIONAL_MANAGER)
    assert "/admin/agencies/invitation/" not in links(Role.REGIONAL_MANAGER)
    assert "/admin/agencies/invitation/" in links(Role.AGENCY_ADMIN)
    assert "/admin/communes/registration/" not in links(Role.COORDINATOR)
    assert "/admin/patrons/patron/" not in links(Role.OPERATOR)
    assert "/admin/agencies/agency/" in links(Role.OPERATOR)


def test_the_menu_marks_the_list_below_which_a_page_lies(as_role: Callable[..., Client]) -> None:
    def marked(url: str) -> list[str]:
        page = as_role(Role.REGIONAL_MANAGER).get(url).content.decode()
        menu = page.partition('id="nav-sidebar-apps"')[2]
        return re.findall(r'<a href="([^"]*)"\s+class="[^"]*"\s+aria-current="page"', menu)

    assert marked("/admin/") == ["/admin/"]
    assert marked("/admin/projects/project/add/") == ["/admin/projects/project/"]
