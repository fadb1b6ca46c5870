"""« Corbeille »: archived entries, who archived them and why, and the button that restores them."""

from textwrap import shorten

from django.contrib import admin, messages
from django.db.models.functions import Left
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join

from faq.admin.bulk_messages import add_bulk_messages
from faq.admin.display import NOTHING, format_moment, link_to, person_name, pluralize_count
from faq.admin.lists import EditorsModelAdmin
from faq.admin.readonly import ReadOnlyMixin
from faq.admin.table_exports import ExportTablesMixin
from faq.domain.markup import opening_words
from faq.models import ArchivedEntry
from faq.models.entries import number_of
from faq.resources import EntryResource
from faq.selectors.entry_search import search_entries
from faq.services.bulk import change_many
from faq.services.workflow import restore_entry

_RESTORE = "_restore"
"""The button that restores one entry."""
_BEGINNING = 160
"""Characters of an answer that the list shows."""
_LONG_TEXTS = (
    "answer",
    "search_text",
    "head__answer",
    "head__filing",
    "alias__survivor__answer",
    "alias__survivor__search_text",
)


@admin.register(ArchivedEntry)
class TrashAdmin(ExportTablesMixin, ReadOnlyMixin, EditorsModelAdmin):
    """The list of archived entries; their pages are those of all entries."""

    list_display = ("fiche", "beginning", "archived_at", "by", "reason")
    list_display_links = None
    list_per_page = 50
    resource_classes = [EntryResource]
    ordering = ("-head__created_at", "-pk")
    search_fields = ("search_text",)
    search_help_text = "Tous les mots, sans accents ni majuscules ; ou une référence : Q-214."
    actions = ("restore",)

    def get_queryset(self, request):
        """Return the archived entries with who archived them, and the beginning of their text instead of the whole."""
        entries = super().get_queryset(request).archived()
        around = entries.select_related("head__author", "head__batch", "alias__survivor").defer(*_LONG_TEXTS)
        return around.annotate(answer_beginning=Left("answer", 2 * _BEGINNING))

    def get_search_results(self, request, queryset, search_term):
        """Return the entry with that reference, and the entries that contain all the words."""
        return search_entries(queryset, search_term), False

    def get_list_display(self, request):
        """Return the columns, with the button for those who may restore."""
        return (*self.list_display, "way_back") if self.has_archive_permission(request) else self.list_display

    def has_module_permission(self, request):
        """Return whether the menu shows the trash."""
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        """Return whether the account may read entries."""
        return request.user.has_perm("faq.view_entry")

    def has_archive_permission(self, request):
        """Return whether the account may restore entries."""
        return request.user.has_perm("faq.archive_entry")

    @admin.display(description="fiche", ordering="pk")
    def fiche(self, entry):
        """Return a link to the entry."""
        return link_to("entry_change", entry.pk, f"{entry.reference} {entry.question or '(sans question)'}")

    @admin.display(description="réponse")
    def beginning(self, entry):
        """Return the beginning of the answer."""
        return shorten(opening_words(entry.answer_beginning), _BEGINNING, placeholder="…") or NOTHING

    @admin.display(description="archivée le", ordering="head__created_at")
    def archived_at(self, entry):
        """Return when it was archived, which is when its last version was written."""
        return format_moment(entry.head.created_at)

    @admin.display(description="par", ordering="head__author")
    def by(self, entry):
        """Return who archived it."""
        return person_name(entry.head.author)

    @admin.display(description="pourquoi")
    def reason(self, entry):
        """Return the entry that it was merged into, the comment, and the batch."""
        head = entry.head
        lot = link_to("batch_change", head.batch_id, head.batch) if head.batch else ""
        merged = format_html("fusionnée dans {}", _survivor(entry.alias)) if hasattr(entry, "alias") else ""
        said = [(words,) for words in (merged, head.comment, lot) if words]
        return format_html_join("", "<div>{}</div>", said) or NOTHING

    @admin.display(description="retour")
    def way_back(self, entry):
        """Return the button; a merged entry comes back only when its merge is undone."""
        if hasattr(entry, "alias"):
            return format_html('<span class="quiet">{}</span>', "avec l’annulation de la fusion")
        return format_html(
            '<button type="submit" class="button secondary" name="{}" value="{}">Restaurer'
            '<span class="visually-hidden"> la fiche {}</span></button>',
            _RESTORE,
            entry.pk,
            entry.reference,
        )

    @admin.action(description="Restaurer en brouillon", permissions=["archive"])
    def restore(self, request, queryset):
        """Restore the selected entries as drafts."""
        self._restore(request, queryset)

    def changelist_view(self, request, extra_context=None):
        """Show the list, or restore the entry whose button was pressed."""
        if request.method == "POST" and _RESTORE in request.POST:
            number = number_of(request.POST[_RESTORE])
            self._restore(request, self.get_queryset(request).filter(pk=number))
            return redirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Redirect to the page of the entry."""
        return redirect("admin:faq_entry_change", object_id)

    def _restore(self, request, entries):
        merged = entries.filter(alias__isnull=False).count()
        numbers = entries.filter(alias__isnull=True).order_by().values_list("pk", flat=True)
        report = change_many(dict.fromkeys(numbers), restore_entry, "Restauration depuis la corbeille", request.user)
        add_bulk_messages(request, "Restauration en brouillon", report)
        if merged:
            named = pluralize_count(merged, "fiche fusionnée", "fiches fusionnées")
            messages.error(request, f"{named}\u00a0: annulez le lot de la fusion pour les retrouver.")
        elif not (report.changed or report.unchanged or report.refused):
            messages.info(request, "Cette fiche n’est plus dans la corbeille.")


def _survivor(alias):
    return link_to("entry_change", alias.survivor_id, alias.survivor.reference)
