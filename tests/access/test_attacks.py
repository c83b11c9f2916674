"""What somebody tries who wants in, wants more than the own role allows, or wants the portal to stumble."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from agencies.logos import checked_logo
from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from agencies.sheets.exceptions import NotASheet
from agencies.sheets.guards import format_of
from communes.forms import CommuneField
from communes.models import Registration
from deadlines import outbox
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from tests import factories
from tests.humans import solved
from website import invitations

pytestmark = pytest.mark.django_db

PASSWORD = "a long test password"
CONFIRM_CODE = {
    "account_request_login_code": "account_confirm_login_code",
    "account_reset_password": "account_confirm_password_reset_code",
}


def mails_of(agency: Agency) -> list[OutboxMail]:
    """Return the agency's outbox."""
    with agency_context(agency):
        return list(OutboxMail.objects.order_by("pk"))


def test_a_colleague_cannot_take_the_link_of_an_invitation_from_the_outbox(
    account: Callable[..., User], agency: Agency, desk: Client
) -> None:
    with agency_context(agency):
        invitations.invite(
            by=account(Role.AGENCY_ADMIN), email="neu@example.org", name="Nora Neu", role=Role.AGENCY_ADMIN
        )
    [mail] = mails_of(agency)
    token = re.search(r"/invitation/(\S+)/", mail.text)[1]  # type: ignore[index]
    page = desk.get(reverse("admin:deadlines_outboxmail_change", args=[mail.pk])).content.decode()
    assert token not in page
    assert "neu@example.org" in page


@pytest.mark.parametrize("lookup", ["text__contains", "html__regex", "text__gt", "text"])
def test_a_colleague_cannot_guess_the_words_of_a_secret_mail_by_filtering(
    agency: Agency, desk: Client, lookup: str
) -> None:
    with agency_context(agency):
        outbox.post("account/login_code", to="a@example.org", language="de", context={"code": "12345678"})
    found = desk.get(reverse("admin:deadlines_outboxmail_changelist"), {lookup: "1234"})
    assert found.status_code == 400


@pytest.mark.parametrize("ask", CONFIRM_CODE)
def test_guesses_sent_at_the_same_moment_are_counted_one_by_one(
    client: Client, manager: User, agency: Agency, ask: str
) -> None:
    client.post(reverse(ask), {"email": manager.email})
    right = re.search(r"^\d[\d-]+$", mails_of(agency)[0].text, re.MULTILINE)[0]  # type: ignore[index]
    before = dict(client.session)
    confirm = reverse(CONFIRM_CODE[ask])
    for guess in ["1", "2", "3", right]:
        # Each request has read the session before any other one has written down that it failed.
        session = client.session
        session.update(before)
        session.save()
        answer = client.post(confirm, {"code": guess})
    assert "Falscher Code" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_mailed_code_has_eight_digits(client: Client, manager: User, agency: Agency) -> None:
    client.post(reverse("account_request_login_code"), {"email": manager.email})
    code = re.search(r"^\d[\d-]+$", mails_of(agency)[0].text, re.MULTILINE)[0]  # type: ignore[index]
    assert len(code.replace("-", "")) == 8


@pytest.mark.parametrize("name", ["Gewinn https://evil.example/x", "www.evil.ru", "Klick evil.ru", "EVIL.RU", "a@b.de"])
def test_a_public_form_mails_no_address_of_a_strangers_choice(client: Client, agency: Agency, name: str) -> None:
    factories.commune()
    answer = client.post(
        reverse("communes:register"),
        {"commune": "Bingen am Rhein", "contact_name": name, "email": "opfer@example.org", "consent": "on"},
    )
    assert "Internetadresse" in answer.content.decode()
    assert mails_of(agency) == []


@pytest.mark.parametrize("name", ["Dr.med. Uwe Groß", "Prof.Dr.Anna-Lena v.d.Heide", "J.R. Müller", "St.Clair, Jo"])
def test_titles_and_initials_are_no_addresses(client: Client, agency: Agency, name: str) -> None:
    factories.commune()
    client.post(
        reverse("communes:register"),
        {
            "commune": "Bingen am Rhein",
            "contact_name": name,
            "email": "rathaus@example.org",
            "consent": "on",
            "proof": solved(),
        },
    )
    with agency_context(agency):
        assert Registration.objects.get().contact_name == name


def test_nobody_can_fill_a_strangers_mailbox_with_the_form_for_patrons(client: Client, agency: Agency) -> None:
    factories.commune()
    typed = {
        "first_name": "Jörg", "last_name": "Müller", "email": "opfer@example.org", "home": "Bingen am Rhein",
        "hours_a_month": "6", "reach_km": "15", "consent": "on",
    }  # fmt: skip
    answers = [
        client.post(
            reverse("patrons:register"), {**typed, "proof": solved()}, REMOTE_ADDR=f"192.0.2.{number}"
        ).status_code
        for number in range(6)
    ]
    assert answers == [302, 302, 302, 302, 429, 429]
    assert len(mails_of(agency)) == 4


@pytest.mark.parametrize("role", [Role.REGIONAL_MANAGER, Role.AGENCY_ADMIN])
def test_without_the_second_factor_no_page_of_the_work_opens_outside_of_the_desk_either(
    role: Role, as_role: Callable[..., Client], settings: Any
) -> None:
    client = as_role(role)
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    job = "00000000-0000-4000-8000-000000000000"
    for path in ["/backings/1/file/", reverse("reports:download", args=[1]), reverse("deadlines:job", args=[job])]:
        answer = client.get(path)
        assert (path, answer.status_code, answer.headers.get("Location")) == (path, 302, "/accounts/2fa/")
    assert client.get("/").status_code == client.get("/privacy/").status_code == 200


def test_megabytes_typed_as_a_municipality_cost_no_more_than_a_line() -> None:
    field = CommuneField()
    value = field.widget.value_from_datadict({"home": "ä b" * 1_000_000, "home_asked": "x" * 1_000_000}, {}, "home")
    assert max(len(part) for part in value.values()) <= 200


@pytest.mark.parametrize("method", ["post", "get"])
def test_a_nul_byte_is_a_wrong_answer_and_no_error(client: Client, method: str) -> None:
    if method == "post":
        answer = client.post(reverse("account_login"), {"login": "a\0b@example.org", "password": "x"})
        assert answer.status_code == 200
    else:
        assert client.get("/verify/ABC%00DEF/").status_code == 404


@pytest.mark.parametrize("page", ["9" * 18, "9" * 3000])
def test_a_page_of_the_history_far_beyond_its_end_is_empty(
    desk: Client, agency: Agency, programme: Programme, page: str
) -> None:
    patron = factories.patron(agency, programme, factories.commune())
    address = reverse("admin:patrons_patron_history", args=[patron.pk])
    assert desk.get(address, {"p": page}).status_code == 200


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.dat", "xl/media/image1.png", "xl/strings.XML"])
def test_a_workbook_that_unfolds_to_gigabytes_is_refused_whatever_its_parts_are_called(part: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        with package.open(part, "w") as bomb:
            for _megabyte in range(101):
                bomb.write(b" " * 1024 * 1024)
    with pytest.raises(NotASheet, match="weit größer"):
        format_of(content)


def test_a_picture_that_unfolds_to_gigabytes_is_refused_as_a_logo() -> None:
    content = io.BytesIO()
    Image.new("1", (16_000, 16_000)).save(content, "PNG")
    with pytest.raises(ValidationError):
        checked_logo(SimpleUploadedFile("logo.png", content.getvalue()))
