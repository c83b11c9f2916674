"""Ideas in a real browser: similar ones while typing, the form without scripts, and each page for all readers."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from klikks import humans
from klikks.links import sign
from klikks.tenancy import agency_context
from projects.ideas.follows import FOLLOW_PURPOSE
from projects.ideas.news import AUTHOR_PURPOSE, UNFOLLOW_PURPOSE
from projects.models import Idea, IdeaFollow
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen
from tests.projects.conftest import in_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def commune(committed_db: None, programme: Programme) -> Commune:
    return factories.commune()


@pytest.fixture
def released(agency: Agency, programme: Programme, commune: Commune) -> Idea:
    """A released idea, and a released project that is like it."""
    values = {"programme": programme, "commune": commune, "topic_id": "energy", "released_at": timezone.now()}
    with agency_context(agency):
        shown = {"title": "Balkonkraftwerke am Bauhof", "public_summary": "Zwei Module.", "released_at": timezone.now()}
        factories.project(agency, programme, commune, **shown)
        return Idea.objects.create(
            title="Balkonkraftwerke gemeinsam bestellen",
            text="Allein ist es mühsam.",
            status=Idea.Status.RELEASED,
            author="Lena Wiese",
            email="lena@example.org",
            shows_author=True,
            **values,
        )


def test_similar_ideas_appear_while_typing_and_without_scripts_before_the_idea_is_sent(
    new_page: Callable[..., Page], agency: Agency, released: Idea, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = new_page(width=PHONE)
    page.goto(reverse("projects:send_idea"))
    page.get_by_label("Ihre Idee in einem Satz").press_sequentially("Balkonkraftwerk zusammen bestellen")
    expect(page.locator("[data-similar]").get_by_role("link").first).to_contain_text(
        "Balkonkraftwerke gemeinsam bestellen"
    )
    expect(page.locator("[data-similar]")).to_contain_text("Balkonkraftwerke am Bauhof")
    assert not is_wider_than_the_screen(page)
    assert barriers(page) == []
    page.get_by_label("Was soll geschehen").fill("Alle zusammen.")
    page.get_by_label("Für welche Kommune").press_sequentially("Bing")
    page.locator(".combobox-list [role=option]").first.click()
    page.get_by_role("button", name="Idee absenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ideen von Bürgerinnen und Bürgern")
    with agency_context(agency):
        assert Idea.objects.filter(status=Idea.Status.RECEIVED).count() == 1

    monkeypatch.setattr(humans, "FASTEST", timedelta())
    page = new_page(width=DESKTOP, language="en", scripts=False)
    page.goto(reverse("projects:send_idea"))
    page.get_by_label("Your idea in one sentence").fill("Balkonkraftwerke bestellen")
    page.get_by_label("What shall happen").fill("Together.")
    page.get_by_label("For which municipality").fill("Bingen am Rhein")
    page.get_by_role("button", name="Send idea").click()
    expect(page.locator("[data-similar]").get_by_role("link").first).to_contain_text(
        "Balkonkraftwerke gemeinsam bestellen"
    )
    page.get_by_role("button", name="Send it anyway").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ideas from citizens")


def test_each_page_of_ideas_can_be_used_by_everybody(
    new_page: Callable[..., Page], agency: Agency, programme: Programme, released: Idea, commune: Commune,
    account: Callable[..., User],
) -> None:  # fmt: skip
    user = account(Role.PATRON)
    in_office(agency, programme, commune, user)
    with agency_context(agency):
        follow = IdeaFollow.objects.create(idea=released, email="jo@example.org", confirmed_at=timezone.now())
    paths = [
        reverse("projects:ideas"),
        f"{reverse('projects:ideas')}?place=Nirgendwo",
        reverse("projects:send_idea"),
        released.get_absolute_url(),
        reverse("projects:confirm_follow", args=[sign(FOLLOW_PURPOSE, agency.pk, follow.pk)]),
        reverse("projects:unfollow_idea", args=[sign(UNFOLLOW_PURPOSE, agency.pk, follow.pk)]),
        reverse("projects:unfollow_idea", args=["x"]),
        reverse("projects:own_idea", args=[sign(AUTHOR_PURPOSE, agency.pk, released.pk)]),
        reverse("projects:my_ideas"),
        reverse("projects:take_up_idea", args=[released.pk]),
    ]
    ways = [(PHONE, "de", False), (DESKTOP, "en", True), (PHONE, "en", True), (DESKTOP, "de", False)]
    pages = [new_page(width=width, language=language, dark=dark, user=user) for width, language, dark in ways]
    found = []
    for path, here in zip(paths * 2, cycle(pages), strict=False):
        here.goto(path)
        found += [f"{path}: {finding}" for finding in barriers(here)]
        if is_wider_than_the_screen(here):
            found.append(f"{path} is wider than the screen")
    assert found == []
