"""The complete CP-SAT model: every feature of the problem, for small problems, with proof where there is one."""

from zagumi.engine.solve.exact.run import ExactResult, solve_exact

__all__ = ["ExactResult", "solve_exact"]
