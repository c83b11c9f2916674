"""The staff desk of this room: training series, their sessions, coachings, and who takes part."""

from trainings.admin.enrolments import EnrolmentAdmin
from trainings.admin.series import TrainingSeriesAdmin
from trainings.admin.sessions import TrainingSessionAdmin
from trainings.learning.admin import QualificationAdmin

__all__ = ["EnrolmentAdmin", "QualificationAdmin", "TrainingSeriesAdmin", "TrainingSessionAdmin"]
