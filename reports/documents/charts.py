"""Bar charts as small vector drawings. What a bar says stands beside it in words, so that colour carries nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports.documents.colours import Palette

# In the drawing's own units, about 3 to a millimetre on paper.
WIDTH, LABEL, VALUE, ROW, BAR = 510, 150, 70, 22, 13
LONGEST_LABEL = 28
INK, AXIS = "#14251f", "#77857e"  # --color-ink and --color-field of tokens.css, which a drawing cannot read


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its amount, the amount in words, and a second amount drawn hollow behind the first."""

    label: str
    amount: Decimal
    text: str
    planned: Decimal = Decimal(0)


def bar_chart(bars: Sequence[Bar], alternative: str, palette: Palette) -> SafeString:
    """Return horizontal bars as inline SVG; empty if there is nothing to draw. `alternative` says it all in words."""
    longest = max((bar.amount + bar.planned for bar in bars), default=Decimal(0))
    if longest <= 0:
        return SafeString("")
    height = ROW * len(bars)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {} {}" role="img" '
        'font-family="Source Sans 3, DejaVu Sans, sans-serif" font-size="11"><title>{}</title>{}'
        '<path d="M{} 0V{}" stroke="{}"/></svg>',
        *(WIDTH, height, alternative),
        format_html_join("", "{}", ((_drawn(bar, number, longest, palette),) for number, bar in enumerate(bars))),
        *(LABEL, height, AXIS),
    )


def _drawn(bar: Bar, number: int, longest: Decimal, palette: Palette) -> SafeString:
    """Return one bar with its label and its value."""
    top = number * ROW + (ROW - BAR) / 2
    base = round(top + BAR * 0.8, 1)
    room = WIDTH - LABEL - VALUE
    done, planned = _length(bar.amount, longest, room), _length(bar.planned, longest, room)
    return format_html(
        '<text x="{}" y="{}" text-anchor="end" fill="{}">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="0.8"/>'
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
        '<text x="{}" y="{}" font-weight="600" fill="{}">{}</text>',
        *(LABEL - 7, base, INK, _short(bar.label)),
        *(LABEL + done, top + 0.4, max(planned - 0.4, 0), BAR - 0.8, palette.soft, palette.ink if planned else "none"),
        *(LABEL, top, done, BAR, palette.ink),
        *(LABEL + done + planned + 6, base, INK, bar.text),
    )


def _length(amount: Decimal, longest: Decimal, room: int) -> float:
    """Return how long an amount is drawn; anything above nothing can be seen."""
    return max(round(float(amount / longest) * room, 1), 1.5) if amount > 0 else 0


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
