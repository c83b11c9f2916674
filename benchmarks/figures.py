"""Figures of one programme with a million projects, beside hand-written SQL over the same rows.

The data set *Europe* lies in a database of its own, and so in a process of its own.
"""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

from django.db import connections

from benchmarks.measure import Result

DATABASE = "europe"
PROJECTS = 1_000_000


def figures(scale: float) -> Result:
    """Measure the figures of a programme; they must also equal the hand-written SQL, before and after a change."""
    _make_database()
    projects = int(PROJECTS * scale)
    command = [sys.executable, "-m", "benchmarks.europe", str(projects)]
    urls = {name: _elsewhere(os.environ[name]) for name in ("DATABASE_URL", "OWNER_DATABASE_URL")}
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **urls})
    told = json.loads(ran.stdout.splitlines()[-1])
    return Result(
        "figures",
        f"figures of a programme of 200 agencies, {projects:,} projects",
        "hand-written SQL over the raw rows",
        told["seconds"],
        told["raw"],
        0.01 if told["is_equal"] else 0,
        told["rounds"],
        {
            "after a change, before it is stored": f"{told['changed'] * 1000:.0f} ms",
            "one agency stored anew": f"{told['stored_one']:.2f} s",
            "all stored": f"{told['stored_all']:.1f} s",
        },
    )


def _make_database() -> None:
    """Make the second database a copy of the first, with its tables and register."""
    for connection in connections.all():
        connection.close()
    owner = connections["owner"]
    with owner._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {owner.settings_dict['NAME']}")


def _elsewhere(url: str) -> str:
    """Return a database's address with the second database in place of the first."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{DATABASE}"))
