"""Runs every check and every test against servers of their own; the portal may run beside them.

With arguments, only pytest runs, with these arguments.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from embedded import DATABASE, Services

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CATALOGUE = ROOT / "locale/de/LC_MESSAGES/django.po"
TEMPLATES = ["templates"]
MANAGE = [sys.executable, "manage.py"]
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "a-key-of-more-than-fifty-characters-that-is-used-for-nothing-but-this-check-0123456789",
    "BASE_URL": "https://klikks.example.org",
    "ALLOWED_HOSTS": "klikks.example.org",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
}
ROOMS = "agencies,communes,deadlines,klikks,patrons,projects,reports,trainings,website"
# The tests' own files are not marked for coverage, and need not be.
UNMARKED = "ignore:Unable to activate pytest branch coverage"
COVERAGE = ["slipcover", "--branch", "--source", ROOMS, "--omit", "*/migrations/*", "--skip-covered", "-m"]
CHECKS: dict[str, list[str]] = {
    "ruff, rules": [str(BIN / "ruff"), "check", "--quiet", "."],
    "ruff, format": [str(BIN / "ruff"), "format", "--quiet", "--check", "."],
    "types": [str(BIN / "mypy")],
    "architecture": [str(BIN / "lint-imports"), "--no-logo"],
    "templates": [str(BIN / "djlint"), *TEMPLATES, "--lint", "--quiet"],
    "security": [str(BIN / "bandit"), "-q", "-r", "-x", "./.venv,./tests,./var,./script,./benchmarks", "-ll", "."],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run", "--verbosity", "1"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
}


def main() -> int:
    """Run everything and return the exit code."""
    home = Path(tempfile.mkdtemp(prefix="klikks-test-", dir="/var/tmp"))
    home.chmod(0o755)
    try:
        with Services(home, durable=False, use_environment=False) as services:
            environment = {**os.environ, **services.environment(), "DEBUG": "1", "EMAIL_URL": "smtp://127.0.0.1:9"}
            os.chdir(ROOT)
            if len(sys.argv) > 1:
                return pytest(environment, sys.argv[1:])
            begun = time.monotonic()
            template = subprocess.Popen(
                [*MANAGE, "migrate", "--database", "owner", "--verbosity", "0"], env=environment, stderr=subprocess.PIPE
            )
            with ThreadPoolExecutor(1) as pool:  # one check after the other, beside all that follows
                checks = {name: pool.submit(check, name, CHECKS[name], environment) for name in CHECKS}
                # What the tests read must be there first: compiled texts, and the database that is copied.
                passed = {"texts": check_texts(environment), "template of the test databases": is_made(template)}
                code = pytest(
                    {**environment, "TEST_TEMPLATE": DATABASE, "PYTHONWARNINGS": UNMARKED},
                    ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "-q", "--durations=15"],
                    COVERAGE,
                )
            passed |= {name: done.result() for name, done in checks.items()}
            failed = [name for name, is_right in passed.items() if not is_right]
            print(
                f"\nAll in {time.monotonic() - begun:.0f} s. Failed checks: {', '.join(failed) or 'none'}", flush=True
            )
            return 1 if failed else code
    finally:
        shutil.rmtree(home, ignore_errors=True)


def is_made(template: subprocess.Popen[bytes]) -> bool:
    """Whether the database is migrated of which the tests' databases are copies; prints why not.

    It is made beside the checks: otherwise each process of pytest would run all migrations anew.
    """
    problems = template.communicate()[1].decode(errors="replace")
    if template.returncode:
        print(f"FAIL template of the test databases\n{problems[-6000:]}", flush=True)
    return not template.returncode


def check(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check; print its output only when it fails."""
    begun = time.monotonic()
    extra = PRODUCTION if name == "deployment" else {}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**environment, **extra})
    passed = done.returncode == 0
    print(f"{'ok  ' if passed else 'FAIL'} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
    if not passed:
        print(done.stdout[-6000:], done.stderr[-6000:], flush=True)
    return passed


def check_texts(environment: dict[str, str]) -> bool:
    """Whether every text of the sources stands in the German catalogue with a translation; compiles it too."""
    before = CATALOGUE.read_bytes()
    collected = check("texts, collected and compiled", ["script/messages"], environment)
    complete = check(
        "texts, all in both languages",
        ["bash", "-c", f'[ -z "$(msgattrib --untranslated {CATALOGUE}; msgattrib --only-fuzzy {CATALOGUE})" ] '
         f'|| {{ msgattrib --untranslated {CATALOGUE}; msgattrib --only-fuzzy {CATALOGUE}; exit 1; }}'],
        environment,
    )  # fmt: skip
    CATALOGUE.write_bytes(before)
    return collected and complete


def pytest(environment: dict[str, str], arguments: list[str], below: Sequence[str] = ()) -> int:
    """Run the tests, below another module where one is named; return pytest's exit code."""
    return subprocess.run([sys.executable, "-m", *below, "pytest", *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
