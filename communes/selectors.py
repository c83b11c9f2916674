"""Reads that cross tables: what is on offer to a municipality, and whom to write to."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Agency, Participation, Programme
from communes.models import Commune, CommuneProfile, Contact, ParticipationWindow, Partnership, Registration
from klikks.tenancy import agency_context


@dataclass(frozen=True)
class Offer:
    """A programme of an agency in which a municipality may register, or may be put on the waiting list.

    `window` is the open window, or the newest one that is not open; None if the agency has set none. `is_full` says
    whether all of its places are taken.
    """

    agency: Agency
    programme: Programme
    window: ParticipationWindow | None
    is_full: bool = False

    @property
    def is_open(self) -> bool:
        """Whether registrations are accepted today; otherwise there is the waiting list."""
        return self.window is not None and self.window.is_open() and not self.is_full

    @property
    def is_over(self) -> bool:
        """Whether the last window has closed, and none is announced."""
        return self.window is not None and self.window.closes_on < timezone.localdate()


def offers_for(commune: Commune, programme: Programme | None = None) -> list[Offer]:
    """Return the programmes in which the municipality's agency accepts registrations today.

    Where there is none, the one with the newest window, or else the newest that runs, stands for the waiting list.
    At most two queries, and one for each open window with a number of places.
    """
    windows = ParticipationWindow.objects.filter(agency__state=commune.state_id, agency__state__isnull=False)
    offers = [
        _offer(window)
        for window in _of(programme, windows).select_related("agency", "programme").order_by("-closes_on")
    ]
    open_ones = [offer for offer in offers if offer.is_open]
    return open_ones or _full_first(offers) or _without_window(commune, programme)


def offer_of(agency: Agency, programme: Programme) -> Offer | None:
    """Return what an agency offers in a programme: open now, else the newest; None where it takes no part.

    At most three queries.
    """
    windows = ParticipationWindow.objects.filter(agency=agency, programme=programme)
    offers = [_offer(window) for window in windows.select_related("agency", "programme").order_by("-closes_on")]
    if offers:
        return next((offer for offer in offers if offer.is_open), _full_first(offers)[0])
    takes_part = Participation.objects.filter(agency=agency, programme=programme).exists()
    return Offer(agency, programme, None) if takes_part else None


def window_on(registration: Registration) -> ParticipationWindow | None:
    """Return the window that was open on the day on which a registration was sent."""
    day = timezone.localdate(registration.received_at)
    windows = ParticipationWindow.objects.filter(agency=registration.agency_id, programme=registration.programme_id)
    return windows.filter(opens_on__lte=day, closes_on__gte=day).first()


def is_full(window: ParticipationWindow) -> bool:
    """Whether registrations that are being dealt with, or were accepted, have taken all places of a window."""
    if window.places is None:
        return False
    with agency_context(window.agency_id):
        taken = Registration.objects.filter(
            programme=window.programme_id,
            status__in=Registration.TAKES_A_PLACE,
            received_at__date__range=(window.opens_on, window.closes_on),
        )
        return taken.exclude(partnership__status=Partnership.Status.WITHDRAWN).count() >= window.places


def waits_for_window(registration: Registration) -> bool:
    """Whether no window with a free place was open when it was sent; says nothing about other registrations."""
    window = window_on(registration)
    return window is None or is_full(window)


def main_contact(partnership: Partnership) -> tuple[str, str, str] | None:
    """Return name, address and language of the person to write to about a partnership, or None.

    The person whom the municipality has named counts first, then whoever registered it.
    """
    profile = CommuneProfile.objects.filter(commune=partnership.commune_id).select_related("main_contact").first()
    registration = partnership.registration
    if profile is not None and profile.main_contact is not None and profile.main_contact.email:
        language = registration.language if registration else "de"
        return profile.main_contact.name, profile.main_contact.email, language
    if registration is not None:
        return registration.contact_name, registration.email, registration.language
    contact = Contact.objects.current().filter(commune=partnership.commune_id).exclude(email="").order_by("pk").first()
    return (contact.name, contact.email, "de") if contact else None


def _offer(window: ParticipationWindow) -> Offer:
    return Offer(window.agency, window.programme, window, is_full=window.is_open() and is_full(window))


def _full_first(offers: list[Offer]) -> list[Offer]:
    """Return the one offer that stands for the waiting list: whose window is full, or else the newest."""
    return [offer for offer in offers if offer.is_full][:1] or offers[:1]


def _without_window(commune: Commune, programme: Programme | None) -> list[Offer]:
    today = timezone.localdate()
    running = Participation.objects.filter(
        agency__state=commune.state_id,
        agency__state__isnull=False,
        programme__kind=Programme.Kind.VOLUNTEERS,
        programme__starts_on__lte=today,
        programme__ends_on__gte=today,
    )
    newest = _of(programme, running).select_related("agency", "programme").order_by("-programme__starts_on").first()
    return [Offer(newest.agency, newest.programme, None)] if newest else []


def _of(programme: Programme | None, rows: QuerySet) -> QuerySet:
    return rows.filter(programme=programme) if programme else rows
