"""Colours of the staff desk."""

COLORS: dict[str, dict[str, str]] = {}
