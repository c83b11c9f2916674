"""Training series with their sessions, who takes part, what is practised, and the programme of a conference."""

from trainings.attendance.models import AttendanceEntry, CertifiedTraining, TrainingCertificate
from trainings.calendars.models import CalendarFeed, CalendarInvite
from trainings.feedback.models import FeedbackAnswer, FeedbackComment, FeedbackRequest, FeedbackSlip
from trainings.learning.models import Qualification, QualificationPart
from trainings.models.coaching import CoachingResult, Exercise, ExerciseNote
from trainings.models.conference import Slot, SlotChoice, SlotPlace, TakenSlot
from trainings.models.enrolment import Attendee, Enrolment, Guest, Place, TakenPlaces
from trainings.models.series import FurtherDate, SessionPart, TrainingMaterial, TrainingSeries, TrainingSession

__all__ = [
    "AttendanceEntry",
    "Attendee",
    "CalendarFeed",
    "CalendarInvite",
    "CertifiedTraining",
    "CoachingResult",
    "Enrolment",
    "Exercise",
    "ExerciseNote",
    "FeedbackAnswer",
    "FeedbackComment",
    "FeedbackRequest",
    "FeedbackSlip",
    "FurtherDate",
    "Guest",
    "Place",
    "Qualification",
    "QualificationPart",
    "SessionPart",
    "Slot",
    "SlotChoice",
    "SlotPlace",
    "TakenPlaces",
    "TakenSlot",
    "TrainingCertificate",
    "TrainingMaterial",
    "TrainingSeries",
    "TrainingSession",
]
