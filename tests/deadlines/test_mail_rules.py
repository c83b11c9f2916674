"""Which mails leave when: people's choices, quiet hours, addresses that came back, and providers' limits."""

import imaplib
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from agencies.models.accounts import Role
from deadlines import bounces, claims, digests, outbox
from deadlines.mail_kinds import CHOSEN, kind_of
from deadlines.models import MailSettings, OutboxMail, ProviderMinute, Suppression
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

VALUES = {"title": "Antrag abgeben", "kind": "Frist", "when": "heute fällig", "due_on": "1. März", "link": "/x/"}
Status = OutboxMail.Status
DSN = """From: MAILER-DAEMON@mx.example.org
To: bounces@klikks.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{address}>: said by mx.example.org

--b
Content-Type: {returned}

Message-ID: {message_id}
Subject: Erinnerung

--b--
"""


@pytest.fixture(autouse=True)
def _inside(inside: Agency) -> Iterator[None]:
    return


def remind(to: str, language: str = "de") -> OutboxMail:
    """Write a reminder."""
    return outbox.post("reminder", to=to, language=language, context=VALUES)


def now(mail: OutboxMail) -> OutboxMail:
    """Return a mail as it is now."""
    return OutboxMail.objects.get(pk=mail.pk)


def report(mail: OutboxMail, status: str = "5.1.1", action: str = "failed", **fields: str) -> bytes:
    """Return what a mail server sends back about a mail."""
    values = {
        "address": mail.recipient,
        "message_id": mail.message_id,
        "returned": "text/rfc822-headers",
        "status": status,
        "action": action,
        **fields,
    }
    return DSN.format(**values).encode()


@pytest.mark.parametrize("role", [Role.PATRON, Role.MUNICIPALITY, Role.REGIONAL_MANAGER])
def test_people_choose_on_their_page_and_what_was_collected_follows(
    inside: Agency, account: Callable[..., User], role: Role
) -> None:
    person = account(role)
    browser, page = factories.browser(person), reverse("deadlines:mail_settings")
    choice = {"cases": "now", "reminders": "weekly", "trainings": "daily", "news": "off"}
    with at_most(8):
        assert "Ruhezeit" in browser.get(page).content.decode()
    half = browser.post(page, {**choice, "quiet_from": "20:00", "quiet_until": ""})
    assert "von wann bis wann" in half.content.decode()
    assert 'value="20:00"' in half.content.decode()
    assert browser.post(page, choice).status_code == 302
    held, off = remind(person.email), outbox.post("idea/done", to=person.email, language="de", context={})
    assert (held.status, off.status, off.text) == (Status.HELD, Status.OFF, "")
    at = timezone.localtime(held.not_before)
    assert (at.weekday(), at.time()) == (0, time(7))
    prompt = outbox.post("account/login_code", to=person.email, language="de", context={"code": "1"})
    assert prompt.status == Status.WAITING
    browser.post(page, {**choice, "reminders": "now"})
    assert now(held).status == Status.WAITING


def test_a_digest_brings_what_was_collected_once(
    mailbox: Mailbox, inside: Agency, account: Callable[..., User]
) -> None:
    person = account(Role.PATRON)
    MailSettings.objects.create(user=person, reminders="daily")
    parts = [remind(person.email), remind(person.email)]
    assert digests.write_due() == 0
    OutboxMail.objects.filter(status=Status.HELD).update(not_before=timezone.now())
    assert [digests.write_due(), digests.write_due()] == [1, 0]
    assert {(now(part).status, now(part).digest.template) for part in parts} == {(Status.GATHERED, "digest")}
    assert outbox.drain(inside) == 1
    (mail,) = mailbox.to(person.email)
    assert mail.subject == f"2 Mails von {inside.name}"
    assert mail.text.count("Antrag abgeben") == mail.html.count("Antrag abgeben") == 4
    assert "/mails/off/reminders/" in str(mail.message["List-Unsubscribe"])
    MailSettings.objects.update(cases="daily", news="weekly")
    mixed = [remind(person.email), outbox.post("patron/farewell", to=person.email, language="de", context={})]
    mixed.append(outbox.post("idea/done", to=person.email, language="de", context={}))
    OutboxMail.objects.filter(status=Status.HELD).update(not_before=timezone.now())
    digests.write_due()
    address = now(mixed[0]).digest.unsubscribe_link
    assert "/mails/off/collected/" in address
    Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    chosen = MailSettings.objects.get(user=person)
    assert (chosen.reminders, chosen.news, chosen.cases, chosen.trainings) == ("off", "off", "daily", "now")


