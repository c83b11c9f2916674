"""The programme of a conference: slots, some at the same time, excursions with their own places, and who chose what."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models.programmes import in_readers_language
from klikks.tenancy import AgencyModel
from trainings.models.enrolment import Enrolment
from trainings.models.series import SessionPart, TrainingSession


class Slot(SessionPart):
    """A part of a session's programme. Slots may run at the same time; one with places is chosen."""

    class Kind(models.TextChoices):
        TALK = "talk", _("talk")
        WORKSHOP = "workshop", _("workshop")
        EXCURSION = "excursion", _("excursion")
        BREAK = "break", _("break")

    session = models.ForeignKey(
        TrainingSession, on_delete=models.CASCADE, related_name="slots", verbose_name=_("session")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TALK)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    room = models.CharField(_("room or meeting point"), max_length=120, blank=True)
    room_en = models.CharField(_("room or meeting point, in English"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=160)
    title_en = models.CharField(_("title, in English"), max_length=160, blank=True)
    speaker = models.CharField(_("speaker"), max_length=160, blank=True)
    is_chosen = models.BooleanField(
        _("participants choose it"), default=False, help_text=_("Needed for excursions and parallel workshops.")
    )
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta(SessionPart.Meta):
        verbose_name = _("slot of the programme")
        verbose_name_plural = _("programme")
        ordering: ClassVar = ["starts_at", "room", "pk"]
        constraints: ClassVar = [
            *SessionPart.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(is_chosen=True),
                name="slot_with_places_is_chosen",
                violation_error_message=_("Only what participants choose can have places of its own."),
            ),
        ]

    def __str__(self) -> str:
        return in_readers_language(self.title, self.title_en)

    @property
    def room_text(self) -> str:
        """Where it is, in the reader's language."""
        return in_readers_language(self.room, self.room_en)

    def overlaps(self, other: "Slot") -> bool:
        """Whether nobody can be at both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class SlotChoice(AgencyModel):
    """That a participant has chosen a slot, or waits for a place in it; belongs to the enrolment's agency."""

    class Status(models.TextChoices):
        CHOSEN = "chosen", _("chosen")
        WAITING = "waiting", _("on the waiting list")
        OFFERED = "offered", _("place offered, answer expected")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="choices")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="choices")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.CHOSEN, editable=False)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True, editable=False)
    chosen_at = models.DateTimeField(_("chosen at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("chosen slot")
        verbose_name_plural = _("chosen slots")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["enrolment", "slot"], name="one_choice_a_slot"),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(answer_by__isnull=False), name="slot_offer_ends_some_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.slot)


class SlotPlace(models.Model):
    """The key of a choice of whichever agency, with its status: the queue of a slot, without a name in it."""

    agency_id = models.BigIntegerField()
    slot = models.ForeignKey(Slot, on_delete=models.DO_NOTHING, related_name="all_places", db_constraint=False)
    status = models.CharField(max_length=8, choices=SlotChoice.Status)
    answer_by = models.DateTimeField(null=True)
    chosen_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "trainings_slotplace"
        ordering: ClassVar = ["chosen_at", "pk"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.status}"


class TakenSlot(models.Model):
    """How many places of a slot are taken or offered, counted over all agencies by a view that names nobody."""

    slot = models.OneToOneField(Slot, on_delete=models.DO_NOTHING, primary_key=True, related_name="taken_slot")
    taken = models.IntegerField()

    class Meta:
        managed = False
        db_table = "trainings_takenslot"

    def __str__(self) -> str:
        return str(self.taken)
