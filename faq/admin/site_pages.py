"""« Pages du site »: each is written beside its preview, and saving puts it online; all versions stay."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.display import moment_column, person_name
from faq.admin.entries.images import warn_of_undescribed_images
from faq.admin.lists import EditorsModelAdmin
from faq.admin.pages import AdminPage, AdminView
from faq.admin.readonly import UndeletableMixin
from faq.domain.diff import diff_text
from faq.domain.limits import PAGE_TITLE_MAX_LENGTH
from faq.domain.markup import parse_sections
from faq.enums import FormKind
from faq.forms import AnswerField, VersionField, bounded_text
from faq.models import SitePage, SitePageVersion
from faq.models.entries import number_of
from faq.services.pages import StalePage, describe_long_text, save_page
from faq.unsaved_text import delete_unsaved_text, get_autosaved_text


class SitePageForm(forms.Form):
    """The text of a page, and the version that its author has seen."""

    title = forms.CharField(
        label="Titre", max_length=PAGE_TITLE_MAX_LENGTH, help_text=f"{PAGE_TITLE_MAX_LENGTH} caractères au plus."
    )
    text = AnswerField(
        label="Texte",
        describe_excess=describe_long_text,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="«\u00a0## » en début de ligne fait un titre. Le reste s’écrit comme une réponse\u00a0: un retour à "
        "la ligne reste un retour à la ligne, «\u00a0- » fait une liste, **deux astérisques** mettent en gras, "
        "[texte](https://…) fait un lien.",
    )
    base = VersionField()

    def clean_text(self):
        """Refuse a text of blanks alone: the law requires the page."""
        if not self.cleaned_data["text"].strip():
            raise forms.ValidationError(self.fields["title"].error_messages["required"])
        return self.cleaned_data["text"]


@admin.register(SitePage)
class SitePageAdmin(UndeletableMixin, EditorsModelAdmin):
    """Pages are neither added nor deleted: the law requires each of them."""

    changed_at = moment_column("updated_at", "mise à jour le")
    list_display = ("name", "title", "changed_at", "number", "public")
    actions = None

    def has_add_permission(self, request):
        """Return that nobody adds one."""
        return False

    @admin.display(description="page")
    def name(self, page):
        """Return its name in the footer of the public pages."""
        return str(page)

    @admin.display(description="adresse publique")
    def public(self, page):
        """Return a link to its public address."""
        return format_html('<a href="{0}">{0}</a>', page.get_absolute_url())

    def get_urls(self):
        """Add the preview."""
        return [SitePagePreview.as_path("apercu/", "faq_sitepage_preview", self), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show and save a page on a form of our own."""
        return SitePageView.as_view(model_admin=self)(request, object_id=object_id)


class SitePagePreview(AdminView):
    """The document in the frame beside the form."""

    def post(self, request):
        """Return the page that is being typed, as the public would read it; nothing is stored."""
        return render(request, "admin/faq/sitepage/preview.html", _preview_context(SitePageForm(request.POST)))


class SitePageView(AdminPage):
    """The form of one page of the site, beside its preview and above its versions."""

    template_name = "admin/faq/sitepage/change_form.html"
    body_class = "change-form entry-page"

    def dispatch(self, request, *args, object_id):
        """Read the page."""
        self.site_page = SitePage.objects.filter(pk=number_of(object_id)).first()
        return super().dispatch(request, *args) if self.site_page else self.redirect_unknown(object_id)

    def has_permission(self):
        """Return whether the account may view the page, and write it where it sends the form."""
        return super().has_permission() and (self.request.method != "POST" or self.may_write)

    @property
    def may_write(self):
        """Return whether the account may change the page."""
        return self.model_admin.has_change_permission(self.request)

    def get_title(self):
        """Return the name of the page."""
        return str(self.site_page)

    def get(self, request):
        """Show the form; `?version=` fills it in with a former text."""
        if unsaved := get_autosaved_text(request, FormKind.PAGE):
            return self._show(SitePageForm(unsaved.fields), unsaved=unsaved)
        former = self._former_version(request.GET.get("version"))
        source = former or self.site_page
        initial = {"title": source.title, "text": source.text, "base": self.site_page.number}
        return self._show(SitePageForm(initial=initial), former=former)

    def post(self, request):
        """Save the page, which puts it online."""
        form = SitePageForm(request.POST)
        if "_preview" in request.POST or not form.is_valid():
            return self._show(form)
        page, typed = self.site_page, form.cleaned_data
        try:
            changed = save_page(page, typed["title"], typed["text"], request.user, base=typed["base"])
        except StalePage as refusal:
            rebased = SitePageForm({**request.POST.dict(), "base": refusal.latest.number})
            return self._show(rebased, theirs=refusal.latest)
        warn_of_undescribed_images(request, page.text, typed["text"])
        delete_unsaved_text(request)
        if changed:
            self.model_admin.log_change(request, page, "Enregistrement")
            messages.success(request, f"La page «\u00a0{page}\u00a0» est en ligne sous sa nouvelle forme.")
        else:
            messages.info(request, f"Rien n’a changé\u00a0: la page «\u00a0{page}\u00a0» reste comme elle était.")
        return redirect(request.path)

    def _show(self, form, *, former=None, theirs=None, unsaved=None):
        present = theirs or self.site_page
        versions = SitePageVersion.objects.filter(page=self.site_page).select_related("author").defer("text")
        return self.render(
            site_page=self.site_page,
            form=form,
            may_write=self.may_write,
            former=former,
            theirs=theirs,
            unsaved=unsaved,
            problems=theirs,
            their_author=person_name(theirs.author) if theirs else "",
            lines=diff_text(present.text, bounded_text(form["text"])) if former or theirs else (),
            versions=[(version, person_name(version.author)) for version in versions],
            preview_address=reverse("admin:faq_sitepage_preview"),
            **_preview_context(form),
        )

    def _former_version(self, number):
        return None if number is None else get_object_or_404(self.site_page.versions, number=number_of(number))


def _preview_context(form):
    return {
        "preview_title": form["title"].value() or "(sans titre)",
        "sections": parse_sections(bounded_text(form["text"])),
    }