def test_one_click_of_a_mail_program_turns_a_kind_off_and_a_visit_does_not(
    mailbox: Mailbox, inside: Agency, other_agency: Agency, manager: User
) -> None:
    remind(manager.email)
    outbox.drain(inside)
    (mail,) = mailbox.to(manager.email)
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "entscheiden Sie hier: " in mail.text
    address = "/mails/off/" + str(mail.message["List-Unsubscribe"]).strip("<>").partition("/mails/off/")[2]
    program = Client(enforce_csrf_checks=True)
    assert program.get(address).status_code == 200
    assert not MailSettings.objects.exists()
    body = {"content_type": "application/x-www-form-urlencoded"}
    assert program.post(address, "List-Unsubscribe=One-Click", **body).status_code == 200
    assert MailSettings.objects.get(user=manager).reminders == "off"
    assert remind(manager.email).status == Status.OFF
    for wrong in (address.replace("reminders", "news"), address.replace("reminders", "cases"), address[:-5] + "/"):
        assert program.post(wrong, "List-Unsubscribe=One-Click", **body).status_code == 404
    strange = outbox.post("idea/news", to="fremd@example.org", language="de", context={})
    assert strange.unsubscribe_link == ""


def test_every_mail_belongs_to_a_kind_and_only_what_nobody_is_owed_may_be_turned_off() -> None:
    off = {template for template in outbox.templates() if kind_of(template).may_be_off}
    assert "reminder" in off
    assert not {name for name in off if not name.startswith(("reminder", "deadline", "idea/", "project/", "story/"))}
    assert {kind_of(f"{start}x").name for kind in CHOSEN for start in kind.templates} == {kind.name for kind in CHOSEN}


@pytest.mark.parametrize(
    ("begin", "end", "at", "until"),
    [
        ("20:00", "07:00", "2026-03-28 23:30", "2026-03-29 07:00"),
        ("20:00", "07:00", "2026-03-29 01:30", "2026-03-29 07:00"),
        ("20:00", "07:00", "2026-10-25 19:59", None),
        ("12:00", "14:00", "2026-10-25 12:00", "2026-10-25 14:00"),
        ("12:00", "14:00", "2026-10-25 14:00", None),
        ("09:00", "09:00", "2026-10-25 09:00", None),
    ],
)
def test_quiet_hours_end_at_the_right_moment_also_over_night_and_when_clocks_change(
    begin: str, end: str, at: str, until: str | None
) -> None:
    def local(words: str) -> datetime:
        return timezone.make_aware(datetime.fromisoformat(words))

    rule = MailSettings(quiet_from=time.fromisoformat(begin), quiet_until=time.fromisoformat(end))
    assert rule.quiet_until_when(local(at)) == (local(until) if until else None)


def test_in_quiet_hours_only_codes_and_confirmations_leave(
    mailbox: Mailbox, inside: Agency, manager: User, as_role: Callable[..., Client]
) -> None:
    begin = timezone.localtime() - timedelta(hours=1)
    hours = {"quiet_from": f"{begin:%H:%M}", "quiet_until": f"{begin + timedelta(hours=2):%H:%M}"}
    page = reverse("deadlines:quiet_hours")
    assert as_role(Role.AGENCY_ADMIN).post(page, hours).status_code == 302
    assert as_role(Role.REGIONAL_MANAGER).post(page, hours).status_code == 403
    awake = factories.account(Role.PATRON, inside)
    MailSettings.objects.create(user=awake, quiet_from=time(9), quiet_until=time(9))
    quiet = remind(manager.email)
    remind(awake.email)
    outbox.post("account/login_code", to=manager.email, language="de", context={"code": "77777777"})
    assert outbox.drain(inside) == 2
    assert [mail.to for mail in mailbox.mails] == [manager.email, awake.email]
    assert "77777777" in mailbox.mails[0].text
    assert timedelta(0) < now(quiet).not_before - timezone.now() <= timedelta(hours=2)


