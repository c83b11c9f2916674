"""Background jobs on the staff desk."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action

from agencies.desk import NothingForm, action_page, object_url
from deadlines import jobs
from deadlines.admin.base import WrittenByItselfAdmin, count_done, link, person
from deadlines.models import Job
from deadlines.operations import operations
from deadlines.views import reader


@admin.register(Job)
class JobAdmin(WrittenByItselfAdmin):
    """Work in the background, with what became of it."""

    list_display = ("kind", "status_chip", "progress_bar", "who", "ordered_at", "finished_at", "result", "about")
    list_filter: ClassVar = [("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter)]
    list_select_related = ("ordered_by__membership", "document")
    fields = (
        "kind", "status_chip", "progress_bar", "error", "result", "about", "who", "ordered_at", "beat_at",
        "finished_at", "attempts", "number", "page",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("retry_chosen",)
    actions_detail = ("retry",)

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which operators see how the engines are."""
        page = self.admin_site.admin_view(operations)
        return [path("operations/", page, name="deadlines_operations"), *super().get_urls()]

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may start jobs again, and the job has failed."""
        if not self._allows(request, "retry"):
            return False
        failed = Job.objects.filter(status=Job.Status.FAILED)
        return object_id is None or failed.filter(pk=object_id).exists()

    @admin.display(description=_("progress"), ordering="progress")
    def progress_bar(self, job: Job) -> str | SafeString:
        """Show how far it is."""
        if job.status == Job.Status.FAILED:
            return "–"
        bar = '<progress class="desk-bar" value="{0}" max="100" aria-label="{1}"></progress>{0} %'
        return format_html(f'<span class="desk-progress">{bar}</span>', str(job.progress), _t("progress"))

    @admin.display(description=_("ordered by"))
    def who(self, job: Job) -> str:
        """Name who ordered it."""
        return person(job.ordered_by) or _t("the portal")

    @admin.display(description=_("result"))
    def result(self, job: Job) -> str | SafeString:
        """Link to what was made; say why it failed; nothing while it is not done, or where it makes no document."""
        if job.status == Job.Status.FAILED:
            return job.error
        document = getattr(job, "document", None)
        return link(reverse("reports:download", args=[document.pk]), document.title) if document else "–"

    @admin.display(description=_("number"))
    def number(self, job: Job) -> str:
        """Show the number that a failure tells people to pass on."""
        return str(job.key)

    @admin.display(description=_("page"))
    def page(self, job: Job) -> SafeString:
        """Link to the page with progress and result."""
        return link(reverse("deadlines:job", args=[job.key]), _t("progress and result"))

    @action(description=_("Try again"), url_path="retry", permissions=["retry"], icon="refresh")
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Start a failed job once more."""
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404

        def do(_typed: dict[str, Any]) -> str:
            jobs.retry(job, by=reader(request))
            return _t("It starts in a moment.")

        return action_page(
            request, title=_t("Try again"), form=NothingForm, do=do, back=object_url(job), intro=job.error or str(job)
        )

    @action(description=_("Try the chosen ones again"), permissions=["retry"])
    def retry_chosen(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Start several failed jobs once more; others stay as they are."""
        count_done(
            request,
            queryset.filter(status=Job.Status.FAILED),
            lambda job: jobs.retry(job, by=reader(request)),
            lambda count: (
                ngettext("%(count)d job starts again.", "%(count)d jobs start again.", count) % {"count": count}
            ),
        )
