"""How a saving was calculated can be read by citizens once the project is released, on the page and as a PDF."""

import io

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from klikks.tenancy import agency_context
from projects.measures import services as measures
from projects.measures.factors import load_factors
from projects.models import Project, Saving
from tests import factories
from tests.queries import at_most


@pytest.fixture
def saving(agency: Agency, programme: Programme) -> Saving:
    load_factors()
    staff: User = factories.account(Role.REGIONAL_MANAGER, agency)
    with agency_context(agency):
        project = factories.project(agency, programme, factories.commune("Ockenheim"), public_summary="Neue Lampen.")
        inputs = {"kwh_before": "18500", "kwh_after": "6200"}
        return measures.add_measure(project, by=staff, kind="led_street_lighting", inputs=inputs).savings.get()


def release(agency: Agency) -> None:
    with agency_context(agency):
        Project.objects.update(released_at=timezone.now())


def test_a_citizen_reads_how_a_released_saving_was_calculated(client: Client, agency: Agency, saving: Saving) -> None:
    address = reverse("projects:released_saving", args=[saving.pk])
    assert client.get(address).status_code == 404
    release(agency)
    project = client.get(reverse("projects:released_project", args=[saving.measure.project_id])).content.decode()
    assert address in project
    assert "4.231 kg CO2e im Jahr" in project
    client.get(address)
    with at_most(5):
        page = client.get(address).content.decode()
    assert "(18.500 kWh − 6.200 kWh) × 0,344 kg/kWh" in page
    assert "Climate Change 16/2026" in page
    english = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "(18,500 kWh − 6,200 kWh) × 0.344 kg/kWh" in english


def test_the_calculation_is_a_pdf_for_those_who_may_read_it(client: Client, agency: Agency, saving: Saving) -> None:
    address = reverse("reports:calculation", args=[saving.pk])
    staff = factories.browser(factories.account(Role.REGIONAL_MANAGER, agency))
    assert client.get(address).status_code == 404
    assert factories.browser(factories.account(Role.PATRON, agency)).get(address).status_code == 404
    pdf = staff.get(address).content
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert document.Root.MarkInfo.Marked
    release(agency)
    assert client.get(address).content.startswith(b"%PDF-")


def test_another_agency_does_not_get_the_pdf(other_agency: Agency, saving: Saving) -> None:
    stranger = factories.browser(factories.account(Role.REGIONAL_MANAGER, other_agency))
    assert stranger.get(reverse("reports:calculation", args=[saving.pk])).status_code == 404
