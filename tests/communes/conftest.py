"""What the tests of this room share."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from communes.models import Commune, Registration
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from tests import factories
from tests.humans import solved

LINK = re.compile(r"http://[^/\s]+(/\S+)")


@pytest.fixture
def town(agency: Agency) -> Commune:
    """A municipality of the agency's state."""
    return factories.commune("Bingen am Rhein, Stadt")


@pytest.fixture
def filled(town: Commune) -> dict[str, str]:
    """What somebody from the town hall types into the registration form."""
    return {
        "commune": "Bingen am Rhein",
        "contact_name": "Petra Müller-Lüdenscheidt",
        "contact_function": "Bürgermeisterin",
        "email": "rathaus@example.org",
        "phone": "06721 12345",
        "message": "Wir möchten mitmachen.",
        "consent": "on",
        "website": "",
    }


@pytest.fixture
def send(client: Client, filled: dict[str, str]) -> Callable[..., object]:
    """Send the registration form, with changes: `send(email="x")`; `address` is another page with the form."""

    def post(address: str = "", **changes: str) -> object:
        return client.post(address or reverse("communes:register"), {**filled, "proof": solved(), **changes})

    return post


@pytest.fixture
def registered(send: Callable[..., object], agency: Agency) -> Callable[..., tuple[Registration, str]]:
    """Register through the form; return the registration and the path of its mailed link."""

    def register(of: Agency = agency, **changes: str) -> tuple[Registration, str]:
        assert send(**changes).status_code == 302
        with agency_context(of):
            registration = Registration.objects.order_by("-pk").first()
            mail = OutboxMail.objects.filter(template="registration/confirm").order_by("-pk").first()
        return registration, LINK.search(mail.text)[1]

    return register


def text_of(response: object) -> str:
    """Return a page's text, blanks collapsed, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def errors_of(response: object) -> str:
    """Return the text of a page's error summary."""
    found = re.search(r'class="error-summary".*?</div>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""
