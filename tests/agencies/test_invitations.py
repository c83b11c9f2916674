"""Staff join by invitation: the mailed link proves the address, and nobody learns who has an account."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from agencies import services
from agencies.exceptions import AddressTaken, LastAdministrator, NotAllowed
from agencies.models import Agency, Invitation, Membership, User
from agencies.models.accounts import Role
from deadlines.models import OutboxMail
from klikks import links
from klikks.tenancy import account_context, agency_context
from tests import factories
from website import invitations

pytestmark = pytest.mark.django_db

PASSWORD = "ein langes gutes Kennwort"
INVITE = "/admin/agencies/invitation/invite/"


@pytest.fixture
def administrator(account: Callable[..., User]) -> User:
    """The agency's administrator."""
    return account(Role.AGENCY_ADMIN)


@pytest.fixture
def invited(administrator: User, agency: Agency) -> Invitation:
    """An open invitation to become regional manager."""
    with agency_context(agency):
        return invitations.invite(
            by=administrator, email="Neu@Example.org", name="Nora Neu", role=Role.REGIONAL_MANAGER
        )


def page_of(invitation: Invitation) -> str:
    """Return the address that the invitation's mail carries."""
    with agency_context(invitation.agency_id):
        text = OutboxMail.objects.filter(recipient=invitation.email).latest("pk").text
    return re.search(r"https?://[^/]+(/invitation/\S+)", text)[1]  # type: ignore[index]


def choose(client: Client, page: str, password: str = PASSWORD, again: str | None = None) -> object:
    """Send the form of an invitation."""
    return client.post(page, {"password": password, "again": password if again is None else again})


def test_an_administrator_invites_on_the_desk_and_the_person_lands_on_the_desk_with_the_role(
    as_role: Callable[..., Client], agency: Agency, client: Client
) -> None:
    answer = as_role(Role.AGENCY_ADMIN).post(
        INVITE, {"email": "neu@example.org", "name": "Nora Neu", "role": "regional_manager"}, follow=True
    )
    assert "Die Einladung an Nora Neu ist unterwegs." in answer.content.decode()
    with agency_context(agency):
        invitation = Invitation.objects.get()
        mail = OutboxMail.objects.get(recipient="neu@example.org")
    assert mail.subject_line == f"Ihre Einladung zu klikks von {agency.name}"
    assert "Regionalmanager:in" in mail.text

    page = page_of(invitation)
    assert "neu@example.org" in client.get(page).content.decode()
    answer = client.post(page, {"password": PASSWORD, "again": PASSWORD}, follow=True)
    assert answer.redirect_chain[0][0] == "/admin/"
    assert answer.context["user"].role == Role.REGIONAL_MANAGER
    with agency_context(agency):
        assert Membership.objects.get(name="Nora Neu").user.check_password(PASSWORD)
        assert Invitation.objects.get().accepted_at is not None


@pytest.mark.parametrize(
    ("password", "again", "message"),
    [
        (PASSWORD, "etwas anderes hier", "Die beiden Passwörter sind verschieden."),
        ("kurz", "kurz", "Dieses Passwort ist zu kurz."),
        ("", "", "Dieses Feld ist zwingend erforderlich."),
    ],
)
def test_a_password_that_does_not_do_makes_no_account(
    invited: Invitation, client: Client, password: str, again: str, message: str
) -> None:
    assert message in choose(client, page_of(invited), password, again).content.decode()
    with account_context(email=invited.email):
        assert not User.objects.filter(email=invited.email).exists()


def test_a_link_works_once(invited: Invitation, client: Client) -> None:
    page = page_of(invited)
    choose(client, page)
    answer = choose(Client(), page, "noch ein anderes Kennwort")
    assert answer.status_code == 410
    assert "Diese Einladung wurde schon angenommen." in answer.content.decode()
    with account_context(email=invited.email):
        assert User.objects.get(email=invited.email).check_password(PASSWORD)


