"""Posts of the exchange on the desk: those of the agency's own patrons, with what was reported about them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from agencies.desk import DeskAdmin, NothingForm, action_page, chip, object_url, once
from agencies.models import Topic
from klikks.tenancy import current_agency_id
from patrons.admin.base import acting, right
from patrons.exchange import mentions, services
from patrons.exchange.models import GENERAL, LONGEST_NOTE, Complaint, Post
from patrons.exchange.selectors import faces_of

OPEN_COMPLAINTS = Q(complaints__created_at__gt=F("reviewed_at")) | Q(complaints__isnull=False, reviewed_at__isnull=True)


class HideForm(forms.Form):
    """Why a post is hidden; the author reads it."""

    reason = forms.CharField(
        label=_("Reason, in words for the author"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


class RestoreForm(forms.Form):
    """Why a post is shown again."""

    reason = forms.CharField(
        label=_("A word to the author"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PostState(DropdownFilter):
    """Reported, hidden, or all posts."""

    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the two that need a look."""
        return [("reported", gettext("reported, waits for us")), ("hidden", gettext("hidden"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Narrow the list."""
        if self.value() == "reported":
            return queryset.filter(open_reports__gt=0)
        return queryset.filter(hidden_at__isnull=False) if self.value() == "hidden" else queryset


@admin.register(Post)
class PostAdmin(DeskAdmin):
    """The queue of reports, and all posts of the agency's patrons: read, hidden, shown again; never edited."""

    list_display = ("excerpt", "author", "board_name", "written", "state", "open_report_count")
    list_display_links = ("excerpt",)
    list_select_related = ("author",)
    list_filter = (PostState, ("created_at", RangeDateFilter))
    search_fields = ("title", "body", "author__sort_name", "author__last_name")
    search_help_text = _("Words of the post or name of the author")
    ordering = ("-created_at", "-pk")
    export_columns = ()
    fields = readonly_fields = ("state", "person", "thread", "words", "written", "reports", "hidden_reason")
    actions_detail = ("hide", "restore", "settle")
    has_moderate_permission = right("moderate")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        """Return the posts of own patrons, with the number of reports nobody has looked at yet."""
        self.topic_names = {topic.pk: str(topic) for topic in Topic.objects.all()}
        posts = super().get_queryset(request).filter(agency_id=current_agency_id(), removed_at__isnull=True)
        return posts.select_related("question", "author").annotate(
            open_reports=Count("complaints", filter=OPEN_COMPLAINTS)
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer what fits the state of the post."""
        allowed = super().get_actions_detail(request, object_id)
        post = self.get_object(request, object_id) if allowed else None
        if post is None:
            return []
        unwanted = ["_hide"] if post.hidden_at else ["_restore"]
        unwanted += [] if post.open_reports else ["_settle"]
        return [found for found in allowed if not found.action_name.endswith(tuple(unwanted))]

    @admin.display(description=_("post"))
    def excerpt(self, post: Post) -> str:
        """Show the title of a question, or the beginning of an answer."""
        return post.title or Truncator(mentions.MARK.sub("@…", post.body)).chars(80)

    @admin.display(description=_("board"))
    def board_name(self, post: Post) -> str:
        """Show on which board the thread stands."""
        slug = (post.question or post).board
        return gettext("Everything else") if slug == GENERAL else self.topic_names.get(slug, slug)

    @admin.display(description=_("written at"), ordering="created_at")
    def written(self, post: Post) -> str:
        """Show when the post was written."""
        return date_format(timezone.localtime(post.created_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("status"))
    def state(self, post: Any) -> SafeString:
        """Show whether the post waits for us, is hidden or is simply there."""
        if post.hidden_at:
            return chip("ended", gettext("hidden"))
        if post.open_reports:
            return chip("waiting", gettext("reported"))
        return chip("active", gettext("shown"))

    @admin.display(description=_("open reports"), ordering="open_reports")
    def open_report_count(self, post: Any) -> int | str:
        """Show how many reports nobody has looked at."""
        return post.open_reports or ""

    @admin.display(description=_("written by"))
    def person(self, post: Post) -> SafeString:
        """Link to the author."""
        return format_html('<a href="{}">{}</a>', object_url(post.author), post.author)

    @admin.display(description=_("question"))
    def thread(self, post: Post) -> str:
        """Show the question."""
        return str(post.question or post)

    @admin.display(description=_("text"))
    @once
    def words(self, post: Post) -> SafeString:
        """Show what was written, as readers see it."""
        return format_html('<div class="desk-mail">{}</div>', mentions.as_html(post.body, faces_of(post.mentions)))

    @admin.display(description=_("what was reported"))
    @once
    def reports(self, post: Post) -> SafeString | str:
        """Show what was reported, without the names of those who did."""
        rows = (
            (complaint.get_reason_display(), complaint.note, date_format(timezone.localtime(complaint.created_at)))
            for complaint in Complaint.objects.filter(post=post)
        )
        return format_html_join("", "<p>{} {} ({})</p>", rows) or "–"

    @action(description=_("Hide"), url_path="hide", permissions=["moderate"], icon="visibility_off")
    def hide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the post out of sight."""
        post = self._post(request, object_id)

        def act(data: dict[str, Any]) -> str:
            services.hide(post, by=acting(request), reason=data["reason"])
            return gettext("The post is hidden, and the author is told by mail.")

        intro = gettext("Readers then see that a post was hidden, but not what it said. The author is told why.")
        return action_page(
            request, title=gettext("Hide the post"), form=HideForm, do=act, back=object_url(post), intro=intro
        )

    @action(description=_("Show again"), url_path="restore", permissions=["moderate"], icon="visibility")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a hidden post again."""
        post = self._post(request, object_id)

        def act(data: dict[str, Any]) -> str:
            services.restore(post, by=acting(request), reason=data["reason"])
            return gettext("The post is shown again, and the author is told by mail.")

        title = gettext("Show the post again")
        return action_page(request, title=title, form=RestoreForm, do=act, back=object_url(post))

    @action(description=_("Leave it as it is"), url_path="settle", permissions=["moderate"], icon="check")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note that somebody has looked at the reports and nothing needs to be done."""
        post = self._post(request, object_id)

        def act(_data: dict[str, Any]) -> str:
            services.settle(post, by=acting(request))
            return gettext("The reports are settled. The post stays as it is.")

        title = gettext("Leave the post as it is")
        return action_page(request, title=title, form=NothingForm, do=act, back=object_url(post))

    def _post(self, request: HttpRequest, object_id: str) -> Post:
        post: Post | None = self.get_object(request, object_id)
        if post is None:
            raise Http404
        return post
