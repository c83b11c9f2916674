"""An operator learns at once, and in one line, what is missing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from klikks.access_log import discreet
from klikks.links import sign

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "DEBUG": "0",
    "SECRET_KEY": "x" * 60,
    "BASE_URL": "https://klikks.example.org",
    "ALLOWED_HOSTS": "klikks.example.org",
    "DATABASE_URL": "postgres://app:secret@db/klikks",
    "OWNER_DATABASE_URL": "postgres://owner:secret@db/klikks",
    "BROKER_URL": "redis://broker:6379/0",
    "EMAIL_URL": "smtp://mail.example.org",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
}
REQUIRED = sorted(COMPLETE.keys() - {"DEBUG", "OWNER_DATABASE_URL"})


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own with exactly this environment."""
    return subprocess.run(
        [sys.executable, "manage.py", "diffsettings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", REQUIRED)
def test_an_incomplete_production_environment_ends_the_start_with_one_line_naming_the_variable(name: str) -> None:
    done = start({key: value for key, value in COMPLETE.items() if key != name})
    assert done.returncode != 0
    assert done.stderr.strip().splitlines() == [
        f"klikks: the environment variable {name} is missing; .env.example says what it is for."
    ]


def test_a_complete_production_environment_starts() -> None:
    assert start(COMPLETE).returncode == 0


def test_the_example_names_every_variable_that_the_settings_read() -> None:
    read = set(re.findall(r"(?:env\.\w+|required)\(\s*\"([A-Z_0-9]+)\"", (ROOT / "klikks/settings.py").read_text()))
    named = set(re.findall(r"^([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 12
    assert read == named


def compose_client() -> list[str] | None:
    """Return the command of docker compose that this machine has, or None."""
    for command in (["docker", "compose"], ["docker-compose"]):
        probe = [*command, "version"]
        if shutil.which(command[0]) and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return command
    return None


def test_the_compose_file_is_valid() -> None:
    client = compose_client()
    if client is None:
        pytest.skip("the client of docker compose is not on this machine")
    values = dict.fromkeys(["POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"], "secret")
    done = subprocess.run(
        [*client, "config", "--quiet"],
        cwd=ROOT,
        env={**os.environ, **COMPLETE, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_access_log_keeps_the_secrets_of_links_to_itself() -> None:
    token = sign("registration", 1, 2)
    line = discreet(f"GET /register/confirm/{token}/?next=/x/{token} HTTP/1.1")
    assert line == "GET /register/confirm/…/?… HTTP/1.1"
    assert discreet("GET /verify/ABCDEFGHJKMN/ HTTP/1.1") == "GET /verify/…/ HTTP/1.1"
    assert discreet("GET /admin/communes/registration/12/ HTTP/1.1") == "GET /admin/communes/registration/12/ HTTP/1.1"
