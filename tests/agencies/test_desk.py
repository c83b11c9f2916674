"""What all pages of the staff desk share: history, downloads, actions that ask first, the agency's own look."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from PIL import Image

from agencies.export import disarmed
from agencies.models import Agency, Participation, Phase, Programme, State, Target, TextBlock, User
from agencies.models.accounts import Role
from agencies.models.programmes import Figure
from agencies.texts import default_text, text_block
from communes.models import Contact
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

CONTACT = "/admin/communes/contact/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture
def contact(agency: Agency) -> Contact:
    """A contact of the agency."""
    with agency_context(agency):
        return Contact.objects.create(commune=factories.commune(), name="Petra Alt", organisation="Gemeinde")


def png(size: tuple[int, int] = (4, 4)) -> bytes:
    """Return a small picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, "PNG")
    return file.getvalue()


def change_agency(client: Client, agency: Agency, **fields: Any) -> Any:
    """Save the agency's page with some fields changed."""
    values = {"street": "", "place": "", "email": "a@example.org", "phone": "", "website": "", "colour": "#0b6e4f"}
    values |= {"quiet_weeks_patrons": "8", "quiet_weeks_communes": "8", "account_months": "24", "consent_months": "24"}
    return client.post(f"/admin/agencies/agency/{agency.pk}/change/", {**values, **fields}, follow=True)


def test_the_history_says_in_words_who_changed_what(
    desk: Client, manager: User, contact: Contact, agency: Agency
) -> None:
    form = {
        "commune": contact.commune_id,
        "function": "mayor",
        "name": "Petra Neu",
        "organisation": "",
        "email": "",
        "phone": "",
        "note": "",
    }
    assert "Kontakt löschen" in desk.get(f"{CONTACT}{contact.pk}/change/").content.decode()
    desk.post(f"{CONTACT}{contact.pk}/change/", form)
    with at_most(12):
        page = desk.get(f"{CONTACT}{contact.pk}/history/")
    newest, oldest = page.context["versions"]
    assert (newest.who, newest.what) == ("Regionalmanager:in Rheinland-Pfalz", "geändert")
    assert {(change.label, change.old, change.new) for change in newest.changes} == {
        ("Funktion", "Verwaltung", "Bürgermeister:in"),
        ("Name", "Petra Alt", "Petra Neu"),
        ("Organisation", "Gemeinde", "–"),
    }
    assert (oldest.who, oldest.what) == ("das Portal selbst", "angelegt")
    assert ("Kommune", "–", "Bingen am Rhein") in {(c.label, c.old, c.new) for c in oldest.changes}
    assert "ID" not in {change.label for change in oldest.changes}


def test_a_long_history_is_read_page_by_page_with_the_same_number_of_queries(
    desk: Client, contact: Contact, agency: Agency
) -> None:
    with agency_context(agency):
        for number in range(60):
            Contact.objects.filter(pk=contact.pk).update(name=f"Name {number}")
    with at_most(12):
        first = desk.get(f"{CONTACT}{contact.pk}/history/")
    assert len(first.context["versions"]) == 50
    second = desk.get(f"{CONTACT}{contact.pk}/history/?p=2")
    assert len(second.context["versions"]) == 11
    assert [c.new for c in second.context["versions"][0].changes] == ["Name 9"]
    assert desk.get(f"{CONTACT}{contact.pk}/history/?p=unsinn").status_code == 200


def test_the_history_of_another_agency_stays_unseen(
    as_role: Callable[..., Client], contact: Contact, other_agency: Agency
) -> None:
    assert as_role(Role.REGIONAL_MANAGER, other_agency).get(f"{CONTACT}{contact.pk}/history/").status_code == 404


