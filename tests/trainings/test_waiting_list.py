"""The waiting list over all agencies: offers, answers in time, changes of date, and sessions that are called off."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from deadlines.models import Deadline, OutboxMail
from deadlines.services import move
from klikks.tenancy import agency_context
from tests import factories
from tests.at_once import at_once
from tests.trainings.test_enrolment import make_session
from trainings import conference, services, tasks
from trainings.models import Attendee, Enrolment, Slot, SlotChoice, TakenPlaces, TrainingSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(agency: Agency, other_agency: Agency) -> dict[str, User]:
    """Three colleagues of two agencies; `ours` and `third` are of the organiser's."""
    return {
        "ours": factories.account(Role.REGIONAL_MANAGER, agency),
        "theirs": factories.account(Role.REGIONAL_MANAGER, other_agency),
        "third": factories.account(Role.REGIONAL_MANAGER, agency),
    }


@pytest.fixture
def coaching(agency: Agency, programme: Programme) -> TrainingSession:
    """A coaching of all agencies with a single place."""
    return make_session(agency, programme, places=1, audience="regional_managers", across_agencies=True)


def join(session: TrainingSession, user: User) -> Enrolment:
    with agency_context(user.agency_id):
        return services.enrol(session, Membership.objects.get(user=user), by=user)


def state(enrolment: Enrolment) -> str:
    with agency_context(enrolment.agency_id):
        return str(Enrolment.objects.get(pk=enrolment.pk).status)


def mails(agency: Agency) -> list[tuple[str, str]]:
    with agency_context(agency):
        found = OutboxMail.objects.order_by("pk").values_list("template", "recipient")
        return [(template.removeprefix("training/"), to) for template, to in found]


def test_a_free_place_goes_to_whoever_waits_longest_in_whichever_agency_and_on_to_the_next_without_an_answer(
    client: object,
    agency: Agency,
    other_agency: Agency,
    people: dict[str, User],
    coaching: TrainingSession,
) -> None:
    ours, theirs, third = (join(coaching, user) for user in people.values())
    with agency_context(agency):
        services.cancel(ours, by=people["ours"])
    assert [state(one) for one in (ours, theirs, third)] == ["cancelled", "offered", "waiting"]
    assert mails(other_agency) == [("waiting", people["theirs"].email), ("offered", people["theirs"].email)]
    tasks.keep_waiting_lists()  # nothing has changed yet
    assert state(theirs) == "offered"
    with agency_context(other_agency):
        Enrolment.objects.filter(pk=theirs.pk).update(answer_by=timezone.now() - timedelta(minutes=1))
    page = factories.browser(people["third"]).post(theirs.get_absolute_url(), {"accept": "1"}, follow=True)
    assert "Zeit zum Antworten ist vorbei" in page.content.decode()
    for _twice in range(2):
        tasks.keep_waiting_lists()
    assert [state(one) for one in (theirs, third)] == ["cancelled", "offered"]
    assert mails(other_agency)[-1] == ("lapsed", people["theirs"].email)
    assert [template for template, to in mails(agency) if to == people["third"].email] == ["waiting", "offered"]
    with agency_context(agency):
        services.accept(third, by=people["third"])
        assert Enrolment.objects.get(pk=third.pk).answer_by is None


def test_more_places_are_offered_by_themselves_and_nobody_who_comes_later_jumps_the_queue(
    agency: Agency, people: dict[str, User], coaching: TrainingSession
) -> None:
    _first, second = join(coaching, people["ours"]), join(coaching, people["theirs"])
    with agency_context(agency):
        TrainingSession.objects.update(places=2)
    coaching.refresh_from_db()
    assert join(coaching, people["third"]).status == "waiting"
    tasks.keep_waiting_lists()
    assert state(second) == "offered"


