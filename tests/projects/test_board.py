"""The list of projects as board and map, with the same filters."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects.models import CostItem, Project
from tests import factories
from tests.queries import at_most

LIST, BOARD, MAP = (reverse(f"admin:projects_project_{view}") for view in ("changelist", "board", "map"))
TODAY = timezone.localdate()


def shown(page: object) -> dict[str, list[str]]:
    """Return the titles on a board by state, empty columns left out."""
    columns = page.context_data["columns"]  # type: ignore[attr-defined]
    return {column.status: [card.project.title for card in column.cards] for column in columns if column.cards}


def test_the_board_shows_a_column_a_state_and_moves_a_card_or_asks_for_what_it_needs(
    desk: Client, agency: Agency, programme: Programme, commune: Commune, project: Project, patron: Patron
) -> None:
    soon = factories.project(agency, programme, commune, title="Bald", ends_on=TODAY + timedelta(days=3))
    page = desk.get(BOARD)
    assert shown(page) == {"idea": ["Bald", "Neue Straßenlampen"]}
    assert "Erika Muster" in page.content.decode()
    move = f"{reverse('admin:projects_project_move', args=[soon.pk])}?next={quote(BOARD, safe='')}"
    assert move in page.content.decode()
    answer = desk.post(move, {"status": "planned"})
    assert answer["Location"] == BOARD
    assert "status" in desk.post(move, {"status": "planned"}).context["form"].errors
    with agency_context(agency):
        CostItem.objects.create(project=soon, what="Lampen", amount=Decimal(1200))
    asked = desk.post(move, {"status": "under_way"})
    assert "sind noch nicht finanziert" in asked.content.decode()
    assert desk.post(move, {"status": "under_way", "reason": "Der Rat zahlt vor."})["Location"] == BOARD
    assert shown(desk.get(BOARD)) == {"idea": ["Neue Straßenlampen"], "under_way": ["Bald"]}


def test_list_board_and_map_take_the_same_filters(
    desk: Client, agency: Agency, programme: Programme, commune: Commune, project: Project, patron: Patron
) -> None:
    trier = factories.commune("Trier, Stadt", longitude=6.64, latitude=49.76)
    factories.project(agency, programme, trier, title="Dämmung", status=Project.Status.PLANNED)
    for asked, titles, places in [
        ({}, {"Neue Straßenlampen", "Dämmung"}, {"Bingen am Rhein", "Trier"}),
        ({"leads__patron__id__exact": patron.pk}, {"Neue Straßenlampen"}, {"Bingen am Rhein"}),
        ({"commune__id__exact": trier.pk}, {"Dämmung"}, {"Trier"}),
        ({"status__exact": "planned"}, {"Dämmung"}, {"Trier"}),
        ({"topic__slug__exact": "energy", "q": "bingen"}, {"Neue Straßenlampen"}, {"Bingen am Rhein"}),
    ]:
        with agency_context(agency):
            assert {row.title for row in desk.get(LIST, asked).context_data["cl"].result_list} == titles, asked
        assert {title for column in shown(desk.get(BOARD, asked)).values() for title in column} == titles, asked
        page = desk.get(MAP, asked)
        assert {place.name for place in page.context_data["places"]} == places, asked
        assert page.content.decode().count("<circle") == len(places)
    assert "Kein Projekt ist so." in desk.get(MAP, {"q": "Nahwärme"}).content.decode()


@pytest.mark.parametrize("count", [1, 40])
def test_board_and_map_ask_as_often_for_many_projects_as_for_one(
    desk: Client, agency: Agency, programme: Programme, patron: Patron, count: int
) -> None:
    for number in range(count):
        factories.project(agency, programme, factories.commune(f"Ort {number}"), led_by=patron)
    with at_most(12):
        page = desk.get(BOARD)
    assert len(shown(page)["idea"]) == min(count, 30)
    assert page.context_data["columns"][0].count == count
    with at_most(12):
        desk.get(MAP)
    with at_most(12):
        desk.get(LIST)
