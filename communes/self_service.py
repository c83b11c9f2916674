"""What a municipality does by its private status link, without an account.

The link is mailed to the address that was confirmed, so whoever holds it acts for the person who registered. Nothing
here tells more about the municipality than that person has written or was written to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.models import User
from communes.exceptions import NotPossibleNow
from communes.models import Contact, OfferedDocument, Partnership, Registration
from communes.moves import STATUS_PURPOSE, address, checked, locked, mail, move
from deadlines import outbox
from deadlines import services as deadlines
from deadlines.models import Deadline
from klikks import links
from klikks.names import clean_line, clean_name
from klikks.tenancy import agency_context

LINK_KEPT = timedelta(days=3 * 365)
GO_ON_WITHIN = timedelta(days=7)
MOST_WAITING_DOCUMENTS = 5

Status = Registration.Status
CAN_BE_TAKEN_BACK = frozenset({*Registration.RUNNING, Status.SECOND})


def find_case(token: str) -> Registration:
    """Return the confirmed registration that a status link names, with place, programme, agency and partnership.

    One that was sent twice from the same address leads to the one that is being dealt with. Raises LinkExpired for a
    link that is too old or whose registration is not kept any more, LinkInvalid for one that is not ours.
    """
    try:
        link = links.read(STATUS_PURPOSE, token, max_age=LINK_KEPT)
    except links.LinkExpired:
        raise links.LinkExpired(
            _("This link has expired. Please write to the energy agency of your state; it sends you a new one.")
        ) from None
    with agency_context(link.agency_id):
        rows = Registration.objects.select_related("commune__district", "programme", "agency", "partnership")
        found = rows.exclude(status=Status.INTERESTED).filter(pk=link.pk).first()
        if found is not None and found.status == Status.WITHDRAWN:
            same = Registration.objects.in_the_way(found).filter(email__iexact=found.email).values("pk")
            found = rows.filter(pk__in=same).first() or found
    if found is None:
        raise links.LinkExpired(_("We do not keep this registration any more. There is nothing you need to do."))
    return found


def answer(token: str, *, text: str) -> Registration:
    """Note the answer to the agency's question: the agency has the next move again, and is told.

    Raises NotPossibleNow when no question is open (any more), and what `find_case` raises.
    """
    with _case(token) as registration:
        if registration.status != Status.ASKED_BACK:
            raise NotPossibleNow(
                _("This question has been answered already. If you wish to add something, please write to %(agency)s.")
                % {"agency": registration.agency.email or registration.agency.name}
            )
        move(registration, Status.IN_REVIEW, reason=text, answer=text.strip())
        deadlines.clear_deadlines(registration)
        with translation.override(settings.LANGUAGE_CODE):  # whoever reads the deadline is staff
            title = _("%(commune)s has answered") % {"commune": registration.commune}
        deadlines.set_deadline(
            registration,
            Deadline.Kind.FOLLOW_UP,
            title=title,
            due_on=timezone.localdate() + GO_ON_WITHIN,
            owner=_in_charge(registration),
        )
        _tell(registration, "registration/answered", answer=text.strip())
    return registration


def offer_document(token: str, *, kind: str, decided_on: date, file: File) -> OfferedDocument:
    """Keep a council resolution or letter of support until staff have checked it, and tell them.

    Raises NotPossibleNow when the registration is closed, ValidationError for a day to come, a file that is no PDF,
    PNG or JPEG or is too large, or too many documents at once.
    """
    if decided_on > timezone.localdate():
        raise ValidationError({"decided_on": _("The council's decision cannot lie in the future.")})
    file = checked(file)  # type: ignore[assignment]
    with _case(token) as registration:
        if not takes_documents(registration):
            raise NotPossibleNow(_("This registration is closed. If you wish to add something, please write to us."))
        if registration.documents.filter(status=OfferedDocument.Status.OFFERED).count() >= MOST_WAITING_DOCUMENTS:
            raise ValidationError(_("Several documents wait to be checked. Please wait until we have looked at them."))
        document = OfferedDocument(registration=registration, kind=kind, decided_on=decided_on, file=file)
        document.save()
        _tell(registration, "registration/document", document=document)
    return document


def correct_contact(token: str, *, contact_name: str, contact_function: str, phone: str) -> Registration:
    """Correct who is written to and called; the address itself stays, for it was confirmed.

    The contact that was kept when the registration was accepted follows. Raises ValidationError for a name that
    cannot be printed.
    """
    with _case(token) as registration:
        registration.contact_name = clean_name(contact_name)
        registration.contact_function = clean_line(contact_function)
        registration.phone = phone
        registration.save(update_fields=["contact_name", "contact_function", "phone"])
        contacts = Contact.objects.filter(commune=registration.commune_id, email__iexact=registration.email)
        contacts.update(name=registration.contact_name, phone=registration.phone)
    return registration


def take_back(token: str, *, reason: str) -> Registration:
    """Withdraw the registration; both sides get a mail. Raises NotPossibleNow when it is decided or withdrawn."""
    with _case(token) as registration:
        if registration.status not in CAN_BE_TAKEN_BACK:
            raise NotPossibleNow(_("This registration is closed already. Nothing was changed."))
        move(registration, Status.WITHDRAWN, reason=reason)
        deadlines.clear_deadlines(registration)
        mail(registration, "registration/withdrawn")
        _tell(registration, "registration/taken_back", reason=reason.strip())
    return registration


def takes_documents(registration: Registration) -> bool:
    """Whether a document may still help: the registration is open, or its partnership waits for backing."""
    if registration.status in CAN_BE_TAKEN_BACK:
        return True
    partnership = partnership_of(registration)
    return partnership is not None and partnership.status == Partnership.Status.AWAITING_BACKING


def partnership_of(registration: Registration) -> Partnership | None:
    """Return the partnership that came of the registration, if one did."""
    return getattr(registration, "partnership", None)


@contextmanager
def _case(token: str) -> Iterator[Registration]:
    """Do something with the registration of a link: in its agency's name, with the row locked."""
    found = find_case(token)
    with agency_context(found.agency_id), transaction.atomic():
        yield locked(found)


def _in_charge(registration: Registration) -> User | None:
    return registration.assigned_to.user if registration.assigned_to else None


def _tell(registration: Registration, template: str, **context: object) -> None:
    """Write to whoever looks after the registration, or else to the agency's office."""
    person = _in_charge(registration)
    to = person.email if person else registration.agency.email
    if not to:
        return
    values = {
        "commune": registration.commune,
        "programme": registration.programme,
        "name": registration.contact_name,
        "link": address("admin:communes_registration_change", registration.pk),
    }
    outbox.post(template, to=to, language=settings.LANGUAGE_CODE, context={**values, **context}, subject=registration)
