"""Addresses of the network's pages."""

from django.urls import path

from zagumi.platform.network.views import capability, company, lists, machines

app_name = "network"

urlpatterns = [
    path("companies/", lists.company_list, name="company-list"),
    path("companies/map/", lists.company_map, name="company-map"),
    path("companies/coverage/", lists.coverage, name="coverage"),
    path("companies/basemap.json", lists.basemap_json, name="basemap"),
    path("companies/new/", company.company_new, name="company-new"),
    path("companies/<str:code>/", company.company, name="company"),
    path("companies/<str:code>/edit/", company.company_edit, name="company-edit"),
    path("companies/<str:code>/membership/", company.membership, name="company-membership"),
    path("companies/<str:code>/calendar/", company.company_calendar, name="company-calendar"),
    path("companies/<str:code>/calendar/close/", company.close_days, name="close-days"),
    path("companies/<str:code>/calendar/open/", company.open_days, name="open-days"),
    path("companies/<str:code>/calendar/reset/", company.reset_days, name="reset-days"),
    path("companies/<str:code>/hours/", company.hours_edit, name="hours-edit"),
    path("companies/<str:code>/prices/", company.company_prices, name="company-prices"),
    path("companies/<str:code>/history/", company.company_history, name="company-history"),
    path("companies/<str:code>/sites/new/", company.site_new, name="site-new"),
    path("companies/<str:code>/machines/new/", machines.machine_new, name="machine-new"),
    path("companies/<str:code>/capabilities/new/", capability.capability_new, name="capability-new"),
    path("companies/<str:code>/certificates/new/", capability.certificate_new, name="certificate-new"),
    path("companies/<str:code>/people/", capability.people, name="people"),
    path("companies/<str:code>/people/new/", capability.person_new, name="person-new"),
    path("sites/<str:code>/edit/", company.site_edit, name="site-edit"),
    path("machines/<str:code>/", machines.machine, name="machine"),
    path("machines/<str:code>/edit/", machines.machine_edit, name="machine-edit"),
    path("machines/<str:code>/retire/", machines.machine_retire, name="machine-retire"),
    path("machines/<str:code>/restore/", machines.machine_restore, name="machine-restore"),
    path("machines/<str:code>/disclosure/", machines.machine_disclosure, name="machine-disclosure"),
    path("machines/<str:code>/book/", machines.machine_book, name="machine-book"),
    path("machines/<str:code>/free/", machines.machine_free, name="machine-free"),
    path("machines/<str:code>/stop/", machines.machine_stop, name="machine-stop"),
    path("machines/<str:code>/resume/", machines.machine_resume, name="machine-resume"),
    path("capabilities/<str:code>/edit/", capability.capability_edit, name="capability-edit"),
    path("capabilities/<str:code>/proof/", capability.capability_proof, name="capability-proof"),
    path("capabilities/<str:code>/evidence/", capability.capability_evidence, name="capability-evidence"),
    path("certificates/<str:code>/edit/", capability.certificate_edit, name="certificate-edit"),
    path("certificates/<str:code>/file/", capability.certificate_file, name="certificate-file"),
    path("people/<str:code>/edit/", capability.person_edit, name="person-edit"),
    path("entries/<slug:verb>/<str:code>/", capability.do, name="do"),
]