def test_what_came_back_for_good_is_told_to_staff_and_silences_the_address_until_staff_lift_it(
    mailbox: Mailbox, inside: Agency, other_agency: Agency, desk: Client
) -> None:
    dead, full, late, forged = (remind(f"{name}@example.org") for name in ("dead", "full", "late", "forged"))
    assert outbox.drain(inside) == 4
    with agency_context(other_agency):  # whoever reads the mailbox belongs to no agency
        assert bounces.note(bounces.read(report(dead))) == 1
        assert bounces.note(bounces.read(report(full, "5.2.2", returned="message/rfc822"))) == 1
        assert bounces.note(bounces.read(report(late, "4.4.1", action="delayed"))) == 0
        assert bounces.note(bounces.read(report(forged, address="other@example.org"))) == 0
        assert bounces.note(bounces.read(b"Subject: Out of office\n\nI am on holiday.")) == 0
    assert [now(mail).status for mail in (dead, full, late, forged)] == [Status.FAILED, Status.FAILED, "sent", "sent"]
    assert now(dead).problem.startswith("Diese Adresse gibt es nicht")
    assert now(full).problem.startswith("Das Postfach ist voll")
    assert [one.address for one in Suppression.objects.all()] == ["dead@example.org"]
    next_one = remind("Dead@example.org")
    code = outbox.post("account/login_code", to="dead@example.org", language="de", context={"code": "1"})
    assert outbox.drain(inside) == 1
    assert (now(code).status, now(next_one).status) == (Status.SENT, Status.FAILED)
    assert now(next_one).problem.startswith("An diese Adresse wird nichts verschickt")
    assert "dead@example.org" in desk.get(reverse("admin:deadlines_suppression_changelist")).content.decode()
    lift = reverse("admin:deadlines_suppression_lift", args=[Suppression.objects.get().pk])
    assert desk.get(lift).status_code == 200
    assert desk.post(lift, {"yes": "1"}).status_code == 302
    assert not Suppression.objects.exists()
    remind("dead@example.org")
    assert outbox.drain(inside) == 1


def test_an_address_that_does_not_exist_is_not_tried_again_and_staff_may_insist(
    mailbox: Mailbox, inside: Agency, manager: User
) -> None:
    first = remind("typo@example.org")
    mailbox.refuse("typo@example.org", "550 5.1.1 user unknown")
    outbox.drain(inside)
    second = remind("typo@example.org")
    assert outbox.drain(inside) == 0
    assert now(second).status == Status.FAILED
    outbox.resend(first, by=manager)
    assert outbox.drain(inside) == 1


class Imap(socketserver.StreamRequestHandler):
    """Speaks just as much IMAP as reading a mailbox takes."""

    mails: dict[str, tuple[bytes, set[str]]] = {}

    def handle(self) -> None:
        """Answer one client."""
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, command, *words = line.decode().split()
            if command == "SEARCH":
                found = " ".join(key for key, (_mail, flags) in self.mails.items() if not flags)
                self.wfile.write(f"* SEARCH {found}\r\n".encode())
            elif command == "SELECT":
                self.wfile.write(f"* {len(self.mails)} EXISTS\r\n".encode())
            elif command == "CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif command == "FETCH":
                mail = self.mails[words[0]][0]
                self.wfile.write(f"* {words[0]} FETCH (BODY[]<0> {{{len(mail)}}}\r\n".encode() + mail + b")\r\n")
            elif command == "STORE":
                self.mails[words[0]][1].update(word.strip("()") for word in words[2:])
            elif command == "LOGOUT":
                self.wfile.write(b"* BYE\r\n")
            bad = command == "LOGIN" and "secret" not in words[1]
            self.wfile.write(f"{tag} {'NO' if bad else 'OK'} done\r\n".encode())


