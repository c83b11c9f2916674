"""The official register is loaded as often as one likes, and nothing that others refer to is lost."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from agencies.models import DataSource, State
from communes.models import Commune, District
from communes.search import find_communes, resolve

pytestmark = pytest.mark.django_db

HEADER = "ags,ars,kind,name,district,area_km2,population,postcode,lon,lat"
BINGEN = '07339005,x,63,"Bingen am Rhein, Stadt",07339,37.71,25000,55411,7.9,49.97'
TRECHTING = "07339062,x,64,Trechtingshausen,07339,9.55,1000,55413,7.85,50.01"
OBER = "07339046,x,64,Oberheimbach,07339,8.92,600,55413,7.8,50.01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small register."""
    (tmp_path / "states.csv").write_text("key,name\n07,Rheinland-Pfalz\n")
    (tmp_path / "districts.csv").write_text("ags,state,kind,name\n07339,07,44,Mainz-Bingen\n")
    (tmp_path / "postcodes.csv").write_text("ags,postcode\n07339005,55411\n07339005,55400\n")
    sources = [
        {
            "slug": "register",
            "title": "Register",
            "publisher": "Amt",
            "edition": "2019",
            "as_of": "2019-12-31",
            "licence": "frei",
            "files": ["states.csv", "districts.csv", "communes.csv"],
        }
    ]
    (tmp_path / "sources.json").write_text(json.dumps(sources))
    return tmp_path


@pytest.fixture
def load(folder: Path) -> Callable[..., list[str]]:
    """Load the small register with these municipalities; return what the command prints."""

    def run(*communes: str) -> list[str]:
        (folder / "communes.csv").write_text("\n".join([HEADER, *communes]) + "\n")
        out = StringIO()
        call_command("load_reference", folder=folder, stdout=out)
        return [" ".join(line.split()) for line in out.getvalue().splitlines()]

    return run


def test_loading_twice_changes_nothing_and_says_so(load: Callable[..., list[str]]) -> None:
    assert "municipalities 2 new 0 changed 0 unchanged 0 gone" in load(BINGEN, TRECHTING)
    assert "municipalities 0 new 0 changed 2 unchanged 0 gone" in load(BINGEN, TRECHTING)
    bingen = Commune.objects.get(ags="07339005")
    assert (bingen.name, bingen.search_name) == ("Bingen am Rhein", "bingen am rhein")
    assert (bingen.state_id, str(bingen.district), bingen.population) == ("DE-RP", "Mainz-Bingen", 25_000)
    assert bingen.postcodes == ["55411", "55400"]  # the town hall's comes first
    source = DataSource.objects.get()
    assert (source.slug, source.edition, source.licence, source.rows) == ("register", "2019", "frei", 4)


def test_a_renamed_municipality_keeps_its_row_and_its_former_name(load: Callable[..., list[str]]) -> None:
    load(BINGEN)
    before = Commune.objects.get()
    printed = load(BINGEN.replace("Bingen am Rhein, Stadt", "Bingerbrück, Stadt"))
    assert "07339005 Bingen am Rhein, Stadt is now called Bingerbrück, Stadt" in printed
    after = Commune.objects.get()
    assert (after.pk, after.name, after.former_names) == (before.pk, "Bingerbrück", ["Bingen am Rhein, Stadt"])
    load(BINGEN.replace("Bingen am Rhein, Stadt", "Bingerbrück, Stadt").replace("25000", "25001"))
    after.refresh_from_db()
    assert (after.population, after.former_names) == (25_001, ["Bingen am Rhein, Stadt"])


def test_a_merged_municipality_stays_as_history_with_its_successor(
    load: Callable[..., list[str]], folder: Path
) -> None:
    load(BINGEN, TRECHTING, OBER)
    (folder / "changes.csv").write_text("ags,successor,dissolved_on\n07339062,07339005,2019-07-01\n")
    printed = load(BINGEN)
    assert "07339062 Trechtingshausen is gone, now part of Bingen am Rhein" in printed
    assert "07339046 Oberheimbach is gone, now part of a place not known" in printed
    merged, unknown = Commune.objects.get(ags="07339062"), Commune.objects.get(ags="07339046")
    assert (str(merged.successor), merged.dissolved_on) == ("Bingen am Rhein", date(2019, 7, 1))
    assert (unknown.successor, unknown.dissolved_on) == (None, date(2019, 12, 31))
    assert str(resolve("07339062").commune) == "Bingen am Rhein"
    assert not find_communes("Trechtingshausen")
    (folder / "changes.csv").unlink()
    assert "municipalities 0 new 0 changed 1 unchanged 0 gone" in load(BINGEN)
    merged.refresh_from_db()
    assert str(merged.successor) == "Bingen am Rhein"


def test_a_municipality_with_a_new_key_is_the_successor_of_the_old_one(load: Callable[..., list[str]]) -> None:
    load(TRECHTING)
    load(TRECHTING.replace("07339062", "07339962"))
    assert Commune.objects.get(ags="07339062").successor == Commune.objects.get(ags="07339962")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (BINGEN.replace("25000", "viele"), "communes.csv, line 2: 07339005 Bingen am Rhein, Stadt: .*viele"),
        (BINGEN.replace(",63,", ",99,"), "communes.csv, line 2: .*99"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_and_nothing_is_loaded(
    load: Callable[..., list[str]], row: str, words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        load(row)
    assert not State.objects.exists()


def test_a_missing_file_or_column_is_named(load: Callable[..., list[str]], folder: Path) -> None:
    (folder / "postcodes.csv").write_text("ags,plz\n")
    with pytest.raises(CommandError, match=r"postcodes\.csv: the column postcode is missing"):
        load(BINGEN)
    (folder / "postcodes.csv").unlink()
    with pytest.raises(CommandError, match=r"postcodes\.csv is missing"):
        load(BINGEN)


def test_the_real_register_has_all_municipalities_and_finds_them_as_people_type_them() -> None:
    call_command("load_reference", stdout=StringIO())
    counts = State.objects.count(), District.objects.count(), Commune.objects.count()
    assert counts == (16, 401, 11_004)
    assert Commune.objects.aggregate(sum=Sum("population"))["sum"] == 83_166_711
    assert Commune.objects.that_can_register().count() == 11_004 - 208
    assert State.objects.get(key="07").code == "DE-RP"
    assert {"gv-isys", "postcodes", "natural-earth"} == set(DataSource.objects.values_list("slug", flat=True))
    assert DataSource.objects.get(slug="natural-earth").rows == 16
    for typed, first in [
        ("St. Goar", "Sankt Goar"),
        ("sankt goarsh", "Sankt Goarshausen"),
        ("Muenchen", "München"),
        ("Munchen", "München"),
        ("Hannofer", "Hannover"),
        ("Bingne", "Bingen am Rhein"),
        ("Kaiserslautren", "Kaiserslautern"),
        ("Frankfurt Main", "Frankfurt am Main"),
        ("Neustadt/Weinstr.", "Neustadt an der Weinstraße"),
        ("55411", "Bingen am Rhein"),
        ("07339005", "Bingen am Rhein"),
    ]:
        assert str(find_communes(typed)[0]) == first, typed
    assert len(find_communes("Neustadt", limit=30)) >= 17
