"""From what is due to an iCalendar file (RFC 5545): the only place that knows how such a file looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur, vText

PRODUCT = "-//klikks//klikks//DE"
# How often programmes should ask for a feed again.
REFRESH = timedelta(hours=1)
BERLIN = "Europe/Berlin"


@dataclass(frozen=True)
class Person:
    """Somebody named in an invitation: e-mail address and name."""

    email: str
    name: str


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar.

    With `starts` and `ends` as moments it takes that time; with `starts` as a day it takes the whole day and blocks
    nobody's calendar. `stamp` is when it was last changed, `sequence` how often.
    """

    uid: str
    summary: str
    starts: datetime | date
    stamp: datetime
    ends: datetime | None = None
    description: str = ""
    location: str = ""
    url: str = ""
    sequence: int = 0
    status: str = "CONFIRMED"
    organiser: Person | None = None
    attendee: Person | None = None


def uid(kind: str, key: object) -> str:
    """Return the identifier of an entry, the same each time: what kind of thing it is about, and its key."""
    return f"{kind}-{key}@{urlsplit(settings.BASE_URL).hostname}"


def as_file(entries: Iterable[Entry], *, method: str = "PUBLISH", name: str = "") -> str:
    """Return the text of an iCalendar file. `method` is PUBLISH for a feed, REQUEST or CANCEL for an invitation."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("name", name)
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_berlin())
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical().decode()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamp)
    event.add("last-modified", entry.stamp)
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary)
    event.add("status", entry.status)
    _add_time(event, entry)
    for name in ("description", "location", "url"):
        if value := getattr(entry, name):
            event.add(name, value)
    if entry.organiser:
        event.add("organizer", _address(entry.organiser))
    if entry.attendee:
        event.add("attendee", _attendee(entry.attendee))
    return event


def _add_time(event: Event, entry: Entry) -> None:
    """Add start and end; a moment is written in Berlin's time, so that a programme shows what stands in the mail."""
    if isinstance(entry.starts, datetime):
        event.add("dtstart", timezone.localtime(entry.starts))
        if entry.ends:
            event.add("dtend", timezone.localtime(entry.ends))
        return
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.starts + timedelta(days=1))
    event.add("transp", "TRANSPARENT")


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(person.name)
    return address


def _attendee(person: Person) -> vCalAddress:
    """Return the one who is invited: who takes part already need not answer."""
    address = _address(person)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    return address


def _berlin() -> Timezone:
    """Return Berlin's time with the European rule for daylight saving, which holds since 1996.

    icalendar could list each change one by one, but only until 2037.
    """
    zone = Timezone()
    zone.add("tzid", BERLIN)
    winter, summer = TimezoneStandard(), TimezoneDaylight()
    for part, name, before, after, begins, month in [
        (summer, "CEST", 1, 2, datetime(1996, 3, 31, 2), 3),  # noqa: DTZ001  (local times by definition)
        (winter, "CET", 2, 1, datetime(1996, 10, 27, 3), 10),  # noqa: DTZ001
    ]:
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("dtstart", begins)
        part.add("rrule", vRecur(freq="yearly", bymonth=month, byday="-1su"))
        zone.add_component(part)
    return zone
