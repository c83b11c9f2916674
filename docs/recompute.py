"""Adds up an audit export without klikks: python3 docs/recompute.py EXPORT.json. Needs Python 3.11, and nothing else.

Every saving is calculated again from its formula, its numbers and its factors; then savings and facts are added up and
compared with the totals that the portal shows. Ends with an error when anything differs by a gram or a cent.
"""

import ast
import json
import operator
import sys
from collections import defaultdict
from decimal import Decimal

SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
# What a unit's part is worth in kg, kWh, km, l, ha and a; all others count as they are.
WORTH = {"percent": Decimal("0.01"), "hundred_km": Decimal(100), "t": Decimal(1000), "MWh": Decimal(1000)}
EVERYWHERE = 3  # the reach of facts that count for agency and programme; others count for a district or a place only


def amount(text: str) -> Decimal:
    """Return "12.5 t/(ha*a)" in kg, kWh, km, l, ha and a."""
    number, unit = text.split(" ", 1)
    above, _sign, below = unit.replace("(", "").replace(")", "").partition("/")
    value = Decimal(number)
    for part in above.split("*"):
        value *= WORTH.get(part, 1)
    for part in filter(None, below.split("*")):
        value /= WORTH.get(part, 1)
    return value


def evaluate(node: ast.expr, values: dict[str, Decimal]) -> Decimal:
    """Return what a formula gives: sums and products of named values."""
    if isinstance(node, ast.Name):
        return values[node.id]
    return SIGNS[type(node.op)](evaluate(node.left, values), evaluate(node.right, values))


def recomputed(row: dict) -> Decimal:
    """Return kg CO2e a year of one saving, to the gram."""
    values = {name: amount(text) for name, text in row["inputs"].items() if " " in text}
    values |= {each["name"]: amount(f"{each['value']} {each['unit']}") for each in row["factors"]}
    return evaluate(ast.parse(row["formula"], mode="eval").body, values).quantize(Decimal("0.001"))


with open(sys.argv[1], encoding="utf-8") as file:
    export = json.load(file)
wrong = [row["saving"] for row in export["savings"] if recomputed(row) != Decimal(row["kg_per_year"])]
sums = defaultdict(Decimal)
for row in export["savings"]:
    if row["figure"]:
        sums[row["figure"]] += recomputed(row)
for row in export["facts"]:
    if row["reach"] == EVERYWHERE and row["figure"] not in {"kg_done", "kg_planned"}:
        sums[row["figure"]] += Decimal(row["amount"])
for figure in sorted(sums | export["totals"]):
    stated = Decimal(export["totals"].get(figure, 0))
    print(f"{figure:24} {sums[figure]:>20} {stated:>20} {'' if sums[figure] == stated else 'DIFFERS'}")
print(f"{len(export['savings'])} savings recalculated, wrong: {wrong or 'none'}")
sys.exit(bool(wrong) or any(sums[name] != Decimal(value) for name, value in export["totals"].items()))
