"""Sheets of funding programmes: what is read, what is refused, and that an exported list can be imported again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from agencies.exceptions import NotAllowed
from agencies.models import Agency, Programme, SheetImport, State, Topic, User
from agencies.models.accounts import Role
from klikks.tenancy import agency_context
from projects.funding.reference import PROGRAMMES, load_programmes
from projects.models import CallWindow, FundingProgramme
from tests import factories
from tests.sheets import changes, preview, problems, run, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

HEADINGS = ["Förderprogramm", "Ebene", "Fördergeber", "Bundesländer", "Themen", "Antragsberechtigte",
            "Förderquote in %", "Erhöhte Quote", "Bagatellgrenze", "Antrag ab", "Antragsfrist", "Laufend",
            "Kombinierbar", "Unterlagen", "Zu prüfen", "Stand"]  # fmt: skip
POT = ["Lampentopf", "Land", "Ministerium", "RP; Niedersachsen", "energie", "Kommunen, Verein", "25 %", 40, "5.000 €",
       "01.05.2030", date(2030, 6, 30), "", "unbekannt", "Angebot\nBeschluss", "Förderquote; Beträge",
       date(2026, 10, 1)]  # fmt: skip


@pytest.fixture
def admin(account: Callable[..., User]) -> User:
    """An administrator, who alone may keep funding programmes."""
    return account(Role.AGENCY_ADMIN)


def test_a_row_becomes_a_programme_with_its_call_and_again_changes_nothing(
    programme: Programme, admin: User, agency: Agency
) -> None:
    run("funding", [HEADINGS, POT], programme, admin)
    made = FundingProgramme.objects.get()
    assert (made.agency, made.level, made.states, made.topics) == (agency, "state", ["DE-NI", "DE-RP"], ["energy"])
    assert (made.applicants, made.rate, made.higher_rate) == (["municipality", "club"], Decimal(25), Decimal(40))
    assert (made.grant_min, made.documents, made.unconfirmed) == (5000, "Angebot\nBeschluss", ["rate", "amounts"])
    call = made.calls.get()
    assert (call.opens_on, call.closes_on, call.agency) == (date(2030, 5, 1), date(2030, 6, 30), agency)
    assert preview("funding", [HEADINGS, POT], programme, admin).counts["unchanged"] == 1


def test_a_call_is_known_by_its_first_day_and_a_second_row_is_a_second_call(programme: Programme, admin: User) -> None:
    run("funding", [HEADINGS, POT], programme, admin)
    longer = [*POT[:10], date(2030, 7, 31), *POT[11:]]
    second = ["lampentopf", *[""] * 8, "01.10.2030", "31.10.2030", *[""] * 5]
    endless = ["Dauertopf", "Bund", "Amt", "bundesweit", "alle", "", "", "", "", "", "", "ja", "", "", "", "1.1.2026"]
    sheet = run("funding", [HEADINGS, longer, second, endless], programme, admin)
    assert sheet.counts == {"new": 1, "changed": 2, "unchanged": 0, "wrong": 0}
    calls = CallWindow.objects.filter(funding_programme__name="Lampentopf")
    assert list(calls.values_list("closes_on", flat=True)) == [date(2030, 7, 31), date(2030, 10, 31)]
    made = FundingProgramme.objects.get(name="Dauertopf")
    assert (made.states, made.topics, made.calls.get().closes_on) == ([], [], None)
    again = preview("funding", [HEADINGS, longer, second, endless], programme, admin)
    assert again.counts["unchanged"] == 3


def test_the_preview_says_in_words_what_would_change(programme: Programme, admin: User) -> None:
    run("funding", [HEADINGS, POT], programme, admin)
    sheet = preview(
        "funding", [["Name", "Bundesländer", "Förderquote"], ["Lampentopf", "bundesweit", 30]], programme, admin
    )
    assert changes(sheet, 2)["Bundesländer"] == ("Niedersachsen, Rheinland-Pfalz", "bundesweit")
    assert changes(sheet, 2)["Förderquote (%)"] == ("25,00", "30")


def test_what_cannot_be_is_said_with_a_way_out(programme: Programme, admin: User) -> None:
    rows = [
        ["Ohne Geber", "Land", "", *[""] * 12, date(2026, 1, 1)],
        ["Ohne Stand", "Land", "Amt", *[""] * 13],
        ["Falsches Land", "Land", "Amt", "Bretagne", *[""] * 11, date(2026, 1, 1)],
        ["Falsche Quote", "Land", "Amt", "", "", "", 40, 25, *[""] * 7, date(2026, 1, 1)],
        ["Zu viel", "Land", "Amt", "", "", "", 140, *[""] * 8, date(2026, 1, 1)],
        ["Rückwärts", "Land", "Amt", *[""] * 6, "2.2.2030", "1.2.2030", *[""] * 4, date(2026, 1, 1)],
        ["Nur mit", "Land", "Amt", *[""] * 9, "teilweise", "", "", date(2026, 1, 1)],
    ]
    sheet = preview("funding", [HEADINGS, *rows], programme, admin)
    said = problems(sheet)
    assert len(said) == len(rows)
    assert "Fördergeber Ein neues Programm braucht diese Angabe" in said[2]
    assert "Zuletzt geprüft am" in said[3]
    assert "„Bretagne“ ist hier nicht bekannt" in said[4]
    assert "mindestens so hoch" in said[5]
    assert "zwischen 0 und 100" in said[6]
    assert "endet, bevor er beginnt" in said[7]
    assert "Bitte nennen Sie die Programme" in said[8]


def test_the_exported_list_can_be_imported_again_as_it_is(programme: Programme, admin: User, agency: Agency) -> None:
    load_programmes_for_test(agency, programme)
    exported = factories.browser(admin).get(reverse("admin:projects_fundingprogramme_export"))
    file = SimpleUploadedFile("x.xlsx", b"".join(exported.streaming_content))
    upload(admin, file, programme)
    with agency_context(agency):
        sheet = SheetImport.objects.get()
        assert problems(sheet) == {}
        assert not [row.changes for row in sheet.rows.exclude(verdict="unchanged")]
        assert sheet.counts["unchanged"] == FundingProgramme.objects.count()
        assert (sheet.unknown, sheet.doubled) == ([], [])


def test_only_administrators_import_programmes_and_nobody_is_asked_whether_people_agreed(
    programme: Programme, admin: User, manager: User
) -> None:
    with pytest.raises(NotAllowed):
        preview("funding", [HEADINGS, POT], programme, manager)
    offered = reverse("admin:agencies_sheetimport_upload")
    assert 'value="funding"' not in factories.browser(manager).get(offered).content.decode()
    upload(admin, xlsx([HEADINGS, POT]), programme)
    sheet = SheetImport.objects.get()
    confirm = reverse("admin:agencies_sheetimport_confirm", args=[sheet.pk])
    assert factories.browser(manager).post(confirm).status_code == 403
    assert not FundingProgramme.objects.exists()


def test_the_list_that_comes_with_the_portal_is_complete_and_says_what_is_not_sure(
    programme: Programme, agency: Agency
) -> None:
    assert load_programmes_for_test(agency, programme) >= 12
    assert load_programmes(agency, programme) == 0
    made = list(FundingProgramme.objects.prefetch_related("calls"))
    assert all(each.link.startswith("https://") and each.is_stale and each.unconfirmed for each in made)
    assert all("rate" in each.unconfirmed for each in made if each.rate is None)
    assert all("call" in each.unconfirmed for each in made if not each.calls.all())
    call_command("import_sheet", "funding", str(PROGRAMMES), agency=agency.slug, programme=programme.slug)


def load_programmes_for_test(agency: Agency, programme: Programme) -> int:
    """Load the list, for which the portal needs the topics of the demo and the states."""
    for slug in ("buildings", "lighting", "nature", "awareness", "water"):
        Topic.objects.get_or_create(slug=slug, defaults={"name": slug, "name_en": slug})
    for key, code in enumerate(("BW", "TH", "MV", "SL", "NW", "NI", "RP"), start=80):
        State.objects.get_or_create(code=f"DE-{code}", defaults={"key": str(key), "name": code})
    return load_programmes(agency, programme)


def upload(by: User, file: SimpleUploadedFile, programme: Programme) -> None:
    """Upload a sheet of programmes on the desk, without a word about people."""
    data = {"kind": "funding", "programme": programme.pk, "file": file}
    factories.browser(by).post(reverse("admin:agencies_sheetimport_upload"), data, follow=True)
