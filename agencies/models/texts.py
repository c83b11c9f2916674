"""Texts an agency may change; the defaults are in the repository."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from klikks.history import tracked
from klikks.tenancy import AgencyModel


@tracked()
class TextBlock(AgencyModel):
    """An agency's own wording of one text, in one language."""

    key = models.CharField(_("text"), max_length=60)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    text = models.TextField(_("wording"))

    class Meta(AgencyModel.Meta):
        verbose_name = _("text block")
        verbose_name_plural = _("text blocks")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "key", "language"], name="one_wording_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"
