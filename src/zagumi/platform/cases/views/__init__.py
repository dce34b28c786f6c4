"""Pages of cases: form to service, query to page."""
