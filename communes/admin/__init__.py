"""The staff desk of this room: registrations, partnerships, places, and the people around them."""

from communes.admin import documents, people, places, registrations, partnerships, windows, municipal  # noqa: F401, I001
