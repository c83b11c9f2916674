"""What happens to patrons: interest, confirmation, talk, match, appointment, pauses, hours and farewell.

One function a verb, one transaction each. Every verb locks the patron's row first, so that two people who act at the
same moment act one after the other, and the second is told what the first has done.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import Agency, Membership, Participation, Programme, User
from agencies.models.accounts import Role
from agencies.permissions import ADD, DELETE, allows, require
from agencies.services import make_account
from communes.models import Commune, ParticipationWindow, Partnership
from deadlines import jobs, outbox
from deadlines.models import Deadline, Job, OutboxMail, Task
from deadlines.outbox import Attachment
from klikks import links
from klikks.history import forget
from klikks.names import clean_line, clean_name
from klikks.tenancy import agency_context
from patrons.exceptions import AlreadyAppointed, AlreadyConfirmed, AppointmentEnded, NoProgramme, NotInOffice
from patrons.matching import suggest_communes, suggest_matches
from patrons.models import Activity, Appointment, Patron

__all__ = [
    "appoint",
    "check_day",
    "check_day_of_appointment",
    "check_hours",
    "confirm",
    "end_appointment",
    "farewell",
    "find_interest",
    "forget_unconfirmed",
    "give_access",
    "hold_talk",
    "log_hours",
    "mail_certificates",
    "make_appointment",
    "match",
    "order_thanks",
    "pause",
    "register_interest",
    "remove_hours",
    "reorder_certificate",
    "resume",
    "revoke_appointment",
    "share_with_municipality",
    "suggest_communes",
    "suggest_matches",
    "take_down",
    "unmatch",
    "who_cares_for",
    "withdraw",
]

LINK_PURPOSE = "patron-interest"
UNCONFIRMED_KEPT = timedelta(days=30)
LATEST_APPOINTMENT = timedelta(days=366)
HOURS_A_DAY = Decimal(24)
TENTH = Decimal("0.1")
# How soon staff are to get in touch with a patron who has acted in person.
PAUSE_FOLLOW_UP = timedelta(days=42)
FAREWELL_FOLLOW_UP = timedelta(days=7)


def who_cares_for(home: Commune) -> tuple[Agency, Programme]:
    """Return the agency of a place's state and its volunteer programme: one with an open window, or the newest running.

    Raises NoProgramme, naming the state, where none runs.
    """
    today = timezone.localdate()
    open_now = set(
        ParticipationWindow.objects.filter(opens_on__lte=today, closes_on__gte=today).values_list(
            "agency_id", "programme_id"
        )
    )
    part_of = Participation.objects.filter(
        agency__state=home.state_id, programme__kind=Programme.Kind.VOLUNTEERS
    ).select_related("agency", "programme")
    running = [
        part
        for part in part_of
        if (part.agency_id, part.programme_id) in open_now
        or part.programme.starts_on <= today <= part.programme.ends_on
    ]
    if home.state_id is None or not running:
        raise NoProgramme(
            _("There is no programme for climate patrons in %(place)s at present.") % {"place": home.state or home}
        )
    best = max(running, key=lambda p: ((p.agency_id, p.programme_id) in open_now, p.programme.starts_on, -p.agency_id))
    return best.agency, best.programme


def register_interest(
    *,
    home: Commune,
    first_name: str,
    last_name: str,
    email: str,
    phone: str = "",
    topics: Sequence[str] = (),
    hours_a_month: int = 8,
    reach_km: int = 20,
    skills: Sequence[str] = (),
    motivation: str = "",
    may_be_introduced: bool = False,
    wants_news: bool = False,
    language: str = "de",
) -> Patron:
    """Note somebody's wish to become patron and mail the link that confirms it. Public.

    Whoever wrote before but has not confirmed gets a new link, with what was written last. An address that is known
    already gets a mail that says so; the visitor of the form learns nothing. Raises NoProgramme.
    """
    agency, programme = who_cares_for(home)
    values = {
        "home": home,
        "first_name": clean_name(first_name),
        "last_name": clean_name(last_name),
        "phone": phone,
        "topics": list(topics),
        "hours_a_month": hours_a_month,
        "reach_km": reach_km,
        "skills": list(skills),
        "motivation": motivation,
        "may_be_introduced": may_be_introduced,
        "wants_news": wants_news,
        "language": language,
    }
    with agency_context(agency), transaction.atomic():
        same = Patron.objects.select_for_update().filter(programme=programme, email__iexact=email)
        known = _known_by(programme, email)
        if known is not None:
            _mail(known, "patron/known", link=_address("account_login"))
            return known
        patron = same.filter(status=Patron.Status.INTERESTED).first() or Patron(programme=programme, email=email)
        for name, value in {**values, "received_at": timezone.now(), "consented_at": timezone.now()}.items():
            setattr(patron, name, value)
        patron.save()
        token = links.sign(LINK_PURPOSE, agency.pk, patron.pk)
        _mail(patron, "patron/confirm", municipality=home, link=_address("patrons:confirm", token))
    return patron


@transaction.atomic
def take_down(patron: Patron, *, by: User) -> Patron:
    """Save somebody whom staff have met and who agreed to be noted down: counts as confirmed. Raises NotAllowed."""
    require(by, "patron", ADD)
    patron.save()
    patron.move_to(
        Patron.Status.CONFIRMED, by=by, reason=_("noted down by staff, with consent"), confirmed_at=timezone.now()
    )
    return patron


def find_interest(token: str) -> Patron:
    """Return the unconfirmed interest a mailed link names.

    Raises AlreadyConfirmed for a used link, LinkExpired for an old one, LinkInvalid for one that is not ours.
    """
    link = links.read(LINK_PURPOSE, token, max_age=UNCONFIRMED_KEPT)
    with agency_context(link.agency_id):
        patron = Patron.objects.select_related("home", "programme", "agency").filter(pk=link.pk).first()
    if patron is None:
        raise links.LinkExpired(_("This link has expired. Please fill in the form once more; we then send a new one."))
    if patron.status != Patron.Status.INTERESTED:
        raise AlreadyConfirmed(_("You have confirmed this already. There is nothing more to do: we get in touch."))
    return patron


def confirm(token: str) -> Patron:
    """Confirm an interest by its mailed link, so that the agency sees to it. Raises what `find_interest` raises."""
    found = find_interest(token)
    with agency_context(found.agency_id), transaction.atomic():
        patron = _locked(found)
        if patron.status != Patron.Status.INTERESTED:
            raise AlreadyConfirmed(_("You have confirmed this already. There is nothing more to do: we get in touch."))
        with _said_clearly(AlreadyConfirmed(_("We have your interest already.")), "one_patron_an_address"):
            patron.move_to(Patron.Status.CONFIRMED, confirmed_at=timezone.now())
    return patron


@transaction.atomic
def forget_unconfirmed() -> int:
    """Forget the interests nobody confirmed in time, with their mails and history; return how many."""
    old = Patron.objects.filter(
        status=Patron.Status.INTERESTED, received_at__lt=timezone.now() - UNCONFIRMED_KEPT
    ).select_for_update()
    gone = list(old.values_list("pk", flat=True))
    mails = OutboxMail.objects.filter(subject_type=ContentType.objects.get_for_model(Patron), subject_id__in=gone)
    mails.delete()
    forget(Patron, gone)
    return len(gone)


@transaction.atomic
def hold_talk(patron: Patron, *, by: User, note: str = "") -> Patron:
    """Note that the first talk was held, with what came of it. Raises NotAllowed, IllegalTransition."""
    return _move(patron, "talk", Patron.Status.TALK_HELD, by=by, reason=note)


@transaction.atomic
def match(patron: Patron, commune: Commune, *, by: User, reason: str = "") -> Patron:
    """Match a patron to a municipality. Raises NotAllowed, IllegalTransition when somebody matched before."""
    return _move(patron, "match", Patron.Status.MATCHED, by=by, reason=reason, matched_commune=commune)


@transaction.atomic
def unmatch(patron: Patron, *, by: User, reason: str = "") -> Patron:
    """Undo a match, so that another municipality can be found. Raises NotAllowed, IllegalTransition."""
    return _move(patron, "match", Patron.Status.TALK_HELD, by=by, reason=reason, matched_commune=None)


@transaction.atomic
def appoint(
    patron: Patron,
    commune: Commune,
    *,
    by: User,
    on: date,
    place: str,
    signed_by: str,
    signed_function: str = "",
    hours_a_month: int | None = None,
) -> Appointment:
    """Appoint a matched patron, or one in office for a further municipality: the formal act.

    Makes the account with which the patron signs in, orders the certificate and mails the welcome. Raises NotAllowed,
    IllegalTransition, AlreadyAppointed when the days overlap with another appointment of the two, AddressTaken, and
    ValidationError for an impossible day or a missing signature.
    """
    appointment = make_appointment(
        patron,
        commune,
        by=by,
        on=on,
        place=place,
        signed_by=signed_by,
        signed_function=signed_function,
        hours_a_month=hours_a_month,
    )
    jobs.order(Job.Kind.APPOINTMENT_CERTIFICATE, subject=appointment, by=by)
    return appointment


@transaction.atomic
def make_appointment(
    patron: Patron,
    commune: Commune,
    *,
    by: User,
    on: date,
    place: str,
    signed_by: str,
    signed_function: str = "",
    hours_a_month: int | None = None,
) -> Appointment:
    """Do what `appoint` does, but leave the certificate to the caller, who makes many of them at once."""
    require(by, "patron", "appoint", patron)
    patron = _locked(patron)
    check_day_of_appointment(on, patron.programme)
    if not clean_line(signed_by):
        raise ValidationError({"signed_by": _("Please say who signs the certificate.")})
    if patron.status not in {Patron.Status.APPOINTED, Patron.Status.ACTIVE}:
        patron.move_to(Patron.Status.APPOINTED, by=by, matched_commune=commune)
    overlap = AlreadyAppointed(
        _("%(patron)s is climate patron of %(commune)s already on %(day)s. Nothing was changed.")
        % {"patron": patron, "commune": commune, "day": date_format(on, "SHORT_DATE_FORMAT")}
    )
    with _said_clearly(overlap, "appointments_do_not_overlap", "one_open_appointment"):
        appointment = Appointment.objects.create(
            patron=patron,
            commune=commune,
            appointed_on=on,
            place=clean_line(place),
            signed_by=clean_line(signed_by),
            signed_function=clean_line(signed_function),
            hours_a_month=hours_a_month,
        )
    _give_account(patron)
    _mail(patron, "patron/appointed", commune=commune, link=_address("account_login"), address=patron.email)
    return appointment


@transaction.atomic
def reorder_certificate(appointment: Appointment, *, by: User) -> Job:
    """Order the certificate of an appointment once more, for instance after a name was corrected. Raises NotAllowed."""
    require(by, "appointment", "order", appointment)
    return jobs.order(Job.Kind.APPOINTMENT_CERTIFICATE, subject=appointment, by=by)


@transaction.atomic
def mail_certificates(appointments: Sequence[Appointment], files: Mapping[int, Attachment], *, by: User) -> int:
    """Mail certificates to their patrons, each once however often this is called; return how many leave now.

    `files` are the stored certificates by the appointment's primary key; who has none yet is left for later.
    Raises NotAllowed.
    """
    require(by, "appointment", "order")
    keys = [appointment.pk for appointment in appointments if appointment.pk in files]
    rows = Appointment.objects.filter(pk__in=keys, certificate_mailed_at__isnull=True, revoked_on__isnull=True)
    unsent = list(rows.select_related("patron", "commune").select_for_update(of=("self",)).order_by("pk"))
    letters = [
        outbox.Letter(
            appointment.patron.email,
            appointment.patron.language,
            {
                "name": str(appointment.patron),
                "commune": str(appointment.commune),
                "link": _address("patrons:verify", appointment.code),
            },
            appointment,
            attachment=files[appointment.pk],
        )
        for appointment in unsent
    ]
    outbox.post_all("patron/certificate", letters)
    rows.filter(pk__in=[appointment.pk for appointment in unsent]).update(certificate_mailed_at=timezone.now())
    return len(letters)


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: User, on: date, reason: str = "") -> Appointment:
    """End an appointment on a day that has come. Raises NotAllowed, AppointmentEnded, ValidationError."""
    require(by, "appointment", "end", appointment)
    patron = _locked(appointment.patron)
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    appointment.patron = patron
    if appointment.ended_on is not None:
        raise AppointmentEnded(
            _("This appointment ended on %(day)s already.")
            % {"day": date_format(appointment.ended_on, "SHORT_DATE_FORMAT")}
        )
    if not appointment.appointed_on <= on <= max(timezone.localdate(), appointment.appointed_on):
        raise ValidationError({"on": _("The end lies between the day of appointment and today.")})
    appointment.ended_on, appointment.end_reason = on, clean_line(reason)
    appointment.save()
    return appointment


@transaction.atomic
def revoke_appointment(appointment: Appointment, *, by: User, reason: str) -> Appointment:
    """Declare an appointment void that should never have been: its certificate shows as revoked, no figure counts it.

    A patron without another appointment in force goes back to the talks. Raises NotAllowed, AppointmentEnded when it
    was revoked before, and ValidationError without a reason.
    """
    require(by, "appointment", "revoke", appointment)
    if not clean_line(reason):
        raise ValidationError({"reason": _("Please say in a few words why the appointment is revoked.")})
    patron = _locked(appointment.patron)
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    appointment.patron = patron
    if appointment.revoked_on is not None:
        raise AppointmentEnded(
            _("This appointment was revoked on %(day)s already.")
            % {"day": date_format(appointment.revoked_on, "SHORT_DATE_FORMAT")}
        )
    today = timezone.localdate()
    appointment.revoked_on, appointment.end_reason = today, clean_line(reason)[:200]
    appointment.ended_on = appointment.ended_on or max(today, appointment.appointed_on)
    appointment.save()
    if patron.status in Patron.IN_OFFICE and not Appointment.objects.open().filter(patron=patron).exists():
        patron.move_to(Patron.Status.TALK_HELD, by=by, reason=_("the appointment was revoked"), matched_commune=None)
    return appointment


@transaction.atomic
def give_access(patron: Patron, *, by: User) -> Patron:
    """Make the account of a patron in office who has none, and mail how to sign in; for people who were imported.

    Raises NotAllowed, NotInOffice, AddressTaken, and ValidationError for somebody who has an account.
    """
    require(by, "patron", "appoint", patron)
    patron = _locked(patron)
    if patron.status not in Patron.IN_OFFICE:
        raise NotInOffice(_("Only patrons in office get access. Please appoint %(patron)s first.") % {"patron": patron})
    if patron.user_id is not None:
        raise ValidationError(_("%(patron)s has an account already.") % {"patron": patron})
    _give_account(patron)
    _mail(patron, "patron/access", link=_address("account_login"), address=patron.email)
    return patron


@transaction.atomic
def pause(patron: Patron, *, by: User, reason: str = "") -> Patron:
    """Let a patron in office pause: staff, or the patron in person, of which staff are told.

    Raises NotAllowed, IllegalTransition.
    """
    own = _is_own(patron, by, "patron", "pause_own")
    patron = _move(patron, "pause_own" if own else "pause", Patron.Status.PAUSING, by=by, reason=reason)
    if own:
        _tell_staff(patron, _("%(patron)s pauses: ask when and how to go on"), PAUSE_FOLLOW_UP)
    return patron


@transaction.atomic
def resume(patron: Patron, *, by: User, reason: str = "") -> Patron:
    """Let a pausing patron be active again; the patron in person may, too. Raises NotAllowed, IllegalTransition."""
    own = _is_own(patron, by, "patron", "pause_own")
    patron = _move(patron, "pause_own" if own else "pause", Patron.Status.ACTIVE, by=by, reason=reason)
    if own:
        _tell_staff(patron, _("%(patron)s is active again: get in touch"), FAREWELL_FOLLOW_UP)
    return patron


@transaction.atomic
def withdraw(patron: Patron, *, by: User, reason: str = "") -> Patron:
    """Note that somebody who was not appointed yet does not want to go on. Raises NotAllowed, IllegalTransition."""
    return _move(patron, "farewell", Patron.Status.WITHDRAWN, by=by, reason=reason, matched_commune=None)


@transaction.atomic
def farewell(patron: Patron, *, by: User, reason: str = "", with_hours: bool = False) -> Patron:
    """Say goodbye to a patron in office: ends the appointments today, closes the account, mails our thanks.

    Staff do so, or the patron in person, of which staff are told. The thank-you certificate follows by mail;
    `with_hours` says whether the patron wants the hours on it. Open deadlines of the patron fall back to the agency.
    Raises NotAllowed, IllegalTransition.
    """
    own = _is_own(patron, by, "patron", "farewell_own")
    patron = _move(patron, "farewell_own" if own else "farewell", Patron.Status.FAREWELL, by=by, reason=reason)
    if own:
        _tell_staff(patron, _("%(patron)s has said goodbye: say thank you in person"), FAREWELL_FOLLOW_UP)
    today = timezone.localdate()
    Appointment.objects.open().filter(patron=patron).update(
        ended_on=Greatest(F("appointed_on"), today), end_reason=clean_line(reason)[:200]
    )
    if patron.user_id is not None:
        Membership.objects.filter(user=patron.user_id, role=Role.PATRON).update(is_active=False)
        Deadline.objects.open().filter(owner=patron.user_id).update(owner=None)
    _mail(patron, "patron/farewell")
    order_thanks(patron, by=by, with_hours=with_hours)
    return patron


def order_thanks(patron: Patron, *, by: User, with_hours: bool) -> Job:
    """Order the thank-you certificate; it is stored and mailed when it is made. The caller has checked the right."""
    parameters = {"with_hours": with_hours}
    return jobs.order(Job.Kind.THANKS_CERTIFICATE, subject=patron, by=by, parameters=parameters)


@transaction.atomic
def log_hours(patron: Patron, *, by: User, on: date, hours: Decimal, what: str = "") -> Activity:
    """Log voluntary hours of a day; the first make an appointed patron active.

    Hours are rounded to tenths. Raises NotAllowed, NotInOffice, and ValidationError for a day that has not come or
    lies before the programme, and for more hours than a day has.
    """
    if not _is_own(patron, by, "activity", "add_own"):
        require(by, "activity", ADD, patron)
    patron = _locked(patron)
    if patron.status not in Patron.IN_OFFICE:
        raise NotInOffice(_("Hours can be logged from the appointment until the farewell."))
    check_day(patron, on)
    check_hours(patron, on, hours)
    activity = Activity.objects.create(
        patron=patron, on=on, hours=hours.quantize(TENTH), what=clean_line(what) or _("Voluntary work")
    )
    if patron.status == Patron.Status.APPOINTED:
        patron.move_to(Patron.Status.ACTIVE, by=by, reason=_("first hours logged"))
    return activity


def check_day(patron: Patron, on: date) -> None:
    """Refuse hours of a day that has not come or lies before the programme. Raises ValidationError."""
    if not patron.programme.starts_on <= on <= timezone.localdate():
        raise ValidationError({"on": _("The day lies between the start of the programme and today.")})


def check_hours(patron: Patron, on: date, hours: Decimal, besides: int | None = None) -> None:
    """Refuse more hours than a day has, other entries counted in, except the one with the key `besides`.

    Raises ValidationError.
    """
    if not TENTH <= hours <= HOURS_A_DAY:
        raise ValidationError({"hours": _("Please enter between 0.1 and 24 hours.")})
    others = Activity.objects.filter(patron=patron, on=on).exclude(pk=besides)
    logged = others.aggregate(sum=Sum("hours"))["sum"] or Decimal(0)
    if logged + hours > HOURS_A_DAY:
        raise ValidationError(
            {
                "hours": _("A day has 24 hours, and %(hours)s are logged for %(day)s already.")
                % {"hours": number_format(logged.normalize()), "day": date_format(on, "SHORT_DATE_FORMAT")}
            }
        )


@transaction.atomic
def share_with_municipality(patron: Patron, *, by: User, email: bool, phone: bool) -> Patron:
    """Note what a patron agrees to show to the own municipalities besides name and appointment. Raises NotAllowed.

    Nobody else can agree to it.
    """
    if patron.user_id != by.pk:
        raise NotAllowed(_("Only the climate patron can decide this."))
    require(by, "patron", "share_own", patron)
    patron = Patron.objects.select_for_update().get(pk=patron.pk)
    patron.shows_email, patron.shows_phone = email, phone
    patron.save(update_fields=["shows_email", "shows_phone"])
    return patron


@transaction.atomic
def remove_hours(activity: Activity, *, by: User) -> None:
    """Take back hours that were logged by mistake; the history keeps them. Raises NotAllowed."""
    if not _is_own(activity.patron, by, "activity", "delete_own"):
        require(by, "activity", DELETE, activity)
    Activity.objects.filter(pk=activity.pk).delete()


def _known_by(programme: Programme, email: str) -> Patron | None:
    """Return the person whom we know by an address, also by that of a doubled record that was joined with another."""
    found = Patron.objects.filter(programme=programme, email__iexact=email)
    living = found.exclude(status__in=[Patron.Status.INTERESTED, *Patron.GONE]).first()
    if living is None:
        joined = Patron.objects.filter(merged__in=found.filter(status=Patron.Status.MERGED))
        living = joined.exclude(status__in=Patron.GONE).first()
        if living is not None:
            living.email = email  # we answer to the address that was typed
    return living


def _locked(patron: Patron) -> Patron:
    """Return the patron's row as it is now, locked."""
    rows = Patron.objects.select_for_update(of=("self",)).select_related("programme", "home")
    return rows.get(pk=patron.pk)


