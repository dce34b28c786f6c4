"""Addresses of the front of the house, and of the API under /api/v1 (names ``api:…``)."""

from django.urls import include, path

from zagumi.platform.shell import views
from zagumi.platform.shell.api import api

pages = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("guide/", views.guide, name="guide"),
    path("guide/patterns/", views.patterns, name="patterns"),
    path("api/", views.reference, name="api"),
]

urlpatterns = [
    path("", include((pages, "shell"))),
    path("api/v1/", api.urls),
]
