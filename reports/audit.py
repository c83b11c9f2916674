"""All figures of a programme with where they come from, so that an auditor can add them up without klikks.

`docs/audit.md` describes the fields, `docs/recompute.py` adds them up again. No person is named.
"""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from agencies.models import Agency, Programme
from klikks.tenancy import agency_context
from projects.models import Saving
from reports.models import AgencyMonth, Fact

SCHEMA = "klikks-audit-1"
EVERYWHERE = 3
COLUMNS = (
    *("saving", "agency", "municipality_key", "municipality", "project", "project_title", "project_status", "topic"),
    *("measure", "measure_kind", "measure_status", "done_on", "planned_on", "counted_in", "figure", "kg_per_year"),
    *("quality", "is_estimate", "formula", "formula_version", "inputs", "factors"),
    *("factors_of", "calculated_at", "replaced_at"),
)


def audit(programme: Programme, agencies: list[Agency]) -> dict[str, Any]:
    """Return what the portal says of a programme for these agencies, and every row from which it says it."""
    return {
        "schema": SCHEMA,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "programme": programme.slug,
        "agencies": [agency.slug for agency in agencies],
        "totals": _totals(programme, agencies),
        "savings": [row for agency in agencies for row in savings(programme, agency)],
        "facts": [row for agency in agencies for row in facts(programme, agency)],
    }


def as_json(content: dict[str, Any]) -> str:
    """Return the export as JSON; amounts are texts, so that no program rounds them."""
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return the savings as a table, one row a calculation; inputs and factors are JSON within their cells."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS, delimiter=";")
    writer.writeheader()
    for row in rows:
        texts = {name: json.dumps(row[name], ensure_ascii=False) for name in ("inputs", "factors")}
        writer.writerow(row | texts)
    return sheet.getvalue()


def savings(programme: Programme, agency: Agency) -> Iterator[dict[str, Any]]:
    """Yield every calculation ever made for an agency's measures, those replaced as well; one query."""
    with agency_context(agency):
        rows = list(
            Saving.objects.filter(measure__project__programme=programme)
            .select_related("measure__project__commune", "measure__project__topic")
            .order_by("pk")
        )
    for saving in rows:
        yield _saving(saving, agency)


def facts(programme: Programme, agency: Agency) -> Iterator[dict[str, Any]]:
    """Yield what counts in an agency's figures, by day and municipality; one query."""
    with agency_context(agency):
        rows = list(
            Fact.objects.filter(programme=programme, agency=agency)
            .values("figure", "commune__ags", "day", "reach", "estimated")
            .annotate(amount=Sum("amount"))
            .order_by("figure", "day", "commune__ags", "reach", "estimated")
        )
    for row in rows:
        yield {
            "agency": agency.slug,
            "figure": row["figure"],
            "municipality_key": row["commune__ags"],
            "day": row["day"].isoformat() if row["day"] else None,
            "reach": row["reach"],
            "amount": format(row["amount"], "f"),
            "is_estimate": row["estimated"],
        }


def _totals(programme: Programme, agencies: list[Agency]) -> dict[str, str]:
    """Return the totals as the portal shows them, by figure."""
    rows = AgencyMonth.objects.filter(programme=programme, agency__in=agencies)
    summed = rows.order_by("figure").values("figure").annotate(sum=Sum("amount"))
    return {row["figure"]: format(row["sum"], "f") for row in summed}


def _saving(saving: Saving, agency: Agency) -> dict[str, Any]:
    measure, project = saving.measure, saving.measure.project
    return {
        "saving": saving.pk,
        "agency": agency.slug,
        "municipality_key": project.commune.ags,
        "municipality": project.commune.name,
        "project": project.pk,
        "project_title": project.title,
        "project_status": project.status,
        "topic": project.topic_id,
        "measure": measure.pk,
        "measure_kind": saving.kind,
        "measure_status": measure.status,
        "done_on": measure.done_on.isoformat() if measure.done_on else None,
        "planned_on": timezone.localdate(measure.created_at).isoformat(),
        "counted_in": measure.counted_in_id,
        "figure": _figure(saving),
        "kg_per_year": format(Decimal(saving.kg_per_year), "f"),
        "quality": saving.quality,
        "is_estimate": saving.is_estimate,
        "formula": saving.formula,
        "formula_version": saving.formula_version,
        "inputs": saving.inputs,
        "factors": saving.factors,
        "factors_of": saving.calculated_for.isoformat(),
        "calculated_at": timezone.localtime(saving.calculated_at).isoformat(timespec="seconds"),
        "replaced_at": timezone.localtime(saving.replaced_at).isoformat(timespec="seconds")
        if saving.replaced_at
        else None,
    }


def _figure(saving: Saving) -> str | None:
    """Return in which figure a calculation counts, or None where it counts in none."""
    measure = saving.measure
    if saving.replaced_at or measure.counted_in_id:
        return None
    if measure.status == "done":
        return "kg_done"
    return "kg_planned" if measure.status == "planned" and measure.project.status != "dropped" else None
