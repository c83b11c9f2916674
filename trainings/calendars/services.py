"""What happens to private calendars: they are made when somebody first asks for one, and take another address."""

from django.db import transaction
from django.http import Http404

from agencies.models import User
from agencies.permissions import require
from trainings.calendars.models import CalendarFeed


@transaction.atomic
def feed_of(user: User) -> CalendarFeed:
    """Return an account's private calendar, made now if there was none. Raises NotAllowed."""
    require(user, "calendarfeed", "view_own")
    feed, _made = CalendarFeed.objects.select_related("agency").get_or_create(user=user)
    return feed


@transaction.atomic
def renew(user: User) -> CalendarFeed:
    """Give an account's private calendar another address; the old one opens nothing from now on. Raises NotAllowed."""
    require(user, "calendarfeed", "renew_own")
    feed = feed_of(user)
    feed.renew()
    return feed


def reader_of(secret: str) -> User:
    """Return whose calendar an address opens. Raises Http404 if it is not or no more ours, or the person has left.

    To be called in the context of the agency that the address names: the wall keeps a secret to its own agency.
    """
    feed = CalendarFeed.objects.select_related("user").filter(secret=secret).first()
    if feed is None or not feed.user.is_active or feed.user.current_membership is None:
        raise Http404
    return feed.user
