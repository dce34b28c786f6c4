"""Solvers behind one door: :func:`zagumi.engine.solve.solve.solve`."""