def test_a_session_that_is_called_off_is_told_to_everybody_of_all_agencies_and_takes_nobody_any_more(
    agency: Agency, other_agency: Agency, people: dict[str, User], coaching: TrainingSession
) -> None:
    ours, theirs = join(coaching, people["ours"]), join(coaching, people["theirs"])
    desk = factories.browser(people["ours"])
    stranger = factories.browser(people["theirs"])
    url = reverse("admin:trainings_trainingsession_cancel_session", args=[coaching.pk])
    assert stranger.post(url, {"reason": "Nein"}).status_code == 404
    page = desk.post(url, {"reason": "Die Trainerin ist krank."}, follow=True).content.decode()
    assert "2 Personen werden benachrichtigt" in page
    assert [state(one) for one in (ours, theirs)] == ["cancelled", "cancelled"]
    assert mails(agency)[-1][0] == mails(other_agency)[-1][0] == "session_cancelled"
    assert "wurde vom Veranstalter abgesagt" in desk.post(url, {"reason": "Doch"}).content.decode()
    with pytest.raises(services.SessionCancelled):
        join(coaching, people["third"])


def test_a_place_is_moved_to_another_date_of_the_series_unless_that_is_full(
    agency: Agency, programme: Programme, people: dict[str, User], coaching: TrainingSession
) -> None:
    with agency_context(agency):
        dates = [
            TrainingSession.objects.create(
                agency=agency,
                series=coaching.series,
                starts_at=coaching.starts_at + timedelta(days=days),
                ends_at=coaching.ends_at + timedelta(days=days),
                places=1,
            )
            for days in (7, 14)
        ]
    elsewhere = make_session(agency, programme)
    first, waiting = join(coaching, people["ours"]), join(coaching, people["theirs"])
    join(dates[0], people["third"])
    with agency_context(agency):
        for refused, why in [(dates[0], services.NoPlaceThere), (elsewhere, services.NotForThem)]:
            with pytest.raises(why):
                services.move(first, refused, by=people["ours"])
    place = factories.browser(people["ours"])
    moved = place.post(first.get_absolute_url(), {"move": "1", "to": dates[1].pk}, follow=True)
    assert "auf einen anderen Termin umgebucht" in moved.content.decode()
    assert [state(first), state(waiting)] == ["cancelled", "offered"]
    with agency_context(agency):
        assert Enrolment.objects.get(session=dates[1]).status == "enrolled"


def test_an_organiser_reads_the_names_of_other_agencies_people_only_around_the_day(
    agency: Agency, other_agency: Agency, people: dict[str, User], programme: Programme
) -> None:
    soon, later = (
        make_session(agency, programme, days=days, audience="regional_managers", across_agencies=True, places=1)
        for days in (3, 40)
    )
    for session in (soon, later):
        join(session, people["theirs"])
    join(soon, people["ours"])  # waits
    with agency_context(agency):
        seen = Attendee.objects.values_list("session", "agency_name")
        assert list(seen) == [(soon.pk, other_agency.short_name)]
        assert not Enrolment.objects.filter(session=later).exists()
    with agency_context(other_agency):
        assert not Attendee.objects.exists()
    assert not Attendee.objects.exists()


def test_who_may_come_is_checked_for_other_agencies_and_outside_of_the_registration_window(
    agency: Agency, programme: Programme, people: dict[str, User], as_role: Callable[..., object]
) -> None:
    today = timezone.localdate()
    closed_shop = make_session(agency, programme)
    window = {"audience": "regional_managers", "across_agencies": True}
    early = make_session(agency, programme, register_from=today + timedelta(days=2), **window)
    late = make_session(agency, programme, register_until=today - timedelta(days=1), **window)
    for session, why in [
        (closed_shop, services.NotForThem),
        (early, services.NotOpenYet),
        (late, services.RegistrationClosed),
    ]:
        with pytest.raises(why):
            join(session, people["theirs"])
    assert [join(session, people["ours"]).status for session in (early, late)] == ["enrolled", "enrolled"]


