"""Addresses of planning."""

from django.urls import path

from zagumi.platform.planning import views

app_name = "planning"
urlpatterns = [
    path("plans/", views.runs, name="plans"),
    path("plans/new/", views.run_new, name="run-new"),
    path("plans/<str:code>/", views.run, name="run"),
    path("plans/<str:code>/search/", views.run_search, name="run-search"),
    path("plans/<str:code>/stop/", views.run_stop, name="run-stop"),
    path("plans/<str:code>/more/", views.run_more, name="run-more"),
    path("plans/<str:code>/<slug:key>/", views.alternative, name="alternative"),
    path("plans/<str:code>/<slug:key>/step/", views.step, name="step"),
    path("plans/<str:code>/<slug:key>/why-not/", views.why_not, name="why-not"),
    path("plans/<str:code>/<slug:key>/why-not/<slug:job>/", views.why_not_answer, name="why-not-answer"),
    path("plans/<str:code>/<slug:key>/adopt/", views.adopt, name="adopt"),
    path("work/", views.work, name="work"),
    path("cases/<str:code>/plan/", views.case_plan, name="case-plan"),
    path("cases/<str:code>/plan/<int:version>/", views.case_plan, name="case-plan-version"),
]
