"""What is read of the network: frozen dataclasses already trimmed to the reader, for pages, API and exports alike."""

from zagumi.platform.network.queries.calendar import CalendarPage, company_calendar, machine_bookings
from zagumi.platform.network.queries.companies import CompanyRow, MapFeature, company_list, map_features, search
from zagumi.platform.network.queries.company import CompanyPage, company_page, seen_as
from zagumi.platform.network.queries.coverage import Coverage, CoverageRow, coverage
from zagumi.platform.network.queries.load import LoadCell, LoadTable, machine_load
from zagumi.platform.network.queries.records import PriceLine, company_history, company_prices

__all__ = [
    "CalendarPage",
    "CompanyPage",
    "CompanyRow",
    "Coverage",
    "CoverageRow",
    "LoadCell",
    "LoadTable",
    "MapFeature",
    "PriceLine",
    "company_calendar",
    "company_history",
    "company_list",
    "company_page",
    "company_prices",
    "coverage",
    "machine_bookings",
    "machine_load",
    "map_features",
    "search",
    "seen_as",
]
