"""Training series on the desk, each with its dates."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from agencies.permissions import VIEW, allows
from projects.admin.base import OwnRowsAdmin
from trainings.models import TrainingSeries, TrainingSession


class SessionInline(TabularInline):
    """The dates of a series, to read; each has a page of its own."""

    model = TrainingSession
    extra = 0
    hide_title = True
    fields = readonly_fields = ("title", "starts_at", "venue", "places")
    show_change_link = True
    verbose_name_plural = _("sessions")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Sessions are added on their own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Sessions are changed on their own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Sessions stay."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see the series sees its sessions."""
        return allows(request.user, "trainingsession", VIEW)


@admin.register(TrainingSeries)
class TrainingSeriesAdmin(OwnRowsAdmin):
    """Series of trainings, of all agencies."""

    list_display = ("title", "audience", "programme", "kept_by", "across_agencies")
    list_filter = ("audience", "programme", "across_agencies")
    search_fields = ("title", "goals")
    list_select_related = ("programme", "agency")
    fields = (
        *("programme", "audience", "across_agencies", ("content", "topic")),
        *("title", "goals", "title_en", "goals_en"),
    )
    inlines = (SessionInline,)
