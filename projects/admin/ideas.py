"""Citizens' ideas on the staff's desk."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from agencies.desk import DeskAdmin, NothingForm, action_page, object_url, once
from agencies.permissions import allows, user_of
from klikks.photos import photo_answer
from projects.admin.base import found
from projects.ideas import authors
from projects.ideas import services as ideas
from projects.ideas.forms import DeclineIdeaForm, KnownForm
from projects.ideas.similar import similar_to, waiting_like
from projects.models import Idea

# Which steps the life cycle leaves open, and which only make sense while somebody is known.
STEPS = {"release": Idea.Status.RELEASED, "adopt": Idea.Status.ADOPTED, "known": "declined", "decline": "declined"}


class AdoptForm(forms.Form):
    """What the project of an idea is called."""

    title = forms.CharField(label=_("title"), max_length=160)


@admin.register(Idea)
class IdeaAdmin(DeskAdmin):
    """Ideas of citizens, to be read, released, adopted or declined."""

    list_display = ("title", "commune", "topic", "status_chip", "received_at")
    list_filter = ("status", "topic", "programme")
    search_fields = ("title", "text", "commune__search_name")
    autocomplete_fields = ("commune",)
    readonly_fields = (
        *("status_chip", "author", "email", "shows_author", "programme", "project", "received_at", "released_at"),
        *("picture", "similar", "followers", "life_cycle"),
    )
    fields = (
        ("title", "status_chip"),
        "text",
        "similar",
        ("commune", "topic"),
        ("picture", "photo_alt"),
        ("author", "email"),
        "shows_author",
        ("programme", "received_at", "released_at"),
        ("project", "followers"),
        "life_cycle",
    )
    actions_detail = ("release", "adopt", "known", "decline", "forget_author")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the ideas with what their pages name."""
        confirmed = Count("follows", filter=Q(follows__confirmed_at__isnull=False))
        rows = super().get_queryset(request).select_related("commune", "topic", "programme", "project")
        return rows.annotate(follower_count=confirmed)

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may decide about ideas."""
        return allows(request.user, "idea", "change")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ideas are sent by citizens, on the public page."""
        return False

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer what the life cycle allows now."""
        offered = super().get_actions_detail(request, object_id)
        idea = Idea.objects.filter(pk=object_id).first() if offered else None
        if idea is None:
            return offered
        unwanted = {name for name, status in STEPS.items() if not idea.may_move_to(status)}
        if not (idea.author or idea.email):
            unwanted.add("forget_author")
        return [step for step in offered if not step.action_name.endswith(tuple(f"_{name}" for name in unwanted))]

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the picture."""
        photo = self.admin_site.admin_view(self.photo)
        return [path("<int:object_id>/photo/", photo, name="projects_idea_photo"), *super().get_urls()]

    @admin.display(description=_("picture"))
    @once
    def picture(self, idea: Idea) -> SafeString | str:
        """Show the picture."""
        if not idea.photo:
            return "–"
        address = reverse("admin:projects_idea_photo", args=[idea.pk])
        return format_html('<img class="desk-photo" src="{}" alt="{}">', address, idea.photo_alt)

    @admin.display(description=_("like it"))
    @once
    def similar(self, idea: Idea) -> SafeString:
        """List what is public and like it, and the agency's own ideas that wait or were declined."""
        context = {
            "public": similar_to(idea.title, but_not=f"idea-{idea.pk}"),
            "own": [(one, object_url(one)) for one in waiting_like(idea)],
        }
        return render_to_string("admin/projects/similar.html", context)

    @admin.display(description=_("followers"))
    def followers(self, idea: Any) -> int:
        """Say how many follow the idea by mail."""
        return int(idea.follower_count)

    @action(description=_("Picture"), url_path="photo", permissions=["work"])
    def photo(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """Hand out the picture to the agency."""
        idea = found(self, request, object_id)
        if not idea.photo:
            raise Http404
        return photo_answer(str(idea.photo), "private, no-store")

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

    @action(description=_("There already"), url_path="known", icon="content_copy", permissions=["work"])
    def known(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Decline an idea because there is the same already, to which its author is led."""
        idea = found(self, request, object_id)
        similar = similar_to(idea.title, but_not=f"idea-{idea.pk}")

        def do(data: dict[str, Any]) -> str:
            same = next(one for one in similar if one.key == data["same"])
            ideas.decline_as_known(idea, same, by=user_of(request))
            return gettext("The idea is declined, and its author is told where it is already.")

        return action_page(
            request,
            title=gettext("There already"),
            form=cast(type[forms.Form], partial(KnownForm, similar=similar)) if similar else NothingForm,
            do=do if similar else lambda data: gettext("Nothing was changed."),
            back=object_url(idea),
            intro=idea.title if similar else gettext("Nothing public is like this idea."),
        )

    @action(description=_("Forget the author"), url_path="forget-author", icon="person_off", permissions=["work"])
    def forget_author(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Forget name and address of the author, who has asked for it."""
        idea = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            authors.forget_author(idea, by=user_of(request))
            return gettext("Name and address are deleted, in the history too.")

        return action_page(
            request,
            title=gettext("Forget the author"),
            form=NothingForm,
            do=do,
            back=object_url(idea),
            intro=gettext("Name, address and the mails to the author are deleted for good. The idea stays."),
        )
