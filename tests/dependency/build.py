"""Files of a few parties that fall with each other and owe each other, for figures worked out by hand."""

from __future__ import annotations

TEN_WEEKS = "time: {start: 2026-01-05, horizon: 10 weeks, step: 1 week}\n"
FOUR = """\
parties:
  farm: {kind: organisation, capacities: {cash: {level: 25 EUR, floor: 20 EUR, change: -9 EUR/week}}}
  mill: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -6 EUR/week}}}
  bakery: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -3 EUR/week}}}
  shop: {kind: organisation, capacities: {cash: {level: 30 EUR, floor: 20 EUR, change: -7 EUR/week}}}
flows:
  grain: {kind: benefit, from: farm, to: mill, rate: 10 kg/week, worth: {cash: 1 EUR/kg}}
  flour: {kind: benefit, from: mill, to: bakery, rate: 6 kg/week, worth: {cash: 1 EUR/kg}}
  bread: {kind: benefit, from: bakery, to: shop, rate: 5 kg/week, worth: {cash: 1 EUR/kg}}
  eggs: {kind: benefit, from: farm, to: shop, rate: 5 kg/week, worth: {cash: 1 EUR/kg}}
  tolls: {kind: benefit, from: world, to: farm, rate: 8 EUR/week, worth: {cash: 1}}
  rent: {kind: benefit, from: world, to: bakery, rate: 4 EUR/week, worth: {cash: 1}}
  sold: {kind: benefit, from: shop, to: farm, rate: 2 kg/week, worth: {cash: 1 EUR/kg}}
"""
"""The mill lives on grain alone; the bakery has 6 of 10 by flour, the shop 5 of 10 by bread and by eggs each, and the
farm 2 of 10 by what is sold: shares 1, 0.6, 0.5, 0.5 and 0.2."""

THREE_IN_DEBT = """\
parties:
  ann: {kind: person, capacities: {cash: {level: 15 EUR, floor: 0 EUR}}}
  ben: {kind: person, capacities: {cash: {level: 2 EUR, floor: 0 EUR}}}
  cleo: {kind: person, capacities: {cash: {level: 1 EUR, floor: 0 EUR}}}
flows:
  to_ben: {kind: benefit, from: ann, to: ben, rate: 10 EUR/week, PAID, settled_after: 4 weeks}
  to_cleo: {kind: benefit, from: ben, to: cleo, rate: 6 EUR/week, PAID, settled_after: 5 weeks}
  to_ann: {kind: benefit, from: cleo, to: ann, rate: 2 EUR/week, PAID, settled_after: 5 weeks}
""".replace("PAID", "cost: {cash: 1}, worth: {cash: 1}")
"""Ann owes Ben 40, Ben owes Cleo 30, Cleo owes Ann 10; they hold 15, 2 and 1."""
