"""Kinds that reach people. Most claim no tonnes: a talk saves nothing, what people then do is counted there."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from projects.measures.kinds import Field, Input, Kind, MeasureKind, NotCounted, Quality
from projects.measures.library.electricity import POWER
from projects.measures.library.heat import CARRIER, HEAT_AFTER, HEAT_BEFORE, METERED, POWER_AFTER, POWER_BEFORE

HOUSEHOLDS = Input(
    "households", _("number of households"), "household", Decimal(1), Decimal(1_000_000), _("In the list of visits.")
)
KWH_A_HOUSEHOLD = Input(
    "kwh_per_household",
    _("electricity saved by each household a year"),
    "kWh/(household*a)",
    Decimal(1),
    Decimal(5_000),
    _("The mean of what the protocols of the visits promise."),
)
COUNTED_THERE = _("It moves people to act. What they then do counts where it is done, and not twice.")

FIELD = Field(
    _("People and awareness"),
    {
        MeasureKind.SCHOOL_FIFTY_FIFTY: Kind(
            (
                replace(HEAT_BEFORE, low=Decimal(0)),
                HEAT_AFTER,
                replace(POWER_BEFORE, low=Decimal(0)),
                POWER_AFTER,
            ),
            POWER,
            "(kwh_before - kwh_after) * carrier + (power_before - power_after) * electricity",
            METERED,
            1,
            choice=CARRIER,
        ),
        MeasureKind.POWER_SAVING_CHECK: Kind(
            (HOUSEHOLDS, KWH_A_HOUSEHOLD),
            POWER,
            "households * kwh_per_household * electricity",
            _("Promised in the visit, not measured afterwards; some of it will not last."),
            3,
            Quality.ESTIMATED,
        ),
        MeasureKind.THERMOGRAPHY_WALK: NotCounted(COUNTED_THERE),
        MeasureKind.ADVICE_EVENING: NotCounted(COUNTED_THERE),
        MeasureKind.REPAIR_CAFE: NotCounted(
            _("What a mended thing saves depends on what would have been bought instead.")
        ),
        MeasureKind.CLIMATE_FRIENDLY_EVENT: NotCounted(_("An event without waste and long ways is a good example.")),
        MeasureKind.GREEN_POWER: NotCounted(
            _("A contract moves existing green power to other customers; it makes no less CO2.")
        ),
        MeasureKind.CONCEPT: NotCounted(_("A plan saves nothing yet; what is built after it counts.")),
        MeasureKind.AWARENESS: NotCounted(COUNTED_THERE),
    },
)
