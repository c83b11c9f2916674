"""Addresses to which nothing is sent any more, on the staff desk."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from agencies.desk import DeskAdmin, NothingForm, action_page
from deadlines import bounces
from deadlines.admin.base import count_done, list_url
from deadlines.models import Suppression
from deadlines.views import reader


@admin.register(Suppression)
class SuppressionAdmin(DeskAdmin):
    """Addresses whose mails came back for good; staff lift that when the address is right."""

    list_display = ("address", "reason", "noted_at")
    list_filter: ClassVar = [("noted_at", RangeDateFilter)]
    search_fields = ("address",)
    fields = readonly_fields = ("address", "reason", "noted_at")
    actions = ("lift_chosen",)
    actions_row = actions_detail = ("lift",)

    def has_lift_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may lift a suppression."""
        return self._allows(request, "lift")

    @action(description=_("Lift the suppression"), url_path="lift", permissions=["lift"], icon="undo")
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let mails go to an address again."""
        suppression = self.get_object(request, object_id)
        if suppression is None:
            raise Http404

        def do(_typed: dict[str, Any]) -> str:
            bounces.lift(suppression, by=reader(request))
            return _t("Mails go to %(address)s again.") % {"address": suppression.address}

        question = _t(
            "Is the address right now, or does the mailbox work again? What failed meanwhile can be sent again in the "
            "outbox."
        )
        intro = f"{suppression.address}: {suppression.reason} {question}"
        title = _t("Lift the suppression")
        return action_page(request, title=title, form=NothingForm, do=do, back=list_url(Suppression), intro=intro)

    @action(description=_("Lift the suppression of the chosen ones"), permissions=["lift"])
    def lift_chosen(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> None:
        """Let mails go to several addresses again."""
        count_done(
            request,
            queryset,
            lambda suppression: bounces.lift(suppression, by=reader(request)),
            lambda count: (
                ngettext("Mails go to %(count)d address again.", "Mails go to %(count)d addresses again.", count)
                % {"count": count}
            ),
        )
