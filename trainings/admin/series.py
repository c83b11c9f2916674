"""Training series on the desk, each with its dates."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agencies.desk import ReadOnlyInline
from projects.admin.base import OwnRowsAdmin
from trainings.models import TrainingSeries, TrainingSession


class SessionInline(ReadOnlyInline):
    """The dates of a series, to read; each has a page of its own."""

    model = TrainingSession
    hide_title = True
    fields = readonly_fields = ("title", "starts_at", "venue", "places")
    show_change_link = True
    verbose_name_plural = _("sessions")


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
