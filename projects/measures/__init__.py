"""Measures: their kinds, the calculation of their savings, and the factors behind it."""