def test_the_mailbox_of_bounces_is_read_and_what_is_not_understood_stays_there(
    mailbox: Mailbox, inside: Agency, settings
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@klikks.example.org"
    mail = remind("dead@example.org")
    outbox.drain(inside)
    assert mailbox.mails[0].message["From"] == settings.DEFAULT_FROM_EMAIL
    Imap.mails = {"1": (report(mail), set()), "2": (b"Subject: Hallo\r\n\r\nHallo", set())}
    with socketserver.TCPServer(("127.0.0.1", 0), Imap) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        settings.BOUNCE_MAILBOX_URL = f"imap://me:wrong@127.0.0.1:{port}/INBOX"
        with pytest.raises(imaplib.IMAP4.error):
            bounces.fetch()
        settings.BOUNCE_MAILBOX_URL = f"imap://me:secret@127.0.0.1:{port}/INBOX"
        assert [bounces.fetch(), bounces.fetch()] == [(1, 1), (0, 0)]
        server.shutdown()
    assert [flags for _mail, flags in Imap.mails.values()] == [{"\\Seen", "\\Deleted"}, {"\\Seen"}]
    assert now(mail).status == Status.FAILED


def test_no_provider_gets_more_mails_a_minute_than_its_limit_whoever_sends(
    mailbox: Mailbox, inside: Agency, other_agency: Agency, settings
) -> None:
    settings.MAILS_PER_MINUTE_AND_PROVIDER = 3
    for number in range(4):
        remind(f"p{number}@gmx.example")
    remind("me@web.example")
    with agency_context(other_agency):
        remind("other@gmx.example")
    assert outbox.drain_all() == 4
    assert {mail.to for mail in mailbox.mails} == {"me@web.example", *(f"p{number}@gmx.example" for number in range(3))}
    late = OutboxMail.objects.get(status=Status.WAITING)
    assert timedelta(0) < late.not_before - timezone.now() <= timedelta(minutes=1)
    ProviderMinute.objects.update(begun_at=timezone.now() - timedelta(minutes=1))
    OutboxMail.objects.filter(status=Status.WAITING).update(not_before=timezone.now())
    assert outbox.drain(inside) == 1


def test_a_claim_costs_as_many_queries_for_many_mails_as_for_few(mailbox: Mailbox, inside: Agency) -> None:
    letters = [outbox.Letter(f"p{number}@example.org", "de", VALUES) for number in range(60)]
    with at_most(8):
        outbox.post_all("reminder", letters)
    with at_most(8):
        claim = claims.take()
    assert len(claim.mails) == claims.BATCH
    assert len(claims.take().mails) == 10  # what one has claimed, another does not get
    assert outbox.drain(inside) == 0
    claims.give_back(claim)
    assert outbox.drain(inside) == claims.BATCH


def test_staff_look_at_every_mail_with_example_values_in_both_languages(desk: Client) -> None:
    page = reverse("admin:deadlines_outboxmail_previews")
    shown = desk.get(page, {"template": "registration/accepted", "language": "en"}).content.decode()
    assert "Musterdorf" in shown
    assert '<iframe class="desk-mail-frame" sandbox ' in shown
    for template in outbox.templates():
        for language in ("de", "en"):
            words = outbox.example(template, language=language)
            assert words.subject_line
            assert words.text
    assert desk.get(page, {"template": "../../etc/passwd", "language": "xx"}).status_code == 200


def test_operators_see_how_the_engines_are_and_prometheus_reads_it_with_a_token(
    inside: Agency, other_agency: Agency, as_role: Callable[..., Client], settings
) -> None:
    OutboxMail.objects.filter(pk=remind("geheim@example.org").pk).update(created_at=timezone.now() - timedelta(hours=3))
    operator = as_role(Role.OPERATOR)
    with at_most(8):
        page = operator.get(reverse("admin:deadlines_operations")).content.decode()
    assert "vor 3 Stunden" in page.replace("\xa0", " ")
    assert "geheim" not in page
    settings.METRICS_TOKEN = "only-for-this-test"
    address = reverse("deadlines:metrics")
    assert Client().get(address).status_code == 302
    assert Client().get(address, headers={"Authorization": "Bearer wrong"}).status_code == 302
    answer = Client().get(address, headers={"Authorization": "Bearer only-for-this-test"})
    words = answer.content.decode()
    assert f'klikks_outbox_due{{agency="{inside.slug}"}} 1.0' in words
    assert "klikks_outbox_oldest_seconds 108" in words
    assert "klikks_queue_length" in words
    assert "@" not in words
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM deadlines_vitals WHERE slug = %s", [other_agency.slug])
        assert cursor.fetchone() == (1,)
