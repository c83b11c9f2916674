"""What happens to a municipality: it registers, is asked back, accepted or declined, backed, and one day leaves.

One function a verb, one transaction each. Every verb locks the row first, so that two people who decide at the same
moment decide one after the other, and the second is told who was first.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.exceptions import IllegalTransition
from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from agencies.permissions import ADD, require
from communes import access, notices
from communes.exceptions import AlreadyConfirmed, AlreadyPartner, CannotRegister
from communes.models import (
    Backing,
    Commune,
    Contact,
    District,
    Outreach,
    ParticipationWindow,
    Partnership,
    Registration,
)
from communes.moves import address as _address
from communes.moves import check_may_move as _check_may_move
from communes.moves import checked as _checked
from communes.moves import locked as _locked
from communes.moves import mail as _mail
from communes.moves import move as _move
from communes.moves import status_address, who_was_first
from communes.notices import Notice
from communes.selectors import is_full, main_contact, window_on
from deadlines import outbox
from deadlines import services as deadlines
from deadlines.models import Deadline, Job, OutboxMail
from deadlines.outbox import Words
from klikks import links
from klikks.history import forget
from klikks.names import clean_line, clean_name
from klikks.tenancy import agency_context

LINK_PURPOSE = "registration"
UNCONFIRMED_KEPT = timedelta(days=30)
ANSWER_WITHIN = timedelta(days=14)
BACKING_WITHIN = timedelta(days=90)
FIRST_VISIT_WITHIN = timedelta(days=42)
# Who of the staff may look after municipalities.
LOOK_AFTER = (Role.REGIONAL_MANAGER, Role.AGENCY_ADMIN)

# What a municipality writes as function, and what that makes the contact.
FUNCTIONS = [
    ("bürgermeister", Contact.Function.MAYOR),
    ("mayor", Contact.Function.MAYOR),
    ("vorsteher", Contact.Function.MAYOR),
    ("klimaschutzmanag", Contact.Function.CLIMATE_MANAGER),
    ("climate", Contact.Function.CLIMATE_MANAGER),
]


def register(
    commune: Commune,
    *,
    agency: Agency,
    programme: Programme,
    contact_name: str,
    email: str,
    contact_function: str = "",
    phone: str = "",
    message: str = "",
    language: str = "de",
) -> Registration:
    """Note a municipality's wish to take part and mail the link that confirms it. Public.

    Whether the municipality has registered before is looked at after the address is confirmed, and told to staff
    only. Raises CannotRegister, and ValidationError for a name that cannot be printed.
    """
    if commune.dissolved_on or not commune.population:
        raise CannotRegister(_("%(place)s has no inhabitants of its own and cannot register.") % {"place": commune})
    with agency_context(agency), transaction.atomic():
        registration = Registration.objects.create(
            commune=commune,
            programme=programme,
            contact_name=clean_name(contact_name),
            contact_function=clean_line(contact_function),
            email=email,
            phone=phone,
            message=message.strip(),
            language=language,
        )
        token = links.sign(LINK_PURPOSE, agency.pk, registration.pk)
        _mail(registration, "registration/confirm", link=_address("communes:confirm", token))
    return registration


def find_registration(token: str) -> Registration:
    """Return the unconfirmed registration that a mailed link names.

    Raises AlreadyConfirmed for a used link, LinkExpired for an old one, LinkInvalid for one that is not ours.
    """
    link = links.read(LINK_PURPOSE, token, max_age=UNCONFIRMED_KEPT)
    with agency_context(link.agency_id):
        rows = Registration.objects.select_related("commune__district", "programme", "agency")
        registration = rows.filter(pk=link.pk).first()
    if registration is None:
        raise links.LinkExpired(_("This link has expired. Please fill in the form once more; we then send a new one."))
    if registration.status != Registration.Status.INTERESTED:
        raise AlreadyConfirmed(registration)
    return registration


def confirm(token: str) -> Registration:
    """Confirm a registration by its mailed link, tell the agency, and mail the link by which it is followed.

    Raises what `find_registration` raises.

    It goes onto the waiting list if no participation window was open when it was sent, or all places are taken. If the
    municipality is partner already or another registration is being dealt with, it is kept as further interest: the
    visitor is told the same.
    """
    found = find_registration(token)
    with agency_context(found.agency_id), transaction.atomic():
        _lock_commune(found.commune_id)
        registration = _locked(found)
        if registration.status != Registration.Status.INTERESTED:
            raise AlreadyConfirmed(registration)
        with translation.override(settings.LANGUAGE_CODE):
            _file(registration)
        _mail(registration, "registration/confirmed")
    return registration


@transaction.atomic
def forget_unconfirmed(before: datetime | None = None) -> int:
    """Forget the registrations nobody confirmed in time, with their mails and history; return how many.

    Works on the agency of the context. `before` is 30 days ago unless given.
    """
    old = Registration.objects.unconfirmed_since(before or timezone.now() - UNCONFIRMED_KEPT).select_for_update()
    gone = list(old.values_list("pk", flat=True))
    about = ContentType.objects.get_for_model(Registration)
    OutboxMail.objects.filter(subject_type=about, subject_id__in=gone).delete()
    forget(Registration, gone)
    return len(gone)


@transaction.atomic
def start_review(registration: Registration, *, by: User) -> Registration:
    """Take a registration on: it is in review, looked after by whoever does this. Raises NotAllowed, IllegalTransition.

    Further interest is taken up as a registration of its own once nothing else of the municipality is open.
    """
    require(by, "registration", "review", registration)
    registration = _locked(registration)
    if registration.status == Registration.Status.SECOND:
        _check_nothing_else_is_open(registration)
        _move(registration, Registration.Status.CONFIRMED, by=by)
    _move(registration, Registration.Status.IN_REVIEW, by=by, assigned_to=_membership_of(by))
    return registration


@transaction.atomic
def assign(registration: Registration, *, by: User, to: Membership | None) -> Registration:
    """Let somebody of the own agency look after a registration, or nobody.

    Raises NotAllowed, and ValidationError for a registration that is decided or somebody who does no such work.
    """
    require(by, "registration", "review", registration)
    registration = _locked(registration)
    if registration.status not in Registration.OPEN:
        raise IllegalTransition(who_was_first(registration))
    if to is not None and not (to.is_active and to.role in LOOK_AFTER):
        raise ValidationError(_("%(who)s does not look after municipalities.") % {"who": to})
    registration.assigned_to = to
    registration.save(update_fields=["assigned_to"])
    return registration


def check_unchanged(registration: Registration, seen: int) -> None:
    """Lock a registration and go on only if nobody has moved it since somebody looked at it.

    `seen` is what `last_move` returned then. The caller's transaction holds the lock. Raises IllegalTransition naming
    who was first: nothing is decided on a page that has become untrue.
    """
    _lock_commune(registration.commune_id)
    if last_move(_locked(registration)) != seen:
        raise IllegalTransition(who_was_first(registration))


def last_move(registration: Registration) -> int:
    """Return the number of a registration's last move; 0 if there was none."""
    return registration.transitions.order_by("-pk").values_list("pk", flat=True).first() or 0


