"""All addresses of the platform. Each app brings its own; the account pages are allauth's."""

from pathlib import Path

from django.apps import apps
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from zagumi.platform.core.views import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("language", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    *(
        path("", include(f"zagumi.platform.{name}.urls"))
        for name in ("core", "network", "cases", "planning", "shell")
        if apps.is_installed(f"zagumi.platform.{name}") and (Path(__file__).parent / name / "urls.py").exists()
    ),
]
