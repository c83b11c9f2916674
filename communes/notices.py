"""How a municipality is told what was decided: by mail or by letter, in the agency's words or in those of staff."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from communes.models import Registration
from communes.moves import values_of
from deadlines import jobs, outbox
from deadlines.models import Job
from deadlines.outbox import Words


class Way(models.TextChoices):
    """On which way a municipality is told."""

    MAIL = "mail", _("by e-mail")
    LETTER = "letter", _("by letter: we print it, no mail is sent")


@dataclass(frozen=True)
class Notice:
    """What staff want of a notice: their own words (the agency's if None), and the way."""

    words: Words | None = None
    way: str = Way.MAIL


BY_MAIL = Notice()


def draft(registration: Registration, template: str, values: dict[str, Any]) -> Words:
    """Return the words of a notice in the agency's wording and the language of the person who registered."""
    return outbox.draft(template, language=registration.language, context={**values_of(registration), **values})


def tell(
    registration: Registration,
    template: str,
    values: dict[str, Any],
    *,
    by: User | None = None,
    notice: Notice = BY_MAIL,
) -> None:
    """Mail a notice to the person who registered, or order it as a letter to be printed."""
    if notice.way == Way.LETTER:
        order_letter(registration, notice.words or draft(registration, template, values), by=by)
        return
    outbox.post(
        template,
        to=registration.email,
        language=registration.language,
        context={**values_of(registration), **values},
        subject=registration,
        words=notice.words,
    )


def order_letter(registration: Registration, words: Words, *, by: User | None) -> Job:
    """Order a letter to the municipality as PDF. The caller has checked the right."""
    parameters = {"subject_line": words.subject_line, "text": words.text}
    return jobs.order(Job.Kind.REGISTRATION_LETTER, subject=registration, by=by, parameters=parameters)
