"""The pages about the site: written beside their preview, put online by saving, with every text they ever had."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from faq.admin.display import person
from faq.domain.diff import diff_text
from faq.domain.markup import parse_sections
from faq.models import SitePage, SitePageVersion
from faq.models.entries import number_of
from faq.models.pages import TITLE_MAX_LENGTH
from faq.services.pages import StalePage, save_page


class SitePageForm(forms.Form):
    """What a page says, and the version that whoever writes has seen."""

    title = forms.CharField(
        label="Titre", max_length=TITLE_MAX_LENGTH, help_text=f"{TITLE_MAX_LENGTH} caractères au plus."
    )
    text = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="« ## » en début de ligne fait un titre. Le reste s’écrit comme une réponse : un retour à la ligne "
        "reste un retour à la ligne, « - » fait une liste, **deux astérisques** mettent en gras, "
        "[texte](https://…) fait un lien.",
    )
    base = forms.IntegerField(widget=forms.HiddenInput)


@admin.register(SitePage)
class SitePageAdmin(admin.ModelAdmin):
    """Pages are neither added nor deleted: the law asks for each of them."""

    list_display = ("name", "title", "updated_at", "number", "public")
    actions = None

    def has_add_permission(self, request):
        """Nobody adds one."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes one."""
        return False

    @admin.display(description="page")
    def name(self, page):
        """What the foot of every public page calls it."""
        return str(page)

    @admin.display(description="adresse publique")
    def public(self, page):
        """Where the public reads it."""
        return format_html('<a href="{0}">{0}</a>', page.get_absolute_url())

    def get_urls(self):
        """Add the preview."""
        preview = self.admin_site.admin_view(self.preview_view)
        return [path("apercu/", preview, name="faq_sitepage_preview"), *super().get_urls()]

    def preview_view(self, request):
        """Answer with the page that is being typed, as the public would read it; nothing is stored."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        return render(request, "admin/faq/sitepage/preview.html", _preview(SitePageForm(request.POST)))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the form, or save it; `?version=` puts a former text into it."""
        page = SitePage.objects.filter(pk=number_of(object_id)).first()
        if page is None:
            return self._get_obj_does_not_exist_redirect(request, SitePage._meta, object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._answer(request, page)
        former = _former(page, request.GET.get("version"))
        said = former or page
        form = SitePageForm(initial={"title": said.title, "text": said.text, "base": page.number})
        return self._show(request, page, form, former=former)

    def _answer(self, request, page):
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = SitePageForm(request.POST)
        if "_preview" in request.POST or not form.is_valid():
            return self._show(request, page, form)
        typed = form.cleaned_data
        try:
            changed = save_page(page, typed["title"], typed["text"], request.user, base=typed["base"])
        except StalePage as refusal:
            again = SitePageForm({**request.POST.dict(), "base": refusal.latest.number})
            return self._show(request, page, again, theirs=refusal.latest)
        if changed:
            self.log_change(request, page, "Enregistrement")
            messages.success(request, f"La page « {page} » est en ligne sous sa nouvelle forme.")
        else:
            messages.info(request, f"Rien n’a changé : la page « {page} » reste comme elle était.")
        return redirect(request.path)

    def _show(self, request, page, form, *, former=None, theirs=None):
        present = theirs or page
        context = {
            **self.admin_site.each_context(request),
            "opts": SitePage._meta,
            "title": str(page),
            "page": page,
            "form": form,
            "may_write": self.has_change_permission(request),
            "former": former,
            "theirs": theirs,
            "their_author": person(theirs.author) if theirs else "",
            "lines": diff_text(present.text, form["text"].value() or "") if former or theirs else (),
            "versions": [(version, person(version.author)) for version in _versions(page)],
            "preview_address": reverse("admin:faq_sitepage_preview"),
            **_preview(form),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/faq/sitepage/change_form.html", context)


def _preview(form):
    return {
        "preview_title": form["title"].value() or "(sans titre)",
        "sections": parse_sections((form["text"].value() or "").replace("\r\n", "\n")),
    }


def _former(page, wanted):
    """Return the version that was asked for, None where none was."""
    if wanted is None:
        return None
    version = page.versions.filter(number=number_of(wanted)).first()
    if version is None:
        raise Http404
    return version


def _versions(page):
    return SitePageVersion.objects.filter(page=page).select_related("author").defer("text")