def _move(patron: Patron, action: str, status: str, *, by: User, reason: str, **fields: Any) -> Patron:
    """Check the right, lock the row and move it along its life cycle."""
    require(by, "patron", action, patron)
    patron = _locked(patron)
    patron.move_to(status, by=by, reason=reason.strip(), **fields)
    return patron


def _is_own(patron: Patron, by: User, object_name: str, action: str) -> bool:
    """Whether the patron acts in person and may."""
    return patron.user_id == by.pk and allows(by, object_name, action, patron)


def _tell_staff(patron: Patron, title: str, within: timedelta) -> None:
    """Set a task for whoever looks after the patron's municipality, and mail the agency."""
    places = Appointment.objects.open().filter(patron=patron).values("commune")
    partnership = Partnership.objects.open().filter(commune__in=places, manager__isnull=False)
    managed = partnership.select_related("manager__user", "agency").order_by("pk").first()
    agency = patron.agency
    words = title % {"patron": patron}
    Task.objects.create(
        subject=patron,
        title=words[:160],
        due_on=timezone.localdate() + within,
        owner=managed.manager.user if managed and managed.manager else None,
    )
    address = managed.manager.user.email if managed and managed.manager else agency.email
    if address:
        link = _address("admin:patrons_patron_change", str(patron.pk))
        outbox.post("patron/news", to=address, language="de", context={"what": words, "link": link}, subject=patron)


