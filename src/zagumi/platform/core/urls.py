"""Addresses of core's pages."""

from django.urls import path

from zagumi.platform.core import views

app_name = "core"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
]
