"""A forgotten password is chosen again through a link sent by mail, in the frame of the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views
from django.urls import URLPattern, path, reverse_lazy

from faq.admin.accounts import PasswordLinkForm


class AdminFrameMixin:
    """A mixin for Django's views of passwords: the header and the menu of the admin around them."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Return what the page and its frame show."""
        return {**admin.site.each_context(self.request), **super().get_context_data(**context)}


class PasswordResetView(AdminFrameMixin, views.PasswordResetView):
    """Ask for the address of an account, and send the link; the answer is the same for an address that is unknown."""

    template_name = "admin/password_reset/form.html"
    email_template_name = "admin/password_reset/email.txt"
    subject_template_name = "admin/password_reset/subject.txt"
    success_url = reverse_lazy("password_reset_done")
    form_class = PasswordLinkForm

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add whether the site sends mails at all."""
        return super().get_context_data(sends_mail=settings.SENDS_MAIL, **context)


class PasswordResetDoneView(AdminFrameMixin, views.PasswordResetDoneView):
    """Say that the link is on its way."""

    template_name = "admin/password_reset/done.html"


class PasswordResetConfirmView(AdminFrameMixin, views.PasswordResetConfirmView):
    """Take the new password; a link that was used, or is too old, says so."""

    template_name = "admin/password_reset/confirm.html"
    success_url = reverse_lazy("password_reset_complete")


class PasswordResetCompleteView(AdminFrameMixin, views.PasswordResetCompleteView):
    """Say that the password is chosen, and lead to the sign-in page."""

    template_name = "admin/password_reset/complete.html"


urlpatterns: list[URLPattern] = [
    path("", PasswordResetView.as_view(), name="password_reset"),
    path("envoi/", PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("termine/", PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("<uidb64>/<token>/", PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
]
