"""Runs benchmarks: `script/bench [--small] [NAME …]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "script"))

from embedded import Services, free_port  # noqa: E402

if TYPE_CHECKING:
    from benchmarks.measure import Result

FOLDER = ROOT / "var" / "bench"
NAMES = (
    "registration",
    "search",
    "matching",
    "plans",
    "dashboard",
    "list",
    "patrons",
    "import",
    "certificates",
    "report",
    "pick",
    "drain",
    "figures",
)
SMALL = 0.1
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "only-for-benchmarks-of-invented-data-on-a-loopback-port-never-for-anything-else",
    "BASE_URL": "https://127.0.0.1",
    "ALLOWED_HOSTS": "127.0.0.1,testserver",
    "BEHIND_TLS_PROXY": "1",
    "DEFAULT_FROM_EMAIL": "bench@example.org",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "MAILS_PER_MINUTE_AND_PROVIDER": "1000000",  # counted, but never reached
    "STAFF_SECOND_FACTOR_REQUIRED": "0",
    "LOG_LEVEL": "WARNING",
    "MEDIA_ROOT": str(FOLDER / "media"),
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
}


def main() -> int:
    """Measure what is asked for and return 1 if a bar was missed."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)} (all if none is given)")
    parser.add_argument("--small", action="store_true", help="a tenth of the rounds: to see that it runs, not to quote")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    wanted = [name for name in NAMES if not options.names or name in options.names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    with Services(FOLDER, use_environment=False) as services:
        os.environ.update({**PRODUCTION, **services.environment()})
        _prepare()
        results = list(_measured(wanted, SMALL if options.small else 1))
    from benchmarks import output

    output.show(results)
    output.keep(results, FOLDER)
    _say(f"\nThe plot is var/bench/bench.png, the table var/bench/results.md{' (small run)' if options.small else ''}.")
    return 0 if all(result.holds for result in results) else 1


def _prepare() -> None:
    """Make tables, data and static files."""
    _say("Preparing database, data and static files …")
    for command in (["migrate", "--database", "owner"], ["collectstatic", "--noinput"]):
        subprocess.run([sys.executable, "manage.py", *command, "--verbosity", "0"], check=True)
    import django

    django.setup()
    from benchmarks import data

    data.build()


def _measured(wanted: list[str], scale: float) -> Iterator[Result]:
    """Yield the result of each benchmark, one after the other."""
    from benchmarks import documents, figures, matching, outbox, pages, plans, search, sheets

    alone: dict[str, Callable[[], Result]] = {
        "search": lambda: search.search(scale),
        "matching": lambda: matching.matching(scale),
        "plans": lambda: plans.shift(scale),
        "import": lambda: sheets.sheet_import(FOLDER, scale),
        "certificates": lambda: documents.certificates(scale),
        "report": lambda: documents.report(scale),
        "pick": lambda: outbox.pick(scale),
        "drain": lambda: outbox.drain(scale),
        "figures": lambda: figures.figures(scale),
    }
    for name in wanted:
        _say(f"Measuring {name} …")
        if name in alone:
            yield alone[name]()
        else:
            with _server() as port:
                yield pages.PAGES[name](port, scale)


@contextmanager
def _server() -> Iterator[int]:
    """Serve the portal by gunicorn with one worker and one thread, so that two requests never compete."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "klikks.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--worker-class", "gthread", "--threads", "1", "--keep-alive", "60",
               "--log-level", "warning"]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        _wait(f"http://127.0.0.1:{port}/bench/empty/", process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers. Raises RuntimeError when it ends or stays silent."""
    request = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})
    for _attempt in range(300):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
