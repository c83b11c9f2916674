"""The ground floor as a Django app: template tags and shared checks."""

from django.apps import AppConfig


class KlikksConfig(AppConfig):
    """Ground floor; has no tables of its own."""

    name = "klikks"
