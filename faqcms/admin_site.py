"""The admin's site: a menu in the order of the work, queues on the home page, and no text lost at the door."""

from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from faq.kept_text import CARRIED, keep, typed_in
from faqcms.menu import menu, queues
from feedback.dashboard import dashboard


class EditorsSite(AdminSite):
    """The admin as editors see it."""

    site_header = "faqcms · administration"
    site_title = "faqcms"
    index_title = "Accueil"
    empty_value_display = "–"

    def get_app_list(self, request, app_label=None):
        """Return the menu; for the page of one application, its tables."""
        applications = super().get_app_list(request, app_label)
        return applications if app_label else menu(request, applications)

    def index(self, request, extra_context=None):
        """Show what waits and what visitors say, above the menu."""
        told = {"queues": queues(request.user), "dashboard": dashboard(request.user)}
        return super().index(request, {**told, **(extra_context or {})})

    def admin_view(self, view, cacheable=False):
        """Ask whoever typed a text and is not signed in, or no longer, to sign in with that text in hand."""
        guarded = super().admin_view(view, cacheable)

        def keeping(request, *args, **kwargs):
            text = None if self.has_permission(request) else typed_in(request)
            return self.ask_to_sign_in(request, text) if text else guarded(request, *args, **kwargs)

        return update_wrapper(keeping, guarded)

    def login(self, request, extra_context=None):
        """Sign in; a text that the form carries is kept for its page then, and carried on until then."""
        text = typed_in(request)
        carried = {CARRIED: text.packed() if text else ""}
        response = super().login(request, {**carried, **(extra_context or {})})
        if text and response.status_code == 302:
            keep(request, text)
        return response

    @method_decorator(never_cache)
    def ask_to_sign_in(self, request, text):
        """Answer a form that nobody signed in sent: the sign-in page, which carries what was typed."""
        context = {
            **self.each_context(request),
            "title": "Connexion",
            "subtitle": None,
            "app_path": reverse("admin:login"),
            "next": text.address,
            "username": request.user.get_username(),
            "form": AdminAuthenticationForm(request),
            CARRIED: text.packed(),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/login.html", context)
