"""An agency's list of municipalities becomes partnerships and contacts."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, Membership, Programme, State, User
from agencies.sheets import services
from agencies.sheets.exceptions import ColumnMissing
from communes.models import Commune, Contact, District, Partnership
from tests import factories
from tests.sheets import changes, preview, problems, run, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

HEADINGS = ["Gemeinde", "Landkreis", "Status", "Partner seit", "Ansprechpartner", "Funktion", "Mail-Adresse", "Tel."]
BINGEN = [
    "Bingen am Rhein",
    "LK Mainz-Bingen",
    "offiziell",
    date(2024, 3, 31),
    "Silke Morgenroth",
    "Ortsbürgermeisterin",
    "silke@example.org",
    6721184123,
]


@pytest.fixture
def bingen(programme: Programme) -> Commune:
    return factories.commune(ags="07339005")


@pytest.fixture
def neustadts(programme: Programme) -> list[Commune]:
    """Three municipalities that people call Neustadt, two of them in the agency's state."""
    wied = District.objects.create(ags="07138", kind="44", name="Neuwied", state_id="DE-RP")
    wald = District.objects.create(ags="07143", kind="44", name="Westerwaldkreis", state_id="DE-RP")
    north = District.objects.create(ags="03353", kind="44", name="Harburg", state_id="DE-NI")
    places = [
        ("Neustadt (Wied)", "07138044", wied, "DE-RP", "53577"),
        ("Neustadt/ Westerwald", "07143272", wald, "DE-RP", "56479"),
        ("Neustadt, Stadt", "03353099", north, "DE-NI", "21999"),
    ]
    return [
        factories.commune(name, ags=ags, district=district, state_id=state, postcodes=[postcode])
        for name, ags, district, state, postcode in places
    ]


def test_a_row_becomes_an_official_partnership_with_its_contact(
    bingen: Commune, programme: Programme, manager: User
) -> None:
    run("communes", [HEADINGS, BINGEN], programme, manager)
    partnership = Partnership.objects.get(commune=bingen)
    contact = Contact.objects.get(commune=bingen)
    assert (partnership.status, partnership.since) == (Partnership.Status.OFFICIAL, date(2024, 3, 31))
    assert (contact.name, contact.function) == ("Silke Morgenroth", Contact.Function.MAYOR)
    assert (contact.email, contact.phone.as_e164) == ("silke@example.org", "+496721184123")


def test_importing_the_same_sheet_twice_changes_nothing(bingen: Commune, programme: Programme, manager: User) -> None:
    second_contact = ["Bingen am Rhein", None, None, None, "Jan Beispiel", "Klimaschutzmanager", "silke@example.org"]
    rows = [HEADINGS, BINGEN, second_contact]
    run("communes", rows, programme, manager)
    history = Contact.history.rel.related_model  # type: ignore[attr-defined]
    before = history.objects.count()
    again = run("communes", rows, programme, manager)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}
    assert (Partnership.objects.count(), Contact.objects.count(), history.objects.count()) == (1, 2, before)


def test_a_changed_row_shows_old_and_new_and_is_written_with_its_history(
    bingen: Commune, programme: Programme, manager: User
) -> None:
    run("communes", [HEADINGS, BINGEN], programme, manager)
    sheet = preview(
        "communes", [HEADINGS, [*BINGEN[:3], date(2024, 4, 1), *BINGEN[4:7], "06721 184 124"]], programme, manager
    )
    assert changes(sheet, 2) == {
        "Offiziell seit": ("31.03.2024", "01.04.2024"),
        "Telefon": ("+49 6721 184123", "+49 6721 184124"),
    }
    services.confirm(sheet, by=manager)
    partnership = Partnership.objects.get()
    versions = partnership.history.order_by("pgh_id")  # type: ignore[attr-defined]
    assert list(versions.values_list("since", flat=True)) == [date(2024, 3, 31), date(2024, 4, 1)]


def test_empty_cells_change_nothing(bingen: Commune, programme: Programme, manager: User) -> None:
    run("communes", [HEADINGS, BINGEN], programme, manager)
    sheet = preview(
        "communes", [HEADINGS, ["Bingen am Rhein", "-", None, "\u00a0", "silke morgenroth "]], programme, manager
    )
    assert sheet.counts["changed"] == 1  # the name's spelling
    assert changes(sheet, 2) == {"Ansprechperson": ("Silke Morgenroth", "silke morgenroth")}


