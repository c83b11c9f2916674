"""Distances between places, reckoned by the database."""

from math import cos, radians

from django.db.models import F, FloatField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Cos, Greatest, Power, Radians, Sin, Sqrt

from communes.models import Commune

EARTH_RADIUS_KM = 6378.168


def km_from(place: tuple[str, str], here: Commune) -> Combinable:
    """Return the great-circle distance in km between a row's place (its latitude and longitude) and a municipality.

    The haversine formula in plain arithmetic: PostgreSQL's `earth_distance`, whose radius this is, does the same with
    cubes, thirty times as slowly. NULL where one of the two has no position.
    """
    if here.latitude is None or here.longitude is None:
        return Value(None, output_field=FloatField())
    latitude, longitude = (F(name) for name in place)
    north, east = Radians(latitude - here.latitude) / 2.0, Radians(longitude - here.longitude) / 2.0
    slope = Cos(Radians(latitude)) * Value(cos(radians(here.latitude)))
    half = Power(Sin(north), 2) + slope * Power(Sin(east), 2)
    # Divided by itself where rounding has made it more than one, which only happens on the far side of the earth.
    return 2.0 * EARTH_RADIUS_KM * ASin(Sqrt(half / Greatest(half, Value(1.0))))
