"""Signing in: with a password, with a mailed code, with a second factor; and what a stranger learns (nothing)."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, User
from agencies.models.accounts import Role
from deadlines.models import OutboxMail
from klikks.tenancy import account_context, agency_context
from tests import factories
from tests.services import until

pytestmark = pytest.mark.django_db

PASSWORD = "a long test password"
STRANGER = "nobody@example.org"


def mails(agency: Agency) -> list[OutboxMail]:
    """Return the agency's outbox."""
    with agency_context(agency):
        return list(OutboxMail.objects.order_by("pk"))


def code_in(text: str) -> str:
    """Return the eight digits of a mail."""
    return re.search(r"^\d{8}$", text, re.MULTILINE)[0]


def is_signed_in(client: Client) -> bool:
    """Whether the browser is signed in."""
    return "_auth_user_id" in client.session


@pytest.fixture
def patron(account: Callable[..., User]) -> User:
    """A patron without a password, as appointment makes them."""
    user = account(Role.PATRON)
    with agency_context(user.agency_id):
        user.set_unusable_password()
        user.save()
    return user


def test_a_patron_without_a_password_signs_in_with_the_code_from_the_mail(
    client: Client, patron: User, agency: Agency
) -> None:
    asked = client.post(reverse("account_request_login_code"), {"email": patron.email.upper()})
    assert asked.url == reverse("account_confirm_login_code")
    [letter] = mails(agency)
    assert letter.recipient == patron.email
    assert "Ihr Code" in letter.subject_line

    assert not is_signed_in(client)
    done = client.post(asked.url, {"code": code_in(letter.text)})
    assert is_signed_in(client)
    landed = client.get(done.url)
    assert landed.url == reverse("website:portal")


def test_a_wrong_code_signs_nobody_in_and_the_third_one_ends_the_attempt(
    client: Client, patron: User, agency: Agency
) -> None:
    client.post(reverse("account_request_login_code"), {"email": patron.email})
    right = code_in(mails(agency)[0].text)
    wrong = "11111111" if right != "11111111" else "22222222"
    confirm = reverse("account_confirm_login_code")
    for _attempt in range(2):
        assert "Falscher Code" in client.post(confirm, {"code": wrong}).content.decode()
    assert client.post(confirm, {"code": wrong}).status_code == 302
    client.post(confirm, {"code": right})
    assert not is_signed_in(client)


def test_a_new_code_can_be_asked_for_and_the_old_one_no_longer_works(
    client: Client, patron: User, agency: Agency
) -> None:
    client.post(reverse("account_request_login_code"), {"email": patron.email})
    confirm = reverse("account_confirm_login_code")
    client.post(confirm, {"action": "resend"})
    old, new = (code_in(letter.text) for letter in mails(agency))
    if old != new:
        client.post(confirm, {"code": old})
        assert not is_signed_in(client)
    client.post(confirm, {"code": new})
    assert is_signed_in(client)


def test_a_manager_signs_in_with_the_password_and_lands_on_the_desk(client: Client, manager: User) -> None:
    done = client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
    assert client.get(done.url).url == reverse("admin:index")


def test_a_second_factor_is_asked_for_after_the_password(client: Client, manager: User) -> None:
    secret = generate_totp_secret()
    with agency_context(manager.agency_id):
        TOTP.activate(manager, secret)
        codes = RecoveryCodes.activate(manager)
        emergency = codes.get_unused_codes()[0]
    asked = client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
    assert asked.url.startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(client)
    assert "Falscher Code" in client.post(asked.url, {"code": "000000"}).content.decode()
    client.post(asked.url, {"code": emergency})
    assert is_signed_in(client)


def test_the_second_factor_is_asked_for_after_a_mailed_code_too(client: Client, manager: User, agency: Agency) -> None:
    secret = generate_totp_secret()
    with agency_context(manager.agency_id):
        TOTP.activate(manager, secret)
    client.post(reverse("account_request_login_code"), {"email": manager.email})
    asked = client.post(reverse("account_confirm_login_code"), {"code": code_in(mails(agency)[0].text)})
    assert asked.url.startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(client)
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post(asked.url, {"code": format_hotp_value(hotp_value(secret, counter))})
    assert is_signed_in(client)


def test_a_forgotten_password_is_replaced_with_a_mailed_code(client: Client, manager: User, agency: Agency) -> None:
    elsewhere = factories.browser(manager)
    asked = client.post(reverse("account_reset_password"), {"email": manager.email})
    done = client.post(asked.url, {"code": code_in(mails(agency)[0].text)})
    weak = client.post(done.url, {"password1": "kurz", "password2": "kurz"})
    assert "12 Zeichen" in weak.content.decode()
    client.post(done.url, {"password1": "ein neues langes Wort", "password2": "ein neues langes Wort"})
    assert "Passwort Ihres Kontos wurde geändert" in mails(agency)[-1].text
    client.post(reverse("account_login"), {"login": manager.email, "password": "ein neues langes Wort"})
    assert is_signed_in(client)
    assert elsewhere.get(reverse("website:start")).url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("page", "field", "more"),
    [
        ("account_request_login_code", "email", {}),
        ("account_reset_password", "email", {}),
        ("account_login", "login", {"password": "not the right one"}),
    ],
)
def test_a_stranger_cannot_find_out_who_has_an_account(
    manager: User, agency: Agency, page: str, field: str, more: dict[str, str]
) -> None:
    seen = []
    for address in (manager.email, STRANGER):
        browser = Client()
        with CaptureQueriesContext(connection) as queries:
            first = browser.post(reverse(page), {field: address, **more})
            work = len(queries)
        then = browser.get(first.url) if first.status_code == 302 else first
        wrong = browser.post(then.wsgi_request.path, {"code": "x", field: address, **more})
        pages = (then.content + wrong.content).decode().replace(address, "…")
        text = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", pages)
        seen.append((first.status_code, first.headers.get("Location"), then.status_code, wrong.status_code, text, work))
    known, unknown = seen
    assert known[:-1] == unknown[:-1]
    assert abs(known[-1] - unknown[-1]) <= 3, f"the same work is done for both: {known[-1]}, {unknown[-1]}"