def test_an_ambiguous_name_is_refused_with_the_municipalities_it_may_mean(
    neustadts: list[Commune], programme: Programme, manager: User
) -> None:
    sheet = preview("communes", [["Ort", "Kreis", "PLZ"], ["Neustadt", None, None]], programme, manager)
    said = problems(sheet)[2]
    assert "Neustadt (Wied) (Neuwied, 07138044)" in said
    assert "Neustadt/ Westerwald (Westerwaldkreis, 07143272)" in said
    assert "Harburg" not in said
    assert "AGS" in said


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (["Neustadt", "Neuwied", None, None], "07138044"),
        (["Neustadt", None, 56479, None], "07143272"),
        (["Neustadt (Wied)", None, None, None], "07138044"),
        (["Neustadt, Landkreis Neuwied", None, None, None], "07138044"),
        ([None, None, None, 7138044], "07138044"),
        ([None, None, None, "07 138 044"], "07138044"),
        ([None, None, None, "071385002044"], "07138044"),
        (["OG Neustadt Wied", "07138", None, None], "07138044"),
    ],
)
def test_name_with_district_or_postcode_or_key_finds_the_municipality(
    neustadts: list[Commune], programme: Programme, manager: User, row: list[object], key: str
) -> None:
    run("communes", [["Ort", "Kreis", "PLZ", "AGS"], row], programme, manager)
    assert Partnership.objects.get().commune.ags == key


def test_a_misspelt_name_gets_a_suggestion(bingen: Commune, programme: Programme, manager: User) -> None:
    sheet = preview("communes", [["Gemeinde"], ["Bingn am Rein"]], programme, manager)
    assert "Meinten Sie: Bingen am Rhein (Mainz-Bingen, 07339005)?" in problems(sheet)[2]


def test_key_and_name_that_contradict_each_other_are_refused(
    bingen: Commune, neustadts: list[Commune], programme: Programme, manager: User
) -> None:
    sheet = preview("communes", [["AGS", "Gemeinde"], ["07339005", "Neustadt"]], programme, manager)
    assert "gehört zu Bingen am Rhein" in problems(sheet)[2]


def test_a_municipality_of_another_state_is_refused(
    neustadts: list[Commune], programme: Programme, manager: User
) -> None:
    sheet = preview("communes", [["AGS"], ["03353099"]], programme, manager)
    assert "liegt in Niedersachsen; Ihre Energieagentur betreut Rheinland-Pfalz" in problems(sheet)[2]


def test_a_dissolved_municipality_leads_to_its_successor(bingen: Commune, programme: Programme, manager: User) -> None:
    factories.commune("Altdorf", ags="07339900", dissolved_on=date(2020, 1, 1), successor=bingen)
    sheet = run("communes", [["AGS"], ["07339900"]], programme, manager)
    assert sheet.counts["new"] == 1
    assert Partnership.objects.get().commune == bingen


def test_what_the_database_would_refuse_is_said_in_the_preview(
    bingen: Commune, programme: Programme, manager: User
) -> None:
    headings = ["Gemeinde", "Status", "Partner seit", "Beendet am"]
    rows = [
        ["Bingen am Rhein", "Partner", None, None],
        ["Bingen am Rhein", "beendet", "1.2.2024", "1.1.2024"],
        ["Bingen am Rhein", "beendet", "1.2.2024", None],
        ["Bingen am Rhein", "vielleicht", None, None],
    ]
    said = problems(preview("communes", [headings, *rows], programme, manager))
    assert "Offiziell seit" in said[2]
    assert "Das Ende liegt vor dem Anfang" in said[3]
    assert "Beendet am" in said[4]
    assert "wartet auf politischen Rückhalt" in said[5]


def test_the_life_cycle_refuses_a_step_backwards(
    bingen: Commune, programme: Programme, manager: User, agency: Agency
) -> None:
    factories.partnership(agency, programme, bingen)
    sheet = preview("communes", [["Gemeinde", "Status"], ["Bingen am Rhein", "interessiert"]], programme, manager)
    assert "kann nicht" in problems(sheet)[2]


def test_a_move_through_the_life_cycle_is_recorded_with_who_and_why(
    bingen: Commune, programme: Programme, manager: User, agency: Agency
) -> None:
    stored = factories.partnership(agency, programme, bingen, status=Partnership.Status.AWAITING_BACKING, since=None)
    run("communes", [["Gemeinde", "Partner", "Partner seit"], ["Bingen am Rhein", "x", "2.3.2024"]], programme, manager)
    move = stored.transitions.get()
    assert (move.source, move.target, move.by) == ("awaiting_backing", "official", manager)
    assert "liste.xlsx" in move.reason


