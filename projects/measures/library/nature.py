"""Kinds about land and nature. What binds carbon is not mixed with what avoids emissions."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from projects.measures.kinds import Field, Input, Kind, MeasureKind, NotCounted, Quality

AREA = Input("hectares", _("area"), "ha", Decimal("0.01"), Decimal(10_000), _("In the plan of the measure."))
BEFORE = Input(
    "t_per_ha_before",
    _("emissions of each hectare a year before"),
    "t/(ha*a)",
    Decimal("0.1"),
    Decimal(60),
    _("In the expert's report, by vegetation and water level (GEST), in tonnes of CO2e."),
)
AFTER = Input(
    "t_per_ha_after",
    _("emissions of each hectare a year after"),
    "t/(ha*a)",
    Decimal(0),
    Decimal(60),
    _("In the expert's report, for the water level that is to be reached, in tonnes of CO2e."),
)

FIELD = Field(
    _("Nature and land"),
    {
        MeasureKind.MOOR_REWETTING: Kind(
            (AREA, BEFORE, AFTER),
            {},
            "hectares * (t_per_ha_before - t_per_ha_after)",
            _("Vegetation and water tell the emissions to about a third. The new water level takes years to reach."),
            50,
            Quality.CALCULATED,
        ),
        MeasureKind.TREES_AND_HEDGES: NotCounted(
            _("Young trees bind little, and only as long as they stand. That is a sink, not an avoided emission.")
        ),
        MeasureKind.FLOWER_STRIPS: NotCounted(
            _("They help insects and soil; no published figure gives tonnes for them.")
        ),
    },
)
