"""Addresses of core's pages."""

from django.urls import path

from zagumi.platform.core import views

app_name = "core"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("seat", views.switch_seat, name="switch-seat"),
    path("demo/sign-in", views.demo_sign_in, name="demo-sign-in"),
    path("accounts/tokens/", views.tokens, name="tokens"),
    path("accounts/tokens/<int:key>/revoke", views.revoke_token, name="revoke-token"),
    path("people/", views.people, name="people"),
    path("people/invite", views.invite, name="invite"),
    path("people/seats/<int:key>", views.seat_open, name="seat-open"),
    path("people/seats/<int:key>/invite", views.invite_again, name="invite-again"),
    path("people/invitations/<int:key>/withdraw", views.withdraw_invitation, name="withdraw-invitation"),
    path("invitation/", views.accept_invitation, name="accept-invitation"),
    path("invitation/<str:secret>", views.open_invitation, name="open-invitation"),
    path("log/", views.log, name="log"),
    path("log/verify", views.verify_log, name="verify-log"),
    path("jobs/<slug:code>", views.job, name="job"),
    path("jobs/<slug:code>/stop", views.stop_job, name="stop-job"),
]
