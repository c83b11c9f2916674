"""One import in a process of its own: prints seconds and peak of memory as JSON."""

import json
import os
import re
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
    told = {"seconds": preview + confirm, "preview": preview, "confirm": confirm, "peak_mb": _peak()}
    print(json.dumps(told))


def _peak() -> float:
    """Return the peak of this process' memory in MB; what getrusage says contains that of the process before exec."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
