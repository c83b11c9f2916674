"""Many registrations at once: what would happen is shown first, and what became of each one is said."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Programme, User
from communes import services
from communes.models import Registration
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from tests import factories

pytestmark = pytest.mark.django_db

Status = Registration.Status


def test_many_are_declined_with_one_reason_and_each_ones_fate_is_told(
    desk: Client, agency: Agency, other_agency: Agency, programme: Programme, manager: User
) -> None:
    made = [
        factories.registration(agency, programme, factories.commune(name), language=language)
        for name, language in [("Altdorf", "de"), ("Neudorf", "en"), ("Fragdorf", "de"), ("Fertigdorf", "de")]
    ]
    stranger = factories.registration(other_agency, programme, factories.commune("Fremddorf"))
    with agency_context(agency):
        services.decline(made[3], by=manager, reason="Schon früher.")
        OutboxMail.objects.all().delete()
    address = f"{reverse('admin:communes_registration_changelist')}?state=new"
    chosen = {"action": "decline_many", "_selected_action": [each.pk for each in [*made, stranger]]}
    page = desk.post(address, {**chosen, "index": "0"})
    text = page.content.decode()
    assert "3 Anmeldungen werden bewegt. 1 nicht; unten steht, warum." in text
    assert "Geht nicht: Der Stand ist „abgelehnt“." in text
    assert "Fremddorf" not in text
    seen = {f"seen-{row.registration.pk}": row.seen for row in page.context["rows"]}
    refused = desk.post(address, {**chosen, **seen, "confirmed": "yes", "reason": " "})
    assert "Dieses Feld ist zwingend" in refused.content.decode()
    with agency_context(agency):
        assert not OutboxMail.objects.exists()
        services.ask_back(made[2], by=manager, question="Gibt es einen Beschluss?")
    done = desk.post(address, {**chosen, **seen, "confirmed": "yes", "reason": "Alle Plätze sind vergeben."})
    text = done.content.decode()
    assert "2 Anmeldungen sind erledigt. 2 bleiben, wie sie waren." in text
    assert "auf „wartet auf Antwort der Kommune“ gesetzt" in text
    with agency_context(agency):
        states = dict(Registration.objects.values_list("commune__name", "status"))
        told = set(OutboxMail.objects.filter(template="registration/declined").values_list("recipient", "language"))
    assert states == {
        "Altdorf": Status.DECLINED,
        "Neudorf": Status.DECLINED,
        "Fragdorf": Status.ASKED_BACK,
        "Fertigdorf": Status.DECLINED,
    }
    assert told == {(made[0].email, "de"), (made[1].email, "en")}
    again = desk.post(address, {**chosen, **seen, "confirmed": "yes", "reason": "Alle Plätze sind vergeben."})
    assert "0 Anmeldungen sind erledigt. 4 bleiben, wie sie waren." in again.content.decode()
