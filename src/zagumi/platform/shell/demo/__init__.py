"""The town みなと市: an openly invented network, built by the services as its own people would, around today's date."""
