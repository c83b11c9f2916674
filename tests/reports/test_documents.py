"""Certificates and reports: what they say, how they are tagged, and that they are made and stored once."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agencies.models import Agency, Programme, TextBlock, User
from communes.models import Commune, Registration
from deadlines import jobs
from deadlines.models import Job
from deadlines.outbox import Words
from klikks.tenancy import agency_context
from patrons.models import Activity, Appointment, Patron
from projects.measures import services as measures
from projects.measures.factors import load_factors
from projects.measures.kinds import MeasureKind
from projects.models import FundingApplication, FundingProgramme, Measure, Project
from reports import commune_report, figures
from reports.certificates import appointment_certificate
from reports.documents import print_pdf
from reports.documents.pdf import LocalFetcher
from reports.letters import letter
from reports.models import Document, Report
from reports.services import NotAPartner, PeriodOutside, order_commune_report
from tests import factories

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF as a reader would copy it, in one line, with plain spaces."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return " ".join(" ".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


def findings(pdf: bytes, path: Path) -> list[str]:
    """Return what the PDF/UA checker objects to.

    UA-15-003 asks for /Scope on header cells and does not see that every data cell names its /Headers, which serves
    the same purpose; `headers_named` looks at that.
    """
    file = path / "document.pdf"
    file.write_bytes(pdf)
    return [f"{it.rule_id} {it.message}" for it in pdfua.validate(str(file)).findings if it.rule_id != "UA-15-003"]


def cells(element: Any, role: str) -> Iterator[Any]:
    """Walk the structure tree below an element and yield the elements of a role."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if kid.get("/S") == role:
                yield kid
            yield from cells(kid, role)


@pytest.fixture
def bingen() -> Commune:
    """A municipality."""
    return factories.commune("Bingen am Rhein, Stadt")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Keep files of a test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def appointment(agency: Agency, programme: Programme, bingen: Commune) -> Appointment:
    """Helga Brandt, patron of Bingen."""
    patron = factories.patron(agency, programme, bingen, first_name="Helga", last_name="Brandt")
    return factories.appointment(
        agency, patron, bingen, place="Bingen", signed_by="Silke Morgenroth", signed_function="Bürgermeisterin"
    )


@pytest.fixture
def work(agency: Agency, programme: Programme, bingen: Commune, appointment: Appointment, manager: User) -> Project:
    """A done project with a measure, a grant and hours; its saving is calculated by the real service."""
    factories.partnership(agency, programme, bingen)
    with agency_context(agency):
        load_factors()
    project = factories.project(
        agency,
        programme,
        bingen,
        title="Neue Lampen für den Dorfplatz",
        status=Project.Status.UNDER_WAY,
        starts_on=date(2024, 2, 1),
        investment=Decimal(24_000),
        led_by=appointment.patron,
    )
    with agency_context(agency):
        measure = measures.add_measure(
            project,
            by=manager,
            kind=MeasureKind.LED_STREET_LIGHTING,
            title="",
            inputs={"kwh_before": "18.500", "kwh_after": "6.200"},
        )
        Measure.objects.filter(pk=measure.pk).update(status="done", done_on=date(2024, 6, 1))
        fund = FundingProgramme.objects.create(agency=agency, name="Kommunalrichtlinie", funder="Bund", rate=25)
        FundingApplication.objects.create(
            project=project,
            funding_programme=fund,
            status="granted",
            applied_for=8000,
            granted=6000,
            file_number="67K12345",
            submitted_on=date(2024, 1, 5),
            decided_on=date(2024, 3, 5),
        )
        Activity.objects.create(patron=appointment.patron, on=date(2024, 5, 1), hours=Decimal("2.5"), what="Infostand")
    return project


def report_of(agency: Agency, programme: Programme, where: Commune) -> bytes:
    """Return the report about 2024."""
    with agency_context(agency):
        report = Report.objects.create(
            programme=programme, commune=where, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31)
        )
        return commune_report.commune_report(report)


def test_the_certificate_is_one_page_that_names_who_where_when_and_by_whom(
    appointment: Appointment, tmp_path: Path
) -> None:
    with agency_context(appointment.agency_id):
        pdf = appointment_certificate(appointment)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
        assert opened.Root.Lang == "de"
        assert str(opened.docinfo["/Title"]) == "Ernennungsurkunde: Helga Brandt, Bingen am Rhein"
        assert b"pdfuaid:part" in opened.Root.Metadata.read_bytes()
    words = text_of(pdf)
    code = " ".join(re.findall("....", appointment.code))
    for said in (
        "Helga Brandt",
        "Bingen am Rhein",
        "Bingen, 1. Juni 2023",
        "Silke Morgenroth",
        "Bürgermeisterin",
        code,
    ):
        assert said in words
    assert findings(pdf, tmp_path) == []


