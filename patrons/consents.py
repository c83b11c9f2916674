"""Consent of people who wait to become patron: it ends after the agency's time, and they are asked before.

For whoever is in office the appointment counts. When nobody answers, staff decide: the deadline is overdue then, and
the agency's administrators are told of it like of any other.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.permissions import CHANGE, require
from communes.models import Partnership
from deadlines import outbox
from deadlines.models import Deadline
from deadlines.services import Due, keep_deadline, keep_deadlines
from klikks import links
from klikks.months import months_later
from klikks.tenancy import agency_context, current_agency_id
from patrons.exceptions import AlreadyConfirmed
from patrons.models import Patron

Status = Patron.Status
WAITING = (Status.CONFIRMED, Status.TALK_HELD, Status.MATCHED)
NOTICE = timedelta(days=30)
LINK_PURPOSE = "patron-consent"
LINK_LASTS = timedelta(days=180)


@transaction.atomic
def keep_dates() -> None:
    """Let the context's agency be reminded of consents that end, and ask those people, once for each end."""
    months = Agency.objects.get(pk=current_agency_id()).consent_months
    today = timezone.localdate()
    waiting = Patron.objects.filter(
        status__in=WAITING, consented_at__date__lte=months_later(today + NOTICE, -months)
    ).select_related("programme")
    patrons = {patron.pk: patron for patron in waiting}
    managers = _managers(list(patrons.values()))
    dues = [
        Due(
            patron.pk,
            str(patron),
            months_later(timezone.localdate(patron.consented_at), months),
            managers.get(patron.matched_commune_id) or managers.get(patron.home_id),
        )
        for patron in patrons.values()
    ]
    asked = keep_deadlines(Patron, Deadline.Kind.CONSENT, dues, notice=NOTICE)
    outbox.post_all("patron/consent", [_question(patrons[due.subject_id or 0], due) for due in asked])


def find(token: str) -> Patron:
    """Return who is asked by a mailed link.

    Raises AlreadyConfirmed when the answer is known, LinkExpired for an old link, LinkInvalid for one that is not ours.
    """
    link = links.read(LINK_PURPOSE, token, max_age=LINK_LASTS)
    with agency_context(link.agency_id):
        patron = Patron.objects.select_related("home", "programme", "agency").filter(pk=link.pk).first()
        if patron is None:
            raise links.LinkExpired(_("We do not keep your details any more. There is nothing you need to do."))
        if patron.status not in WAITING or not _is_asked(patron):
            raise AlreadyConfirmed(_("Thank you, we have your answer. There is nothing more to do."))
    return patron


def answer(token: str, *, stays: bool) -> Patron:
    """Renew a consent by the mailed link, or note that the person does not go on. Raises what `find` raises."""
    found = find(token)
    with agency_context(found.agency_id), transaction.atomic():
        patron = Patron.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if not _is_asked(patron):
            raise AlreadyConfirmed(_("Thank you, we have your answer. There is nothing more to do."))
        if stays:
            _renew(patron)
        else:
            patron.move_to(Status.WITHDRAWN, reason=_("does not renew the consent"), matched_commune=None)
            _clear(patron)
    return patron


@transaction.atomic
def note_renewed(patron: Patron, *, by: User) -> Patron:
    """Note that somebody has told staff that the consent goes on, for instance by phone. Raises NotAllowed."""
    require(by, "patron", CHANGE, patron)
    patron = Patron.objects.select_for_update(of=("self",)).get(pk=patron.pk)
    _renew(patron)
    return patron


def _renew(patron: Patron) -> None:
    patron.consented_at = timezone.now()
    patron.save(update_fields=["consented_at"])
    _clear(patron)


def _clear(patron: Patron) -> None:
    keep_deadline(patron, Deadline.Kind.CONSENT, title="", due_on=None, owner=None)


def _is_asked(patron: Patron) -> bool:
    """Whether the end of the consent stands in the calendar and nobody has renewed it."""
    return Deadline.objects.open().about(patron).filter(kind=Deadline.Kind.CONSENT).exists()


def _managers(patrons: list[Patron]) -> dict[int | None, User]:
    """Return who looks after the municipalities in which people are to serve, or live; one query."""
    places = {place for patron in patrons for place in (patron.matched_commune_id, patron.home_id) if place}
    partnerships = Partnership.objects.open().filter(commune__in=places, manager__isnull=False)
    return {each.commune_id: each.manager.user for each in partnerships.select_related("manager__user") if each.manager}


def _question(patron: Patron, due: Deadline) -> outbox.Letter:
    """Return the mail that asks whether somebody still wants to become patron."""
    token = links.sign(LINK_PURPOSE, patron.agency_id, patron.pk)
    with translation.override(patron.language):
        day = date_format(due.due_on)
    values = {
        "name": str(patron),
        "date": day,
        "programme": patron.programme,
        "link": f"{settings.BASE_URL}{reverse('patrons:consent', args=[token])}",
    }
    return outbox.Letter(patron.email, patron.language, values, patron)
