"""Reads that cross tables: what is on offer to a municipality, and whom to write to."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Agency, Participation, Programme
from communes.models import Commune, CommuneProfile, Contact, ParticipationWindow, Partnership, Registration


@dataclass(frozen=True)
class Offer:
    """A programme of an agency in which a municipality may register, or may be put on the waiting list.

    `window` is the open window, or the newest one that is not open; None if the agency has set none.
    """

    agency: Agency
    programme: Programme
    window: ParticipationWindow | None

    @property
    def is_open(self) -> bool:
        """Whether registrations are accepted today; otherwise there is the waiting list."""
        return self.window is not None and self.window.is_open()

    @property
    def is_over(self) -> bool:
        """Whether the last window has closed, and none is announced."""
        return self.window is not None and self.window.closes_on < timezone.localdate()


def offers_for(commune: Commune, programme: Programme | None = None) -> list[Offer]:
    """Return the programmes in which the municipality's agency accepts registrations today.

    Where there is none, the one with the newest window, or else the newest that runs, stands for the waiting list.
    At most two queries.
    """
    windows = ParticipationWindow.objects.filter(agency__state=commune.state_id, agency__state__isnull=False)
    offers = [
        Offer(window.agency, window.programme, window)
        for window in _of(programme, windows).select_related("agency", "programme").order_by("-closes_on")
    ]
    open_ones = [offer for offer in offers if offer.is_open]
    return open_ones or offers[:1] or _without_window(commune, programme)


def has_window_on(agency: Agency, programme: Programme, day: object) -> bool:
    """Whether a participation window was or is open on this day."""
    windows = ParticipationWindow.objects.filter(agency=agency, programme=programme)
    return windows.filter(opens_on__lte=day, closes_on__gte=day).exists()


def waits_for_window(registration: Registration) -> bool:
    """Whether no window was open when the registration was sent; says nothing about other registrations."""
    sent_on = timezone.localdate(registration.received_at)
    return not has_window_on(registration.agency, registration.programme, sent_on)


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
    contact = Contact.objects.filter(commune=partnership.commune_id).exclude(email="").order_by("pk").first()
    return (contact.name, contact.email, "de") if contact else None


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
