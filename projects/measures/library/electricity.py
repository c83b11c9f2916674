"""Kinds that save electricity or make it. Electricity counts with the German mix of the year, at the meter."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from projects.measures.kinds import Field, Input, Kind, MeasureKind, Quality

MOST = Decimal(50_000_000)
BEFORE = Input(
    "kwh_before",
    _("consumption a year before"),
    "kWh/a",
    Decimal(1),
    MOST,
    _("On the last yearly bill before the measure."),
)
AFTER = Input(
    "kwh_after",
    _("consumption a year after"),
    "kWh/a",
    Decimal(0),
    MOST,
    _("On the first full yearly bill after the measure. Before that, in the planner's calculation."),
)
OWN_USE = Input(
    "kwh_used",
    _("solar power used on site a year"),
    "kWh/a",
    Decimal(1),
    MOST,
    _("What the panels yield (inverter or yield meter) minus what is fed in (bill of the grid operator)."),
)
DEVICES = Input(
    "devices",
    _("number of devices"),
    "device",
    Decimal(1),
    Decimal(100_000),
    _("Count what was exchanged or put up."),
)
KWH_A_DEVICE = Input(
    "kwh_per_device",
    _("electricity saved or made by each device a year"),
    "kWh/(device*a)",
    Decimal(1),
    Decimal(20_000),
    _("From the labels of the old and the new device, or measured over some weeks."),
)
PEAK = Input(
    "kwp",
    _("installed power"),
    "kWp",
    Decimal("0.3"),
    Decimal(100_000),
    _("In the offer or on the registration at the Marktstammdatenregister."),
)
YIELD = Input(
    "kwh_per_kwp",
    _("yield for each kWp a year"),
    "kWh/(kWp*a)",
    Decimal(300),
    Decimal(1_300),
    _("In the installer's forecast, or from the free calculator PVGIS of the European Commission."),
)
METERED = _("Meters are exact to a few per cent. Longer opening hours or a cold winter change the consumption as well.")
DIFFERENCE = "(kwh_before - kwh_after) * electricity"
POWER = {"electricity": "electricity-mix"}


def _difference(lifetime: int) -> Kind:
    """Return a kind that compares two yearly bills of electricity."""
    return Kind((BEFORE, AFTER), POWER, DIFFERENCE, METERED, lifetime)


FIELD = Field(
    _("Electricity and light"),
    {
        # 50,000 hours of light at about 4,000 hours a year
        MeasureKind.LED_STREET_LIGHTING: _difference(12),
        MeasureKind.INDOOR_LIGHTING: _difference(12),
        MeasureKind.POWER_SAVING: _difference(5),
        MeasureKind.WATER_WORKS: _difference(12),
        MeasureKind.CIRCULATION_PUMPS: Kind(
            (
                DEVICES,
                replace(
                    KWH_A_DEVICE,
                    default=Decimal(400),
                    where=_(
                        "An old pump takes 400 to 600 kWh a year, a new one 50 to 100 kWh (Federal Ministry for "
                        "Economic Affairs, “Deutschland macht's effizient”)."
                    ),
                ),
            ),
            POWER,
            "devices * kwh_per_device * electricity",
            _("How long each pump runs is assumed, not measured."),
            15,
            Quality.ESTIMATED,
        ),
        MeasureKind.APPLIANCES: Kind(
            (DEVICES, KWH_A_DEVICE),
            POWER,
            "devices * kwh_per_device * electricity",
            _("Labels give the use in a test; how the devices are really used may differ by a third."),
            10,
            Quality.CALCULATED,
        ),
        MeasureKind.PV_OWN_USE: Kind(
            (OWN_USE,),
            POWER,
            "kwh_used * electricity",
            _("Counts the power that need not come from the grid. How the panels were made is not counted."),
            30,
        ),
        MeasureKind.PV_ROOF: Kind(
            (PEAK, YIELD),
            POWER,
            "kwp * kwh_per_kwp * electricity",
            _(
                "The yield is a forecast; sunny and cloudy years differ by a tenth. "
                "How the panels were made is not counted."
            ),
            30,
            Quality.CALCULATED,
        ),
        MeasureKind.BALCONY_PV: Kind(
            (
                replace(DEVICES, where=_("How many households have put one up, from the list of the campaign.")),
                replace(
                    KWH_A_DEVICE,
                    high=Decimal(1_000),
                    where=_(
                        "What is used at home. Ask some households for the reading of their meter, and take the mean."
                    ),
                ),
            ),
            POWER,
            "devices * kwh_per_device * electricity",
            _("What is not used at home goes to the grid and is left out. Some would have bought one anyway."),
            20,
            Quality.ESTIMATED,
        ),
    },
)