def test_a_list_is_downloaded_as_it_is_filtered_with_german_headings(
    desk: Client, contact: Contact, agency: Agency
) -> None:
    with agency_context(agency):
        Contact.objects.create(commune=contact.commune, name='=HYPERLINK("https://evil.example")')
    answer = desk.get(f"{CONTACT}export/?sheet=csv&q=HYPERLINK")
    assert "kontakte-" in answer.headers["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert "Name" in rows[0]
    assert len(rows) == 2
    assert "'=HYPERLINK(" in ";".join(rows[1])

    book = load_workbook(io.BytesIO(b"".join(desk.get(f"{CONTACT}export/").streaming_content)))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "Petra Alt" in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1)", "\t=1", "\r=1", "\x00=1"])
def test_what_a_spreadsheet_program_would_run_is_disarmed(text: str) -> None:
    assert disarmed(text).startswith("'")


@pytest.mark.parametrize("text", ["+49 6131 123-45", "-12,5", "Müller-Lüdenscheidt", "a=b"])
def test_numbers_and_names_stay_as_they_are(text: str) -> None:
    assert disarmed(text) == text


def test_only_roles_that_see_a_list_download_it(as_role: Callable[..., Client]) -> None:
    assert as_role(Role.COORDINATOR).get(f"{CONTACT}export/").status_code == 403
    assert as_role(Role.OPERATOR).get(f"{CONTACT}export/").status_code == 403


def test_an_administrator_changes_the_look_of_the_own_agency_and_no_other(
    as_role: Callable[..., Client], agency: Agency, other_agency: Agency
) -> None:
    client = as_role(Role.AGENCY_ADMIN)
    change_agency(client, agency, street="Trippstadter Straße 122", colour="#123456", name="Erschlichen")
    agency.refresh_from_db()
    assert (agency.street, agency.colour, agency.name) == (
        "Trippstadter Straße 122",
        "#123456",
        "Energieagentur Rheinland-Pfalz",
    )
    assert change_agency(client, other_agency, street="Fremd").status_code == 403
    assert change_agency(as_role(Role.REGIONAL_MANAGER), agency, street="Fremd").status_code == 403


@pytest.mark.parametrize(("content", "ending"), [(SVG, ".svg"), (png(), ".png")])
def test_a_logo_is_taken_by_its_content_and_shown_without_a_request(
    as_role: Callable[..., Client], agency: Agency, content: bytes, ending: str
) -> None:
    client = as_role(Role.AGENCY_ADMIN)
    change_agency(client, agency, logo=SimpleUploadedFile("logo.exe", content))
    agency.refresh_from_db()
    assert agency.logo.name.endswith(ending)
    assert "data:image/" in client.get(f"/admin/agencies/agency/{agency.pk}/change/").content.decode()
    change_agency(client, agency, remove_logo="on")
    agency.refresh_from_db()
    assert not agency.logo


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"GIF89a", "weder eine PNG- noch eine SVG-Datei"),
        (png()[:-20], "beschädigt"),
        (png((4001, 1)), "4.000 Pixel"),
        (SVG.replace(b"<path", b"<script>alert(1)</script><path"), "Code"),
        (SVG.replace(b"<path", b'<path onload="alert(1)"'), "Code"),
        (SVG.replace(b"<path", b'<path fill="url(https://evil.example/#a)"'), "Code"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "Dokumenttyp"),
        (b"\x00" * (1024 * 1024 + 1), "größer als 1 MB"),
    ],
)
def test_a_logo_that_is_no_picture_or_carries_code_is_refused_with_the_mend(
    as_role: Callable[..., Client], agency: Agency, content: bytes, why: str
) -> None:
    answer = change_agency(as_role(Role.AGENCY_ADMIN), agency, logo=ContentFile(content, "logo.svg"))
    assert why in answer.content.decode()
    agency.refresh_from_db()
    assert not agency.logo


