"""All addresses of the platform. Each app brings its own; the account pages are allauth's."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from zagumi.platform.core.views import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("language", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("", include("zagumi.platform.core.urls")),
    path("", include("zagumi.platform.network.urls")),
    path("", include("zagumi.platform.cases.urls")),
    path("", include("zagumi.platform.planning.urls")),
    path("", include("zagumi.platform.shell.urls")),
]
