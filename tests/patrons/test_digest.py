"""The mail with what is new in the exchange: to whom, when, with what, once; and two patrons in the browser."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Programme
from deadlines import jobs, outbox
from deadlines.models import Job, OutboxMail
from klikks.tenancy import agency_context
from patrons import tasks
from patrons.exchange import digest, services
from patrons.models import Patron, Post, Profile
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen
from tests.patrons.test_directory import make_patron
from tests.services import Mailbox

Rhythm = Profile.Digest


@pytest.fixture
def asker(agency: Agency, programme: Programme) -> Patron:
    """A patron in Rheinland-Pfalz."""
    return make_patron(agency, programme, first_name="Anna", last_name="Frage")


@pytest.fixture
def helper(other_agency: Agency, programme: Programme) -> Patron:
    """A patron in Niedersachsen who shows the name."""
    made = make_patron(other_agency, programme, first_name="Bo", last_name="Antwort")
    with agency_context(other_agency):
        Profile.objects.create(patron=made, is_listed=True)
    return made


def days_later(*patrons: Patron, days: int = 8) -> None:
    """Let all that these patrons have been told, and all posts, lie some days back."""
    for patron in patrons:
        with agency_context(patron.agency_id):
            Profile.objects.filter(patron=patron).update(told_until=timezone.now() - timedelta(days=days))
            for post in Post.objects.filter(author=patron):
                Post.objects.filter(pk=post.pk).update(created_at=post.created_at - timedelta(hours=1))


def run_digests(agency: Agency | int) -> Job | None:
    """Do what beat and worker do in the morning for one agency; return the job."""
    tasks.order_digests()
    with agency_context(agency):
        job = Job.objects.filter(kind=Job.Kind.EXCHANGE_DIGEST).order_by("pk").last()
        if job is not None:
            jobs.run(job.pk)
            job.refresh_from_db()
        return job


def mails_to(patron: Patron) -> list[OutboxMail]:
    with agency_context(patron.agency_id):
        return list(OutboxMail.objects.filter(template="exchange/digest", recipient=patron.email).order_by("pk"))


def talk(asker: Patron, helper: Patron) -> tuple[Post, Post]:
    """Let one ask and the other one answer."""
    with agency_context(asker.agency_id):
        question = services.ask(asker, by=asker.user, board="energy", title="Wer kennt LED?", body="Bitte melden.")
    with agency_context(helper.agency_id):
        return question, services.answer(question, helper, by=helper.user, body="Ich, ruf an.")


@pytest.mark.django_db
def test_one_mail_tells_what_is_new_where_somebody_follows_and_nothing_is_told_twice(
    asker: Patron, helper: Patron
) -> None:
    question, _given = talk(asker, helper)
    days_later(asker, helper)
    run_digests(asker.agency_id)
    run_digests(helper.agency_id)
    [mail] = mails_to(asker)
    assert "1 neuer Beitrag" in mail.subject_line
    assert "Wer kennt LED?\nBo Antwort antwortet: Ich, ruf an." in mail.text
    assert f"/portal/exchange/{question.pk}/#post-" in mail.text
    assert mails_to(helper) == [], "own words are no news"
    run_digests(asker.agency_id)
    days_later(asker)
    with agency_context(asker.agency_id):
        services.unfollow(asker, by=asker.user, question=question)
    run_digests(asker.agency_id)
    assert len(mails_to(asker)) == 1, "nothing new, no mail"


@pytest.mark.django_db
def test_boards_mentions_and_the_chosen_rhythm_decide_what_comes_and_when(asker: Patron, helper: Patron) -> None:
    question, _given = talk(asker, helper)
    with agency_context(helper.agency_id):
        services.unfollow(helper, by=helper.user, question=question)
        services.follow(helper, by=helper.user, board="general")
        services.change_profile(helper, by=helper.user, digest=Rhythm.DAILY)
    with agency_context(asker.agency_id):
        services.answer(question, asker, by=asker.user, body="Danke, @Bo Antwort!")
        services.ask(asker, by=asker.user, board="general", title="Wer fährt mit?", body="Zum Treffen.")
        hidden = services.ask(asker, by=asker.user, board="general", title="Versteckt", body="Werbung")
        Post.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    days_later(asker, helper, days=2)
    run_digests(asker.agency_id)
    run_digests(helper.agency_id)
    assert mails_to(asker) == [], "two days are no week"
    [mail] = mails_to(helper)
    assert "Klimaschutzpat:in aus Rheinland-Pfalz erwähnt Sie: Danke, @Bo Antwort!" in mail.text
    assert "Wer fährt mit?" in mail.text
    assert "Versteckt" not in mail.text
    with agency_context(helper.agency_id):
        services.change_profile(helper, by=helper.user, digest=Rhythm.OFF)
    days_later(asker, helper)
    run_digests(helper.agency_id)
    assert len(mails_to(helper)) == 1


@pytest.mark.django_db
def test_a_run_that_dies_half_way_is_seen_by_staff_and_its_repetition_tells_only_the_others(
    asker: Patron, helper: Patron, agency: Agency, programme: Programme, monkeypatch: pytest.MonkeyPatch, desk: Client
) -> None:
    other = make_patron(agency, programme, first_name="Cem", last_name="Dritter")
    question, _given = talk(asker, helper)
    with agency_context(agency):
        services.follow(other, by=other.user, question=question)
    days_later(asker, helper, other)
    real = digest.news_for

    def broken(patron: Patron, *times: Any) -> Any:
        if patron.pk == other.pk:
            raise RuntimeError("a bug")
        return real(patron, *times)

    monkeypatch.setattr(digest, "news_for", broken)
    job = run_digests(agency)
    assert job is not None
    assert job.status == Job.Status.FAILED
    assert "1 Person" in job.error
    assert "Mails mit Neuem aus dem Austausch" in desk.get(reverse("admin:deadlines_job_changelist")).content.decode()
    assert (len(mails_to(asker)), len(mails_to(other))) == (1, 0)
    monkeypatch.setattr(digest, "news_for", real)
    run_digests(agency)
    run_digests(agency)
    assert (len(mails_to(asker)), len(mails_to(other))) == (1, 1)


@pytest.mark.django_db
def test_the_rhythm_is_changed_by_one_click_from_the_mail_without_signing_in(
    asker: Patron, helper: Patron, client: Client
) -> None:
    talk(asker, helper)
    days_later(asker, helper)
    run_digests(asker.agency_id)
    [mail] = mails_to(asker)
    address = re.search(r"/exchange/digest/\S+", mail.text)[0]  # type: ignore[index]
    assert "einmal pro Woche" in client.get(address).content.decode()
    assert "kommt von jetzt an: nie" in client.post(address, {"digest": "off"}).content.decode()
    with agency_context(asker.agency_id):
        assert Profile.objects.get(patron=asker).digest == Rhythm.OFF
    assert client.post(address, {"digest": "hourly"}).status_code == 200
    client.post(address, {"digest": "daily"})
    assert mail.unsubscribe_link.endswith(address)
    program = Client(enforce_csrf_checks=True)
    assert "jetzt an: nie" in program.post(address, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert client.get(address[:-5] + "x/").status_code == 404
    with agency_context(asker.agency_id):
        assert Profile.objects.get(patron=asker).digest == Rhythm.OFF
        Profile.objects.all().delete()
    assert client.get(address).status_code == 410


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_patrons_of_two_states_talk_and_the_digest_leads_back_to_the_answer(
    new_page: Callable[..., Page], asker: Patron, helper: Patron, mailbox: Mailbox
) -> None:
    mine, theirs = new_page(user=asker.user), new_page(user=helper.user, width=DESKTOP, language="en", dark=True)
    mine.goto(reverse("website:portal"))
    mine.get_by_role("link", name="Austausch").last.click()
    mine.get_by_role("link", name="Frage stellen").first.click()
    mine.get_by_label("Worum geht es?").select_option("energy")
    mine.get_by_label("Ihre Frage in einem Satz").fill("Wer hat Erfahrung mit LED-Lampen?")
    mine.get_by_label("Was möchten Sie wissen?").press_sequentially("Weißt du etwas, @Bo")
    mine.get_by_role("option", name="Bo Antwort").click()
    expect(mine.get_by_label("Was möchten Sie wissen?")).to_have_value("Weißt du etwas, @Bo Antwort ")
    mine.get_by_role("button", name="Frage senden").click()
    expect(mine.locator(".mention")).to_have_text("@Bo Antwort")
    thread = mine.url

    theirs.goto(reverse("patrons:board", args=["energy"]))
    theirs.get_by_role("button", name="Follow this topic").click()
    theirs.get_by_role("link", name="Wer hat Erfahrung mit LED-Lampen?").click()
    theirs.get_by_label("Your answer").fill("Ja, sie sparen die Hälfte.")
    theirs.get_by_role("button", name="Send the answer").click()
    expect(theirs.get_by_text("You follow this question")).to_be_visible()

    days_later(asker, helper)
    for patron in (asker, helper):
        run_digests(patron.agency_id)
        outbox.drain(patron.agency_id)
    [told] = mailbox.to(asker.email)
    assert "Bo Antwort antwortet: Ja, sie sparen die Hälfte." in told.text
    [mentioned] = mailbox.to(helper.email)
    assert "erwähnt Sie: Weißt du etwas, @Bo Antwort" in mentioned.text
    link = re.search(r"https?://\S+?(/portal/exchange/\d+/#post-\d+)", told.text)
    assert link
    mine.goto(reverse("website:portal"))
    mine.goto(link[1])
    assert mine.url.partition("#")[0] == thread.partition("#")[0]
    mine.get_by_role("button", name="Das hat mir geholfen").click()
    expect(mine.get_by_text("Diese Antwort hat geholfen")).to_be_visible()
    choose = re.search(r"https?://[^/\s]+(/exchange/digest/\S+)", told.text)
    assert choose

    question = mine.url.rstrip("/").partition("/exchange/")[2].partition("/")[0]
    addresses = [reverse(f"patrons:{name}") for name in ("exchange", "ask", "directory", "profile")]
    addresses += [reverse("patrons:thread", args=[question]), reverse("patrons:report_post", args=[question])]
    addresses += [choose[1]]
    for width, language, dark in [(PHONE, "de", False), (DESKTOP, "en", True)]:
        sight = new_page(user=helper.user, width=width, language=language, dark=dark)
        for address in addresses:
            sight.goto(address)
            assert not barriers(sight), address
            assert not is_wider_than_the_screen(sight), address
