"""What ends by the agency's rules: accounts that nobody uses, and the consent of people who wait to become patron."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from deadlines import services
from deadlines.models import Deadline, MailSettings, OutboxMail
from deadlines.tasks import close_unused_accounts, write_due_reminders
from klikks.months import months_later
from klikks.tenancy import agency_context
from patrons.models import Patron
from patrons.tasks import keep_consents
from tests import factories

pytestmark = pytest.mark.django_db
Kind = Deadline.Kind
TODAY = timezone.localdate()


def unused_for(days: int, *users: User) -> None:
    """Let nobody have signed in with these accounts for so many days."""
    at = timezone.now() - timedelta(days=days)
    User.objects.filter(pk__in=[user.pk for user in users]).update(created_at=at, last_login=None)


def test_an_unused_account_ends_after_its_owner_was_told_and_signing_in_keeps_it(
    inside: Agency, account: Callable[..., User], manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, unused, kept, admin = (account(role) for role in (Role.PATRON, Role.PATRON, Role.PATRON, Role.AGENCY_ADMIN))
    MailSettings.objects.create(user=unused, reminders="off")
    unused_for(900, unused, kept, admin)
    close_unused_accounts()
    close_unused_accounts()
    ends = Deadline.objects.open().filter(kind=Kind.ACCOUNT)
    assert {(due.owner, due.due_on) for due in ends} == {
        (user, TODAY + timedelta(days=30)) for user in (unused, kept, admin)
    }
    with pytest.raises(ValidationError, match="Aufbewahrung"):
        services.move(ends[0], by=manager, due_on=TODAY + timedelta(days=60))
    write_due_reminders()
    told = OutboxMail.objects.get(recipient=unused.email)
    assert (told.template, told.status) == ("expiry/account", "waiting")
    assert "/accounts/login/" in told.text
    browser = Client()
    browser.post(reverse("account_login"), {"login": kept.email, "password": "a long test password"})
    assert not ends.filter(owner=kept).exists()
    tomorrow = TODAY + timedelta(days=31)
    monkeypatch.setattr(timezone, "localdate", lambda value=None: tomorrow if value is None else value.date())
    close_unused_accounts()
    active = set(Membership.objects.filter(is_active=True).values_list("user", flat=True))
    assert active == {used.pk, kept.pk, manager.pk, admin.pk}, "nobody else may invite"
    assert ends.get().owner == admin
    unused.refresh_from_db()
    assert not unused.is_active


def test_whoever_waits_is_asked_before_the_consent_ends_and_answers_with_one_click(
    inside: Agency, other_agency: Agency, programme: Programme, manager: User, desk: Client
) -> None:
    place = factories.commune()
    factories.partnership(inside, programme, place, manager=manager.membership)
    old = timezone.now() - timedelta(days=900)
    stays, goes, phones = (factories.patron(inside, programme, place, consented_at=old) for _one in range(3))
    serves = factories.patron(inside, programme, place, consented_at=old, status="active")
    factories.patron(inside, programme, place)
    soon = timezone.now() - (TODAY - months_later(TODAY + timedelta(days=20), -24))
    late = factories.patron(other_agency, programme, place, consented_at=soon)
    keep_consents()
    keep_consents()
    ends = Deadline.objects.open().filter(kind=Kind.CONSENT)
    assert {(due.subject, due.owner) for due in ends} == {(each, manager) for each in (stays, goes, phones)}
    assert OutboxMail.objects.filter(template="patron/consent").count() == 3
    with agency_context(other_agency):
        due = Deadline.objects.get(kind=Kind.CONSENT)
        assert (due.subject_id, due.due_on, due.owner) == (late.pk, TODAY + timedelta(days=30), None)

    def address_of(patron: Patron) -> str:
        text = OutboxMail.objects.get(template="patron/consent", recipient=patron.email).text
        found = re.search(r"/become-patron/consent/\S+", text)
        assert found
        return found[0]

    visitor = Client()
    for asked, answer, words in [(stays, "stay", "Sie bleiben dabei"), (goes, "withdraw", "vermerkt")]:
        address = address_of(asked)
        assert str(asked) in visitor.get(address).content.decode()
        assert ends.filter(subject_id=asked.pk).exists(), "a scanner's visit answers nothing"
        assert words in visitor.post(address, {"do": answer}).content.decode()
        assert "schon" in visitor.post(address, {"do": "withdraw"}).content.decode()
    assert visitor.get(address[:-5] + "x/").status_code == 404
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert (timezone.localdate(stays.consented_at), goes.status) == (TODAY, "withdrawn")
    assert desk.get(reverse("admin:patrons_patron_renew", args=[phones.pk])).status_code == 200
    desk.post(reverse("admin:patrons_patron_renew", args=[phones.pk]))
    assert not ends.all().exists()
    keep_consents()
    assert not ends.all().exists()
    assert serves.consented_at == old
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2024, 2, 29), -12) == date(2023, 2, 28)
