"""A newer edition of a factor changes no figure by itself; staff see what it would change, and take it over."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from agencies.exceptions import NotAllowed
from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects.measures import editions
from projects.measures import services as measures
from projects.models import EmissionFactor, Measure, Saving
from tests import factories


@pytest.fixture
def staff(agency: Agency) -> User:
    return factories.account(Role.REGIONAL_MANAGER, agency)


@pytest.fixture
def lamps(agency: Agency, programme: Programme, commune: Commune, staff: User) -> Measure:
    """New street lamps, calculated with 0.344 kg a kWh."""
    with agency_context(agency):
        project = factories.project(agency, programme, commune)
        inputs = {"kwh_before": "18500", "kwh_after": "6200"}
        measures.add_measure(project, by=staff, kind="heat_saving_gas", inputs={"kwh_before": "20", "kwh_after": "10"})
        return measures.add_measure(project, by=staff, kind="led_street_lighting", inputs=inputs)


@pytest.fixture
def newer(lamps: Measure) -> EmissionFactor:
    """An edition published later, with another value for the same year."""
    known = EmissionFactor.objects.get(key="electricity-mix", year=2025, edition="CC 16/2026")
    known.pk, known.edition, known.value, known.published_on = None, "CC 20/2027", Decimal("0.350"), date(2027, 3, 1)
    known.save()
    return known


def test_a_newer_edition_changes_no_figure_and_its_effect_is_shown(
    agency: Agency, lamps: Measure, newer: EmissionFactor
) -> None:
    with agency_context(agency):
        [change] = editions.what_would_change()
        assert change.saving.measure == lamps
        assert change.saving.kg_per_year == Decimal("4231.2")
        assert (change.result.kg_per_year, change.difference) == (Decimal("4305"), Decimal("73.8"))
        measures.change_measure(
            lamps,
            by=factories.account(Role.REGIONAL_MANAGER, agency),
            kind=lamps.kind,
            inputs=lamps.inputs,
            title="Neu",
        )
        assert Saving.objects.filter(measure=lamps).count() == 1


def test_staff_take_a_newer_edition_over_and_both_calculations_stay(
    agency: Agency, lamps: Measure, newer: EmissionFactor, staff: User
) -> None:
    desk: Client = factories.browser(staff)
    address = reverse("admin:projects_saving_editions")
    with agency_context(agency):
        old = lamps.savings.get()
    page = desk.get(address).content.decode()
    assert "0,35" in page
    assert "+73,8" in page or "74" in page
    told = desk.post(address, {"saving": [old.pk]}, follow=True).content.decode()
    assert "1 Einsparung wurde neu berechnet" in told
    with agency_context(agency):
        old.refresh_from_db()
        assert old.replaced_at is not None
        assert old.kg_per_year == Decimal("4231.2")
        new = lamps.savings.get(replaced_at=None)
        assert (new.kg_per_year, new.used_factors[0].edition) == (Decimal("4305"), "CC 20/2027")
        assert not editions.what_would_change()


def test_nothing_is_calculated_anew_twice_or_by_a_patron(
    agency: Agency, lamps: Measure, newer: EmissionFactor, staff: User, patron: Patron
) -> None:
    with agency_context(agency):
        old = lamps.savings.get()
        with pytest.raises(NotAllowed):
            editions.take_over([old.pk], by=patron.user)
        assert len(editions.take_over([old.pk], by=staff)) == 1
        assert editions.take_over([old.pk], by=staff) == []
        assert lamps.savings.count() == 2
