"""The form with which a participant answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trainings.feedback.models import LONGEST_COMMENT, FeedbackSlip, Ratings

SCALE = [
    (5, _("fully agree")),
    (4, _("rather agree")),
    (3, _("partly")),
    (2, _("rather disagree")),
    (1, _("do not agree at all")),
]


class FeedbackForm(forms.Form):
    """Five statements and two open questions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in Ratings.QUESTIONS:
            self.fields[name] = forms.TypedChoiceField(
                label=FeedbackSlip._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                choices=SCALE,
                coerce=int,
                widget=forms.RadioSelect,
            )
        for name in ("good", "better"):
            self.fields[name] = forms.CharField(
                label=FeedbackSlip._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                required=False,
                max_length=LONGEST_COMMENT,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("Please write nothing by which you could be recognised, if you do not want that."),
            )