def test_a_wording_begins_with_the_default_and_replaces_it_in_that_language_only(
    as_role: Callable[..., Client], agency: Agency, other_agency: Agency
) -> None:
    client, key = as_role(Role.AGENCY_ADMIN), "certificate/appointment"
    client.post("/admin/agencies/textblock/add/", {"key": key, "language": "de", "text": ""})
    with agency_context(agency):
        block = TextBlock.objects.get()
        assert block.text == default_text(key, "de")
    url = f"/admin/agencies/textblock/{block.pk}/change/"
    assert "{commune}" in client.get(url).content.decode()
    assert "Für {unsinn} gibt es hier keinen Wert." in client.post(url, {"text": "{unsinn}"}).content.decode()
    client.post(url, {"text": "Wir ernennen {name}."})
    with agency_context(agency):
        assert text_block(key, "de", name="Helga") == "Wir ernennen Helga."
        assert "Helga" in text_block(key, "en", name="Helga")
        assert text_block(key, "en", name="Helga").startswith("This certificate")
    with agency_context(other_agency):
        assert text_block(key, "de", name="Helga") != "Wir ernennen Helga."
    again = client.post("/admin/agencies/textblock/add/", {"key": key, "language": "de", "text": "Zweimal"})
    assert again.status_code == 200
    assert again.context["errors"]


def test_a_second_target_for_a_figure_is_refused_in_words(
    as_role: Callable[..., Client], agency: Agency, programme: Programme
) -> None:
    client = as_role(Role.AGENCY_ADMIN)
    form = {"programme": programme.pk, "figure": Figure.PROJECTS, "value": "40"}
    client.post("/admin/agencies/target/add/", form)
    answer = client.post("/admin/agencies/target/add/", form)
    assert answer.status_code == 200
    assert answer.context["errors"]
    with agency_context(agency):
        assert Target.objects.get().value == Decimal(40)


def test_an_operator_adds_an_agency_and_lets_it_take_part(as_role: Callable[..., Client], programme: Programme) -> None:
    client = as_role(Role.OPERATOR)
    client.post(
        "/admin/agencies/agency/add/",
        {
            "name": "Agentur Saarland",
            "short_name": "Saarland",
            "slug": "sl",
            "state": State.objects.get(code="DE-NI").pk,
            "colour": "#0b6e4f",
            "quiet_weeks_patrons": "8",
            "account_months": "24",
            "consent_months": "24",
            "quiet_weeks_communes": "8",
        },
    )
    made = Agency.objects.get(slug="sl")
    rows = {
        "participations-TOTAL_FORMS": 1,
        "participations-INITIAL_FORMS": 0,
        "participations-0-agency": made.pk,
        "participations-0-programme": programme.pk,
        "participations-0-grant_reference": "67KF0172X",
        "phases-TOTAL_FORMS": 1,
        "phases-INITIAL_FORMS": 0,
        "phases-0-position": 1,
        "phases-0-name": "Vorbereitung",
        "phases-0-programme": programme.pk,
    }
    facts = {"name": "KlikKS", "slug": programme.slug, "kind": "volunteers"}
    days = {"starts_on": "01.03.2022", "ends_on": "28.02.2030"}
    client.post(f"/admin/agencies/programme/{programme.pk}/change/", {**facts, **days, **rows})
    assert Participation.objects.get(agency=made).grant_reference == "67KF0172X"
    assert Phase.objects.get().name == "Vorbereitung"


def test_coordinators_change_only_programmes_that_their_agency_coordinates(
    as_role: Callable[..., Client], agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    url = f"/admin/agencies/programme/{programme.pk}/change/"
    assert as_role(Role.COORDINATOR).get(url).context["has_change_permission"]
    assert not as_role(Role.COORDINATOR, other_agency).get(url).context["has_change_permission"]
    assert as_role(Role.COORDINATOR, other_agency).post(url, {"name": "Fremd"}).status_code == 403


def test_raw_accounts_keys_and_groups_are_on_no_desk(as_role: Callable[..., Client]) -> None:
    for role in [Role.AGENCY_ADMIN, Role.OPERATOR]:
        for path in ["agencies/user/", "auth/group/", "account/emailaddress/", "mfa/authenticator/"]:
            assert as_role(role).get(f"/admin/{path}").status_code == 404
