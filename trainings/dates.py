"""What moves in this room when somebody moves a deadline."""

from datetime import datetime, time

from django.utils import timezone

from deadlines.models import Deadline
from trainings.answers import answers_about
from trainings.models import Enrolment, SlotChoice


def move_with_deadline(deadline: Deadline) -> None:
    """Give whoever was offered a place, in a session or in a slot, until the end of the new day to answer."""
    answer_by = timezone.make_aware(datetime.combine(deadline.due_on, time(23, 59)))
    offered = Enrolment.objects.select_for_update().filter(pk=deadline.subject_id or 0, status=Enrolment.Status.OFFERED)
    for enrolment in offered:
        enrolment.answer_by = answer_by
        enrolment.save(update_fields=["answer_by"])
    choices = SlotChoice.objects.select_for_update(of=("self",)).select_related("slot", "enrolment")
    for choice in choices.filter(enrolment=deadline.subject_id or 0, status=SlotChoice.Status.OFFERED):
        if answers_about(choice.enrolment, str(choice.slot)).filter(pk=deadline.pk).exists():
            choice.answer_by = answer_by
            choice.save(update_fields=["answer_by"])
