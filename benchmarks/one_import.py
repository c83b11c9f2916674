"""One import in a process of its own: prints seconds and peak of memory as JSON."""

import json
import os
import resource
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
django.setup()

from django.core.files import File  # noqa: E402

from agencies.models import Programme  # noqa: E402
from agencies.sheets import services  # noqa: E402
from benchmarks.data import manager  # noqa: E402
from benchmarks.measure import timed  # noqa: E402
from klikks.tenancy import agency_context  # noqa: E402


def main(path: Path) -> None:
    """Upload and confirm the sheet."""
    by = manager()
    programme = Programme.objects.get(slug="klikks")
    sheets = []
    with agency_context(by.agency_id), path.open("rb") as file:
        preview = timed(
            lambda: sheets.append(services.upload("patrons", File(file, path.name), programme=programme, by=by))
        )
        if sheets[0].counts["wrong"]:
            sys.exit(f"Rows are wrong: {[row.problems for row in sheets[0].rows.wrong()[:3]]}")
        confirm = timed(lambda: services.confirm(sheets[0], by=by))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": preview + confirm, "preview": preview, "confirm": confirm, "peak_mb": peak}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