def draft(registration: Registration, decision: str, *, by: User, **data: Any) -> Words:
    """Return the mail that tells a decision, in the agency's words and the recipient's language; nothing is sent.

    `decision` is the name of the service, `data` what it takes.
    """
    return notices.draft(registration, *_notice_of(decision, registration, by, data))


@transaction.atomic
def write_letter(registration: Registration, words: Words, *, by: User) -> Job:
    """Order a letter to whoever registered, as PDF to print. Raises NotAllowed."""
    require(by, "registration", "review", registration)
    return notices.order_letter(registration, words, by=by)


@transaction.atomic
def ask_back(registration: Registration, *, by: User, question: str, notice: Notice = notices.BY_MAIL) -> Registration:
    """Ask the municipality a question and remember that an answer is due. Raises NotAllowed, IllegalTransition."""
    require(by, "registration", "ask_back", registration)
    registration = _locked(registration)
    _move(
        registration,
        Registration.Status.ASKED_BACK,
        by=by,
        reason=question,
        question=question,
        answer="",
        assigned_to=registration.assigned_to or _membership_of(by),
    )
    deadlines.set_deadline(
        registration,
        Deadline.Kind.ANSWER,
        title=_("Answer of %(commune)s") % {"commune": registration.commune},
        due_on=timezone.localdate() + ANSWER_WITHIN,
        owner=by,
    )
    _tell("ask_back", registration, by, notice, question=question)
    return registration


