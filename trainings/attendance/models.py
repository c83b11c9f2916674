"""Who was there, as it was noted on the day, and the certificates that say so."""

import uuid
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from klikks.history import tracked
from klikks.tenancy import AgencyModel
from patrons.models import verification_code


class AttendanceEntry(AgencyModel):
    """One note of somebody's presence at a date, as a device sent it.

    Its key lets the same note arrive twice and count once. Of several notes about a person and a date the latest counts
    (`presence.present_at`); nothing else says at which dates somebody was.
    """

    class Way(models.TextChoices):
        LIST = "list", _("by list")
        CODE = "code", _("by the code in the room")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(
        "trainings.Enrolment", on_delete=models.CASCADE, related_name="attendance_entries", verbose_name=_("enrolment")
    )
    # Empty: the first date, which is the session's own.
    date = models.ForeignKey(
        "trainings.FurtherDate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("date"),
    )
    is_present = models.BooleanField(_("present"))
    way = models.CharField(_("how"), max_length=8, choices=Way, default=Way.LIST)
    # When it was noted on the device, which may be long before it arrived: of several notes the latest counts.
    noted_at = models.DateTimeField(_("noted at"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    noted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )

    class Meta(AgencyModel.Meta):
        verbose_name = _("note of attendance")
        verbose_name_plural = _("notes of attendance")
        ordering: ClassVar = ["-noted_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.is_present}"


@tracked()
class TrainingCertificate(AgencyModel):
    """That somebody took part in a training. Its words are kept as they were when it was issued."""

    enrolment = models.OneToOneField(
        "trainings.Enrolment", on_delete=models.PROTECT, related_name="certificate", verbose_name=_("enrolment")
    )
    code = models.CharField(_("code"), max_length=12, unique=True, default=verification_code, editable=False)
    name = models.CharField(_("name"), max_length=170)
    training = models.CharField(_("training"), max_length=330)
    held_on = models.DateField(_("held on"))
    days = models.CharField(_("days"), max_length=200, blank=True)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0)])
    contents = models.TextField(_("contents"), blank=True)
    trainers = models.CharField(_("trainers"), max_length=300, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("certificate of attendance")
        verbose_name_plural = _("certificates of attendance")
        ordering: ClassVar = ["-issued_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.training}"


class CertifiedTraining(models.Model):
    """What a certificate's code discloses to everybody, and nothing more: a view, read through `certificates.verify`.

    The view shows the one certificate whose code the connection names, so that nobody can list the names of others.
    """

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    is_valid = models.BooleanField(_("valid"))
    name = models.CharField(_("name"), max_length=170)
    training = models.CharField(_("training"), max_length=330)
    held_on = models.DateField(_("held on"))

    class Meta:
        managed = False
        db_table = "trainings_certifiedtraining"

    def __str__(self) -> str:
        return self.code
