"""The makespan search: a compiled tabu search on assignment and insertion moves with heads and tails.

The neighbourhood is that of M. Mastrolilli and L. M. Gambardella (Effective neighbourhood functions for the flexible
job shop problem, Journal of Scheduling 3, 2000), for any precedences, with travel between sites, lags, releases and
deliveries. See ``docs/decisions/0003-makespan-search.md``.
"""
