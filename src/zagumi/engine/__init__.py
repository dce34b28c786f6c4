"""Zagumi's planning engine: a problem goes in, a checked plan comes out.

A pure library: it knows no web framework, no database, no clock and no network, and draws no
unseeded random number. Times are whole minutes after the problem's origin, money is whole yen,
CO2 is whole grams.
"""
