"""The colours of an agency on paper: its own colour, made dark enough to read and light enough to lie under text."""

from dataclasses import dataclass

# WCAG 2.2, 1.4.3: the least contrast of text with its ground.
READABLE = 4.5
WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Colours as `#rrggbb`: `ink` can be read on white and carries white text, `soft` and `line` lie behind text."""

    ink: str
    deep: str
    soft: str
    line: str

    @classmethod
    def of(cls, colour: str) -> "Palette":
        """Return the palette of a colour such as `#0b6e4f`."""
        ink = readable(_parsed(colour))
        return cls(
            *(_written(c) for c in (ink, _mixed(ink, BLACK, 0.35), _mixed(ink, WHITE, 0.9), _mixed(ink, WHITE, 0.6)))
        )


def readable(colour: Colour) -> Colour:
    """Return the colour, darkened as far as it takes to read it on white."""
    while contrast_with_white(colour) < READABLE:
        colour = _mixed(colour, BLACK, 0.08)
    return colour


def contrast_with_white(colour: Colour) -> float:
    """Return the contrast ratio of a colour with white, from 1 to 21 (WCAG 2.2)."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return `colour` with a share of another one in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _parsed(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _written(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
