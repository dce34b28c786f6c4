"""The pages of the network: thin, each a form and a service or a query and a template."""
