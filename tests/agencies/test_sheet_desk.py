"""The way of a sheet through the desk and through the command: preview, confirmation, faulty rows."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, SheetImport, SheetRow, User
from agencies.models.accounts import Role
from agencies.sheets import services
from communes.models import Commune, Contact, Partnership
from klikks.tenancy import agency_context
from tests import factories
from tests.sheets import cells, preview, text, xlsx

pytestmark = pytest.mark.django_db

UPLOAD = "admin:agencies_sheetimport_upload"
GOOD = ["Gemeinde", "Partner", "Partner seit", "Ansprechpartner"], ["Bingen am Rhein", "ja", "31.03.2024", "Silke Eins"]
BAD = ["Atlantis", "ja", "31.03.2024", '=HYPERLINK("x")']


@pytest.fixture
def bingen(programme: Programme) -> Commune:
    return factories.commune(ags="07339005")


@pytest.fixture
def sheet(bingen: Commune, programme: Programme, manager: User) -> SheetImport:
    """A previewed sheet with one good and one faulty row."""
    with agency_context(manager.agency_id):
        return services.upload("communes", text([*GOOD, BAD]), programme=programme, by=manager)


def page(sheet: SheetImport, name: str = "change") -> str:
    return reverse(f"admin:agencies_sheetimport_{name}", args=[sheet.pk])


def upload(browser: Client, file: SimpleUploadedFile, programme: Programme, kind: str = "communes") -> str:
    """Upload a file on the desk and return the page that follows."""
    fields = {"kind": kind, "programme": programme.pk, "agreed": "on", "file": file}
    return browser.post(reverse(UPLOAD), fields, follow=True).content.decode()


def test_an_upload_shows_the_preview_and_writes_nothing_until_confirmed(
    desk: Client, bingen: Commune, programme: Programme, agency: Agency
) -> None:
    shown = upload(desk, xlsx([*GOOD]), programme)
    assert "Bingen am Rhein (Mainz-Bingen, 07339005)" in shown
    assert "1 Zeile jetzt übernehmen" in shown
    with agency_context(agency):
        assert not Partnership.objects.exists()
        sheet = SheetImport.objects.get()
    result = desk.post(page(sheet, "confirm"), follow=True).content.decode()
    assert "Die Tabelle wurde übernommen." in result
    assert "Übernommen am" in result
    with agency_context(agency):
        assert Contact.objects.get().name == "Silke Eins"
        assert not SheetRow.objects.exists()


def test_faulty_rows_stop_the_import_until_they_are_left_out_on_purpose(
    desk: Client, sheet: SheetImport, agency: Agency
) -> None:
    assert "Einige Zeilen sind fehlerhaft" in desk.post(page(sheet, "confirm"), follow=True).content.decode()
    with agency_context(agency):
        assert not Partnership.objects.exists()
    desk.post(page(sheet, "confirm"), {"leave_out": "1"})
    with agency_context(agency):
        assert Partnership.objects.get().commune.name == "Bingen am Rhein"
        assert SheetRow.objects.get().title.startswith("Atlantis")


def test_faulty_rows_come_back_with_their_reason_and_without_formulas(
    desk: Client, sheet: SheetImport, bingen: Commune, programme: Programme, agency: Agency
) -> None:
    found = cells(desk.get(page(sheet, "faulty")).content)
    assert found[0] == ["Zeile", "Grund", *GOOD[0]]
    assert found[1][0] == 3
    assert "Atlantis" in found[1][1]
    assert found[1][5].startswith("'=HYPERLINK")
    mended = [*found[1][:2], "Bingen am Rhein", *found[1][3:5], "Silke Zwei"]
    upload(desk, xlsx([found[0], mended]), programme)
    with agency_context(agency):
        again = SheetImport.objects.first()
        assert again is not None
        assert (again.counts["new"], again.unknown) == (1, [])


def test_an_uploaded_formula_is_kept_as_the_text_it_was(
    bingen: Commune, programme: Programme, manager: User, agency: Agency
) -> None:
    with agency_context(agency):
        rows = [["Gemeinde", "Ansprechpartner", "Notiz"], ["Bingen am Rhein", "Silke Eins", "'=1+1"]]
        file = text(rows)
        services.confirm(services.upload("communes", file, programme=programme, by=manager), by=manager)
        assert Contact.objects.get().note == "=1+1"


def test_confirming_twice_writes_once(desk: Client, bingen: Commune, programme: Programme, agency: Agency) -> None:
    upload(desk, xlsx([*GOOD]), programme)
    with agency_context(agency):
        sheet = SheetImport.objects.get()
    for _click in range(2):
        last = desk.post(page(sheet, "confirm"), follow=True).content.decode()
    assert "bereits „übernommen“" in last
    with agency_context(agency):
        assert Partnership.objects.count() == 1


def test_a_dropped_sheet_leaves_no_rows_and_no_file(
    desk: Client, sheet: SheetImport, agency: Agency, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    storage, name = sheet.file.storage, sheet.file.name or ""
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        desk.post(page(sheet, "drop"))
    with agency_context(agency):
        assert not SheetRow.objects.exists()
        assert SheetImport.objects.get().status == SheetImport.Status.DROPPED
    assert not storage.exists(name)


def test_an_old_preview_nobody_confirmed_is_forgotten_with_the_next_upload(
    desk: Client, sheet: SheetImport, programme: Programme, agency: Agency
) -> None:
    with agency_context(agency):
        SheetImport.objects.update(uploaded_at=timezone.now() - timedelta(days=15))
    upload(desk, xlsx([*GOOD]), programme)
    with agency_context(agency):
        assert SheetImport.objects.get(pk=sheet.pk).status == SheetImport.Status.DROPPED


def test_a_failure_while_writing_leaves_nothing_behind(
    bingen: Commune, programme: Programme, manager: User, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the power went out")

    with agency_context(agency):
        sheet = preview("communes", [*GOOD], programme, manager)
        with monkeypatch.context() as broken:
            broken.setattr(Contact.objects, "bulk_create", fail)
            with pytest.raises(RuntimeError):
                services.confirm(sheet, by=manager)
        sheet.refresh_from_db()
        assert not Partnership.objects.exists()
        assert sheet.status == SheetImport.Status.PREVIEWED


@pytest.mark.parametrize("name", ["change", "confirm", "drop", "faulty"])
def test_another_agency_finds_no_such_sheet(
    sheet: SheetImport, as_role: Callable[..., Client], other_agency: Agency, agency: Agency, name: str
) -> None:
    stranger = as_role(Role.AGENCY_ADMIN, other_agency)
    answer = stranger.get(page(sheet, name)) if name in {"change", "faulty"} else stranger.post(page(sheet, name))
    assert answer.status_code == 404
    with agency_context(agency):
        sheet.refresh_from_db()
        assert sheet.status == SheetImport.Status.PREVIEWED


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PATRON])
def test_only_those_who_work_on_cases_import(as_role: Callable[..., Client], role: Role, programme: Programme) -> None:
    assert as_role(role).get(reverse(UPLOAD), follow=True).status_code == 403


def test_a_file_that_is_too_large_is_refused(
    desk: Client, programme: Programme, settings: pytest.FixtureRequest
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000  # type: ignore[attr-defined]
    assert "möglich sind bis zu" in upload(desk, xlsx([*GOOD] * 50), programme)


def test_what_is_wrong_with_a_file_is_said_on_the_form(desk: Client, programme: Programme) -> None:
    assert "Das ist keine Tabelle" in upload(desk, SimpleUploadedFile("liste.xlsx", b"MZ\x90\x00"), programme)
    assert "Verstanden werden diese Überschriften" in upload(desk, xlsx([["Farbe"], ["rot"]]), programme)


def test_a_programme_without_the_agency_is_not_on_offer(desk: Client) -> None:
    foreign = factories.programme(name="Fremdes Programm")
    assert "Fremdes Programm" not in desk.get(reverse(UPLOAD)).content.decode()
    assert "Show" not in upload(desk, xlsx([*GOOD]), foreign)
    assert not SheetImport._base_manager.filter(programme=foreign).exists()


@pytest.mark.parametrize("kind", SheetImport.Kind.values)
def test_a_template_can_be_uploaded_as_it_is_and_its_example_is_no_row(
    as_role: Callable[..., Client], kind: str, programme: Programme
) -> None:
    desk = as_role(Role.AGENCY_ADMIN)
    empty = desk.get(reverse("admin:agencies_sheetimport_template", args=[kind])).content
    shown = upload(desk, SimpleUploadedFile("vorlage.xlsx", empty), programme, kind)
    assert "stehen keine Zeilen" in shown


def test_a_long_preview_is_shown_page_by_page_with_few_queries(
    desk: Client,
    bingen: Commune,
    programme: Programme,
    agency: Agency,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    names = [f"Anna {first}{second}" for first in "ABCDEFGHIJ" for second in "abcdefghij"]
    upload(desk, xlsx([["Gemeinde", "Ansprechpartner"], *[["Bingen am Rhein", name] for name in names]]), programme)
    with agency_context(agency):
        sheet = SheetImport.objects.get()
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        second = desk.get(page(sheet), {"page": 2}).content.decode()
    assert "Seite 2 von 2" in second
    assert "Anna Jj" in second
    assert "Anna Aa" not in second


def command(kind: str, path: Path, programme: Programme, *options: str) -> str:
    """Run the command and return what it prints."""
    out = StringIO()
    call_command(
        "import_sheet", kind, str(path), "--agency", "rlp", "--programme", programme.slug, *options, stdout=out
    )
    return out.getvalue()


def test_the_command_prints_the_preview_and_writes_only_when_told_to(
    tmp_path: Path, bingen: Commune, programme: Programme, agency: Agency
) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(text([*GOOD]).read())
    assert "1 neu, 0 geändert, 0 unverändert, 0 fehlerhaft" in command("communes", path, programme)
    with agency_context(agency):
        assert not Partnership.objects.exists()
    assert "Übernommen." in command("communes", path, programme, "--confirm")
    with agency_context(agency):
        event = Partnership.objects.get().history.get()  # type: ignore[attr-defined]
    assert event.pgh_context["command"] == "import_sheet"
    assert "0 neu, 0 geändert, 1 unverändert" in command("communes", path, programme, "--confirm")


def test_the_command_fails_and_writes_nothing_when_rows_are_wrong(
    tmp_path: Path, bingen: Commune, programme: Programme, agency: Agency, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(text([*GOOD, BAD]).read())
    with pytest.raises(CommandError, match="Fehlerhafte Zeilen: 1"):
        command("communes", path, programme, "--confirm")
    with agency_context(agency):
        assert not Partnership.objects.exists()
    with pytest.raises(CommandError, match="Fehlerhafte Zeilen: 1"):
        command("communes", path, programme, "--confirm", "--leave-out-faulty-rows")
    with agency_context(agency):
        assert Partnership.objects.count() == 1


def test_the_command_says_which_agencies_there_are(tmp_path: Path, programme: Programme, agency: Agency) -> None:
    with pytest.raises(CommandError, match="there are: rlp"):
        call_command("import_sheet", "communes", str(tmp_path / "x"), "--agency", "xy", "--programme", programme.slug)