@transaction.atomic
def note_answer(registration: Registration, *, by: User, answer: str) -> Registration:
    """Write down what the municipality answered; the review goes on. Raises NotAllowed, IllegalTransition."""
    require(by, "registration", "ask_back", registration)
    registration = _locked(registration)
    _move(registration, Registration.Status.IN_REVIEW, by=by, reason=answer, answer=answer)
    _finish_deadlines(registration, by)
    return registration


@transaction.atomic
def accept(
    registration: Registration,
    *,
    by: User,
    manager: Membership | None = None,
    backing_by: date | None = None,
    note: str = "",
    give_access: bool = False,
    notice: Notice = notices.BY_MAIL,
) -> Partnership:
    """Accept a registration: a partnership begins, and waits for political backing.

    `manager` looks after it (whoever accepts, if None), `backing_by` is the day by which the council shall have
    decided (in 90 days if None), `note` is added to the notice, `give_access` also invites the person who registered
    to the municipality's pages. Raises NotAllowed, AlreadyPartner, and
    IllegalTransition naming who decided before.
    """
    require(by, "registration", "accept", registration)
    _lock_commune(registration.commune_id)
    registration = _locked(registration)
    manager = manager or registration.assigned_to or _membership_of(by)
    due_on = backing_by or timezone.localdate() + BACKING_WITHIN
    _check_may_move(registration, Registration.Status.ACCEPTED)
    if open_partnership(registration):
        raise AlreadyPartner(
            _("%(commune)s takes part in “%(programme)s” already. Please decline this registration.")
            % {"commune": registration.commune, "programme": registration.programme}
        )
    _move(registration, Registration.Status.ACCEPTED, by=by, reason=note, assigned_to=manager)
    _finish_deadlines(registration, by)
    partnership = Partnership.objects.create(
        commune=registration.commune, programme=registration.programme, registration=registration, manager=manager
    )
    _keep_contact(registration)
    deadlines.set_deadline(
        partnership,
        Deadline.Kind.ANSWER,
        title=_("Political backing of %(commune)s") % {"commune": registration.commune},
        due_on=due_on,
        owner=manager.user if manager else None,
    )
    _tell("accept", registration, by, notice, note=note, manager=manager, backing_by=due_on)
    if give_access:
        access.grant_to_registrant(partnership, by=by)
    return partnership


@transaction.atomic
def decline(registration: Registration, *, by: User, reason: str, notice: Notice = notices.BY_MAIL) -> Registration:
    """Decline a registration and tell the reason. Raises NotAllowed, IllegalTransition."""
    require(by, "registration", "decline", registration)
    registration = _locked(registration)
    _move(registration, Registration.Status.DECLINED, by=by, reason=reason)
    _finish_deadlines(registration, by)
    _tell("decline", registration, by, notice, reason=reason)
    return registration


@transaction.atomic
def put_on_waiting_list(
    registration: Registration, *, by: User, reason: str = "", notice: Notice = notices.BY_MAIL
) -> Registration:
    """Put a registration on the waiting list and tell that. Raises NotAllowed, IllegalTransition."""
    require(by, "registration", "wait", registration)
    registration = _locked(registration)
    _move(registration, Registration.Status.WAITING_LIST, by=by, reason=reason)
    _finish_deadlines(registration, by)
    _tell("put_on_waiting_list", registration, by, notice, reason=reason)
    return registration


@transaction.atomic
def withdraw(registration: Registration, *, by: User, reason: str) -> Registration:
    """Close a registration that the municipality has taken back, or that needs no answer. No mail is sent.

    Raises NotAllowed, IllegalTransition.
    """
    require(by, "registration", "decline", registration)
    registration = _locked(registration)
    _move(registration, Registration.Status.WITHDRAWN, by=by, reason=reason)
    _finish_deadlines(registration, by)
    return registration


