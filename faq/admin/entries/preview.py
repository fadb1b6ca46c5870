"""The entry that is being typed, as a page that looks like the public one."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import render

from faq.forms import EntryForm
from faq.selectors.published import load_taxonomy


def preview(model_admin, request):
    """Answer with that page; nothing is stored."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    may_name_themes = request.user.has_perm("faq.add_theme")
    form = EntryForm(request.POST, taxonomy=load_taxonomy(), head=None, may_name_themes=may_name_themes)
    return render(request, "admin/faq/entry/preview.html", {"form": form})
