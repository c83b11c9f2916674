"""The pages a newcomer relies on say what is true."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def pinned() -> set[str]:
    """Return the names of all pinned packages."""
    lines = "\n".join((ROOT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt"))
    return {name.lower() for name in re.findall(r"^([A-Za-z0-9_-]+)(?:\[[\w,-]+\])?==", lines, re.MULTILINE)}


def test_every_package_is_explained_and_every_explained_package_is_used() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \|", (ROOT / "docs/dependencies.md").read_text().split("## From the system")[0], re.M
    )
    explained = {name.strip().lower() for row in rows for name in row.split(",")} - {"package", "---"}
    assert explained == pinned()


def test_the_picture_of_the_house_shows_the_floors_that_the_import_contract_enforces() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    picture = (ROOT / "docs/house.svg").read_text()
    assert re.findall(r'class="room">(\w+)<', picture) == contract["layers"]
