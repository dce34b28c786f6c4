"""Compiled scheduling: a plan with fixed times, changed by exact and revocable steps.

Modules, lowest first: ``records`` (the arrays), ``hours`` (clock and worked minutes), ``occupancy`` (who is taken
when, and the log that undoes), ``fitting`` (the first gap that holds a sub-lot), ``feeding`` (pieces between
sub-lots), ``placing`` (one operation), ``team`` (which companies), ``case`` (a whole case at once), ``worth`` (the
objective), ``ruin`` (what to take out), ``annealing`` (the search), ``lending`` (between searches), ``prices`` (of
machine time, for a bound).
"""
