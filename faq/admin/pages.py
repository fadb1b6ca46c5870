"""Pages of the admin that are neither the list nor the form of a table, as Django views."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.views.generic import View

from faq.selectors.autosaves import AUTOSAVE_PARAMETER

Trail = list[tuple[str, str]]
"""Labels and addresses of the pages above one, the highest first."""


class AdminView(View):
    """A view of the admin that only people with its permissions reach."""

    model_admin: ModelAdmin = None
    """The admin of the table that the page belongs to; given by `as_path`."""
    permission = ""
    """The permission needed to open the page, such as "faq.view_entry"; empty: the right to view the table."""
    post_permission = ""
    """The permission that sending one of its forms needs as well."""

    @classmethod
    def as_path(cls, route: str, name: str, model_admin: ModelAdmin, **options: Any) -> URLPattern:
        """Return the URL pattern of this view, for `ModelAdmin.get_urls`."""
        view = cls.as_view(model_admin=model_admin, **options)
        return path(route, model_admin.admin_site.admin_view(view), name=name)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the request. Raises PermissionDenied where the account lacks a permission."""
        if not self.has_permission():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def has_permission(self) -> bool:
        """Return whether the account may open the page, or send the form that it sends."""
        user = self.request.user
        may_view = (
            user.has_perm(self.permission) if self.permission else self.model_admin.has_view_permission(self.request)
        )
        needs_more = self.request.method == "POST" and self.post_permission
        return may_view and (not needs_more or user.has_perm(self.post_permission))


class AdminPage(AdminView):
    """A page in the frame of the admin: title, breadcrumbs, and a template that extends `admin/faq/page.html`."""

    title = ""
    breadcrumb = ""
    """The page's own name at the end of the breadcrumbs; its title unless given."""
    body_class = ""
    """The class by which style sheets know the page."""
    template_name = "admin/faq/page.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        return self.render()

    def get_title(self) -> str:
        """Return the title of the page and of its window."""
        return self.title

    def get_trail(self) -> Trail:
        """Return the pages above this one: the list of its table."""
        meta = self.model_admin.opts
        list_address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return [(capfirst(meta.verbose_name_plural), list_address)]

    def get_context(self, **context: Any) -> dict[str, Any]:
        """Return what the template shows; a page adds its own by extending this."""
        title = self.get_title()
        return {
            **self.model_admin.admin_site.each_context(self.request),
            "opts": self.model_admin.opts,
            "title": title,
            "trail": self.get_trail(),
            "breadcrumb": self.breadcrumb or title,
            "body_class": self.body_class,
            **context,
        }

    def render(self, *, status: int = 200, template_name: str = "", **context: Any) -> TemplateResponse:
        """Show the page with what `get_context` makes of these."""
        self.request.current_app = self.model_admin.admin_site.name
        template = template_name or self.template_name
        return TemplateResponse(self.request, template, self.get_context(**context), status=status)

    def reload(self) -> HttpResponseRedirect:
        """Return a redirect to the same address, filters and page number included, without a text that it takes up."""
        query = self.get_query()
        return redirect(f"{self.request.path}?{query.urlencode()}" if query else self.request.path)

    def get_query(self) -> QueryDict:
        """Return the parameters of the address, without the name of an autosaved form that the page takes up."""
        query = self.request.GET.copy()
        query.pop(AUTOSAVE_PARAMETER, None)
        return query

    def redirect_unknown(self, object_id: str) -> HttpResponseRedirect:
        """Return Django's redirect to the home page, with a message, for a row that does not exist."""
        return self.model_admin._get_obj_does_not_exist_redirect(self.request, self.model_admin.opts, object_id)
