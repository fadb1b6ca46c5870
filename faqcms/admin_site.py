"""The admin's site: its menu, its home page, and a sign-in page that loses no typed text."""

from functools import update_wrapper

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from faq.admin.my_work import build_my_work
from faq.models import Entry
from faq.selectors.autosaves import kept_forms
from faq.services.roles import may_enter
from faq.unsaved_text import CARRIED_FIELD, read_sent_text, store_unsaved_text
from faqcms.help import HelpPage, get_help_address
from faqcms.menu import build_menu, count_queues
from faqcms.site_search import SiteSearchPage
from feedback.dashboard import build_dashboard


class SignInForm(AdminAuthenticationForm):
    """Name and password of an account that a role lets in."""

    def confirm_login_allowed(self, user):
        """Raise ValidationError, in words of its own, for an account that no role lets in."""
        if not may_enter(user):
            raise ValidationError("Ce compte n’a pas encore de rôle\u00a0: un administrateur peut lui en donner un.")


class EditorsSite(AdminSite):
    """The admin as editors see it."""

    site_header = "faqcms"
    site_title = "faqcms"
    index_title = "Accueil"
    empty_value_display = "–"
    login_form = SignInForm

    def has_permission(self, request):
        """Return whether the account opens the admin: a role lets in."""
        return may_enter(request.user)

    def get_urls(self):
        """Return the addresses of the site's own pages, then those of the tables."""
        entries = self._registry[Entry]
        search = SiteSearchPage.as_path("recherche/", "site_search", entries)
        return [search, HelpPage.as_path("aide/", "help", entries), *super().get_urls()]

    def each_context(self, request):
        """Return what the frame of every page shows; the page of results says what was searched."""
        shown = {"faq_name": settings.FAQ_NAME, "searched": "", "help_address": get_help_address(request)}
        return {**super().each_context(request), **shown}

    def get_app_list(self, request, app_label=None):
        """Return the menu, or the tables of one application for its page."""
        applications = super().get_app_list(request, app_label)
        return applications if app_label else build_menu(request, applications)

    def index(self, request, extra_context=None):
        """Show the work of the person, the queues of the team and the dashboard above the menu."""
        my_work = build_my_work(request.user)
        context = {
            "my_work": my_work,
            "some_work": any(section.number for section in my_work),
            "kept_forms": kept_forms(request.user) if request.user.has_perm("faq.change_entry") else [],
            "queues": count_queues(request.user),
            "dashboard": build_dashboard(request.user),
        }
        return super().index(request, {**context, **(extra_context or {})})

    def admin_view(self, view, cacheable=False):
        """Guard a view; a text typed by somebody who is not signed in, or no longer, is carried by the sign-in page."""
        guarded_view = super().admin_view(view, cacheable)

        def view_or_sign_in(request, *args, **kwargs):
            text = None if self.has_permission(request) else read_sent_text(request)
            return self.ask_to_sign_in(request, text) if text else guarded_view(request, *args, **kwargs)

        return update_wrapper(view_or_sign_in, guarded_view)

    def login(self, request, extra_context=None):
        """Sign in; a text that the form carries is then stored for its page, and carried on until then."""
        text = read_sent_text(request)
        carried = {CARRIED_FIELD: text.encode() if text else ""}
        response = super().login(request, {**carried, **(extra_context or {})})
        if text and response.status_code == 302:
            store_unsaved_text(request, text)
        return response

    @method_decorator(never_cache)
    def ask_to_sign_in(self, request, text):
        """Answer a form sent by somebody who is not signed in: the sign-in page, which carries the text."""
        context = {
            **self.each_context(request),
            "title": "Connexion",
            "subtitle": None,
            "app_path": reverse("admin:login"),
            "next": text.address,
            "username": request.user.get_username(),
            "form": SignInForm(request),
            CARRIED_FIELD: text.encode(),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/login.html", context)
