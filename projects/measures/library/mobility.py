"""Kinds about getting around. A car kilometre counts with the petrol it would have burnt in the car."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from projects.measures.kinds import Field, Input, Kind, MeasureKind, NotCounted, Quality
from projects.measures.library.heat import POWER_USED

CAR_KM = Input(
    "car_km",
    _("kilometres a year no longer driven by a car"),
    "km/a",
    Decimal(1),
    Decimal(100_000_000),
    _("Ask the users which of their trips would have been by car; do not count the others."),
)
CONSUMPTION = Input(
    "litres_per_100km",
    _("petrol the car would have used"),
    "l/hundred_km",
    Decimal(3),
    Decimal(20),
    _("In litres for 100 km, from the papers or the receipts of the cars that stay at home."),
)
BUS_DIESEL = Input(
    "litres_diesel",
    _("diesel the bus uses a year"),
    "l/a",
    Decimal(0),
    Decimal(10_000_000),
    _("From the receipts."),
)
DIESEL_BEFORE = Input(
    "litres_before", _("diesel a year before"), "l/a", Decimal(1), Decimal(10_000_000), _("From the receipts.")
)
DIESEL_AFTER = Input(
    "litres_after", _("diesel a year after"), "l/a", Decimal(0), Decimal(10_000_000), _("From the receipts.")
)
CHARGED = replace(
    POWER_USED,
    label=_("electricity charged a year"),
    where=_("On the meter of the charging station, or from the bills of the charging provider."),
)
KWH_A_100KM = Input(
    "kwh_per_100km",
    _("electricity the cars use"),
    "kWh/hundred_km",
    Decimal(8),
    Decimal(40),
    _("In kWh for 100 km, from the papers of the cars that charge most often."),
)
TRIPS = _("The kilometres rest on what people say; a survey may be wrong by a third.")
CAR = "car_km * litres_per_100km * petrol"
PETROL = {"petrol": "petrol-litre"}
WITH_POWER = {**PETROL, "electricity": "electricity-mix"}

FIELD = Field(
    _("Mobility"),
    {
        MeasureKind.BIKE_INSTEAD_OF_CAR: Kind((CAR_KM, CONSUMPTION), PETROL, CAR, TRIPS, 5, Quality.ESTIMATED),
        MeasureKind.BIKE_SHARING: Kind(
            (CAR_KM, CONSUMPTION, replace(CHARGED, where=_("About 1 kWh for 100 km of riding, or on the meter."))),
            WITH_POWER,
            f"{CAR} - kwh_power * electricity",
            TRIPS,
            8,
            Quality.ESTIMATED,
        ),
        MeasureKind.CITIZEN_BUS: Kind(
            (CAR_KM, CONSUMPTION, BUS_DIESEL),
            {**PETROL, "diesel": "diesel-litre"},
            f"{CAR} - litres_diesel * diesel",
            TRIPS,
            10,
            Quality.ESTIMATED,
        ),
        MeasureKind.E_CAR: Kind(
            (
                replace(
                    CAR_KM,
                    label=_("kilometres driven a year"),
                    where=_("In the logbook, or the difference of two readings of the odometer."),
                ),
                CONSUMPTION,
                CHARGED,
            ),
            WITH_POWER,
            f"{CAR} - kwh_power * electricity",
            _("Counts the fuel and the power for driving. How car and battery were made is not counted."),
            12,
        ),
        MeasureKind.CHARGING_POINT: Kind(
            (CHARGED, KWH_A_100KM, CONSUMPTION),
            WITH_POWER,
            "kwh_power / kwh_per_100km * litres_per_100km * petrol - kwh_power * electricity",
            _("Much of this would have been charged elsewhere. Take it as an upper bound."),
            12,
            Quality.ESTIMATED,
        ),
        MeasureKind.FUEL_SAVING: Kind(
            (DIESEL_BEFORE, DIESEL_AFTER),
            {"diesel": "diesel-litre"},
            "(litres_before - litres_after) * diesel",
            _("Receipts are exact; more or less work in a year changes the consumption as well."),
            8,
        ),
        MeasureKind.RIDE_BENCH: NotCounted(
            _("Who takes a seat would often have gone with somebody else; without a count of trips nobody knows.")
        ),
    },
)
