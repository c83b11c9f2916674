"""Training series with their sessions, who takes part, what is practised, and the programme of a conference."""

from trainings.calendars.models import CalendarFeed
from trainings.models.coaching import CoachingResult, Exercise, ExerciseNote
from trainings.models.conference import Slot, SlotChoice, TakenSlot
from trainings.models.enrolment import Attendee, Enrolment, Guest, Place, TakenPlaces
from trainings.models.series import FurtherDate, SessionPart, TrainingMaterial, TrainingSeries, TrainingSession

__all__ = [
    "Attendee",
    "CalendarFeed",
    "CoachingResult",
    "Enrolment",
    "Exercise",
    "ExerciseNote",
    "FurtherDate",
    "Guest",
    "Place",
    "SessionPart",
    "Slot",
    "SlotChoice",
    "TakenPlaces",
    "TakenSlot",
    "TrainingMaterial",
    "TrainingSeries",
    "TrainingSession",
]
