"""Sessions on the desk: planning one, enrolling people, noting attendance, calling it off, and its coaching."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from agencies.desk import action_page, chip, dressed, object_url
from agencies.permissions import VIEW, allows, user_of
from communes.models import Twinning
from klikks.tenancy import current_agency_id
from projects.admin.base import OwnRowsAdmin, found
from trainings import coaching, services
from trainings.admin import parts
from trainings.admin.forms import CallOffForm, EnrolForm
from trainings.forms import NoteForm
from trainings.models import (
    CoachingResult,
    Enrolment,
    Exercise,
    ExerciseNote,
    TrainingMaterial,
    TrainingSeries,
    TrainingSession,
)

COACHED = {TrainingSeries.Audience.REGIONAL_MANAGERS}
WITH_PROGRAMME = {TrainingSeries.Audience.CONFERENCE, TrainingSeries.Audience.NETWORK, TrainingSeries.Audience.OPEN}


@admin.register(TrainingSession)
class TrainingSessionAdmin(OwnRowsAdmin):
    """Sessions of all series."""

    list_display = ("session_title", "series", "starts_at", "venue", "taken", "places", "state", "kept_by")
    list_filter = ("series__audience", ("starts_at", RangeDateFilter), "agency")
    search_fields = ("title", "series__title", "venue")
    ordering = ("-starts_at",)
    autocomplete_fields = ("series",)
    readonly_fields = ("state",)
    fieldsets = (
        (None, {"fields": ("series", "state", "title", "title_en", "starts_at", "ends_at")}),
        (_("Where and with whom"), {"fields": (("mode", "held_in"), "venue", "online_link", "trainers")}),
        (
            _("What participants need to know"),
            {"fields": ("access_note", "access_note_en", "travel_note", "travel_note_en", "fee")},
        ),
        (
            _("Registration"),
            {
                "fields": (
                    ("register_from", "register_until"),
                    ("places", "minimum"),
                    "answer_hours",
                    "least_share",
                )
            },
        ),
        (_("Network of towns"), {"fields": ("host", ("excursion", "excursion_en"))}),
    )
    actions_detail = ("enrol", "attendance", "feedback", "coaching", "cancel_session")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return sessions with what the list and their names show."""
        return super().get_queryset(request).select_related("series", "agency", "taken_places")

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Ask for host town and excursion where the agency has a network of towns."""
        has_network = Twinning.objects.filter(agency_id=current_agency_id()).exists()
        return self.fieldsets if has_network else self.fieldsets[:-1]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show what a session of its kind has: a programme, exercises and results, people of other agencies."""
        if obj is None:
            return [parts.DateInline]
        audience = obj.series.audience
        return [
            parts.DateInline,
            parts.MaterialInline,
            *([parts.SlotInline] if audience in WITH_PROGRAMME else []),
            *([parts.ExerciseInline, parts.ResultInline] if audience in COACHED else []),
            parts.EnrolmentInline,
            *([parts.AttendeeInline] if obj.series.across_agencies and _is_ours(obj) else []),
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the towns of the agency's own networks."""
        if db_field.name == "host":
            kwargs["queryset"] = Twinning.objects.filter(agency_id=current_agency_id()).select_related(
                "commune", "programme"
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Spare the menu beside the series, which has a list of its own: on a phone there is no room for both."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "series":
            for name in ("add", "change", "view", "delete"):
                setattr(field.widget, f"can_{name}_related", False)
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a session; whoever waits gets what has become free, and the minimum is remembered."""
        super().save_model(request, obj, form, change)
        services.keep_plan(obj, by=user_of(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save a table of the page; the file of a material that was taken away goes with it."""
        super().save_formset(request, form, formset, change)
        for gone in getattr(formset, "deleted_objects", []):
            if isinstance(gone, TrainingMaterial) and gone.file:
                transaction.on_commit(partial(default_storage.delete, str(gone.file)))

    @admin.display(description=_("title"), ordering="title")
    def session_title(self, session: TrainingSession) -> str:
        """Name the session."""
        return session.name

    @admin.display(description=_("taken"))
    def taken(self, session: TrainingSession) -> str | int:
        """Say how many places are taken, over all agencies, and how many people are needed where these are too few."""
        taken = session.taken_places.taken if hasattr(session, "taken_places") else 0
        if session.minimum is None or taken >= session.minimum:
            return taken
        return gettext("%(taken)d, %(minimum)d are needed") % {"taken": taken, "minimum": session.minimum}

    @admin.display(description=_("how it stands"))
    def state(self, session: TrainingSession) -> str | SafeString:
        """Say whether people may register, or why not."""
        if session.pk is None:
            return "–"
        if session.cancelled_at:
            return format_html("{} {}", chip("failed", gettext("cancelled")), session.cancel_reason)
        if session.over_at <= timezone.now():
            return chip("", gettext("held"))
        if session.is_before_registration:
            return chip("planned", gettext("registration not open yet"))
        if session.is_registration_over:
            return chip("", gettext("registration closed"))
        return chip("active", gettext("registration open"))

    def has_enrol_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may enrol people."""
        return allows(request.user, "enrolment", "add")

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may call sessions off."""
        return allows(request.user, "trainingsession", "cancel")

    def has_feedback_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may read what participants said."""
        return allows(request.user, "feedback", VIEW)

    def has_coaching_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may read and write notes of exercises."""
        return allows(request.user, "exercisenote", VIEW)

    @action(description=_("Enrol somebody"), url_path="enrol", icon="person_add", permissions=["enrol"])
    def enrol(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give somebody a place, or one on the waiting list."""
        session = self._open_to_us(request, object_id)

        def do(data: dict[str, Any]) -> str:
            known = data["patron"] or data["member"]
            if known:
                enrolment = services.enrol(session, known, by=user_of(request))
            else:
                guest = {name: data[name] for name in ("name", "email", "organisation")}
                enrolment = services.enrol_guest(session, by=user_of(request), **guest)
            if enrolment.status == Enrolment.Status.WAITING:
                return gettext("All places are taken: %(person)s is on the waiting list.") % {
                    "person": enrolment.person
                }
            return gettext("%(person)s has a place.") % {"person": enrolment.person}

        return action_page(request, title=gettext("Enrol somebody"), form=EnrolForm, do=do, back=object_url(session))

    @action(description=_("Note attendance"), url_path="attendance", icon="how_to_reg", permissions=["enrol"])
    def attendance(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Go to the list of the day, which is made for the phone."""
        return redirect("trainings:attendance", pk=self._open_to_us(request, object_id).pk)

    @action(description=_("Feedback"), url_path="feedback", icon="reviews", permissions=["feedback"])
    def feedback(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Go to what participants of our own sessions said."""
        session: TrainingSession = found(self, request, object_id)
        if not _is_ours(session):
            raise Http404
        return redirect("reports:feedback", pk=session.pk)

    @action(description=_("Call off"), url_path="cancel", icon="event_busy", permissions=["cancel"])
    def cancel_session(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Cancel a session of our own agency and tell everybody."""
        session: TrainingSession = found(self, request, object_id)
        if not _is_ours(session):
            raise Http404

        def do(data: dict[str, Any]) -> str:
            count = services.cancel_session(session, by=user_of(request), reason=data["reason"])
            return ngettext("%(count)d person is told.", "%(count)d people are told.", count) % {"count": count}

        return action_page(request, title=gettext("Call off"), form=CallOffForm, do=do, back=object_url(session))

    @action(
        description=_("Exercises and results"), url_path="coaching", icon="theater_comedy", permissions=["coaching"]
    )
    def coaching(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show exercises with our agency's notes, and results; take a note, or make a result a task."""
        session = self._open_to_us(request, object_id)
        form = NoteForm(request.POST if request.POST.get("exercise") else None)
        if request.method == "POST" and _noted(request, session, form):
            return redirect(request.path)
        results = list(session.results.select_related("phase", "session"))
        tasks = coaching.tasks_of(results)
        ours = ExerciseNote.objects.filter(exercise__session=session).select_related("author__membership")
        exercises = list(session.exercises.all())
        written = request.POST.get("exercise", "")
        context = {
            **admin.site.each_context(request),
            "opts": self.opts,
            "original": session,
            "title": gettext("Exercises and results"),
            "back": object_url(session),
            "exercises": [
                (
                    exercise,
                    [note for note in ours if note.exercise_id == exercise.pk],
                    dressed(form if written == str(exercise.pk) else NoteForm()),
                )
                for exercise in exercises
            ],
            "results": [(result, tasks.get(result.pk), coaching.day_of(result)) for result in results],
        }
        return render(request, "admin/trainings/coaching.html", context)

    def _open_to_us(self, request: HttpRequest, object_id: int) -> TrainingSession:
        """Return a session of our own agency, or one to which all agencies send people."""
        session: TrainingSession = found(self, request, object_id)
        if not (_is_ours(session) or session.series.across_agencies):
            raise Http404
        return session


def _is_ours(session: TrainingSession) -> bool:
    return session.agency_id == current_agency_id()


def _noted(request: HttpRequest, session: TrainingSession, form: NoteForm) -> bool:
    """Do what a button of the page of a coaching says; False where the note must be mended."""
    by = user_of(request)
    wanted = request.POST.get("result", "")
    if wanted.isdecimal():
        results = CoachingResult.objects.select_related("session__series__programme", "phase")
        result = get_object_or_404(results, pk=wanted, session=session)
        if "plan" in request.POST:
            coaching.put_into_plan(result, by=by)
            messages.success(request, gettext("It is a task of the phase plan now."))
            return True
        coaching.make_task(result, by=by, due_on=coaching.day_of(result))
        messages.success(request, gettext("It is one of your tasks now."))
        return True
    if not (form.is_bound and form.is_valid()):
        return False
    exercise = get_object_or_404(Exercise, pk=request.POST["exercise"], session=session)
    coaching.write_note(exercise, by=by, **form.cleaned_data)
    messages.success(request, gettext("The note is kept."))
    return True
