"""Whoever gets the audit export can add up every figure without the portal."""

import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from klikks.tenancy import agency_context
from projects.measures import services as measures
from projects.measures.factors import load_factors
from projects.models import Measure, Project
from tests import factories

RECOMPUTE = Path(__file__).resolve().parents[2] / "docs/recompute.py"
MEASURES: list[tuple[str, dict[str, str]]] = [
    ("led_street_lighting", {"kwh_before": "18500", "kwh_after": "6200"}),
    ("energy_management", {"carrier": "natural-gas", "kwh_before": "200000", "power_before": "50000", "share": "10"}),
    ("citizen_bus", {"car_km": "120000", "litres_per_100km": "7", "litres_diesel": "3000"}),
    ("charging_point", {"kwh_power": "12000", "kwh_per_100km": "18", "litres_per_100km": "7"}),
    ("moor_rewetting", {"hectares": "12", "t_per_ha_before": "29.7", "t_per_ha_after": "10"}),
    ("local_heat_for_oil", {"kwh_before": "400000", "kwh_heat": "360000", "kg_per_kwh": "0.06"}),
    ("advice_evening", {}),
]


@pytest.fixture
def filled(agency: Agency, programme: Programme) -> list[Measure]:
    """Measures of many kinds, done and planned, one of them corrected, one counted in another, with money and hours."""
    load_factors()
    staff: User = factories.account(Role.REGIONAL_MANAGER, agency)
    place: Commune = factories.commune()
    factories.partnership(agency, programme, place)
    with agency_context(agency):
        values = {"status": Project.Status.UNDER_WAY, "investment": Decimal("1234.56")}
        project = factories.project(agency, programme, place, **values)
        made = [
            measures.add_measure(
                project, by=staff, kind=kind, inputs={name: _german(text) for name, text in inputs.items()}
            )
            for kind, inputs in MEASURES
        ]
        measures.finish_measure(made[0], by=staff)
        measures.finish_measure(made[3], by=staff)
        measures.change_measure(made[1], by=staff, kind=made[1].kind, inputs=MEASURES[1][1] | {"share": "12"})
        again = measures.add_measure(project, by=staff, kind="led_street_lighting", inputs=MEASURES[0][1])
        Measure.objects.filter(pk=again.pk).update(counted_in=made[0])
    return made


def _german(number: str) -> str:
    return number.replace(".", ",")


def test_everything_adds_up_outside_of_the_portal_to_the_gram(
    filled: list[Measure], agency: Agency, programme: Programme, tmp_path: Path
) -> None:
    file = tmp_path / "audit.json"
    call_command("audit_export", programme.slug, file, verbosity=0)
    done = subprocess.run([sys.executable, RECOMPUTE, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong: none" in done.stdout
    export = json.loads(file.read_text())
    assert {"kg_done", "kg_planned", "invested", "projects", "communes_official"} <= export["totals"].keys()
    assert len(export["savings"]) == 8
    assert sum(row["figure"] is None for row in export["savings"]) == 2


def test_a_changed_number_is_noticed(
    filled: list[Measure], agency: Agency, programme: Programme, tmp_path: Path
) -> None:
    file = tmp_path / "audit.json"
    call_command("audit_export", programme.slug, file, verbosity=0)
    export = json.loads(file.read_text())
    export["savings"][0]["inputs"]["kwh_before"] = "18501 kWh/a"
    file.write_text(json.dumps(export))
    done = subprocess.run([sys.executable, RECOMPUTE, file], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "DIFFERS" in done.stdout


def test_the_table_names_the_source_of_each_factor_and_no_person(
    filled: list[Measure], agency: Agency, programme: Programme, tmp_path: Path
) -> None:
    file = tmp_path / "audit.csv"
    call_command("audit_export", programme.slug, file, agency=agency.slug, verbosity=0)
    [first, *_others] = csv.DictReader(file.open(encoding="utf-8"), delimiter=";")
    assert first["kg_per_year"] == "4231.200"
    assert json.loads(first["factors"])[0]["source"].startswith("Umweltbundesamt")
    assert not {"calculated_by", "patron", "email"} & first.keys()


def test_another_agency_gets_nothing_of_it(
    filled: list[Measure], other_agency: Agency, programme: Programme, tmp_path: Path
) -> None:
    file = tmp_path / "audit.json"
    call_command("audit_export", programme.slug, file, agency=other_agency.slug, verbosity=0)
    export = json.loads(file.read_text())
    assert (export["savings"], export["facts"], export["totals"]) == ([], [], {})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nowhere", "a.json"], "There is no programme"), (["{}", "a.txt"], "ends with .json"),
     (["{}", "/nowhere/a.json"], "cannot be written"), (["{}", "a.json", "--agency", "xy"], "takes part")],
)  # fmt: skip
def test_what_cannot_be_written_is_said(
    arguments: list[str], message: str, agency: Agency, programme: Programme
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("audit_export", *[each.format(programme.slug) for each in arguments])


def test_staff_download_it_for_their_own_agency_on_the_desk(
    filled: list[Measure], agency: Agency, programme: Programme
) -> None:
    desk = factories.browser(factories.account(Role.REGIONAL_MANAGER, agency))
    address = reverse("admin:reports_report_audit")
    assert "Für die Prüfung" in desk.get(address).content.decode()
    export = desk.post(address, {"programme": programme.pk, "kind": "json"}).json()
    assert (export["agencies"], len(export["savings"])) == ([agency.slug], 8)
    table = desk.post(address, {"programme": programme.pk, "kind": "csv"})
    assert table["Content-Disposition"].endswith('.csv"')