@transaction.atomic
def add_backing(
    partnership: Partnership,
    *,
    by: User,
    kind: str,
    decided_on: date,
    reference: str = "",
    file: File | None = None,
    official_on: date | None = None,
) -> Backing:
    """Note the political backing, which makes the municipality an official partner, and mail that.

    `official_on` is today unless given. The first visit is due 42 days later. Raises NotAllowed, IllegalTransition
    naming who was first, and ValidationError for an impossible day or a file that is no PDF, PNG or JPEG.
    """
    require(by, "partnership", "back", partnership)
    partnership = _locked(partnership)
    today = timezone.localdate()
    since = official_on or max(decided_on, today)
    _check_may_move(partnership, Partnership.Status.OFFICIAL)
    if decided_on > today:
        raise ValidationError({"decided_on": _("The council's decision cannot lie in the future.")})
    if not decided_on <= since <= today:
        raise ValidationError({"official_on": _("This day lies between the council's decision and today.")})
    backing = Backing(
        partnership=partnership, kind=kind, decided_on=decided_on, reference=clean_line(reference), file=_checked(file)
    )
    backing.save()
    _move(partnership, Partnership.Status.OFFICIAL, by=by, reason=str(backing), since=since)
    _finish_deadlines(partnership, by)
    deadlines.set_deadline(
        partnership,
        Deadline.Kind.FIRST_VISIT,
        title=_("First visit in %(commune)s") % {"commune": partnership.commune},
        due_on=since + FIRST_VISIT_WITHIN,
        owner=partnership.manager.user if partnership.manager else by,
    )
    _mail_partner(partnership, "partnership/official", since=since)
    return backing


@transaction.atomic
def end_partnership(partnership: Partnership, *, by: User, on: date, reason: str) -> Partnership:
    """End a partnership on a day that has come; one that never became official counts as withdrawn.

    Its open deadlines are done with it. Raises NotAllowed, IllegalTransition, ValidationError.
    """
    require(by, "partnership", "end", partnership)
    partnership = _locked(partnership)
    was_official = partnership.status == Partnership.Status.OFFICIAL
    target = Partnership.Status.ENDED if was_official else Partnership.Status.WITHDRAWN
    _check_may_move(partnership, target)
    if on > timezone.localdate() or (partnership.since and on < partnership.since):
        raise ValidationError({"on": _("The end lies between the start of the partnership and today.")})
    _move(partnership, target, by=by, reason=reason, ended_on=on)
    _finish_deadlines(partnership, by)
    return partnership


@transaction.atomic
def log_outreach(
    place: Commune | District,
    *,
    by: User,
    channel: str = Outreach.Channel.CALL,
    outcome: str = "",
    result: str = "",
    mail: str = "",
    contact: Contact | None = None,
    subject: models.Model | None = None,
    on: date | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
) -> Outreach:
    """Log a call, visit, mail, letter or event; a next step with a day becomes a deadline of whoever logs it.

    `outcome` is one of `Outreach.Outcome`, `result` a note, `mail` the words of a pasted mail, `subject` what it was
    about besides the place. Raises NotAllowed, and ValidationError if nothing says what came of it.
    """
    require(by, "outreach", ADD)
    if not (outcome or result.strip() or mail.strip()):
        raise ValidationError({"outcome": _("Please say what came of it: choose a result, or write a note.")})
    outreach = Outreach.objects.create(
        commune=place if isinstance(place, Commune) else None,
        district=place if isinstance(place, District) else None,
        contact=contact,
        subject=subject,
        by=_membership_of(by),
        on=on or timezone.localdate(),
        channel=channel,
        outcome=outcome,
        result=result.strip(),
        mail=mail.strip(),
        next_step=clean_line(next_step),
        next_step_on=next_step_on,
    )
    remember_next_step(outreach, by=by)
    return outreach


def remember_next_step(outreach: Outreach, *, by: User) -> None:
    """Set the deadline of an outreach's next step, if it has a day. The caller has checked the right."""
    if outreach.next_step_on:
        what = f"{outreach.place}, {outreach.next_step}" if outreach.next_step else str(outreach.place)
        deadlines.set_deadline(
            outreach,
            Deadline.Kind.FOLLOW_UP,
            title=(_("Follow up: %(what)s") % {"what": what})[:160],
            due_on=outreach.next_step_on,
            owner=by,
        )


def open_partnership(registration: Registration) -> Partnership | None:
    """Return the open partnership of the registration's municipality in its programme, if there is one."""
    partnerships = Partnership.objects.open().filter(
        commune_id=registration.commune_id, programme_id=registration.programme_id
    )
    return partnerships.first()


