"""The staff desk of this room: patrons from interest to farewell, appointments, hours and stories."""

from patrons.admin import appointments, others, patrons  # noqa: F401
