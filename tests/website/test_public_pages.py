"""The pages everybody may read, the answers when something is wrong, and the operator's health check."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.forms import DateField
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from agencies.models import Agency, DataSource, Programme
from agencies.models.accounts import Role
from communes.models import ParticipationWindow
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

PAGES = ["home", "data_sources", "privacy", "imprint", "accessibility"]


def text(response: Any) -> str:
    """Return the page without needless blanks."""
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_public_page_stands_in_both_languages_on_few_queries(
    client: Client, agency: Agency, page: str, language: str
) -> None:
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    factories.electricity_factor()
    client.get(reverse("website:home"))
    with at_most(5):
        response = client.get(reverse(f"website:{page}"))
    assert response.status_code == 200
    assert f'<html lang="{language}">' in text(response)


@pytest.mark.parametrize("role", [Role.VISITOR, Role.PATRON])
@pytest.mark.parametrize(
    "page", [*(f"website:{page}" for page in PAGES), "account_login", "communes:register", "website:portal"]
)
def test_no_page_allows_inline_scripts_or_loads_anything_from_elsewhere(
    as_role: Callable[..., Client], page: str, role: Role
) -> None:
    response = as_role(role).get(reverse(page), follow=True)
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    html = response.content.decode()
    assert not re.findall(r'<(?:script|link|img|iframe|source)[^>]+(?:src|href)="(?:https?:)?//[^"]*"', html)
    assert not re.findall(r'\sstyle="|<style|\son\w+="', html)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_the_start_page_shows_what_all_agencies_have_reached_together(
    client: Client, agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    for of, ags in [(agency, "07339001"), (other_agency, "03241001")]:
        place = factories.commune(ags=ags, state_id=of.state_id)
        factories.partnership(of, programme, place)
        factories.project(
            of,
            programme,
            place,
            investment=Decimal("600000"),
            status="done",
            done_on=timezone.localdate(),
            starts_on=timezone.localdate(),
        )
    page = text(client.get(reverse("website:home")))
    assert "<dt>offizielle Partnerkommunen</dt><dd>2</dd>" in page
    assert "1.200.000" in page


def test_the_start_page_says_where_municipalities_can_register_and_until_when(
    client: Client, agency: Agency, other_agency: Agency
) -> None:
    with agency_context(other_agency):
        ParticipationWindow.objects.filter(agency=other_agency).update(
            opens_on=timezone.localdate() - timedelta(days=60), closes_on=timezone.localdate() - timedelta(days=1)
        )
    page = text(client.get(reverse("website:home")))
    assert "Rheinland-Pfalz" in page
    assert "Niedersachsen" not in page
    assert "offen bis" in page


def test_english_dates_name_the_month_in_letters_and_the_hour_of_the_day() -> None:
    with override("en"):
        noon = datetime(2027, 3, 4, 12)
        assert date_format(noon, "SHORT_DATETIME_FORMAT") == "4 Mar 2027, 12:00"
        assert DateField(localize=True).clean("04/03/2027") == noon.date()


def test_without_an_open_window_the_start_page_offers_the_waiting_list(client: Client) -> None:
    page = text(client.get(reverse("website:home")))
    assert "Zurzeit ist keine Anmeldung offen" in page
    assert reverse("communes:register") in page


def test_data_sources_name_licence_and_factors_with_their_source(client: Client) -> None:
    DataSource.objects.create(slug="gv", title="Gemeindeverzeichnis", publisher="Destatis", licence="dl-de/by-2-0")
    factor = factories.electricity_factor()
    page = text(client.get(reverse("website:data_sources")))
    assert "dl-de/by-2-0" in page
    assert factor.source in page
    assert "0,401 kg/kWh" in page


def test_the_health_check_names_what_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(client.get("/health/").content) == {"database": True, "broker": True}

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionError("secret address")

    monkeypatch.setattr(cache, "get", refuse)
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"database": True, "broker": False}


def test_the_health_check_answers_while_the_database_is_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("secret address")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"database": False, "broker": True}


@pytest.mark.parametrize(("language", "words"), [("de", "Diese Seite gibt es nicht"), ("en", "does not exist")])
def test_a_wrong_address_leads_back_to_the_start_page(client: Client, language: str, words: str) -> None:
    response = client.get("/there-is-nothing-here/", headers={"accept-language": language})
    assert response.status_code == 404
    assert words in text(response)
    assert 'href="/"' in text(response)


def test_who_may_not_enter_is_told_so_and_shown_the_way_home(as_role: Callable[..., Client]) -> None:
    response = as_role(Role.REGIONAL_MANAGER).get(reverse("website:portal"))
    assert response.status_code == 403
    assert reverse("website:start") in text(response)


def test_a_body_of_endless_length_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.post("/register/", {"city": "x"}, CONTENT_LENGTH="4000000000")
    assert answer.status_code == 413
    assert "höchstens" in text(answer)


def test_a_form_without_its_token_explains_what_to_do(agency: Agency) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x@example.org"})
    assert response.status_code == 403
    assert "Das Formular war zu lange offen" in text(response)


@pytest.mark.parametrize(("language", "words"), [("de", "Bei uns ist etwas schiefgegangen"), ("en", "went wrong on")])
def test_a_mistake_of_ours_is_answered_without_the_database(
    settings: Any, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    from website import views

    def fail() -> None:
        raise RuntimeError("what nobody must read")

    monkeypatch.setattr(views, "results", fail)
    response = Client(raise_request_exception=False).get("/", headers={"accept-language": language})
    assert response.status_code == 500
    assert words in text(response)
    assert "what nobody must read" not in text(response)


def test_every_text_of_the_operator_stands_in_every_language() -> None:
    folder = Path(django_settings.BASE_DIR) / "templates/website/texts"
    names = {path.name.split(".")[0] for path in folder.iterdir()}
    for name in names:
        for language, _label in django_settings.LANGUAGES:
            assert (folder / f"{name}.{language}.html").exists()
