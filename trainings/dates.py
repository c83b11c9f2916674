"""What moves in this room when somebody moves a deadline."""

from datetime import datetime, time

from django.utils import timezone

from deadlines.models import Deadline
from trainings.models import Enrolment


def move_with_deadline(deadline: Deadline) -> None:
    """Give whoever was offered a place until the end of the new day to answer."""
    offered = Enrolment.objects.select_for_update().filter(pk=deadline.subject_id or 0, status=Enrolment.Status.OFFERED)
    for enrolment in offered:
        enrolment.answer_by = timezone.make_aware(datetime.combine(deadline.due_on, time(23, 59)))
        enrolment.save(update_fields=["answer_by"])
