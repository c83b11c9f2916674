"""Distances between places, as PostgreSQL reckons them."""

from django.db.models import FloatField, Func
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

METRES = 1000


def km_between(*degrees: Combinable) -> Combinable:
    """Return the great-circle distance in km of two places, given as latitude, longitude, latitude, longitude."""
    places = [
        Func(*[Cast(degree, FloatField()) for degree in place], function="ll_to_earth", output_field=FloatField())
        for place in (degrees[:2], degrees[2:])
    ]
    return Func(*places, function="earth_distance", output_field=FloatField()) / METRES
