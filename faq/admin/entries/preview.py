"""The entry that is being typed, as the public would see it."""

from django.shortcuts import render

from faq.admin.pages import AdminView
from faq.forms import EntryForm
from faq.selectors.published import load_taxonomy


class PreviewView(AdminView):
    """The document in the frame beside the form."""

    def post(self, request):
        """Return the typed entry as a page, up to the limit of answers; nothing is stored."""
        may_name_themes = request.user.has_perm("faq.add_theme")
        form = EntryForm(request.POST, taxonomy=load_taxonomy(), head=None, may_name_themes=may_name_themes)
        return render(request, "admin/faq/entry/preview.html", {"form": form})
