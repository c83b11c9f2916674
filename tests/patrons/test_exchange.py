"""The exchange of patrons of all states: asking, answering, following, reporting, moderation, and who sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, State
from agencies.models.accounts import Role
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from patrons.exchange import services
from patrons.models import Complaint, Follow, Patron, Post, Profile
from tests import factories
from tests.patrons.test_directory import make_patron
from tests.queries import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker(agency: Agency, programme: Programme) -> Patron:
    """A patron in Rheinland-Pfalz."""
    return make_patron(agency, programme, first_name="Anna", last_name="Frage")


@pytest.fixture
def helper(other_agency: Agency, programme: Programme) -> Patron:
    """A patron in Niedersachsen who shows the name."""
    made = make_patron(other_agency, programme, first_name="Bo", last_name="Antwort-Groß")
    with agency_context(other_agency):
        Profile.objects.create(patron=made, is_listed=True)
    return made


@pytest.fixture
def question(asker: Patron) -> Post:
    """A question on the board of energy."""
    with agency_context(asker.agency_id):
        return services.ask(asker, by=asker.user, board="energy", title="Wer kennt LED?", body="Was kosten sie?")


def answer(question: Post, by: Patron, body: str = "So ging es bei uns.") -> Post:
    """Answer a question."""
    with agency_context(by.agency_id):
        return services.answer(question, by, by=by.user, body=body)


def page(who: Patron | Client, name: str, *arguments: Any, **asked: Any) -> str:
    """Return a page as somebody sees it."""
    client = who if isinstance(who, Client) else factories.browser(who.user)
    return client.get(reverse(f"patrons:{name}", args=arguments), asked).content.decode()


def send(who: Patron, name: str, *arguments: Any, **typed: Any) -> str:
    """Send a form and return the page that follows."""
    client = factories.browser(who.user)
    return client.post(reverse(f"patrons:{name}", args=arguments), typed, follow=True).content.decode()


def post_of(agency: Agency | int, **fields: Any) -> Post:
    with agency_context(agency):
        return Post.objects.get(**fields)


def test_a_question_of_one_state_is_answered_in_another_and_the_asker_says_what_helped(
    asker: Patron, helper: Patron
) -> None:
    told = send(
        asker, "ask", board="energy", title="Lampen 💡?", body="Wer kennt sich aus?\n\n<b>Danke</b> www.example.org"
    )
    question = post_of(asker.agency_id, question=None)
    assert "Ihre Frage ist gestellt" in told
    seen = page(helper, "exchange")
    assert "Lampen 💡?" in seen
    assert "Klimaschutzpat:in aus Rheinland-Pfalz" in seen
    assert "Anna" not in seen
    seen = page(helper, "thread", question.pk)
    assert "&lt;b&gt;Danke&lt;/b&gt;" in seen
    assert '<a href="http://www.example.org" rel="nofollow">' in seen or 'href="https://www.example.org"' in seen

    send(helper, "thread", question.pk, body="Ja, ich.")
    given = post_of(asker.agency_id, question=question)
    seen = page(asker, "thread", question.pk)
    assert "Bo Antwort-Groß" in seen
    assert "Niedersachsen" in seen
    assert "Diese Antwort hat geholfen" not in seen
    assert (
        factories.browser(helper.user)
        .post(reverse("patrons:helpful", args=[question.pk]), {"answer": given.pk})
        .status_code
        == 404
    )
    assert "Diese Antwort hat geholfen" in send(asker, "helpful", question.pk, answer=given.pk)
    assert "gelöst" in page(helper, "board", "energy")
    assert page(helper, "board", "energy").count("Lampen 💡?") == 1
    assert "Lampen" not in page(helper, "board", "general")


def test_authors_change_and_delete_their_own_posts_and_nobody_elses(
    asker: Patron, helper: Patron, question: Post
) -> None:
    given = answer(question, helper)
    for name in ("edit_post", "remove_post"):
        address = reverse(f"patrons:{name}", args=[given.pk])
        assert factories.browser(asker.user).post(address, {"body": "Geändert"}).status_code == 404
    assert "Geändert" in send(helper, "edit_post", given.pk, body="Geändert")
    send(asker, "edit_post", question.pk, body="Neu", title="Anders gefragt", board="general")
    assert "Anders gefragt" in page(helper, "board", "general")
    send(asker, "remove_post", question.pk)
    assert "Anders gefragt" not in page(helper, "exchange")
    left = page(helper, "thread", question.pk)
    assert "gelöscht von der" in left or "wurde von der Person gelöscht" in left
    assert "Geändert" in left
    assert "Antwort senden" not in left
    send(helper, "remove_post", given.pk)
    assert "Geändert" not in page(helper, "thread", question.pk)


def test_people_who_show_their_name_are_mentioned_and_vanish_when_they_take_it_back(
    asker: Patron, helper: Patron, question: Post
) -> None:
    told = send(asker, "thread", question.pk, body="Frag @Bo Antwort-Groß, und @Unbekannt. Mail: x@example.org @{1}")
    post = post_of(asker.agency_id, question=question)
    assert post.mentions == [helper.pk]
    assert "Im Verzeichnis heißt niemand @Unbekannt" in told
    assert "@Bo Antwort-Groß</strong>, und @Unbekannt" in page(helper, "thread", question.pk)
    assert "@Bo Antwort-Groß, und" in page(asker, "edit_post", post.pk)
    found = factories.browser(asker.user).get(reverse("patrons:names"), {"q": "antw"}).json()["results"]
    assert found == [{"name": "Bo Antwort-Groß", "place": "Niedersachsen"}]
    with agency_context(helper.agency_id):
        Profile.objects.update(is_listed=False)
    assert "Antwort-Groß" not in page(asker, "thread", question.pk)
    assert factories.browser(asker.user).get(reverse("patrons:names"), {"q": "antw"}).json()["results"] == []


def test_following_is_switched_on_by_taking_part_and_off_by_a_button(
    asker: Patron, helper: Patron, question: Post
) -> None:
    answer(question, helper)
    with agency_context(helper.agency_id):
        assert Follow.objects.get().question_id == question.pk
    assert "Nicht mehr folgen" in page(helper, "thread", question.pk)
    assert "Dieser Frage folgen" in send(helper, "follow", question.pk)
    assert "Sie folgen diesem Thema" in send(helper, "follow_board", "energy", follow="on")
    assert "Sie folgen diesem Thema" in send(helper, "follow_board", "energy", follow="on")
    assert "Diesem Thema folgen" in send(helper, "follow_board", "energy")
    with agency_context(helper.agency_id):
        assert not Follow.objects.exists()


def test_a_reported_post_is_hidden_and_restored_by_staff_of_the_authors_agency_alone(
    asker: Patron, helper: Patron, question: Post, as_role: Callable[..., Client], other_agency: Agency
) -> None:
    given = answer(question, helper, "Das ist böse.")
    assert "sieht sich diesen Beitrag an" in send(asker, "report_post", given.pk, reason="offensive", note="Bitte.")
    assert "schon gemeldet" in send(asker, "report_post", given.pk, reason="other")
    own = as_role(Role.REGIONAL_MANAGER)
    there = as_role(Role.REGIONAL_MANAGER, other_agency)
    address = reverse("admin:patrons_post_change", args=[given.pk])
    assert own.get(address).status_code == 302
    assert "böse" not in own.get(reverse("admin:patrons_post_changelist")).content.decode()
    assert "Das ist böse" in there.get(reverse("admin:patrons_post_changelist"), {"state": "reported"}).content.decode()
    seen = there.get(address).content.decode()
    assert "Er beleidigt oder bedroht jemanden." in seen
    assert "Anna" not in seen

    hide = reverse("admin:patrons_post_hide", args=[given.pk])
    assert own.post(hide, {"reason": "x"}).status_code in {302, 404}
    assert "Beitrag ist ausgeblendet" in there.post(hide, {"reason": "Der Ton."}, follow=True).content.decode()
    assert "schon ausgeblendet" in there.post(hide, {"reason": "Der Ton."}, follow=True).content.decode()
    assert "böse" not in page(asker, "thread", question.pk)
    assert "Der Grund: Der Ton." in page(helper, "thread", question.pk)
    restore = reverse("admin:patrons_post_restore", args=[given.pk])
    there.post(restore, {"reason": "Missverständnis"})
    assert "böse" in page(asker, "thread", question.pk)
    with agency_context(other_agency):
        mails = list(OutboxMail.objects.order_by("pk"))
    assert [mail.recipient for mail in mails] == [helper.email] * 2
    assert "Der Ton." in mails[0].text
    assert f"/portal/exchange/{question.pk}/#post-{given.pk}" in mails[0].text
    assert "wieder" in mails[1].subject_line


def test_reports_that_were_found_groundless_leave_the_queue(
    asker: Patron, helper: Patron, question: Post, as_role: Callable[..., Client]
) -> None:
    with agency_context(helper.agency_id):
        services.report(question, helper, by=helper.user, reason="wrong")
    staff = as_role(Role.REGIONAL_MANAGER)
    queue = reverse("admin:patrons_post_changelist") + "?state=reported"
    assert "Wer kennt LED?" in staff.get(queue).content.decode()
    staff.post(reverse("admin:patrons_post_settle", args=[question.pk]))
    assert "Wer kennt LED?" not in staff.get(queue).content.decode()
    assert "Wer kennt LED?" in page(helper, "exchange")
    with at_most(12):
        staff.get(reverse("admin:patrons_post_changelist"))


def test_whoever_has_left_stays_readable_without_a_name_and_cannot_take_part(
    asker: Patron, helper: Patron, question: Post
) -> None:
    answer(question, helper, "Mein letzter Rat.")
    with agency_context(helper.agency_id):
        Patron.objects.filter(pk=helper.pk).update(status=Patron.Status.FAREWELL)
    seen = page(asker, "thread", question.pk)
    assert "Mein letzter Rat." in seen
    assert "ehemalige:r Klimaschutzpat:in" in seen
    assert "Antwort-Groß" not in seen
    assert factories.browser(helper.user).get(reverse("patrons:thread", args=[question.pk])).status_code == 404
    with agency_context(helper.agency_id), pytest.raises(Exception, match="im Amt"):
        services.answer(question, Patron.objects.get(pk=helper.pk), by=helper.user, body="Noch etwas")


def test_an_agency_of_another_programme_sees_nothing_and_another_agency_changes_nothing(
    asker: Patron, helper: Patron, question: Post
) -> None:
    programme = factories.programme()
    saarland = State.objects.create(code="DE-SL", key="10", name="Saarland")
    stranger = make_patron(factories.agency(programme, "sl", saarland), programme)
    given = answer(question, helper)
    browser = factories.browser(stranger.user)
    assert "Wer kennt LED?" not in page(stranger, "exchange")
    for name in ("thread", "follow", "helpful", "edit_post", "remove_post", "report_post"):
        address = reverse(f"patrons:{name}", args=[question.pk])
        assert {browser.get(address).status_code, browser.post(address, {}).status_code} <= {404, 405}, name

    def count(table: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return cursor.fetchone()[0]

    assert count("patrons_post") == 0
    for viewer, posts, versions in [(stranger, 0, 0), (asker, 2, 1), (helper, 2, 1)]:
        with agency_context(viewer.agency_id):
            assert (count("patrons_post"), count("patrons_postevent")) == (posts, versions)
    with agency_context(asker.agency_id):
        assert Post.objects.filter(pk=given.pk).update(body="gefälscht") == 0
        given.body = "gefälscht"
        with pytest.raises(DatabaseError), transaction.atomic():
            given.save(force_update=True)
        forged = Post(agency_id=helper.agency_id, programme=asker.programme, author=helper, question=question, body="x")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            forged.save()
    with agency_context(stranger.agency_id):
        forged = Post(agency_id=stranger.agency_id, programme=asker.programme, author=stranger, board="x", body="x")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            forged.save()
        assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": "", "body": "Text"}, "erforderlich"),
        ({"title": "x" * 121, "body": "Mein Text bleibt"}, "121"),
        ({"title": "Frage", "body": "Mein Text bleibt" + "x" * 4000}, "4016"),
        ({"title": "Frage", "body": "\u202e\u200b \n"}, "erforderlich"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(asker: Patron, typed: dict[str, str], words: str) -> None:
    seen = send(asker, "ask", board="energy", **typed)
    assert words in seen
    assert typed["body"] in seen or not typed["body"].strip("\u202e\u200b \n")
    with agency_context(asker.agency_id):
        assert not Post.objects.exists()


def test_text_from_right_to_left_and_pictures_are_kept_but_nothing_turns_the_page_around(asker: Patron) -> None:
    send(
        asker,
        "ask",
        board="general",
        title="שלום 👩‍👩‍👧",
        body="مرحبا \u202eevil\u202c\r\n\r\n\r\n\r\n👍 <script>x</script>",
    )
    post = post_of(asker.agency_id, question=None)
    assert post.title == "שלום 👩‍👩‍👧"
    assert post.body == "مرحبا evil\n\n👍 <script>x</script>"
    seen = page(asker, "thread", post.pk)
    assert '<p dir="auto">مرحبا evil</p>' in seen
    assert "<script>x" not in seen


def test_too_many_posts_within_an_hour_are_stopped_and_the_text_stays(asker: Patron, question: Post) -> None:
    client = factories.browser(asker.user)
    address = reverse("patrons:thread", args=[question.pk])
    statuses = [client.post(address, {"body": f"Beitrag {number}"}).status_code for number in range(22)]
    assert statuses == [302] * 20 + [429] * 2
    assert "Beitrag X" in client.post(address, {"body": "Beitrag X"}).content.decode()


def test_pages_ask_the_database_as_often_for_one_post_as_for_fifty(
    asker: Patron, helper: Patron, question: Post
) -> None:
    client = factories.browser(asker.user)
    for count in (1, 49):
        with agency_context(helper.agency_id):
            for number in range(count):
                Post.objects.create(
                    agency_id=helper.agency_id,
                    programme=helper.programme,
                    author=helper,
                    question=question,
                    body=f"Nr. {number}",
                    mentions=[helper.pk],
                )
                Post.objects.create(
                    agency_id=helper.agency_id,
                    programme=helper.programme,
                    author=helper,
                    board="energy",
                    title=f"Frage {number}",
                    body="?",
                    created_at=timezone.now(),
                )
        for name, arguments in [
            ("exchange", []),
            ("board", ["energy"]),
            ("thread", [question.pk]),
            ("ask", []),
            ("edit_post", [question.pk]),
            ("report_post", [question.pk]),
        ]:
            with at_most(8):
                assert client.get(reverse(f"patrons:{name}", args=arguments)).status_code == 200
    assert "50 Antworten" in page(client, "exchange", page="3") + page(client, "exchange")
