"""Who gets which document, how staff order a report, and that each figure leads to its rows."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.desk import object_url
from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from deadlines.models import Job
from klikks.tenancy import agency_context
from patrons.models import Appointment, Patron
from reports import figures
from reports.figures.values import Unit
from reports.models import Document, Report
from reports.selectors import documents_of
from reports.services import store_document
from tests import factories

pytestmark = pytest.mark.django_db

OFFICIAL = "communes_official"
PDF = b"%PDF-1.7 only for tests"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Keep files of a test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bingen() -> Commune:
    """A municipality."""
    return factories.commune("Bingen am Rhein, Stadt")


@pytest.fixture
def appointment(agency: Agency, programme: Programme, bingen: Commune, account: Callable[..., User]) -> Appointment:
    """A patron with an account, in office in Bingen."""
    patron = factories.patron(agency, programme, bingen)
    with agency_context(agency):
        Patron.objects.filter(pk=patron.pk).update(user=account(Role.PATRON))
    return factories.appointment(agency, patron, bingen)


@pytest.fixture
def certificate(appointment: Appointment) -> Document:
    """The patron's certificate."""
    with agency_context(appointment.agency_id):
        return store_document("appointment_certificate", "Ernennungsurkunde: Erika Müßig", PDF, appointment, None)


@pytest.fixture
def report_document(agency: Agency, programme: Programme, bingen: Commune) -> Document:
    """A report about Bingen."""
    with agency_context(agency):
        report = Report.objects.create(
            programme=programme, commune=bingen, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31)
        )
        return store_document("commune_report", "Klimaschutz in Bingen", PDF, report, None)


def patron_browser(appointment: Appointment) -> Client:
    """Return the patron's browser."""
    with agency_context(appointment.agency_id):
        patron = Patron.objects.select_related("user").get(pk=appointment.patron_id)
    return factories.browser(patron.user)


def status(client: Client, document: Document) -> int:
    """Return how a download is answered."""
    return client.get(reverse("reports:download", args=[document.pk])).status_code


def test_staff_download_a_document_under_a_readable_name_that_no_cache_keeps(
    desk: Client, certificate: Document
) -> None:
    response = desk.get(reverse("reports:download", args=[certificate.pk]))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        f'attachment; filename="ernennungsurkunde-erika-muessig-{certificate.created_at:%Y-%m-%d}.pdf"'
    )
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")


def test_a_patron_gets_the_own_certificate_and_the_report_of_the_own_municipality_and_nothing_else(
    agency: Agency, programme: Programme, appointment: Appointment, certificate: Document, report_document: Document
) -> None:
    other = factories.patron(agency, programme, factories.commune("Ockenheim"), last_name="Andere")
    others = factories.appointment(agency, other, other.home)
    with agency_context(agency):
        others_certificate = store_document("appointment_certificate", "x", PDF, others, None)
        report = Report.objects.create(
            programme=programme, commune=other.home, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31)
        )
        others_report = store_document("commune_report", "x", PDF, report, None)
    client = patron_browser(appointment)
    assert [status(client, it) for it in (certificate, report_document, others_certificate, others_report)] == [
        *(200, 200, 404, 404)
    ]
    with agency_context(agency):
        Appointment.objects.filter(pk=appointment.pk).update(ended_on=date(2024, 1, 1))
    assert [status(client, it) for it in (certificate, report_document)] == [200, 404]


def test_a_municipality_gets_the_reports_about_itself_and_the_certificates_it_has_signed(
    agency: Agency, bingen: Commune, account: Callable[..., User], certificate: Document, report_document: Document
) -> None:
    user = account(Role.MUNICIPALITY)
    assert status(factories.browser(user), report_document) == 404
    access = factories.access(agency, bingen, user)
    assert [status(factories.browser(user), it) for it in (report_document, certificate)] == [200, 200]
    with agency_context(agency):
        access.move_to("ended", ended_on=date(2024, 1, 1))
    assert [status(factories.browser(user), it) for it in (report_document, certificate)] == [404, 404]


def test_for_another_agency_and_for_visitors_a_document_does_not_exist(
    as_role: Callable[..., Client], other_agency: Agency, certificate: Document
) -> None:
    for role in (Role.REGIONAL_MANAGER, Role.AGENCY_ADMIN, Role.PATRON, Role.MUNICIPALITY):
        assert status(as_role(role, other_agency), certificate) == 404, role
    assert status(as_role(Role.COORDINATOR), certificate) == 404  # of documents, only lists of participants are theirs
    assert status(Client(), certificate) == 302


def test_a_missing_file_is_said_in_words(desk: Client, certificate: Document) -> None:
    certificate.file.storage.delete(certificate.file.name)
    assert status(desk, certificate) == 404


