"""Who fits where, on the desk: suggestions with their reasons, from which staff choose with one click."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.desk import action_page, object_url
from communes.models import Partnership
from patrons import services
from patrons.admin.base import acting
from patrons.matching import Suggestion, suggest_matches
from patrons.models import Patron

SHOWN = 15


@dataclass(frozen=True)
class Offer:
    """A suggestion as it is shown: what its button sends, its title and reasons, and where it leads."""

    value: int
    title: str
    reasons: tuple[str, ...]
    is_near: bool
    url: str = ""
    appoint_url: str = ""


class ChooseForm(forms.Form):
    """One of the suggested patrons, whose button was pressed, and why."""

    reason = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    patrons: dict[str, Patron]

    def clean(self) -> dict[str, Any]:
        """Settle on one patron."""
        data = super().clean() or {}
        data["patron"] = self.patrons.get(self.data.get("suggestion", ""))
        if data["patron"] is None:
            raise ValidationError(_("Please choose one of the suggested people."))
        return data


def communes_offered(suggestions: Iterable[Suggestion]) -> list[Offer]:
    """Return municipalities as they are offered for a patron, those within reach first."""
    return _near_first(
        Offer(found.commune.pk, str(found.commune), found.reasons, found.is_within_reach) for found in suggestions
    )


def fitting_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the patrons who fit a partner municipality, and match the one whose button is pressed."""
    partnership = get_object_or_404(Partnership.objects.open().select_related("commune"), pk=pk)
    commune = partnership.commune
    suggestions = suggest_matches(commune, SHOWN)
    by_key = {str(found.patron.pk): found.patron for found in suggestions}

    def act(data: dict[str, Any]) -> str:
        services.match(data["patron"], commune, by=acting(request), reason=data["reason"])
        return gettext("%(patron)s is matched to %(commune)s. The next step is the appointment.") % {
            "patron": data["patron"],
            "commune": commune,
        }

    return action_page(
        request,
        title=gettext("Climate patrons for %(commune)s") % {"commune": commune},
        form=type("ChooseForm", (ChooseForm,), {"patrons": by_key}),
        do=act,
        back=object_url(partnership),
        template="admin/patrons/match.html",
        more={"offers": _near_first(_patron_offered(found) for found in suggestions), "submit": ""},
    )


def _patron_offered(found: Suggestion) -> Offer:
    """Return a patron as offered for a municipality; who is in office is appointed here too instead of matched."""
    patron = found.patron
    appoint = ""
    if patron.status in Patron.IN_OFFICE:
        appoint = f"{reverse('admin:patrons_patron_appoint', args=[patron.pk])}?commune={found.commune.pk}"
    return Offer(patron.pk, str(patron), found.reasons, found.is_within_reach, object_url(patron), appoint)


def _near_first(offers: Iterable[Offer]) -> list[Offer]:
    return sorted(offers, key=lambda offer: not offer.is_near)
