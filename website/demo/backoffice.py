"""What staff see behind the scenes of the demo: mails that did not leave as usual, a failed job, what ends soon."""

from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from communes.models import Partnership, Registration
from deadlines import outbox
from deadlines.models import Job, MailSettings, OutboxMail, Suppression
from klikks.months import months_later
from klikks.tenancy import agency_context
from patrons import consents
from patrons.models import Patron
from reports import owed
from reports.models import OwedReport, Report

GONE = "vorzimmer@gemeinde-altenhain.example.org"
UNKNOWN = f"550 5.1.1 <{GONE}>: Recipient address rejected: User unknown in virtual mailbox table"


def make_backoffice(agency: Agency, programme: Programme, by: User) -> None:
    """Make a few rows for the pages of mails and jobs, a consent that ends, and the report that is still owed."""
    with agency_context(agency):
        admin = Membership.objects.select_related("user").get(user__email="leitung.rlp@example.org")
        _mails(admin.user)
        _failed_job(programme, by)
        _ending_consent(agency)
        OwedReport.objects.create(
            programme=programme,
            kind=OwedReport.Kind.FINAL,
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
            due_on=timezone.localdate() + timedelta(days=40),
            owner=admin,
        )
        owed.keep_dates()


def _mails(reader: User) -> None:
    """Make a mail that was refused, with the address that gets none any more, and one that waits for a digest."""
    asked = Registration.objects.filter(status=Registration.Status.ASKED_BACK).order_by("pk").first()
    words = outbox.Words("Eine Frage zu Ihrer Anmeldung", "Guten Tag,\n\ngibt es schon einen Ratsbeschluss?")
    refused = outbox.post("registration/question", to=GONE, language="de", context={}, subject=asked, words=words)
    OutboxMail.objects.filter(pk=refused.pk).update(
        status=OutboxMail.Status.FAILED, attempts=1, error=UNKNOWN, created_at=timezone.now() - timedelta(hours=20)
    )
    Suppression.objects.create(address=GONE, reason=UNKNOWN)
    MailSettings.objects.create(user=reader, reminders="weekly")
    words = outbox.Words(
        "Erinnerung: Zwischennachweis vorbereiten (fällig in 14 Tagen)",
        "Guten Tag,\n\nwir erinnern Sie an eine Frist: „Zwischennachweis vorbereiten“ (Aufgabe).",
    )
    outbox.post("reminder", to=reader.email, language="de", context={}, words=words)


def _failed_job(programme: Programme, by: User) -> None:
    """Make the order of a report that failed for want of room, to be tried again."""
    partner = Partnership.objects.official().filter(programme=programme).order_by("pk").first()
    report = Report.objects.create(
        programme=programme,
        commune=partner.commune if partner else None,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 12, 31),
        ordered_by=by,
    )
    ordered = timezone.now() - timedelta(hours=3)
    Job.objects.create(
        kind=Job.Kind.COMMUNE_REPORT,
        subject=report,
        ordered_by=by,
        status=Job.Status.FAILED,
        progress=60,
        attempts=1,
        ordered_at=ordered,
        finished_at=ordered + timedelta(minutes=1),
        error="Für die Datei ist kein Platz mehr. Wer das Portal betreibt, kann Platz schaffen; "
        "bitte versuchen Sie es dann noch einmal.",
    )


def _ending_consent(agency: Agency) -> None:
    """Let somebody have waited so long that the consent ends soon, and be asked."""
    since = timezone.now() - (timezone.localdate() - months_later(timezone.localdate(), -agency.consent_months))
    waiting = Patron.objects.filter(status=Patron.Status.TALK_HELD).order_by("-pk").first()
    if waiting is not None:
        days = since + timedelta(days=20)
        Patron.objects.filter(pk=waiting.pk).update(received_at=days, confirmed_at=days, consented_at=days)
        consents.keep_dates()