def test_a_link_that_is_too_old_withdrawn_cut_off_or_of_another_purpose_opens_nothing(
    invited: Invitation, administrator: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(invited)
    other = links.sign("registration", invited.agency_id, invited.pk)
    for wrong in [page[:-6] + "/", f"/invitation/{other}/"]:
        answer = client.get(wrong)
        assert answer.status_code == 410
        assert "Nora Neu" not in answer.content.decode()
    with monkeypatch.context() as patch:
        patch.setattr(services, "INVITATION_LASTS", timedelta(seconds=-1))
        assert "Diese Einladung ist abgelaufen." in client.get(page).content.decode()
    with agency_context(invited.agency_id):
        services.withdraw_invitation(invited, by=administrator)
    assert "Diese Einladung wurde zurückgezogen." in choose(client, page).content.decode()


def test_the_owner_of_an_address_with_an_account_elsewhere_is_told_and_the_inviting_person_is_not(
    administrator: User, agency: Agency, other_agency: Agency, account: Callable[..., User], client: Client
) -> None:
    elsewhere = account(of=other_agency)
    with agency_context(agency):
        invitation = invitations.invite(by=administrator, email=elsewhere.email, name="X", role=Role.REGIONAL_MANAGER)
    answer = choose(client, page_of(invitation))
    assert answer.status_code == 410
    assert "schon ein Konto" in answer.content.decode()
    with account_context(email=elsewhere.email):
        account_now = User.objects.get(email=elsewhere.email)
    assert account_now.agency_id == other_agency.pk
    assert not account_now.check_password(PASSWORD)


@pytest.mark.parametrize("role", [Role.PATRON, Role.OPERATOR, Role.VISITOR])
def test_only_staff_roles_can_be_given(administrator: User, inside: Agency, role: Role) -> None:
    with pytest.raises(ValidationError, match="kann diese Rolle nicht vergeben"):
        services.invite(by=administrator, email="a@example.org", name="A", role=role)


def test_only_an_agency_that_coordinates_gives_the_role_of_coordinator(
    account: Callable[..., User], agency: Agency, other_agency: Agency
) -> None:
    with agency_context(agency):
        assert Role.COORDINATOR in services.roles_to_give()
    with agency_context(other_agency), pytest.raises(ValidationError, match="kann diese Rolle nicht vergeben"):
        services.invite(
            by=account(Role.AGENCY_ADMIN, other_agency), email="a@example.org", name="A", role=Role.COORDINATOR
        )


def test_a_colleague_or_somebody_invited_before_is_not_invited_twice(
    administrator: User, invited: Invitation, account: Callable[..., User], inside: Agency
) -> None:
    for email, why in [(account().email.upper(), "schon ein Konto"), ("NEU@example.org", "offene Einladung")]:
        with pytest.raises(ValidationError, match=why):
            services.invite(by=administrator, email=email, name="A", role=Role.REGIONAL_MANAGER)


def test_a_regional_manager_can_neither_invite_nor_send_again_nor_withdraw(
    manager: User, desk: Client, invited: Invitation, inside: Agency
) -> None:
    base = f"/admin/agencies/invitation/{invited.pk}"
    for path in [INVITE, f"{base}/send-again/", f"{base}/withdraw/", f"{base}/change/"]:
        assert desk.get(path).status_code == 403, path
    with pytest.raises(NotAllowed):
        services.invite(by=manager, email="a@example.org", name="A", role=Role.REGIONAL_MANAGER)


def test_an_expired_invitation_is_sent_again_with_a_fresh_link(
    as_role: Callable[..., Client], invited: Invitation, agency: Agency
) -> None:
    with agency_context(agency):
        Invitation.objects.update(invited_at=timezone.now() - timedelta(days=8))
    client = as_role(Role.AGENCY_ADMIN)
    assert "abgelaufen" in client.get("/admin/agencies/invitation/").content.decode()
    answer = client.post(f"/admin/agencies/invitation/{invited.pk}/send-again/", follow=True)
    assert "noch einmal unterwegs" in answer.content.decode()
    with agency_context(agency):
        assert OutboxMail.objects.filter(recipient=invited.email).count() == 2
        assert not services.is_expired(Invitation.objects.get())


def test_an_appointed_patron_gets_an_account_once_and_nobody_loses_a_role_by_it(
    manager: User, agency: Agency, other_agency: Agency, account: Callable[..., User]
) -> None:
    elsewhere = account(of=other_agency)
    with agency_context(agency):
        first = services.make_account("patin@example.org", role=Role.PATRON, name="Pia Patin")
        assert services.make_account("PATIN@example.org", role=Role.PATRON, name="Pia Patin") == first
        assert not first.has_usable_password()
        assert services.make_account(manager.email, role=Role.PATRON, name="M").role == Role.REGIONAL_MANAGER
        with pytest.raises(AddressTaken, match="kann hier nicht für ein Konto verwendet werden"):
            services.make_account(elsewhere.email, role=Role.PATRON, name="X")


def test_an_account_that_was_switched_off_cannot_sign_in_until_it_is_made_anew(
    as_role: Callable[..., Client], agency: Agency, manager: User, membership: Membership
) -> None:
    url = f"/admin/agencies/membership/{membership.pk}/change/"
    as_role(Role.AGENCY_ADMIN).post(url, {"name": membership.name, "role": membership.role})
    login = {"login": manager.email, "password": "a long test password"}
    browser = Client()
    browser.post("/accounts/login/", login)
    assert "_auth_user_id" not in browser.session
    with agency_context(agency):
        services.make_account(manager.email, role=Role.PATRON, name="Zurück")
    browser.post("/accounts/login/", login)
    assert "_auth_user_id" in browser.session
    assert browser.get("/admin/", follow=True).status_code == 403


def test_the_last_administrator_of_an_agency_stays(agency: Agency, administrator: User) -> None:
    client = factories.browser(administrator)
    with agency_context(agency):
        place = Membership.objects.get(user=administrator)
    answer = client.post(
        f"/admin/agencies/membership/{place.pk}/change/",
        {"name": place.name, "role": "regional_manager", "is_active": "on"},
    )
    assert "mindestens eine aktive Agenturleitung" in answer.content.decode()
    with agency_context(agency):
        place.role = Role.REGIONAL_MANAGER
        with pytest.raises(LastAdministrator):
            services.change_membership(place, by=administrator)
        assert Membership.objects.get(user=administrator).role == Role.AGENCY_ADMIN
    factories.account(Role.AGENCY_ADMIN, agency)
    client.post(
        f"/admin/agencies/membership/{place.pk}/change/",
        {"name": place.name, "role": "regional_manager", "is_active": "on"},
    )
    with agency_context(agency):
        assert Membership.objects.get(user=administrator).role == Role.REGIONAL_MANAGER
