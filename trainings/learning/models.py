"""When a patron counts as qualified: rules of a programme, kept as data."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Programme, Topic
from agencies.models.programmes import in_readers_language
from trainings.models.series import TrainingSeries


class Qualification(models.Model):
    """What patrons of a programme may call themselves, once they have attended what its parts ask for."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="qualifications", verbose_name=_("programme")
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        ordering: ClassVar = ["programme", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["programme", "name"], name="one_qualification_a_name")]

    def __str__(self) -> str:
        return in_readers_language(self.name, self.name_en)


class QualificationPart(models.Model):
    """A part of a qualification: so many different trainings of a kind, of one topic where that matters."""

    qualification = models.ForeignKey(
        Qualification, on_delete=models.CASCADE, related_name="parts", verbose_name=_("qualification")
    )
    count = models.PositiveSmallIntegerField(_("how many"), default=1, validators=[MinValueValidator(1)])
    content = models.CharField(_("of which kind"), max_length=8, choices=TrainingSeries.Content)
    topic = models.ForeignKey(
        Topic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("topic"),
        help_text=_("Empty: any topic counts."),
    )

    class Meta:
        verbose_name = _("part of a qualification")
        verbose_name_plural = _("parts of a qualification")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(count__gte=1), name="part_asks_for_something")]

    def __str__(self) -> str:
        return f"{self.count} × {self.get_content_display()}"
