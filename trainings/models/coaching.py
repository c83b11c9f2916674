"""What a coaching practises and agrees: exercises with roles, notes of those who play them, and results."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Phase, User
from klikks.history import tracked
from klikks.tenancy import AgencyModel
from trainings.models.series import SessionPart, TrainingSession


class Exercise(SessionPart):
    """Something practised in a session, such as a role play. Names no person, so all agencies may read it."""

    class Kind(models.TextChoices):
        ROLE_PLAY = "role_play", _("role play")
        GROUP_WORK = "group_work", _("group work")
        MAPPING = "mapping", _("mapping of people and bodies")
        PLANNING = "planning", _("planning")

    session = models.ForeignKey(
        TrainingSession, on_delete=models.CASCADE, related_name="exercises", verbose_name=_("session")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ROLE_PLAY)
    title = models.CharField(_("title"), max_length=160)
    task = models.TextField(_("task"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    roles = models.TextField(
        _("roles"), blank=True, help_text=_("One role a line: its name, a colon, and what this person wants.")
    )

    class Meta(SessionPart.Meta):
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def role_lines(self) -> list[tuple[str, str]]:
        """Each role with what its person wants."""
        parts = (line.partition(":") for line in self.roles.splitlines() if line.strip())
        return [(name.strip(), wish.strip()) for name, _colon, wish in parts]


@tracked()
class ExerciseNote(AgencyModel):
    """What somebody wants to keep from an exercise; only the own agency reads it."""

    exercise = models.ForeignKey(
        Exercise, on_delete=models.CASCADE, related_name="notes", verbose_name=_("exercise"), editable=False
    )
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"), editable=False
    )
    role = models.CharField(_("role played"), max_length=80, blank=True)
    text = models.TextField(_("note"))
    written_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("note of an exercise")
        verbose_name_plural = _("notes of exercises")
        ordering: ClassVar = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:60]


class CoachingResult(SessionPart):
    """What was agreed in a session: a task that belongs to a phase. Each agency makes a task of its own out of it."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.CASCADE, related_name="results", verbose_name=_("session")
    )
    phase = models.ForeignKey(
        Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("phase")
    )
    title = models.CharField(_("what is to be done"), max_length=160)
    days = models.PositiveSmallIntegerField(_("days after the session"), default=30)

    class Meta(SessionPart.Meta):
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering: ClassVar = ["phase__position", "days", "pk"]

    def __str__(self) -> str:
        return self.title
