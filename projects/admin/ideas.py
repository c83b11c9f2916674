"""Citizens' ideas on the staff's desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from agencies.desk import DeskAdmin, action_page, object_url
from agencies.permissions import allows
from projects.admin.base import NothingForm, found, user_of
from projects.ideas import services as ideas
from projects.ideas.forms import DeclineIdeaForm
from projects.models import (
    Idea,
)


class AdoptForm(forms.Form):
    """What the project of an idea is called."""

    title = forms.CharField(label=_("title"), max_length=160)


@admin.register(Idea)
class IdeaAdmin(DeskAdmin):
    """Ideas of citizens, to be read, released, adopted or declined."""

    list_display = ("title", "commune", "topic", "status_chip", "received_at")
    list_filter = ("status", "topic", "programme")
    search_fields = ("title", "text", "commune__search_name")
    list_select_related = ("commune", "topic")
    autocomplete_fields = ("commune",)
    readonly_fields = (
        *("status_chip", "author", "email", "shows_author", "programme", "project", "received_at", "released_at"),
        "life_cycle",
    )
    fields = (
        ("title", "status_chip"),
        "text",
        ("commune", "topic"),
        ("author", "email"),
        "shows_author",
        ("programme", "received_at", "released_at"),
        "project",
        "life_cycle",
    )
    actions_detail = ("release", "adopt", "decline")

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may decide about ideas."""
        return allows(request.user, "idea", "change")

    @action(description=_("Show to the public"), url_path="release", icon="public", permissions=["work"])
    def release(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Release an idea."""
        idea = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            ideas.release_idea(idea, by=user_of(request))
            return gettext("Citizens can now read the idea.")

        return action_page(
            request,
            title=gettext("Show to the public"),
            form=NothingForm,
            do=do,
            back=object_url(idea),
            intro=idea.text,
        )

    @action(description=_("Make it a project"), url_path="adopt", icon="eco", permissions=["work"])
    def adopt(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Make a project of an idea; it then needs a municipality and a topic."""
        idea = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            if idea.commune is None or idea.topic_id is None:
                raise forms.ValidationError(gettext("Please enter the municipality and the topic of the idea first."))
            ideas.adopt_idea(
                idea, by=user_of(request), commune=idea.commune, topic_id=idea.topic_id, title=data["title"]
            )
            return gettext("The idea became a project.")

        return action_page(
            request,
            title=gettext("Make it a project"),
            form=AdoptForm,
            do=do,
            back=object_url(idea),
            initial={"title": idea.title},
        )

    @action(description=_("Decline"), url_path="decline", icon="close", permissions=["work"])
    def decline(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Decline an idea."""
        idea = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            ideas.decline_idea(idea, by=user_of(request), reason=data["reason"])
            return gettext("The idea is declined.")

        return action_page(request, title=gettext("Decline"), form=DeclineIdeaForm, do=do, back=object_url(idea))
