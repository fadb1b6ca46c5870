"""« Versions »: who wrote what, when and how; versions are never deleted, and only read."""

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from faq.admin.display import NOTHING, answer_html, filing_rows, format_moment, link_to, moment_column, person_name
from faq.admin.lists import EditorsModelAdmin
from faq.admin.readonly import ReadOnlyMixin
from faq.admin.table_exports import ExportTablesMixin
from faq.models import Version
from faq.models.entries import number_of
from faq.models.folding import with_all_words
from faq.resources import VersionResource


@admin.register(Version)
class VersionAdmin(ExportTablesMixin, ReadOnlyMixin, EditorsModelAdmin):
    """All texts that entries ever had."""

    saved_at = moment_column("created_at", "enregistrée le")
    list_display = ("name", "question", "saved_at", "by", "action", "status", "path", "comment")
    list_filter = ("action", "status", "origin", "minor")
    linked_fields = ("batch", "entry")
    list_per_page = 50
    resource_classes = [VersionResource]
    search_fields = ("question", "comment")
    search_help_text = "Référence de la fiche (Q-214), mots de la question ou du commentaire."
    fieldsets = (
        (None, {"fields": ("fiche", "question", "text")}),
        ("Classement", {"fields": ("filed",)}),
        ("Origine", {"fields": ("saved_at", "by", "action", "extent", "path", "status", "comment", "lot", "online")}),
        ("Texte tel que tapé", {"fields": ("source",)}),
    )

    def get_queryset(self, request):
        """Return the versions with what is shown, without the long texts of their entries."""
        versions = super().get_queryset(request).select_related("entry", "author", "batch")
        return versions.defer("entry__answer", "entry__search_text")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the version, and to those who may write the button that brings it back."""
        may_write = request.user.has_perm("faq.change_entry")
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_write": may_write})

    def get_search_results(self, request, queryset, search_term):
        """Return the versions of the entry with that reference, and those that contain all the words."""
        words = with_all_words(search_term, self.search_fields)
        number = number_of(search_term)
        return queryset.filter(words if number is None else words | Q(entry=number)), False

    @admin.display(description="version", ordering="entry")
    def name(self, version):
        """Return the entry, the number, and whether the change is minor."""
        return f"{version.entry.reference} v{version.number}{' (mineure)' if version.minor else ''}"

    @admin.display(description="portée")
    def extent(self, version):
        """Return whether the change is minor."""
        return "mineure" if version.minor else NOTHING

    @admin.display(description="par", ordering="author")
    def by(self, version):
        """Return its author."""
        return person_name(version.author)

    @admin.display(description="moyen", ordering="origin")
    def path(self, version):
        """Return the way it was written."""
        return version.get_origin_display()

    @admin.display(description="fiche")
    def fiche(self, version):
        """Return a link to its entry."""
        return link_to("entry_change", version.entry_id, version.entry)

    @admin.display(description="lot")
    def lot(self, version):
        """Return a link to its batch."""
        return link_to("batch_change", version.batch_id, version.batch) if version.batch else NOTHING

    @admin.display(description="réponse")
    def text(self, version):
        """Return the answer as the public would read it."""
        return answer_html(version.answer) if version.answer else NOTHING

    @admin.display(description="réponse")
    def source(self, version):
        """Return the answer as it was typed."""
        return format_html('<div class="as-typed">{}</div>', version.answer or NOTHING)

    @admin.display(description="alors sous")
    def filed(self, version):
        """Return the terms of the entry, under the labels that they had then."""
        rows = [(capfirst(label), terms) for label, terms in filing_rows(version.filing)]
        return format_html('<dl class="filing">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))

    @admin.display(description="en ligne")
    def online(self, version):
        """When the public read it."""
        spans = [(_span(publication),) for publication in version.publications.all()]
        return format_html_join("", "<div>{}</div>", spans) or NOTHING


def _span(publication):
    since = format_moment(publication.live_from)
    until = publication.live_until
    return f"du {since} au {format_moment(until)}" if until else f"depuis le {since}"
