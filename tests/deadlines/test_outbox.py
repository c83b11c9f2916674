"""The outbox: every mail leaves once, and whatever goes wrong is kept, tried again, or told in words."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, TextBlock, User
from agencies.models.accounts import Role
from deadlines import outbox, smtp
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from tests.queries import at_most
from tests.services import CeleryProcess, Mailbox, until

VALUES = {"title": "Antrag abgeben", "kind": "Frist", "when": "heute fällig", "due_on": "1. März", "link": "/x/"}


@pytest.fixture(autouse=True)
def _inside(inside: Agency) -> Iterator[None]:
    return


def post(to: str = "mayor@example.org", template: str = "reminder") -> OutboxMail:
    """Write a mail into the outbox."""
    return outbox.post(template, to=to, language="de", context=VALUES)


def later(mail: OutboxMail) -> OutboxMail:
    """Return the mail after so much time that its next attempt has come."""
    OutboxMail.objects.filter(pk=mail.pk).update(not_before=timezone.now())
    mail.refresh_from_db()
    return mail


@pytest.mark.worker
def test_a_mail_leaves_by_the_worker_as_soon_as_its_cause_is_committed(
    committed_db: None, inside: Agency, worker: CeleryProcess, mailbox: Mailbox
) -> None:
    with transaction.atomic():
        mail = post()
        assert mailbox.mails == []
    (received,) = mailbox.wait_for("mayor@example.org")
    assert received.message_id == mail.message_id
    assert received.message["Reply-To"] == inside.email
    assert "<p>Guten Tag,</p>" in received.html
    assert "Freundliche Grüße\n" in received.text.replace("\r", "")
    until(lambda: OutboxMail.objects.get().sent_at)


@pytest.mark.django_db
def test_a_mail_whose_cause_is_rolled_back_never_was(mailbox: Mailbox, inside: Agency) -> None:
    try:
        with transaction.atomic():
            post()
            raise DatabaseError
    except DatabaseError:
        pass
    assert outbox.drain(inside) == 0
    assert mailbox.mails == []


@pytest.mark.django_db
def test_what_was_sent_is_not_sent_again(mailbox: Mailbox, inside: Agency) -> None:
    post()
    assert [outbox.drain(inside), outbox.drain(inside)] == [1, 0]
    assert len(mailbox.mails) == 1


@pytest.mark.django_db
def test_a_crash_after_the_server_took_it_repeats_it_under_the_same_message_id(
    mailbox: Mailbox, inside: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    post()

    def send_and_crash(*arguments: Any) -> None:
        hand_over(*arguments)
        raise KeyboardInterrupt

    hand_over = smtp.hand_over
    with monkeypatch.context() as patch:
        patch.setattr(smtp, "hand_over", send_and_crash)
        with pytest.raises(KeyboardInterrupt):
            outbox.drain(inside)
    assert outbox.drain(inside) == 1
    assert len(mailbox.mails) == 2
    assert len({mail.message_id for mail in mailbox.mails}) == 1


@pytest.mark.django_db
def test_while_the_mail_server_is_down_mails_wait_unblamed_and_say_why(mailbox: Mailbox, inside: Agency) -> None:
    first, second = post("a@example.org"), post("b@example.org")
    mailbox.down()
    assert outbox.drain(inside) == 0
    for mail in (first, second):
        mail.refresh_from_db()
        assert (mail.status, mail.attempts) == (OutboxMail.Status.WAITING, 0)
        assert mail.problem.startswith("Der Mailserver ist nicht erreichbar")
    mailbox.up()
    assert outbox.drain(inside) == 2
    first.refresh_from_db()
    assert (first.status, first.problem) == (OutboxMail.Status.SENT, "")


@pytest.mark.django_db
def test_a_mail_the_server_defers_is_tried_again_later_and_holds_up_no_other(mailbox: Mailbox, inside: Agency) -> None:
    deferred, other = post("grey@example.org"), post("other@example.org")
    mailbox.refuse("grey@example.org", "450 4.2.0 greylisted, come back", times=1)
    assert outbox.drain(inside) == 1
    deferred.refresh_from_db()
    assert deferred.attempts == 1
    assert timedelta(0) < deferred.not_before - timezone.now() <= timedelta(minutes=1)
    assert outbox.drain(inside) == 0
    later(deferred)
    assert outbox.drain(inside) == 1
    assert [mail.to for mail in mailbox.mails] == [other.recipient, "grey@example.org"]


@pytest.mark.django_db
def test_after_its_last_attempt_a_mail_fails_for_staff_to_see(mailbox: Mailbox, inside: Agency) -> None:
    mail = post()
    mailbox.refuse(mail.recipient, "452 4.2.2 mailbox full", times=20)
    for _attempt in range(len(outbox.WAIT_MINUTES)):
        outbox.drain(inside)
        assert later(mail).status == OutboxMail.Status.WAITING
    outbox.drain(inside)
    mail.refresh_from_db()
    assert mail.status == OutboxMail.Status.FAILED
    assert mail.problem.startswith("Das Postfach ist voll")


@pytest.mark.django_db
def test_a_mail_refused_for_good_fails_at_once_and_can_be_sent_again(
    mailbox: Mailbox, inside: Agency, manager: User
) -> None:
    mail, other = post("typo@example.org"), post("other@example.org")
    mailbox.refuse("typo@example.org", "550 5.1.1 user unknown")
    assert outbox.drain(inside) == 1
    mail.refresh_from_db()
    assert mail.status == OutboxMail.Status.FAILED
    assert mail.problem.startswith("Diese Adresse gibt es nicht")
    outbox.resend(mail, by=manager)
    outbox.resend(other, by=manager)
    assert outbox.drain(inside) == 1
    assert [received.message_id for received in mailbox.to("typo@example.org")] == [mail.message_id]


@pytest.mark.django_db
def test_a_mail_that_cannot_be_built_fails_alone(mailbox: Mailbox, inside: Agency) -> None:
    broken = post()
    OutboxMail.objects.filter(pk=broken.pk).update(subject_line="two\nlines")
    post("other@example.org")
    assert outbox.drain(inside) == 1
    broken.refresh_from_db()
    assert broken.status == OutboxMail.Status.FAILED


@pytest.mark.django_db
def test_all_outboxes_are_drained_one_after_the_other(mailbox: Mailbox, inside: Agency, other_agency: Agency) -> None:
    post("a@example.org")
    with agency_context(other_agency):
        post("b@example.org")
    assert outbox.drain_all() == 2


@pytest.mark.django_db
def test_an_agency_says_it_in_its_own_words(inside: Agency) -> None:
    TextBlock.objects.create(key="mail/reminder", language="de", text="Subject: Hallo\n\nDenken Sie an {title}? {nix}")
    mail = post()
    assert (mail.subject_line, mail.text) == ("Hallo", "Denken Sie an Antrag abgeben? {nix}")


@pytest.mark.django_db
def test_what_people_type_cannot_become_markup(inside: Agency) -> None:
    mail = outbox.post("reminder", to="a@example.org", language="de", context={**VALUES, "title": "<b>x</b>"})
    assert "&lt;b&gt;x&lt;/b&gt;" in mail.html
    assert "<b>x</b>" in mail.text


@pytest.mark.django_db
def test_staff_see_the_mail_in_a_closed_frame_and_let_it_leave_again(
    mailbox: Mailbox, inside: Agency, desk: Client
) -> None:
    mail = post()
    mailbox.refuse(mail.recipient, "550 5.1.1 user unknown")
    outbox.drain(inside)
    page = desk.get(reverse("admin:deadlines_outboxmail_change", args=[mail.pk])).content.decode()
    assert '<iframe class="desk-mail-frame" sandbox ' in page
    assert "Diese Adresse gibt es nicht" in page
    resend = reverse("admin:deadlines_outboxmail_resend", args=[mail.pk])
    assert desk.get(resend).status_code == 200
    mail.refresh_from_db()
    assert mail.status == OutboxMail.Status.FAILED
    desk.post(resend, {"yes": "1"})
    mail.refresh_from_db()
    assert mail.status == OutboxMail.Status.WAITING


@pytest.mark.django_db
def test_a_sign_in_code_is_shown_to_no_one_and_forgotten_once_sent(
    mailbox: Mailbox, inside: Agency, desk: Client
) -> None:
    mail = post()
    OutboxMail.objects.filter(pk=mail.pk).update(template="account/login_code", text="Ihr Code: 123456", html="123456")
    page = desk.get(reverse("admin:deadlines_outboxmail_change", args=[mail.pk])).content.decode()
    assert "123456" not in page
    assert outbox.drain(inside) == 1
    mail.refresh_from_db()
    assert (mail.text, mail.html) == ("", "")


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.PATRON, Role.COORDINATOR])
def test_only_case_workers_read_the_outbox(inside: Agency, as_role: Callable[..., Client], role: Role) -> None:
    mail = post()
    assert as_role(role).get(reverse("admin:deadlines_outboxmail_change", args=[mail.pk])).status_code in {302, 403}


@pytest.mark.django_db
def test_a_long_outbox_costs_as_many_queries_as_a_short_one(inside: Agency, desk: Client) -> None:
    for number in range(40):
        post(f"p{number}@example.org")
    with at_most(8):
        assert desk.get(reverse("admin:deadlines_outboxmail_changelist")).status_code == 200