def test_once_it_has_begun_or_the_offer_is_late_nothing_can_be_taken_changed_or_given_back(
    client: Client, agency: Agency, programme: Programme, people: dict[str, User], coaching: TrainingSession
) -> None:
    first, second = (join(coaching, people[name]) for name in ("ours", "third"))
    with agency_context(agency):
        services.cancel(first, by=people["ours"])

        def move(**begins: float) -> None:
            TrainingSession.objects.filter(pk=coaching.pk).update(
                starts_at=timezone.now() + timedelta(**begins), ends_at=timezone.now() + timedelta(days=90)
            )

        # The offer lapses, as often as beat looks; who comes back finds the place free, and it lapses no more.
        Enrolment.objects.filter(pk=second.pk).update(answer_by=timezone.now())
        for _twice in range(2):
            tasks.keep_waiting_lists()
        assert state(second) == "cancelled"
        again, waiting = join(coaching, people["third"]), join(coaching, people["ours"])
        assert (again.status, waiting.status) == ("enrolled", "waiting")
        services.cancel(again, by=people["third"])
        # The session is moved after somebody has moved up: what holds is when it begins now.
        move(days=30)
        assert "Ein Platz ist für Sie frei" in client.get(waiting.get_absolute_url()).content.decode()
        move(hours=-1)
        page = client.post(waiting.get_absolute_url(), {"accept": "1"}, follow=True).content.decode()
        assert "Zeit zum Antworten ist vorbei" in page
        assert state(waiting) == "offered"
        move(days=1)
        client.post(waiting.get_absolute_url(), {"accept": "1"})
        assert state(waiting) == "enrolled"

        # Nobody gives back a place, or changes it for another, while the others sit there already.
        other = TrainingSession.objects.create(
            agency=agency, series=coaching.series, starts_at=coaching.starts_at, ends_at=coaching.ends_at
        )
        user = factories.account(Role.PATRON, agency)
        patron = factories.patron(agency, programme, factories.commune(), status="active", user=user)
        theirs = Enrolment.objects.create(session=coaching, patron=patron)
        move(hours=-1)
    for wish in ({"cancel": "1"}, {"move": "1", "to": other.pk}):
        page = client.post(waiting.get_absolute_url(), wish, follow=True).content.decode()
        assert "hat schon begonnen" in page
    factories.browser(user).post(reverse("trainings:cancel", args=[coaching.pk]))
    assert [state(waiting), state(theirs)] == ["enrolled", "enrolled"]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_of_different_agencies_who_take_the_last_place_at_once_one_gets_it_and_the_other_waits(
    people: dict[str, User], coaching: TrainingSession
) -> None:
    # One of them in two tabs.
    calls = [partial(join, coaching, people[name]) for name in ("ours", "ours", "theirs")]
    answers = at_once(*calls)
    told = sorted("told" if isinstance(one, services.AlreadyEnrolled) else one.status for one in answers)
    assert told == ["enrolled", "told", "waiting"]
    assert TakenPlaces.objects.get(session=coaching).taken == 1


def test_an_offered_excursion_is_a_date_until_it_is_answered_and_moves_with_it(
    agency: Agency, programme: Programme, people: dict[str, User]
) -> None:
    meeting = make_session(agency, programme, audience="regional_managers")
    begins = meeting.starts_at
    with agency_context(agency):
        trip = Slot.objects.create(
            session=meeting, title="Deponie", starts_at=begins, ends_at=begins + timedelta(hours=1), places=1,
            is_chosen=True,
        )  # fmt: skip
        first, second = join(meeting, people["ours"]), join(meeting, people["third"])
        conference.choose(first, [trip.pk])
        conference.choose(second, [trip.pk])
        conference.choose(first, [])
        due = Deadline.objects.open().get(owner=people["third"], kind=Deadline.Kind.ANSWER)
        assert "Deponie" in due.title
        later = due.due_on + timedelta(days=1)
        move(due, by=people["third"], due_on=later)
        offered = SlotChoice.objects.get(enrolment=second)
        assert timezone.localdate(offered.answer_by) == later
        conference.accept(second, offered.pk)
        assert not Deadline.objects.open().filter(owner=people["third"]).exists()