def _file(registration: Registration) -> None:
    """Put a registration whose address is confirmed where it belongs, and tell the agency."""
    other = Registration.objects.in_the_way(registration).first()
    if other and other.email.lower() == registration.email.lower():
        _move(registration, Registration.Status.WITHDRAWN, reason=_("sent twice"), confirmed_at=timezone.now())
        return
    # The reason stands also with further interest: its writer reads the same as anybody else in that place.
    waits = _why_it_waits(registration)
    if other or open_partnership(registration):
        _move(registration, Registration.Status.SECOND, confirmed_at=timezone.now(), reason=waits)
        _keep_contact(registration)
    else:
        _move(registration, Registration.Status.CONFIRMED, confirmed_at=timezone.now())
        if waits:
            _move(registration, Registration.Status.WAITING_LIST, reason=waits)
    _tell_the_agency(registration)


def _why_it_waits(registration: Registration) -> str:
    """Return why a registration goes onto the waiting list, if it does; one after the other for the last place."""
    window = window_on(registration)
    if window is None:
        return _("no participation window was open")
    if window.places is None:
        return ""
    window = ParticipationWindow.objects.select_for_update().get(pk=window.pk)
    return _("all places are taken") if is_full(window) else ""


def _lock_commune(commune_id: int) -> None:
    """Let one transaction at a time decide about a municipality; others may go on referring to it."""
    Commune.objects.select_for_update(no_key=True).get(pk=commune_id)


def _check_nothing_else_is_open(registration: Registration) -> None:
    other = Registration.objects.in_the_way(registration).first()
    if other or open_partnership(registration):
        raise IllegalTransition(
            _("%(commune)s has another registration or a partnership that is open. Please look at that one first.")
            % {"commune": registration.commune}
        )


def _membership_of(user: User) -> Membership | None:
    return Membership.objects.filter(user=user).first()


def _keep_contact(registration: Registration) -> None:
    """Keep the person who registered as a contact of the municipality, unless the address is known there."""
    if Contact.objects.filter(commune=registration.commune_id, email__iexact=registration.email).exists():
        return
    wrote = registration.contact_function.lower()
    function = next((kind for word, kind in FUNCTIONS if word in wrote), Contact.Function.ADMINISTRATION)
    Contact.objects.create(
        commune=registration.commune,
        function=function,
        name=registration.contact_name,
        email=registration.email,
        phone=registration.phone,
        note=registration.contact_function,
    )


def _finish_deadlines(subject: Any, by: User) -> None:
    """Mark the open deadlines of a registration or partnership as done."""
    for deadline in Deadline.objects.open().about(subject):
        deadlines.finish(deadline, by=by)


def _tell(decision: str, registration: Registration, by: User, notice: Notice, **data: Any) -> None:
    """Tell the person who registered what was decided, on the way and in the words that staff wished."""
    template, values = _notice_of(decision, registration, by, data)
    notices.tell(registration, template, values, by=by, notice=notice)


def _notice_of(decision: str, registration: Registration, by: User, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the template of the notice about a decision, and its values."""
    match decision:
        case "ask_back":
            return "registration/question", {"question": data["question"]}
        case "accept":
            manager = data.get("manager") or registration.assigned_to or _membership_of(by) or ""
            due_on = data.get("backing_by") or timezone.localdate() + BACKING_WITHIN
            return "registration/accepted", {"note": data.get("note", ""), "manager": manager, "due_on": due_on}
        case "decline":
            return "registration/declined", {"reason": data["reason"]}
        case "put_on_waiting_list":
            return "registration/waiting_list", {"reason": data.get("reason", "")}
    raise ValueError(decision)


def _mail_partner(partnership: Partnership, template: str, **context: Any) -> None:
    """Write a mail to the main contact of a partnership, if there is one."""
    person = main_contact(partnership)
    if person is None:
        return
    name, address, language = person
    values = {"name": name, "commune": partnership.commune, "programme": partnership.programme, **context}
    if partnership.registration:
        values["status_link"] = status_address(partnership.registration)
    outbox.post(template, to=address, language=language, context=values, subject=partnership)


def _tell_the_agency(registration: Registration) -> None:
    """Tell the agency's office that a registration is confirmed, with a link to it on the desk."""
    if not registration.agency.email:
        return
    values = {
        "commune": registration.commune,
        "programme": registration.programme,
        "name": registration.contact_name,
        "status": registration.status,
        "link": _address("admin:communes_registration_change", registration.pk),
    }
    outbox.post(
        "registration/received",
        to=registration.agency.email,
        language=settings.LANGUAGE_CODE,
        context=values,
        subject=registration,
    )
