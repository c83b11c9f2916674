"""Hours and experience reports on the desk."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from agencies.desk import DeskAdmin, action_page, object_url
from patrons import services
from patrons.admin.base import acting, right
from patrons.admin.forms import ActivityForm
from patrons.models import Activity, Story


@admin.register(Activity)
class ActivityAdmin(DeskAdmin):
    """Voluntary hours."""

    form = ActivityForm
    list_display = ("on", "patron", "hours", "what")
    list_display_links = ("on", "what")
    list_select_related = ("patron",)
    list_filter = (("on", RangeDateFilter),)
    search_fields = ("patron__sort_name", "patron__last_name", "what")
    search_help_text = _("Name or what was done")
    autocomplete_fields = ("patron",)


@admin.register(Story)
class StoryAdmin(DeskAdmin):
    """Experience reports: read, mended and released by staff."""

    list_display = ("title", "patron", "language", "released_at")
    list_select_related = ("patron",)
    list_filter = (("language", ChoicesDropdownFilter), ("released_at", RangeDateFilter))
    search_fields = ("title", "patron__sort_name", "patron__last_name")
    readonly_fields = ("patron", "released_at")
    actions_detail = ("release", "take_back")
    has_release_permission = right("release")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer one of the two."""
        offered = super().get_actions_detail(request, object_id)
        story = Story.objects.filter(pk=object_id).first() if offered else None
        unwanted = "_release" if story and story.released_at else "_take_back"
        return [found for found in offered if not found.action_name.endswith(unwanted)]

    @action(description=_("Release"), url_path="release", permissions=["release"], icon="publish")
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the report public."""
        return self._act(
            request,
            object_id,
            title=gettext("Release “%(title)s”"),
            do=services.release_story,
            told=gettext("The report is public now."),
        )

    @action(description=_("Take back"), url_path="take-back", permissions=["release"])
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the report off the public pages."""
        return self._act(
            request,
            object_id,
            title=gettext("Take “%(title)s” back"),
            do=services.take_back_story,
            told=gettext("The report is not public any more."),
        )

    def _act(
        self, request: HttpRequest, object_id: str, *, title: str, do: Callable[..., Story], told: str
    ) -> HttpResponse:
        story = self.get_object(request, object_id)
        if story is None:
            raise Http404

        def act(_data: dict[str, Any]) -> str:
            do(story, by=acting(request))
            return told

        return action_page(request, title=title % {"title": story}, form=forms.Form, do=act, back=object_url(story))
