"""Ground floor: settings, URLs, Celery, tenancy and small tools every room shares."""

from klikks.celery import app as celery_app

__all__ = ["celery_app"]
