"""Small maps drawn from our own reference data: municipalities and the outlines of their states."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from communes.models import Commune

OUTLINES = Path(settings.BASE_DIR, "data/reference/states.geojson")
WIDTH, HEIGHT, EDGE = 480, 320, 36
# A map shows at least this many degrees of latitude, and a label is this high in units of the drawing.
LEAST_DEGREES, LINE = 0.35, 17
# A map of many places names the first ones only; a dot grows with the root of its number up to this radius.
MOST_NAMES, LARGEST_DOT = 12, 14
Point = tuple[float, float]


@dataclass(frozen=True)
class Dot:
    """A place on a map, and how much there is of what the map shows."""

    name: str
    longitude: float
    latitude: float
    count: int


class Projection:
    """Puts places on the drawing: north is up, and a kilometre is as long in each direction."""

    def __init__(self, places: Sequence[Point]) -> None:
        west, east = min(lon for lon, _lat in places), max(lon for lon, _lat in places)
        south, north = min(lat for _lon, lat in places), max(lat for _lon, lat in places)
        self._centre = ((west + east) / 2, (south + north) / 2)
        self._narrowing = math.cos(math.radians(self._centre[1]))
        wide = max((east - west) * self._narrowing, LEAST_DEGREES * WIDTH / HEIGHT)
        self._scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / max(north - south, LEAST_DEGREES))

    def place(self, point: Point) -> Point:
        """Return where a longitude and latitude lie on the drawing."""
        lon, lat = point
        x = WIDTH / 2 + (lon - self._centre[0]) * self._narrowing * self._scale
        return round(x, 1), round(HEIGHT / 2 - (lat - self._centre[1]) * self._scale, 1)


def commune_map(commune: Commune, neighbours: Sequence[Commune], alternative: str) -> SafeString:
    """Return a municipality and its neighbours as inline SVG; empty without a position.

    `alternative` says in words what is to be seen.
    """
    if commune.longitude is None or commune.latitude is None:
        return SafeString("")
    towns = [town for town in neighbours if town.longitude is not None and town.latitude is not None]
    project = Projection([_position(town) for town in (commune, *towns)])
    outline = " ".join(_path(ring, project) for ring in state_outline(commune.state_id or ""))
    marks = [(*project.place(_position(town)), town.name, "") for town in towns]
    marks.append((*project.place(_position(commune)), commune.name, " is-here"))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="desk-map" viewBox="0 0 {} {}" role="img"><title>{}</title>'
        '<path class="desk-map-state" d="{}"/>{}</svg>',
        *(WIDTH, HEIGHT, alternative, outline),
        format_html_join("", "{}", ((_mark(*mark),) for mark in _spread(marks))),
    )


def dots_map(dots: Sequence[Dot], states: Sequence[str], alternative: str) -> SafeString:
    """Return places as dots of different size on the outlines of states, as inline SVG; empty without places.

    The first dots are named as far as there is room, so the caller puts the greatest first. `alternative` says in
    words what is to be seen.
    """
    if not dots:
        return SafeString("")
    project = Projection([(dot.longitude, dot.latitude) for dot in dots])
    outline = " ".join(_path(ring, project) for state in states for ring in state_outline(state))
    marks = [(*project.place((dot.longitude, dot.latitude)), dot) for dot in dots]
    named = _apart([(x, y, dot.name) for x, y, dot in marks])
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="desk-map desk-map-wide" viewBox="0 0 {} {}" role="img">'
        '<title>{}</title><path class="desk-map-state" d="{}"/>{}{}</svg>',
        *(WIDTH, HEIGHT, alternative, outline),
        format_html_join(
            "",
            '<circle class="desk-map-town is-here" cx="{}" cy="{}" r="{}"/>',
            ((x, y, round(min(2 + 2 * math.sqrt(dot.count), LARGEST_DOT), 1)) for x, y, dot in marks),
        ),
        format_html_join("", "{}", ((_name(x, y + 4, name, 12),) for x, y, name in named)),
    )


@cache
def state_outline(code: str) -> list[list[Point]]:
    """Return the rings of a state's outline as longitudes and latitudes; empty for a state that the data lack."""
    features = json.loads(OUTLINES.read_text())["features"]
    geometry = next((feature["geometry"] for feature in features if feature["id"] == code), None)
    if geometry is None:
        return []
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(lon, lat) for lon, lat, *_height in ring] for polygon in polygons for ring in polygon]


def _position(commune: Commune) -> Point:
    return float(commune.longitude or 0), float(commune.latitude or 0)


def _path(ring: list[Point], project: Projection) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in map(project.place, ring)) + "Z"


def _spread(marks: list[tuple[float, float, str, str]]) -> list[tuple[float, float, float, str, str]]:
    """Return the marks with the height of each label, moved down where it would lie on another one."""
    placed: list[tuple[float, float, float, str, str]] = []
    for x, y, name, kind in sorted(marks, key=lambda mark: (mark[1], mark[0])):
        height = y + 4
        while any(abs(height - other[2]) < LINE and abs(x - other[0]) < WIDTH / 3 for other in placed):
            height += LINE / 2
        placed.append((x, y, height, name, kind))
    return placed


def _apart(marks: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Return the first marks whose names do not lie on one another."""
    placed: list[tuple[float, float, str]] = []
    for x, y, name in marks:
        if all(abs(y - other[1]) >= LINE or abs(x - other[0]) >= WIDTH / 4 for other in placed):
            placed.append((x, y, name))
    return placed[:MOST_NAMES]


def _mark(x: float, y: float, height: float, name: str, kind: str) -> SafeString:
    circle = format_html('<circle class="desk-map-town{}" cx="{}" cy="{}" r="{}"/>', kind, x, y, 7 if kind else 5)
    return circle + _name(x, height, name, 11, kind)


def _name(x: float, height: float, name: str, distance: int, kind: str = "") -> SafeString:
    left = x > WIDTH * 0.65
    return format_html(
        '<text class="desk-map-name{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        *(kind, x - distance if left else x + distance, height, "end" if left else "start", name),
    )
