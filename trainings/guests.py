"""People without an account: how they register for a session, and how long their details are kept."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from klikks.history import blank, forget
from klikks.locks import one_at_a_time
from klikks.tenancy import agency_context
from projects.ideas.follows import forget_mails
from trainings import places
from trainings.exceptions import NotForThem
from trainings.models import Enrolment, Guest, TrainingSession
from trainings.notices import tell

CONFIRM_WITHIN = timedelta(days=7)
# The organiser must be able to prove participation to the funder; certificates carry the name themselves.
DETAILS_KEPT = timedelta(days=2 * 365)


def register(
    session: TrainingSession, *, name: str, email: str, organisation: str, country: str, language: str
) -> None:
    """Note that somebody wants to come, and mail the link that confirms it. Public.

    The details belong to the organiser's agency. An unconfirmed registration takes no place. Whoever is on the list
    gets the link once more; the visitor of the form learns nothing about the address. Raises NotForThem, or what
    `places.check_open` raises.
    """
    if not session.series.takes_guests:
        raise NotForThem(_("Please sign in to take part in this session."))
    places.check_open(session)
    with agency_context(session.agency_id), transaction.atomic():
        one_at_a_time(session)
        email = email.strip().lower()
        on_list = Enrolment.objects.live().with_people().filter(session=session, guest__email__iexact=email)
        enrolment = on_list.first()
        if enrolment is None:
            guest = Guest.objects.create(
                name=name,
                email=email,
                organisation=organisation,
                country=country,
                language=language,
                consented_at=timezone.now(),
            )
            enrolment = Enrolment.objects.create(session=session, guest=guest, status=Enrolment.Status.UNCONFIRMED)
        tell("confirm", [enrolment], is_new=enrolment.status == Enrolment.Status.UNCONFIRMED)


@transaction.atomic
def forget_unconfirmed() -> None:
    """Forget registrations of the context's agency that were not confirmed in time, with every trace."""
    old = Enrolment.objects.filter(
        status=Enrolment.Status.UNCONFIRMED, created_at__lt=timezone.now() - CONFIRM_WITHIN
    ).values_list("pk", "guest")
    keys, guests = [pk for pk, _guest in old], [guest for _pk, guest in old if guest]
    forget_mails(Enrolment, keys)
    forget(Enrolment, keys)
    forget(Guest, guests)


@transaction.atomic
def forget_old() -> None:
    """Forget who the guests of the context's agency were whose last session is long over; the counts stay."""
    before = timezone.now() - DETAILS_KEPT
    old = Guest.objects.exclude(name="").exclude(enrolments__session__over_at__gte=before)
    keys = list(old.values_list("pk", flat=True))
    forget_mails(Enrolment, list(Enrolment.objects.filter(guest__in=keys).values_list("pk", flat=True)))
    blank(Guest, keys, name="", email="", organisation="")
