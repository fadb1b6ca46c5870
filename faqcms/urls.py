"""Every address of the site: the editors' admin, the public FAQ, its votes."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here for the icon of a page that names none, such as the admin's."""
    return redirect(static("dsfr/dist/favicon/favicon.ico"))


handler400 = "faqcms.refusals.refuse_request"
handler500 = "faqcms.refusals.refuse_failed"

urlpatterns = [
    path("admin/mot-de-passe/", include("faqcms.passwords")),
    path("admin/", admin.site.urls),
    path("favicon.ico", favicon),
    path("", include("faq.urls")),
    path("", include("feedback.urls")),
]