def test_no_mail_goes_to_an_address_without_an_account(client: Client, agency: Agency) -> None:
    client.post(reverse("account_request_login_code"), {"email": STRANGER})
    client.post(reverse("account_reset_password"), {"email": STRANGER})
    assert not mails(agency)
    assert not mail.outbox


def test_an_operator_gets_the_code_directly_and_lands_on_the_desk(client: Client, account: Callable[..., User]) -> None:
    operator = account(Role.OPERATOR)
    client.post(reverse("account_request_login_code"), {"email": operator.email})
    [letter] = until(lambda: mail.outbox, "the mail, which the page does not wait for,")
    done = client.post(reverse("account_confirm_login_code"), {"code": code_in(letter.body)})
    assert client.get(done.url).url == reverse("admin:index")


def test_an_operator_with_a_second_factor_enters_the_desk_where_it_is_forced(
    account: Callable[..., User], settings: pytest.FixtureRequest
) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    operator = account(Role.OPERATOR)
    client = factories.browser(operator)
    assert client.get(reverse("admin:index")).url == reverse("mfa_index")
    with account_context(account_id=operator.pk):
        TOTP.activate(operator, generate_totp_secret())
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_portal_speaks_the_language_of_the_account_after_sign_in(client: Client, manager: User) -> None:
    with agency_context(manager.agency_id):
        User.objects.filter(pk=manager.pk).update(language="en")
    client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
    assert '<html lang="en">' in client.get(reverse("mfa_index")).content.decode()


@pytest.mark.parametrize("role", [Role.PATRON, Role.OPERATOR])
def test_a_chosen_language_is_kept_with_the_account(as_role: Callable[..., Client], role: Role) -> None:
    browser = as_role(role)
    back = browser.post(reverse("website:language"), {"language": "en", "next": reverse("website:privacy")})
    assert back.url == reverse("website:privacy")
    user_id = browser.session["_auth_user_id"]
    with account_context(account_id=user_id):
        assert User.objects.get(pk=user_id).language == "en"
    browser.post(reverse("website:language"), {"language": "xx"})
    with account_context(account_id=user_id):
        assert User.objects.get(pk=user_id).language == "en"


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.PATRON, "website:portal"),
        (Role.MUNICIPALITY, "municipality:index"),
        (Role.REGIONAL_MANAGER, "admin:index"),
        (Role.AGENCY_ADMIN, "admin:index"),
        (Role.COORDINATOR, "admin:index"),
        (Role.OPERATOR, "admin:index"),
    ],
)
def test_each_role_lands_on_its_own_start_page(as_role: Callable[..., Client], role: Role, page: str) -> None:
    browser = as_role(role)
    assert browser.get(reverse(settings.LOGIN_REDIRECT_URL)).url == reverse(page)
    assert browser.get(reverse(page)).status_code == 200


def test_nobody_makes_an_account_without_being_invited(client: Client) -> None:
    assert "Wie Sie ein Konto bekommen" in client.get(reverse("account_signup")).content.decode()
    client.post(reverse("account_signup"), {"email": STRANGER, "password1": PASSWORD, "password2": PASSWORD})
    with account_context(email=STRANGER):
        assert not User.objects.exists()


def test_staff_set_up_an_app_as_second_factor_and_switch_it_off(
    desk: Client, agency: Agency, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list]]
) -> None:
    page = desk.get(reverse("mfa_activate_totp"))
    if page.status_code == 302:
        desk.post(page.url, {"password": PASSWORD})
        page = desk.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("mfa_activate_totp"), {"code": format_hotp_value(hotp_value(secret, counter))})
    assert "Authenticator-App" in mails(agency)[0].text
    assert "aktiv" in desk.get(reverse("mfa_index")).content.decode()
    codes = desk.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    desk.post(reverse("mfa_deactivate_totp"))
    assert "abgeschaltet" in mails(agency)[-1].text


def test_nobody_changes_the_address_without_the_agency(desk: Client, manager: User) -> None:
    answer = desk.post(reverse("account_email"), {"email": "another@example.org", "action_add": ""})
    assert answer.url == reverse("mfa_index")
    with agency_context(manager.agency_id):
        assert User.objects.get(pk=manager.pk).email == manager.email


def test_who_waits_for_a_code_in_vain_can_start_anew(client: Client, agency: Agency) -> None:
    waiting = client.post(reverse("account_request_login_code"), {"email": STRANGER}, follow=True).content.decode()
    for target in ("account_request_login_code", "account_login"):
        assert f'name="next" value="{reverse(target)}"' in waiting
    again = client.post(reverse("account_logout"), {"next": reverse("account_login")}, follow=True)
    assert "Ohne Passwort" in again.content.decode()