def check_day_of_appointment(on: date, programme: Programme) -> None:
    """Refuse days that only a slip of the finger explains."""
    if not programme.starts_on <= on <= timezone.localdate() + LATEST_APPOINTMENT:
        raise ValidationError(
            {
                "on": _("The appointment lies after the start of the programme (%(start)s) and at most a year ahead.")
                % {"start": date_format(programme.starts_on, "SHORT_DATE_FORMAT")}
            }
        )


def _give_account(patron: Patron) -> None:
    """Join the patron with the account of the address, which an earlier term of office may have left behind."""
    user = make_account(patron.email, role=Role.PATRON, name=str(patron), language=patron.language)
    earlier = Patron.objects.select_for_update().filter(user=user).exclude(pk=patron.pk).first()
    if earlier is not None:
        if earlier.status in Patron.IN_OFFICE:
            raise ValidationError(
                _("With this address, %(patron)s is in office in “%(programme)s” already.")
                % {"patron": earlier, "programme": earlier.programme}
            )
        earlier.user = None
        earlier.save(update_fields=["user"])
    patron.user = user
    patron.save(update_fields=["user"])


@contextmanager
def _said_clearly(refusal: ValidationError, *constraints: str) -> Iterator[None]:
    """Say what one of these constraints refused in words for the reader, and keep the transaction usable."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        if any(constraint in str(problem) for constraint in constraints):
            raise refusal from None
        raise


def _mail(patron: Patron, template: str, **context: Any) -> None:
    """Write a mail to the patron, in the patron's language."""
    values = {"name": str(patron), "first_name": patron.first_name, "programme": patron.programme, **context}
    outbox.post(template, to=patron.email, language=patron.language, context=values, subject=patron)


def _address(name: str, *arguments: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}"
