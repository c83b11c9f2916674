"""What participants said about a training, as a plot. Only what was published in groups is read."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.permissions import permission_required
from klikks.tenancy import current_agency_id
from reports.documents import Bar, Palette, bar_chart
from reports.documents.charts import NARROW
from trainings.feedback.forms import SCALE
from trainings.feedback.models import FeedbackAnswer, FeedbackComment, FeedbackSlip, Ratings
from trainings.feedback.services import STEP
from trainings.models import TrainingSession


@dataclass(frozen=True)
class Question:
    """A statement, the mean of the answers from 1 to 5 in words, and how they are spread, as a drawing."""

    words: str
    mean: str
    plot: SafeString
    spread: str


@dataclass(frozen=True)
class Results:
    """What is published about a training, and how many answers wait until there are enough."""

    count: int
    waiting: int
    questions: list[Question]
    good: list[str]
    better: list[str]


@permission_required("feedback", "view")
@require_safe
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what participants of a training of the reader's agency said, where there are enough answers."""
    sessions = TrainingSession.objects.filter(agency=current_agency_id()).select_related("series", "agency")
    session = get_object_or_404(sessions, pk=pk)
    context = {"session": session, "results": results_of(session, session.agency), "step": STEP}
    return render(request, "reports/feedback.html", context)


def results_of(session: TrainingSession, agency: Agency) -> Results:
    """Return the published answers of a session of the context's agency; three queries.

    The answers in the closed box are only counted. Comments come in an order that has nothing to do with the ratings.
    """
    answers = list(FeedbackAnswer.objects.filter(session=session).values(*Ratings.QUESTIONS))
    comments: dict[str, list[str]] = {"good": [], "better": []}
    rows = FeedbackComment.objects.filter(session=session).order_by("pk").values_list("about", "text")
    for about, text in rows:
        comments[about].append(text)
    waiting = FeedbackSlip.objects.filter(session=session).count()
    palette = Palette.of(agency.colour)
    questions = [_question(name, [row[name] for row in answers], palette) for name in Ratings.QUESTIONS]
    return Results(len(answers), waiting, questions if answers else [], comments["good"], comments["better"])


def _question(name: str, given: list[int], palette: Palette) -> Question:
    words = str(FeedbackAnswer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    counts = [(str(label), given.count(value)) for value, label in SCALE]
    spread = ", ".join(f"{label}: {number}" for label, number in counts)
    bars = [Bar(label, Decimal(number), str(number)) for label, number in counts]
    mean = Decimal(sum(given)) / len(given) if given else Decimal(0)
    return Question(words, number_format(mean, 1), bar_chart(bars, f"{words} {spread}", palette, NARROW), spread)
