"""Actions on many registrations of the work list: first what would happen to each, then each in its own transaction.

What became of each one is said row by row; one that cannot be moved, or was moved by somebody else meanwhile, holds up
none of the others.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from agencies.desk import NothingForm, dressed
from agencies.models import Transition
from communes import services
from communes.admin.base import acting
from communes.admin.decisions import DecisionActions
from communes.admin.forms import AssignForm, DeclineForm, OptionalReasonForm
from communes.models import Registration
from communes.moves import who_was_first

logger = logging.getLogger(__name__)

# More at once would keep the browser waiting too long.
MOST = 200


@dataclass
class Row:
    """A chosen registration: the number of its last move, and why it cannot be moved, or what became of it."""

    registration: Any
    seen: int
    problem: str = ""
    is_done: bool = False


@dataclass(frozen=True)
class Bulk:
    """An action on many: the service that does it to one, its form, its name among the single actions, its title."""

    service: Callable[..., Any]
    offer: str
    form: type[forms.Form]
    title: Any
    is_told: bool = False


BULKS = {
    "assign_many": Bulk(services.assign, "assign", AssignForm, _("Assign")),
    "review_many": Bulk(services.start_review, "take_on", NothingForm, _("Take on")),
    "wait_many": Bulk(
        services.put_on_waiting_list, "put_on_waiting_list", OptionalReasonForm, _("Put on the waiting list"), True
    ),
    "decline_many": Bulk(services.decline, "decline", DeclineForm, _("Decline"), True),
}


class BulkActions(DecisionActions):
    """What can be done to many registrations at once."""

    actions = ("assign_many", "review_many", "wait_many", "decline_many")

    @action(description=_("Assign"), permissions=["review"])
    def assign_many(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """Let somebody look after the chosen ones."""
        return _answer(self, request, queryset, "assign_many")

    @action(description=_("Take on"), permissions=["review"])
    def review_many(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """Begin the review of the chosen ones."""
        return _answer(self, request, queryset, "review_many")

    @action(description=_("Put on the waiting list"), permissions=["wait"])
    def wait_many(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """Put the chosen ones on the waiting list."""
        return _answer(self, request, queryset, "wait_many")

    @action(description=_("Decline"), permissions=["decline"])
    def decline_many(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """Decline the chosen ones with one reason."""
        return _answer(self, request, queryset, "decline_many")


def _answer(desk: BulkActions, request: HttpRequest, queryset: Any, name: str) -> HttpResponse:
    """Show what would happen to the chosen registrations; once that is confirmed, do it and tell of each."""
    bulk, is_confirmed = BULKS[name], "confirmed" in request.POST
    form = bulk.form(request.POST if is_confirmed else None)
    rows = _rows(desk, request, queryset, bulk)
    is_done = is_confirmed and form.is_valid()
    if is_done:
        for row in rows:
            _do(row, bulk, acting(request), form.cleaned_data)
    can = sum(row.is_done if is_done else not row.problem for row in rows)
    context = {
        **admin.site.each_context(request),
        "opts": desk.opts,
        "title": str(bulk.title),
        "form": dressed(form),
        "action": name,
        "rows": rows,
        "is_done": is_done,
        "is_told": bulk.is_told,
        "can": can,
        "summary": _summary(can, len(rows) - can, is_done=is_done),
        "back": f"{reverse('admin:communes_registration_changelist')}?{request.GET.urlencode()}".rstrip("?"),
        "checkbox": ACTION_CHECKBOX_NAME,
        "most": MOST if len(rows) == MOST else 0,
    }
    return render(request, "admin/communes/bulk.html", context)


def _rows(desk: BulkActions, request: HttpRequest, queryset: Any, bulk: Bulk) -> list[Row]:
    """Return the chosen registrations, also those that somebody has moved out of the list's queue meanwhile."""
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if request.POST.get("select_across") != "1":
        queryset = Registration.objects.filter(pk__in=[key for key in chosen if key.isdecimal()])
    found = list(queryset.select_related("commune", "programme", "agency", "assigned_to").order_by("pk")[:MOST])
    moves = _last_moves(found)
    rows = [Row(registration, moves.get(registration.pk, 0)) for registration in found]
    for row in rows:
        seen = request.POST.get(f"seen-{row.registration.pk}", "")
        if seen.isdecimal() and int(seen) != row.seen:
            row.problem = who_was_first(row.registration)
        elif not desk.is_offered(bulk.offer, row.registration):
            status = row.registration.get_status_display()
            row.problem = _t("Not possible: it is “%(status)s”.") % {"status": status}
    return rows


def _last_moves(registrations: list[Registration]) -> dict[int, int]:
    """Return the number of each registration's last move; one query."""
    about = ContentType.objects.get_for_model(Registration)
    moves = Transition.objects.filter(subject_type=about, subject_id__in=[each.pk for each in registrations])
    return dict(moves.order_by().values_list("subject_id").annotate(last=Max("pk")))


def _do(row: Row, bulk: Bulk, by: Any, data: dict[str, Any]) -> None:
    """Move one registration in a transaction of its own, and note what became of it."""
    if row.problem:
        return
    try:
        with transaction.atomic():
            services.check_unchanged(row.registration, row.seen)
            row.registration = bulk.service(row.registration, by=by, **data)
    except ValidationError as refusal:
        row.problem = " ".join(refusal.messages)
    except Exception:  # whatever is wrong with one must not leave the others unsaid
        logger.exception("Registration %s could not be moved", row.registration.pk)
        row.problem = _t("This failed for a technical reason. Nothing was changed; please try it on its own page.")
    else:
        row.is_done = True


def _summary(can: int, cannot: int, *, is_done: bool) -> str:
    """Say how many are moved and how many are not."""
    if is_done:
        done = ngettext("%(count)d registration is done.", "%(count)d registrations are done.", can)
        rest = ngettext("%(count)d stays as it was.", "%(count)d stay as they were.", cannot)
    else:
        done = ngettext("%(count)d registration will be moved.", "%(count)d registrations will be moved.", can)
        rest = ngettext("%(count)d cannot, see why below.", "%(count)d of them cannot, see why below.", cannot)
    said = done % {"count": can}
    return f"{said} {rest % {'count': cannot}}".strip() if cannot else said
