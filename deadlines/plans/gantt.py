"""The timeline of a running plan as a drawing (inline SVG). All it shows stands in the table beside it, too.

Colours are those for paper; on screen css/plans.css gives the same parts the colours of light and dark mode.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.models import Task
from deadlines.plans.selectors import Timeline

# In the drawing's own units.
LABEL, PLOT, ROW, LANE, BAR = 290, 900, 22, 15, 13
LONGEST_LABEL, LETTER = 42, 7
INK, SOFT, LINE, DONE, OPEN, LATE = "#14251f", "#4b5c55", "#c3c2b5", "#8fb81f", "#0b6a58", "#ad241c"
COLOURS = {Task.Status.DONE: ("is-done", DONE), Task.Status.SKIPPED: ("is-skipped", "#ffffff")}
MONTHS_OF_A_MARK = (1, 2, 3, 6, 12, 24, 60)
MOST_MARKS, ROOM_OF_A_MONTH = 14, 50


def gantt(timeline: Timeline) -> SafeString:
    """Return the drawing of a timeline: phases below one another, a bar a task, a line a milestone, and today."""
    plot = _Plot(timeline.first, timeline.last)
    rows, lanes = list(_rows(timeline)), _lanes(timeline, plot)
    head = LANE * (max(lanes.values(), default=0) + 1) + 50
    height = head + ROW * len(rows) + 8
    parts = [*_months(plot, head, height), *_milestones(timeline, lanes, plot, head, height)]
    parts += [part for number, row in enumerate(rows) for part in _drawn(row, head + number * ROW, plot)]
    parts.append(_today(plot, head, height))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="gantt" viewBox="0 0 {} {}" role="img" '
        'font-family="Source Sans 3, DejaVu Sans, sans-serif" font-size="12"><title>{}</title>{}</svg>',
        LABEL + PLOT + 10,
        height,
        _in_words(timeline),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


class _Plot:
    """The days of a drawing: places a day on its width."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first - timedelta(days=3), last + timedelta(days=3)

    def x(self, day: date) -> float:
        return round(LABEL + PLOT * (day - self.first).days / (self.last - self.first).days, 1)


def _rows(timeline: Timeline) -> Iterator[str | Task]:
    for phase in timeline.phases:
        yield phase.title
        yield from phase.tasks


def _drawn(row: str | Task, top: int, plot: _Plot) -> Iterator[SafeString]:
    base = top + 15
    if isinstance(row, str):
        yield format_html(
            '<text class="gantt-phase" x="0" y="{}" font-weight="700" fill="{}">{}</text>', base, INK, row
        )
        return
    due_on = row.due_on or plot.last
    left = plot.x(due_on - timedelta(days=row.takes_days - 1))
    width = max(round(plot.x(due_on + timedelta(days=1)) - left, 1), 4)
    kind, colour = COLOURS.get(Task.Status(row.status), ("is-late", LATE) if row.is_overdue else ("is-open", OPEN))
    yield format_html(
        '<text x="12" y="{}" fill="{}">{}</text>'
        '<rect class="gantt-bar {}" x="{}" y="{}" width="{}" height="{}" rx="3" fill="{}" stroke="{}"/>',
        *(base, INK, _short(row.title), kind, left, top + (ROW - BAR) / 2, width, BAR, colour, SOFT),
    )


def _months(plot: _Plot, head: int, height: int) -> Iterator[SafeString]:
    """Yield a line and a name for the beginning of months, so few that their names have room."""
    months = (plot.last.year - plot.first.year) * 12 + plot.last.month - plot.first.month
    step = next((each for each in MONTHS_OF_A_MARK if months / each <= MOST_MARKS), MONTHS_OF_A_MARK[-1])
    for number in range(0, months + 1, step):
        index = plot.first.year * 12 + plot.first.month - 1 + number
        day = date(index // 12, index % 12 + 1, 1)
        if plot.first <= day and plot.x(day) < LABEL + PLOT - ROOM_OF_A_MONTH:
            yield format_html(
                '<path class="gantt-line" d="M{0} {1}V{2}" stroke="{3}" stroke-width="0.6"/>'
                '<text class="gantt-soft" x="{4}" y="{5}" fill="{6}">{7}</text>',
                *(plot.x(day), head - 36, height, LINE, plot.x(day) + 3, head - 25, SOFT, date_format(day, "M Y")),
            )


def _lanes(timeline: Timeline, plot: _Plot) -> dict[int, int]:
    """Return in which line above the drawing each milestone is named, so that no name lies on another."""
    lanes: dict[int, int] = {}
    taken: list[float] = []
    for each in timeline.milestones:
        left, right = _name_box(str(each), plot.x(each.on))
        lane = next((number for number, end in enumerate(taken) if end < left), len(taken))
        taken[lane : lane + 1] = [right]
        lanes[each.pk] = lane
    return lanes


def _name_box(name: str, x: float) -> tuple[float, float]:
    """Return from where to where a milestone's name reaches; it ends at its day where it would leave the drawing."""
    width = LETTER * len(name) + 8
    return (x - width, x) if x + width > LABEL + PLOT else (x, x + width)


def _milestones(timeline: Timeline, lanes: dict[int, int], plot: _Plot, head: int, height: int) -> Iterator[SafeString]:
    for each in timeline.milestones:
        x, base = plot.x(each.on), LANE * (lanes[each.pk] + 1)
        at_end = _name_box(str(each), x)[0] < x
        yield format_html(
            '<path class="gantt-milestone" d="M{0} {1}V{2}" stroke="{3}" stroke-width="1" stroke-dasharray="4 3"/>'
            '<path class="gantt-diamond" d="M{0} {4}l5 5-5 5-5-5z" fill="{3}"/>'
            '<text x="{5}" y="{6}" text-anchor="{7}" font-weight="600" fill="{3}">{8}</text>',
            *(x, base - 11, height, INK, head - 12, x - 4 if at_end else x + 4, base),
            *("end" if at_end else "start", str(each)),
        )


def _today(plot: _Plot, head: int, height: int) -> SafeString:
    x = plot.x(timezone.localdate())
    return format_html(
        '<path class="gantt-today" d="M{} {}V{}" stroke="{}" stroke-width="2"><title>{}</title></path>',
        *(x, head - 8, height, LATE, _("today")),
    )


def _in_words(timeline: Timeline) -> str:
    days = {"first": date_format(timeline.first), "last": date_format(timeline.last), "count": timeline.count}
    words = ngettext(
        "Timeline from %(first)s to %(last)s with %(count)d task; all of it stands in the table below.",
        "Timeline from %(first)s to %(last)s with %(count)d tasks; all of it stands in the table below.",
        timeline.count,
    )
    return words % days


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
