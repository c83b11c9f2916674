"""Staff protect their account with a second factor where the setting asks for it."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from agencies.models import User
from agencies.models.accounts import Role
from klikks.tenancy import account_context
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.REGIONAL_MANAGER, Role.AGENCY_ADMIN, Role.COORDINATOR, Role.OPERATOR])
def test_where_it_is_forced_staff_set_one_up_before_they_see_the_desk(
    role: Role, as_role: Callable[..., Client], settings: Any
) -> None:
    client = as_role(role)
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    assert client.get("/admin/").status_code == 200
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    for path in ["/admin/", "/admin/communes/commune/", "/admin/jsi18n/"]:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/")
    assert "zweiten Faktor" in client.get("/accounts/2fa/").content.decode()


@pytest.mark.parametrize("role", [Role.REGIONAL_MANAGER, Role.OPERATOR])
def test_with_a_second_factor_the_desk_opens_and_no_longer_asks_for_one(
    role: Role, account: Callable[..., User], settings: Any
) -> None:
    user = account(role)
    browser = factories.browser(user)
    assert "Zweiten Faktor einrichten" in browser.get("/admin/").content.decode()
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    with account_context(account_id=user.pk):
        TOTP.activate(user, generate_totp_secret())
    answer = browser.get("/admin/")
    assert answer.status_code == 200
    assert "Zweiten Faktor einrichten" not in answer.content.decode()


def test_patrons_are_not_asked_for_one(as_role: Callable[..., Client], settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert as_role(Role.PATRON).get("/portal/").status_code == 200


def test_the_desk_has_no_sign_in_of_its_own(client: Client, as_role: Callable[..., Client]) -> None:
    answer = client.get("/admin/communes/registration/?q=x", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2Fcommunes%2Fregistration%2F%3Fq%3Dx"
    assert client.get("/admin/login/?next=https://evil.example/").headers["Location"] == (
        "/accounts/login/?next=%2Fadmin%2F"
    )
    assert as_role(Role.PATRON).get("/admin/", follow=True).status_code == 403
    assert as_role(Role.REGIONAL_MANAGER).get("/admin/password_change/").headers["Location"] == (
        "/accounts/password/change/"
    )
