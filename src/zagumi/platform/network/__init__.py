"""Who can do what: companies, sites, machines, capability, calendars, certificates."""
