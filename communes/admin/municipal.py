"""Who may enter municipalities' pages, and what municipalities propose about their data."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action

from agencies.desk import NothingForm, chip, once, two_lines
from communes import access, master_data
from communes.admin.base import LifeCycleAdmin, acting, ask_and_do, found_or_404
from communes.admin.forms import AccessForm, OptionalReasonForm
from communes.models import DataProposal, MunicipalAccess, ProposedChange, searchable

Verdict = ProposedChange.Verdict


class OfCommuneAdmin(LifeCycleAdmin):
    """Rows of a municipality that are made on its own pages or by actions."""

    search_help_text = _("Municipality, name or e-mail")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They change by actions."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Search names of municipalities as people write them."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if typed := searchable(search_term):
            found = found | queryset.filter(commune__search_name__contains=typed)
        return found, duplicates

    @admin.display(description=_("municipality"), ordering="commune__search_name")
    def place(self, row: Any) -> SafeString:
        """Show the municipality and its district."""
        return two_lines(str(row.commune), str(row.commune.district or ""))


@admin.register(MunicipalAccess)
class MunicipalAccessAdmin(OfCommuneAdmin):
    """People of municipalities who may enter their pages, or are invited to."""

    list_display = ("place", "name", "email", "status_chip", "since", "invited_by", "invited_at")
    list_display_links = ("place",)
    list_filter = (("status", ChoicesDropdownFilter), ("commune", AutocompleteSelectFilter))
    list_select_related = ("commune__district", "invited_by__membership", "replaces__commune")
    search_fields = ("commune__search_name", "name", "email")
    export_columns = ("commune", "name", "email", "status", "since", "ended_on", "invited_by")
    readonly_fields = (
        "place",
        "status_chip",
        "name",
        "email",
        "language",
        "since",
        "ended_on",
        "invited_by",
        "invited_at",
        "replaces",
        "life_cycle",
    )
    fieldsets = (
        (None, {"fields": (("place", "status_chip"), ("name", "email"), ("since", "ended_on"))}),
        (_("Invitation"), {"fields": (("invited_by", "invited_at"), ("replaces", "language"))}),
        (_("Course so far"), {"fields": ("life_cycle",)}),
    )
    actions_detail = ("send_again", "hand_over", "end")

    def is_offered(self, name: str, obj: MunicipalAccess) -> bool:
        """Offer what the state allows."""
        offered = {
            "send_again": obj.status == MunicipalAccess.Status.INVITED,
            "hand_over": obj.status == MunicipalAccess.Status.ACTIVE,
        }
        return offered.get(name, obj.status in MunicipalAccess.OPEN)

    def has_grant_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may invite people of municipalities."""
        return self._allows(request, "grant")

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may end accesses."""
        return self._allows(request, "end")

    @action(description=_("Send again"), url_path="send-again", icon="send", permissions=["grant"])
    def send_again(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Mail the invitation once more."""
        found = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            access.send_again(found, by=acting(request))
            return _t("The invitation to %(name)s is on its way once more.") % {"name": found.name}

        intro = _t("%(email)s gets a new link, good for 14 days.") % {"email": found.email}
        return ask_and_do(request, found, _t("Send the invitation again"), NothingForm, do, intro=intro)

    @action(description=_("Hand over"), url_path="hand-over", icon="swap_horiz", permissions=["end"])
    def hand_over(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """End the access of a person who is gone, and invite the successor."""
        found = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            invited = access.replace(found, by=acting(request), **data)
            return _t("The access of %(old)s has ended; %(new)s is invited. Both get a mail.") % {
                "old": found.name,
                "new": invited.name,
            }

        intro = _t("The access of %(name)s ends at once. The successor gets a mail with a link.") % {"name": found.name}
        return ask_and_do(request, found, _t("Hand over to a successor"), AccessForm, do, intro=intro)

    @action(description=_("End"), url_path="end", icon="block", permissions=["end"])
    def end(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """End an access, or take its invitation back."""
        found = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            access.end(found, by=acting(request), reason=data["reason"])
            return _t("The access of %(name)s has ended. It stays readable.") % {"name": found.name}

        return ask_and_do(request, found, _t("End the access"), OptionalReasonForm, do)


@admin.register(DataProposal)
class DataProposalAdmin(OfCommuneAdmin):
    """What municipalities want changed about their data, decided field by field."""

    list_display = ("place", "sent_by", "status_chip", "sent_at")
    list_display_links = ("place",)
    list_filter = (("status", ChoicesDropdownFilter), ("sent_at", RangeDateFilter))
    list_select_related = ("commune__district", "access__commune")
    search_fields = ("commune__search_name", "access__name", "access__email")
    export_columns = ("commune", "access", "status", "sent_at", "note")
    readonly_fields = ("place", "sent_by", "status_chip", "sent_at", "note", "changes_table", "life_cycle")
    fieldsets = (
        (None, {"fields": (("place", "status_chip"), ("sent_by", "sent_at"), "note")}),
        (_("Changes"), {"fields": ("changes_table",)}),
        (_("Course so far"), {"fields": ("life_cycle",)}),
    )
    actions_detail = ("decide",)

    def is_offered(self, name: str, obj: DataProposal) -> bool:
        """Offer the decision as long as something waits for it."""
        return obj.status == DataProposal.Status.RECEIVED

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may decide about proposals."""
        return self._allows(request, "decide")

    @admin.display(description=_("proposed by"))
    def sent_by(self, proposal: DataProposal) -> str:
        """Name who proposed."""
        return f"{proposal.access.name} <{proposal.access.email}>"

    @admin.display(description=_("changes"))
    @once
    def changes_table(self, proposal: DataProposal) -> SafeString:
        """Show each change: what was known, what is proposed, what was decided by whom."""
        rows = [
            (
                capfirst(change.get_field_display()),
                master_data.in_words(change.old),
                master_data.in_words(change.new),
                chip(change.verdict, change.get_verdict_display()),
                change.decided_by.display_name if change.decided_by else "",
            )
            for change in proposal.changes.select_related("decided_by__membership")
        ]
        return format_html("<ul>{}</ul>", format_html_join("", "<li><strong>{}</strong>: {} → {} {} {}</li>", rows))

    @action(description=_("Decide"), url_path="decide", icon="rule", permissions=["decide"])
    def decide(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Accept or refuse each change that waits."""
        proposal = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            chosen = {
                int(name[7:]): verdict for name, verdict in data.items() if name.startswith("change-") and verdict
            }
            master_data.decide(
                proposal, by=acting(request), verdicts=chosen, seen=json.loads(data["seen"]), reason=data["reason"]
            )
            return _t("Decided. %(name)s gets the answer by mail.") % {"name": proposal.access.name}

        return ask_and_do(request, proposal, _t("Decide about the changes"), _decision_form(proposal, request), do)


def _decision_form(proposal: DataProposal, request: HttpRequest) -> type[forms.Form]:
    """Return the form with one choice for each change: now, proposed, and whether the value has changed since."""
    known = master_data.known_about(proposal.commune).values
    changes = proposal.changes.exclude(verdict=Verdict.REPLACED)
    if request.method != "POST":
        changes = changes.filter(verdict=Verdict.OPEN)
    seen = forms.CharField(widget=forms.HiddenInput, initial=json.dumps(known, sort_keys=True), max_length=8000)
    fields: dict[str, forms.Field] = {"seen": seen}
    for change in changes:
        fields[f"change-{change.pk}"] = forms.ChoiceField(
            label=capfirst(change.get_field_display()),
            help_text=_in_words(change, known[change.field]),
            choices=[
                ("", _t("later")),
                (Verdict.ACCEPTED, _t("accept")),
                (Verdict.REFUSED, _t("do not accept")),
            ],
            required=False,
        )
    fields["reason"] = forms.CharField(
        label=_t("added to the mail"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    return type("DecisionForm", (_DecisionForm,), fields)


class _DecisionForm(forms.Form):
    """Base of the form that decides: refuses what is no snapshot of known values."""

    def clean_seen(self) -> str:
        """Refuse what was not written by this page."""
        try:
            if isinstance(json.loads(self.cleaned_data["seen"]), dict):
                return str(self.cleaned_data["seen"])
        except ValueError:
            pass
        raise forms.ValidationError(_t("Please open this page once more."))


def _in_words(change: ProposedChange, now: master_data.Value) -> str:
    """Say what is known and what is proposed, and warn where the value has changed since the proposal."""
    words = _t("Now: %(now)s. Proposed: %(new)s.") % {
        "now": master_data.in_words(now),
        "new": master_data.in_words(change.new),
    }
    if now == change.old:
        return words
    stale = _t("Careful: when the municipality wrote, it was “%(old)s”.") % {"old": master_data.in_words(change.old)}
    return f"{words} {stale}"
