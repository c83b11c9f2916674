"""Charts as small vector drawings. What they say stands beside them in words, so that colour carries nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports.documents.colours import Palette

# In the drawing's own units, about 3 to a millimetre on paper.
WIDTH, ROW, BAR = 510, 22, 13
LONGEST_LABEL = 28
INK, AXIS = "#14251f", "#77857e"  # --color-ink and --color-field of tokens.css, which a drawing cannot read


@dataclass(frozen=True)
class Frame:
    """How wide a chart of bars is, and how much of that its labels and values take."""

    width: int
    label: int
    value: int


WIDE = Frame(WIDTH, 182, 84)
# Stands in a card on a phone without being made smaller.
NARROW = Frame(310, 138, 26)


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its amount, the amount in words, and a second amount drawn hollow behind the first."""

    label: str
    amount: Decimal
    text: str
    planned: Decimal = Decimal(0)


def bar_chart(bars: Sequence[Bar], alternative: str, palette: Palette, frame: Frame = WIDE) -> SafeString:
    """Return horizontal bars as inline SVG; empty if there is nothing to draw. `alternative` says it all in words."""
    longest = max((bar.amount + bar.planned for bar in bars), default=Decimal(0))
    if longest <= 0:
        return SafeString("")
    height = ROW * len(bars)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {} {}" role="img" '
        'font-family="Source Sans 3, DejaVu Sans, sans-serif" font-size="11"><title>{}</title>{}'
        '<path d="M{} 0V{}" stroke="{}"/></svg>',
        *(frame.width, height, alternative),
        format_html_join(
            "", "{}", ((_drawn(bar, number, longest, palette, frame),) for number, bar in enumerate(bars))
        ),
        *(frame.label, height, AXIS),
    )


def _drawn(bar: Bar, number: int, longest: Decimal, palette: Palette, frame: Frame) -> SafeString:
    """Return one bar with its label and its value."""
    top = number * ROW + (ROW - BAR) / 2
    base = round(top + BAR * 0.8, 1)
    room = frame.width - frame.label - frame.value
    done, planned = _length(bar.amount, longest, room), _length(bar.planned, longest, room)
    return format_html(
        '<text x="{}" y="{}" text-anchor="end" fill="{}">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="0.8"/>'
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
        '<text x="{}" y="{}" font-weight="600" fill="{}">{}</text>',
        *(frame.label - 7, base, INK, _short(bar.label)),
        *(
            frame.label + done,
            top + 0.4,
            max(planned - 0.4, 0),
            BAR - 0.8,
            palette.soft,
            palette.ink if planned else "none",
        ),
        *(frame.label, top, done, BAR, palette.ink),
        *(frame.label + done + planned + 6, base, INK, bar.text),
    )


def _length(amount: Decimal, longest: Decimal, room: int) -> float:
    """Return how long an amount is drawn; anything above nothing can be seen."""
    return max(round(float(amount / longest) * room, 1), 1.5) if amount > 0 else 0


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


PLOT_HEIGHT, LEFT, BOTTOM, TOP = 190, 62, 24, 12
MARKS = 4


@dataclass(frozen=True)
class Point:
    """A month of a course: what was reached by then, or what is expected with its range."""

    label: str
    reached: Decimal | None
    expected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def line_chart(
    points: Sequence[Point],
    in_words: Callable[[Decimal], str],
    alternative: str,
    palette: Palette,
    target: Decimal | None = None,
) -> SafeString:
    """Return a course as inline SVG: a full line for what was reached, dashes and a band for what is expected.

    `in_words` writes an amount of the axis, `target` is drawn as a dotted line. Empty if there is nothing to draw.
    """
    amounts = [each.high or each.reached or Decimal(0) for each in points] + [target or Decimal(0)]
    highest = max(amounts, default=Decimal(0))
    if highest <= 0 or len(points) < 2:
        return SafeString("")
    plot = _Plot(len(points), highest)
    parts = [*plot.axis(points, in_words), plot.band(points, palette), *plot.lines(points, palette)]
    if target:
        parts.append(plot.dotted(target))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {} {}" role="img" '
        'font-family="Source Sans 3, DejaVu Sans, sans-serif" font-size="11"><title>{}</title>{}</svg>',
        *(WIDTH, PLOT_HEIGHT, alternative),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


@dataclass(frozen=True)
class _Plot:
    """The plane of a line chart: places months and amounts."""

    months: int
    highest: Decimal

    def x(self, place: int) -> float:
        return round(LEFT + (WIDTH - LEFT - 8) * place / (self.months - 1), 1)

    def y(self, amount: Decimal) -> float:
        return round(PLOT_HEIGHT - BOTTOM - float(amount / self.highest) * (PLOT_HEIGHT - BOTTOM - TOP), 1)

    def axis(self, points: Sequence[Point], in_words: Callable[[Decimal], str]) -> list[SafeString]:
        rows = [self.highest * mark / MARKS for mark in range(MARKS + 1)]
        marks = [
            format_html(
                '<path d="M{} {}H{}" stroke="{}" stroke-width="0.4"/>'
                '<text x="{}" y="{}" text-anchor="end" fill="{}">{}</text>',
                *(LEFT, self.y(row), WIDTH - 8, AXIS, LEFT - 6, self.y(row) + 4, INK, in_words(row)),
            )
            for row in rows
        ]
        step = max(1, (self.months - 1) // MARKS)
        months = [
            format_html(
                '<text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text>',
                *(min(max(self.x(place), LEFT + 16), WIDTH - 26), PLOT_HEIGHT - 6, INK, points[place].label),
            )
            for place in range(0, self.months, step)
        ]
        return marks + months

    def band(self, points: Sequence[Point], palette: Palette) -> SafeString:
        known = [(place, each) for place, each in enumerate(points) if each.low is not None and each.high is not None]
        above = [f"{self.x(place)},{self.y(each.high)}" for place, each in known if each.high is not None]
        below = [f"{self.x(place)},{self.y(each.low)}" for place, each in reversed(known) if each.low is not None]
        if not known:
            return SafeString("")
        return format_html('<polygon points="{}" fill="{}"/>', " ".join(above + below), palette.line)

    def lines(self, points: Sequence[Point], palette: Palette) -> list[SafeString]:
        reached = [(place, each.reached) for place, each in enumerate(points) if each.reached is not None]
        expected = [(place, each.expected) for place, each in enumerate(points) if each.expected is not None]
        return [
            self._line(reached, palette.ink, 2.2, "none"),
            self._line(reached[-1:] + expected, palette.deep, 1.6, "5 3"),
        ]

    def dotted(self, amount: Decimal) -> SafeString:
        return format_html(
            '<path d="M{} {}H{}" stroke="{}" stroke-width="1.2" stroke-dasharray="1.5 3"/>',
            *(LEFT, self.y(amount), WIDTH - 8, INK),
        )

    def _line(self, places: Sequence[tuple[int, Decimal]], colour: str, width: float, dashes: str) -> SafeString:
        drawn = " ".join(f"{self.x(place)},{self.y(amount)}" for place, amount in places)
        return format_html(
            '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-dasharray="{}"/>',
            *(drawn, colour, width, dashes),
        )
