#!/usr/bin/env python
"""Django's command line for klikks."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "klikks.settings")
    gc.set_threshold(100_000, 20, 50)  # migrations make many objects that last: looking for garbage took a quarter
    execute_from_command_line(sys.argv)