def test_documents_of_an_object_are_found_from_the_patron_the_appointment_and_the_municipality(
    appointment: Appointment, bingen: Commune, certificate: Document, report_document: Document
) -> None:
    with agency_context(appointment.agency_id):
        assert list(documents_of(appointment)) == list(documents_of(appointment.patron)) == [certificate]
        assert list(documents_of(bingen)) == [report_document]


def test_a_report_without_days_covers_the_work_that_went_on_after_the_programme(
    desk: Client, agency: Agency, bingen: Commune
) -> None:
    ended = factories.programme(starts_on=date(2022, 3, 1), ends_on=date(2025, 2, 28))
    partnership = factories.partnership(agency, ended, bingen)
    desk.post(reverse("admin:reports_report_order"), {"partnership": partnership.pk})
    with agency_context(agency):
        report = Report.objects.get()
    assert (report.starts_on, report.ends_on) == (date(2022, 3, 1), timezone.localdate())


def test_staff_order_a_report_and_land_on_the_page_that_shows_how_far_it_is(
    desk: Client, agency: Agency, other_agency: Agency, programme: Programme, bingen: Commune
) -> None:
    partnership = factories.partnership(agency, programme, bingen)
    strangers = factories.partnership(other_agency, factories.programme(), factories.commune("Alzey", "07331003"))
    page = reverse("admin:reports_report_order")
    form = desk.get(f"{page}?partnership={partnership.pk}")
    assert f'<option value="{partnership.pk}" selected>' in form.content.decode()
    assert "Alzey" not in form.content.decode()

    wrong = desk.post(page, {"partnership": partnership.pk, "starts_on": "2024-06-01", "ends_on": "2024-01-01"})
    assert "Der letzte Tag liegt vor dem ersten Tag." in wrong.content.decode()
    assert "Kommune Ihrer Agentur" in desk.post(page, {"partnership": strangers.pk}).content.decode()

    ordered = desk.post(page, {"partnership": partnership.pk})
    with agency_context(agency):
        [job] = Job.objects.all()
        [report] = Report.objects.all()
    assert ordered["Location"] == reverse("deadlines:job", args=[job.key])
    assert report.starts_on == programme.starts_on
    listed = desk.get(reverse("admin:reports_report_changelist")).content.decode()
    assert reverse("deadlines:job", args=[job.key]) in listed


def test_the_lists_of_reports_and_documents_ask_the_same_number_of_times_however_long_they_are(
    desk: Client,
    agency: Agency,
    programme: Programme,
    bingen: Commune,
    report_document: Document,
    django_assert_max_num_queries: Callable[[int], Iterator[None]],
) -> None:
    with agency_context(agency):
        for year in range(2018, 2024):
            report = Report.objects.create(
                programme=programme, commune=bingen, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)
            )
            store_document("commune_report", f"Klimaschutz {year}", PDF, report, None)
    for name in ("report", "document"):
        with django_assert_max_num_queries(12):
            page = desk.get(reverse(f"admin:reports_{name}_changelist"))
        assert page.content.decode().count("Herunterladen (PDF)") == 7


def test_every_figure_leads_to_the_list_of_its_rows(
    desk: Client, agency: Agency, programme: Programme, bingen: Commune
) -> None:
    period = figures.Period(date(2023, 1, 1), date(2023, 12, 31))
    factories.partnership(agency, programme, bingen, status="ended", ended_on=date(2024, 1, 1))
    factories.partnership(agency, programme, factories.commune("Ockenheim"), since=date(2022, 5, 2))
    factories.registration(agency, programme, bingen, status="declined")
    factories.project(agency, programme, bingen, status="done", starts_on=date(2023, 2, 1), done_on=date(2023, 5, 1))
    factories.project(agency, programme, bingen, status="dropped")
    patron = factories.patron(agency, programme, bingen, status="farewell", matched_commune=bingen)
    factories.appointment(agency, patron, bingen, ended_on=date(2024, 1, 1))
    for of in (programme, factories.programme()):
        with agency_context(agency):
            values = [
                value
                for scope in ({}, {"commune": bingen}, {"district": bingen.district})
                for value in figures.for_scope(of, agency=agency, **scope)
            ]
            [official] = [v for v in figures.for_scope(of, agency=agency, period=period) if v.figure == OFFICIAL]
        for value in [*values, official]:
            page = desk.get(value.url)
            assert page.status_code == 200, value.url
            if value.unit == Unit.COUNT:
                assert page.context["cl"].result_count == value.actual, value.url


def test_the_page_of_a_partnership_leads_to_the_order_of_its_report(
    desk: Client, agency: Agency, programme: Programme, bingen: Commune
) -> None:
    partnership = factories.partnership(agency, programme, bingen)
    address = reverse("admin:communes_partnership_report", args=[partnership.pk])
    assert address in desk.get(object_url(partnership)).content.decode()
    assert desk.get(address)["Location"] == f"{reverse('admin:reports_report_order')}?partnership={partnership.pk}"
