"""The platform: the network, its cases, plans and people, in the browser and over the API."""
