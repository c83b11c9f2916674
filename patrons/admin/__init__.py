"""The staff desk of this room: patrons from interest to farewell, appointments, hours, stories and the exchange."""

from patrons.admin import appointments, others, patrons, posts  # noqa: F401