def test_a_municipality_that_comes_back_gets_a_new_partnership(
    bingen: Commune, programme: Programme, manager: User, agency: Agency
) -> None:
    factories.partnership(
        agency, programme, bingen, status=Partnership.Status.ENDED, since=date(2020, 1, 1), ended_on=date(2021, 1, 1)
    )
    run("communes", [HEADINGS, BINGEN], programme, manager)
    assert set(Partnership.objects.values_list("status", flat=True)) == {"ended", "official"}


def test_two_rows_that_contradict_each_other_are_named(bingen: Commune, programme: Programme, manager: User) -> None:
    other_day = [*BINGEN[:3], date(2023, 1, 1), "Jan Beispiel"]
    sheet = preview("communes", [HEADINGS, BINGEN, other_day], programme, manager)
    assert "Zeile 2 sagt dazu „31.03.2024“" in problems(sheet)[3]


def test_the_person_who_looks_after_it_is_found_by_name_or_refused(
    bingen: Commune, programme: Programme, manager: User, membership: Membership
) -> None:
    run("communes", [["Gemeinde", "Betreut von"], ["Bingen am Rhein", membership.name.upper()]], programme, manager)
    assert Partnership.objects.get().manager == membership
    sheet = preview("communes", [["Gemeinde", "Betreut von"], ["Bingen am Rhein", "Niemand"]], programme, manager)
    assert membership.name in problems(sheet)[2]


def test_a_sheet_without_a_municipality_says_which_headings_are_understood(programme: Programme, manager: User) -> None:
    with pytest.raises(ColumnMissing) as refusal:
        preview("communes", [["Lieblingsfarbe", "Status"], ["rot", "offiziell"]], programme, manager)
    assert "Gemeinde, " in " ".join(refusal.value.messages)
    assert "Lieblingsfarbe" in " ".join(refusal.value.messages)


def test_unknown_and_doubled_columns_are_named_and_left_out(
    bingen: Commune, programme: Programme, manager: User
) -> None:
    rows = [["Gemeinde", "Kommune", "Lieblingsfarbe"], ["Bingen am Rhein", "Anderswo", "rot"]]
    sheet = preview("communes", rows, programme, manager)
    assert (sheet.unknown, sheet.doubled, sheet.counts["new"]) == (["Lieblingsfarbe"], ["Kommune"], 1)


def test_a_list_in_windows_1252_with_its_umlauts_is_imported(programme: Programme, manager: User) -> None:
    place = factories.commune("Höhr-Grenzhausen, Stadt", ags="07339777")
    file = text([["Gemeinde", "Ansprechpartner"], ["Höhr-Grenzhausen", "Jürgen Größe"]], encoding="cp1252")
    services.confirm(services.upload("communes", file, programme=programme, by=manager), by=manager)
    assert Contact.objects.get(commune=place).name == "Jürgen Größe"


def test_far_off_inhabitants_are_hinted_at(bingen: Commune, programme: Programme, manager: User) -> None:
    sheet = preview("communes", [["Gemeinde", "Einwohner"], ["Bingen am Rhein", "1.200"]], programme, manager)
    assert "25000" in sheet.rows.get().hints[0].replace(".", "")


def test_the_number_of_queries_does_not_grow_with_the_rows(programme: Programme, manager: User) -> None:
    places = [factories.commune(f"Ort {chr(65 + i)}{chr(97 + i)}") for i in range(20)]

    def queries(some: list[Commune]) -> int:
        headings = ["AGS", "Gemeinde", "Status", "Partner seit", "Ansprechpartner", "E-Mail"]
        rows = [[each.ags, each.name, "offiziell", "1.1.2024", "Max Muster", "max@example.org"] for each in some]
        with CaptureQueriesContext(connection) as captured:
            run("communes", [headings, *rows], programme, manager)
        return len(captured)

    queries(places[:1])  # fills the cache of content types
    few = queries(places[1:3])
    assert queries(places[3:]) == few
    assert few <= 30


def test_another_agency_of_the_same_state_cannot_take_the_municipality(
    bingen: Commune, programme: Programme, manager: User, other_agency: Agency
) -> None:
    other_agency.state = State.objects.get(code="DE-RP")
    other_agency.save()
    factories.partnership(other_agency, programme, bingen)
    sheet = preview("communes", [HEADINGS, BINGEN], programme, manager)
    with pytest.raises(services.PreviewOutdated, match="one_open_partnership"):
        services.confirm(sheet, by=manager)
    assert not Partnership.objects.exists()
    assert not Contact.objects.exists()