def test_the_certificate_speaks_the_patrons_language_and_the_agencys_words(appointment: Appointment) -> None:
    with agency_context(appointment.agency_id):
        Patron.objects.update(language="en")
        TextBlock.objects.create(
            key="certificate/appointment", language="en", text="We thank\n\n{name}\n\n<b>& friends</b> of {commune}."
        )
        words = text_of(appointment_certificate(Appointment.objects.get()))
    assert "Certificate of appointment" in words
    assert "We thank Helga Brandt <b>& friends</b> of Bingen am Rhein." in words
    assert "1 June 2023" in words


def test_a_very_long_name_still_fits_on_the_page(appointment: Appointment) -> None:
    appointment.patron.first_name, appointment.patron.last_name = "Maximiliane " * 6, "Schwarzenfels-" * 5
    with (
        agency_context(appointment.agency_id),
        pikepdf.open(io.BytesIO(appointment_certificate(appointment))) as opened,
    ):
        assert len(opened.pages) == 1


def test_a_letter_fits_a_window_envelope_and_can_be_read_aloud(
    agency: Agency, programme: Programme, bingen: Commune, tmp_path: Path
) -> None:
    registration = factories.registration(agency, programme, bingen, contact_name="Petra Müller-Lüdenscheidt")
    with agency_context(agency):
        registration = Registration.objects.select_related("commune", "programme", "agency").get(pk=registration.pk)
        pdf = letter(registration, Words("Zur Anmeldung", "Guten Tag,\n\nnein."), timezone.now())
    assert findings(pdf, tmp_path) == []
    assert "Petra Müller-Lüdenscheidt 55411 Bingen am Rhein" in text_of(pdf)


def test_the_report_says_each_figure_its_calculation_and_its_source(
    agency: Agency, programme: Programme, bingen: Commune, work: Project, tmp_path: Path
) -> None:
    pdf = report_of(agency, programme, bingen)
    words = text_of(pdf)
    # 18,500 − 6,200 kWh × 0.401 kg = 4,932.3 kg
    for said in (
        "Klimaschutz in Bingen am Rhein",
        "1. Januar 2024 bis 31. Dezember 2024",
        "(18.500 kWh − 6.200 kWh) ×",
        "CO₂e im Jahr vermieden",
        "Neue Lampen für den Dorfplatz",
        "Investition angestoßen 24.000 € ≈ 24.000 €",
        "Förderung bewilligt 6.000 € 6.000 €",
        "Ehrenamtliche Stunden 2,5 h 2,5 h",
        "67K12345",
        "Helga Brandt",
        "[1] Strommix Deutschland",
        "Jeder bewilligte Euro Förderung hat 4,0 Euro Investition angestoßen.",
        "Seite 2 von",
    ):
        assert said in words, said
    with agency_context(agency):
        [value] = [v for v in figures.for_scope(programme, agency=agency, commune=bingen) if v.figure == "kg_done"]
    assert f"CO₂e im Jahr vermieden {value.total_text} {value.total_text}".replace("\xa0", " ") in words.replace(
        "\xa0", " "
    )
    assert findings(pdf, tmp_path) == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        data = list(cells(opened.Root.StructTreeRoot, pikepdf.Name("/TD")))
        drawings = list(cells(opened.Root.StructTreeRoot, pikepdf.Name("/Figure")))
    assert data
    assert all(len(cell.A.Headers) for cell in data)
    assert any("Balkendiagramm" in str(drawing.Alt) for drawing in drawings)


def test_a_municipality_without_anything_gets_a_report_that_says_so(
    agency: Agency, programme: Programme, bingen: Commune, tmp_path: Path
) -> None:
    factories.partnership(agency, programme, bingen)
    pdf = report_of(agency, programme, bingen)
    words = text_of(pdf)
    for said in ("Noch gibt es kein Projekt", "Es wurde noch keine Förderung beantragt", "noch keine ehrenamtlichen"):
        assert said in words
    assert findings(pdf, tmp_path) == []


