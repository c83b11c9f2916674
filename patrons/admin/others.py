"""Hours and experience reports on the desk."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from agencies.desk import DeskAdmin, action_page, once
from klikks.photos import photo_answer
from patrons.admin.base import acting, right
from patrons.admin.forms import ActivityForm
from patrons.models import Activity, Story
from patrons.stories import services


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


class GiveBackForm(forms.Form):
    """What the author is asked to change."""

    note = forms.CharField(
        label=_("What you wish for, in words for the author"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )


@admin.register(Story)
class StoryAdmin(DeskAdmin):
    """Experience reports: read, mended, released or given back by staff. Drafts stay with their authors."""

    list_display = ("title", "patron", "status_chip", "handed_in_at", "released_at")
    list_select_related = ("patron",)
    list_filter = (("status", ChoicesDropdownFilter), ("released_at", RangeDateFilter))
    search_fields = ("title", "patron__sort_name", "patron__last_name")
    ordering = ("status", "-handed_in_at", "-pk")
    fields = (
        "status_chip",
        "patron",
        "is_named",
        "title",
        "body",
        "language",
        "picture",
        "photo_alt",
        "handed_in_at",
        "released_at",
        "life_cycle",
    )
    readonly_fields = ("status_chip", "patron", "is_named", "picture", "handed_in_at", "released_at", "life_cycle")
    actions_detail = ("release", "give_back", "take_back")
    has_release_permission = right("release")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        """Return what authors have handed in, or had released."""
        return super().get_queryset(request).exclude(status=Story.Status.DRAFT)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer what the life cycle allows now."""
        offered = super().get_actions_detail(request, object_id)
        story = Story.objects.filter(pk=object_id).first() if offered else None
        is_released = story is not None and story.status == Story.Status.RELEASED
        unwanted = ("_release", "_give_back") if is_released else ("_take_back",)
        return [found for found in offered if not found.action_name.endswith(unwanted)]

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the photo."""
        photo = self.admin_site.admin_view(self.photo)
        return [path("<int:object_id>/photo/", photo, name="patrons_story_photo"), *super().get_urls()]

    @admin.display(description=_("photo"))
    @once
    def picture(self, story: Story) -> SafeString | str:
        """Show the photo."""
        if not story.photo:
            return "–"
        address = reverse("admin:patrons_story_photo", args=[story.pk])
        return format_html('<img class="desk-photo" src="{}" alt="{}">', address, story.photo_alt)

    @action(description=_("Photo"), url_path="photo", permissions=["release"])
    def photo(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hand out the photo to the author's agency."""
        story = self._story(request, object_id)
        if not story.photo:
            raise Http404
        return photo_answer(str(story.photo), "private, no-store")

    @action(description=_("Release"), url_path="release", permissions=["release"], icon="publish")
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the report public."""
        return self._act(
            request,
            object_id,
            title=gettext("Release “%(title)s”"),
            do=lambda story, _data: services.release(story, by=acting(request)),
            told=gettext("The report is public now, and the author is told by mail."),
        )

    @action(description=_("Give back"), url_path="give-back", permissions=["release"], icon="undo")
    def give_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the report back to its author with a note."""
        return self._act(
            request,
            object_id,
            title=gettext("Give “%(title)s” back"),
            do=lambda story, data: services.give_back(story, by=acting(request), note=data["note"]),
            told=gettext("The report is with its author again, who has your note by mail."),
            form=GiveBackForm,
        )

    @action(description=_("Take back"), url_path="take-back", permissions=["release"])
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the report off the public pages."""
        return self._act(
            request,
            object_id,
            title=gettext("Take “%(title)s” back"),
            do=lambda story, _data: services.take_back(story, by=acting(request)),
            told=gettext("The report is not public any more."),
        )

    def _story(self, request: HttpRequest, object_id: str) -> Story:
        story: Story | None = self.get_object(request, object_id)
        if story is None:
            raise Http404
        return story

    def _act(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        do: Callable[[Story, dict[str, Any]], Story],
        told: str,
        form: type[forms.Form] = forms.Form,
    ) -> HttpResponse:
        story = self._story(request, object_id)

        def act(data: dict[str, Any]) -> str:
            do(story, data)
            return told

        return action_page(
            request, title=title % {"title": story}, form=form, do=act, back=reverse("admin:patrons_story_changelist")
        )
