"""Pages about mails as people see them: phone and desk, both languages, light and dark."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from agencies.models import Agency
from agencies.models.accounts import Role
from deadlines import outbox, vitals
from deadlines.models import MailSettings, OutboxMail, Suppression
from klikks.tenancy import agency_context
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_about_mails_have_no_barriers_on_any_screen(agency: Agency, new_page: Callable[..., Page]) -> None:
    people = {role: factories.account(role, agency) for role in (Role.PATRON, Role.AGENCY_ADMIN, Role.OPERATOR)}
    vitals.note_pulse(vitals.BEAT)
    with agency_context(agency):
        Suppression.objects.create(address="weg@example.org", reason="550 5.1.1 unknown")
        MailSettings.objects.create(quiet_from="20:00", quiet_until="07:00")
        values = {"title": "Antrag", "kind": "Frist", "when": "heute fällig", "due_on": "1. März", "link": "/x/"}
        mail = outbox.post("reminder", to=people[Role.PATRON].email, language="de", context=values)
        OutboxMail.objects.filter(pk=mail.pk).update(created_at=timezone.now() - timedelta(hours=3))
    off = mail.unsubscribe_link.partition("/mails/off/")[2]
    pages = [
        (Role.PATRON, "settings", reverse("deadlines:mail_settings")),
        (Role.PATRON, "off", f"/mails/off/{off}"),
        (Role.AGENCY_ADMIN, "quiet", reverse("deadlines:quiet_hours")),
        (Role.AGENCY_ADMIN, "previews", reverse("admin:deadlines_outboxmail_previews")),
        (Role.AGENCY_ADMIN, "suppressions", reverse("admin:deadlines_suppression_changelist")),
        (Role.OPERATOR, "operations", reverse("admin:deadlines_operations")),
    ]
    for width, language, dark in [(PHONE, "de", False), (DESKTOP, "en", True)]:
        for role, user in people.items():
            page = new_page(width=width, language=language, dark=dark, user=user)
            for name, address in [(name, address) for of, name, address in pages if of == role]:
                page.goto(address)
                assert barriers(page) == [], (name, width)
                assert not is_wider_than_the_screen(page), (name, width)
                if folder := os.environ.get("PICTURES"):
                    page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)