def test_the_report_of_a_large_municipality_asks_the_database_no_more_often(
    agency: Agency,
    programme: Programme,
    bingen: Commune,
    work: Project,
    manager: User,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    with agency_context(agency):
        for number in range(5):
            project = factories.project(
                agency, programme, bingen, title=f"Projekt {number}", starts_on=date(2024, 3, 1)
            )
            measures.add_measure(
                project, by=manager, kind=MeasureKind.PV_OWN_USE, title="", inputs={"kwh_used": "1000"}
            )
        report = Report.objects.create(
            programme=programme, commune=bingen, starts_on=date(2024, 1, 1), ends_on=timezone.localdate()
        )
        with django_assert_max_num_queries(15):
            context = commune_report.gather(report, agency)
        assert sum(len(group.lines) for group in context["groups"]) == 6
        by_figure = {value.figure: value for value in context["values"]}
        assert sum(topic.done for topic in context["topics"]) == by_figure["kg_done"].total
        assert sum(topic.planned for topic in context["topics"]) == by_figure["kg_planned"].total
        assert sum(count.count for count in context["status_counts"]) == by_figure["projects"].total == 6
        assert sum(line.saving.kg_per_year for group in context["groups"] for line in group.lines) == sum(
            group.kg for group in context["groups"]
        )


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x.png", "https://example.org/x.png", "file:///etc/passwd", "ftp://example.org/x"]
)
def test_a_document_opens_no_address_of_a_network_or_of_the_machine(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *args: pytest.fail("the network was asked"))
    with pytest.raises(ValueError, match="disallowed protocol"):
        LocalFetcher().fetch(address)
    with pytest.raises(ValueError, match="settings"):
        LocalFetcher().fetch("static:../klikks/settings.py")
    assert print_pdf(f'<html lang="de"><title>x</title><img alt="x" src="{address}"><p>da</p></html>')


def certificate_job(appointment: Appointment, by: User) -> Job:
    with agency_context(appointment.agency_id):
        return jobs.order("appointment_certificate", subject=appointment, by=by)


def test_a_job_that_runs_twice_stores_one_document(appointment: Appointment, manager: User) -> None:
    job = certificate_job(appointment, manager)
    with agency_context(appointment.agency_id):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.status, job.progress) == (Job.Status.DONE, 100)
        Job.objects.update(status=Job.Status.QUEUED)
        jobs.run(job.pk)
        [document] = Document.objects.all()
        assert document.subject == appointment
        assert document.title == "Ernennungsurkunde: Helga Brandt, Bingen am Rhein"
        assert document.size == document.file.size
        assert re.search(r"documents/\d{4}/\d\d/ernennungsurkunde-helga-brandt.*-\w{16}\.pdf$", document.file.name)
        assert len(list(Path(document.file.storage.path("documents")).rglob("*.pdf"))) == 1


def test_a_certificate_whose_appointment_is_gone_fails_with_a_reason(appointment: Appointment, manager: User) -> None:
    job = certificate_job(appointment, manager)
    with agency_context(appointment.agency_id):
        Job.objects.update(subject_id=appointment.pk + 1)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.status, job.error) == ("failed", "Die Ernennung zu dieser Urkunde gibt es nicht mehr.")


def test_a_report_is_ordered_once_for_the_same_days_and_made_by_its_job(
    agency: Agency, programme: Programme, bingen: Commune, work: Project, manager: User
) -> None:
    days = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 6, 30)}
    with agency_context(agency):
        first = order_commune_report(bingen, programme, by=manager, **days)
        assert order_commune_report(bingen, programme, by=manager, **days).pk == first.pk
        jobs.run(first.pk)
        assert Report.objects.count() == Document.objects.count() == 1
        assert order_commune_report(bingen, programme, by=manager, **days).pk != first.pk


def test_an_order_is_refused_for_strangers_and_for_days_that_make_no_report(
    agency: Agency, programme: Programme, bingen: Commune, manager: User
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    good = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 6, 30)}
    with agency_context(agency):
        with pytest.raises(NotAPartner):
            order_commune_report(bingen, programme, by=manager, **good)
        factories.partnership(agency, programme, bingen)
        with pytest.raises(PeriodOutside):
            order_commune_report(bingen, programme, by=manager, starts_on=tomorrow, ends_on=tomorrow)
        with pytest.raises(PeriodOutside):
            order_commune_report(bingen, programme, by=manager, starts_on=date(2001, 1, 1), ends_on=date(2002, 1, 1))
        with pytest.raises(ValidationError, match="letzte Tag"):
            order_commune_report(bingen, programme, by=manager, starts_on=date(2024, 2, 1), ends_on=date(2024, 1, 1))
        assert not Report.objects.exists()
