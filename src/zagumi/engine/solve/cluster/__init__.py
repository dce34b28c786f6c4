"""Other machines search along, as tasks of a Ray cluster. See ``docs/decisions/0005-cluster.md``.

Downward: ``guests`` (one call of ``solve``) sends out and takes over; ``cluster`` is the cluster as this process sees
it; ``envoy`` is a process of its own that speaks with Ray; ``errand`` runs on the nodes; ``figures`` is what travels.
"""
