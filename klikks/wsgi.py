"""WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "klikks.settings")

application = get_wsgi_application()

# A page makes many short-lived objects that reference counting frees by itself. Looking for cycles each 700 of them, as
# Python does of its own, takes a measurable part of a long page's time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
