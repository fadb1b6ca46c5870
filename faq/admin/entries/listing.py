"""Fiches: the list, with its filters, its search and what can be done with many at once."""

from django.contrib import admin, messages
from django.db.models import Case, Count, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Left
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from faq.admin.autosaves import AutosaveView
from faq.admin.bulk_messages import add_bulk_messages
from faq.admin.display import filing_summary, pluralize_count, schedule_badges, state_badges
from faq.admin.entries.action_effects import ActionEffects
from faq.admin.entries.actions import ARCHIVE, PUBLISH, RESTORE, SUBMIT, WITHDRAW
from faq.admin.entries.assigning import AssignPage
from faq.admin.entries.change_list import EntryChangeList
from faq.admin.entries.comparison import ComparisonPage
from faq.admin.entries.confirmation import ConfirmButton, change_or_describe, show_confirmation
from faq.admin.entries.due import DuePage
from faq.admin.entries.duplicates import DuplicatesPage, PairExportView
from faq.admin.entries.entry_links import EntryPickerView
from faq.admin.entries.filing import FilingPage
from faq.admin.entries.merging import LEAST, MOST, MergePage, merge_address
from faq.admin.entries.open_pairs import count_open_pairs, link_duplicates
from faq.admin.entries.page import EntryPage
from faq.admin.entries.presence import PresenceView
from faq.admin.entries.preview import PreviewView
from faq.admin.entries.questions import QuestionsPage
from faq.admin.entries.review import ReviewPage
from faq.admin.entries.review_events import ReviewEventsPage
from faq.admin.entries.saved_filters import SavedFiltersView, build_links, clean_query
from faq.admin.entries.selection import selection_address
from faq.admin.entries.similar import SimilarEntriesView
from faq.admin.entries.suggestions import SuggestionsView
from faq.admin.lists import EditorsModelAdmin
from faq.admin.readonly import UndeletableMixin
from faq.admin.table_exports import ExportTablesMixin, ExportTickedMixin
from faq.admin.table_imports import ImportTablesMixin
from faq.domain.limits import SAVED_FILTER_NAME_MAX_LENGTH
from faq.domain.markup import opening_words
from faq.models import Entry, Passage
from faq.models.entries import number_of
from faq.models.folding import Folded
from faq.resources import EntryImport, EntryResource
from faq.selectors.entry_search import search_entries

OPENING_LENGTH = 120
"""Characters of an answer that stand for a question that is missing."""


@admin.register(Entry)
class EntryAdmin(ImportTablesMixin, ExportTablesMixin, ExportTickedMixin, UndeletableMixin, EditorsModelAdmin):
    """Every write goes through the services; nothing is ever deleted."""

    list_display = ("number", "title", "state", "filing", "sources", "updated")
    list_display_links = ("number", "title")
    list_per_page = 50
    resource_classes = [EntryResource]
    import_resource_class = EntryImport
    ordering = ("-pk",)
    search_fields = ("search_text",)
    search_help_text = "Tous les mots, sans accents ni majuscules ; ou une référence : Q-214."
    actions = ("publish", "submit", "file", "assign", "withdraw", "archive", "restore", "merge", "export_ticked")

    def get_changelist(self, request, **options):
        """Return the list with the FilterSet."""
        return EntryChangeList

    def get_queryset(self, request):
        """Return the entries with all that the list shows, without their long texts."""
        cited = Passage.objects.current().filter(entry=OuterRef("pk")).order_by().values("entry")
        entries = super().get_queryset(request).with_filing().select_related("head").prefetch_related("schedules")
        return entries.defer("answer", "search_text", "head__answer", "head__filing").annotate(
            opening=Case(When(question="", then=Left("answer", OPENING_LENGTH)), default=Value("")),
            source_count=Coalesce(Subquery(cited.annotate(passages=Count("pk")).values("passages")), 0),
            open_pairs=count_open_pairs(request.user),
        )

    def get_search_results(self, request, queryset, search_term):
        """Return the entry of that reference, or the entries that contain all the words."""
        return search_entries(queryset, search_term), False

    @admin.display(description="réf.", ordering="pk")
    def number(self, entry):
        """Return the reference."""
        return entry.reference

    @admin.display(description="question", ordering=Folded("question"))
    def title(self, entry):
        """Return the question; where it is missing, words that say so and the beginning of the answer."""
        if entry.question:
            return entry.question
        opening = opening_words(entry.opening)
        more = "…" if len(entry.opening) == OPENING_LENGTH else ""
        return format_html('(sans question) <span class="opening">{}{}</span>', opening, more)

    @admin.display(description="état", ordering="status")
    def state(self, entry):
        """Return badges of the state, the draft and the plans of an entry, and a link to its possible duplicates."""
        badges = state_badges(entry), schedule_badges(entry.schedules.all()), link_duplicates(entry)
        return format_html("{} {} {}", *badges)

    @admin.display(description="classement")
    def filing(self, entry):
        """Return the terms that the entry is filed under."""
        return filing_summary(entry)

    @admin.display(description="sources", ordering="source_count")
    def sources(self, entry):
        """Return the number of passages of the current dumps that the entry answers."""
        return entry.source_count

    @admin.display(description="modifiée", ordering="head__created_at")
    def updated(self, entry):
        """Return the day of the latest version, a draft included."""
        return date_format(localtime(entry.head.created_at), "d/m/Y")

    def has_submit_permission(self, request):
        """Return whether the account may submit entries to the reviewers."""
        return request.user.has_perm("faq.submit_entry")

    def has_publish_permission(self, request):
        """Return whether the account may publish and withdraw."""
        return request.user.has_perm("faq.publish_entry")

    def has_archive_permission(self, request):
        """Return whether the account may archive and restore."""
        return request.user.has_perm("faq.archive_entry")

    def has_merge_permission(self, request):
        """Return whether the account may merge entries."""
        return request.user.has_perm("faq.merge_entry")

    @admin.action(description="Publier", permissions=["publish"])
    def publish(self, request, queryset):
        """Make the latest texts live."""
        return self._change_many(request, queryset, PUBLISH)

    @admin.action(description="Soumettre à la relecture", permissions=["submit"])
    def submit(self, request, queryset):
        """Submit the latest texts to the reviewers."""
        return self._change_many(request, queryset, SUBMIT)

    @admin.action(description="Classer…", permissions=["change"])
    def file(self, request, queryset):
        """Redirect to the page that files the entries."""
        return redirect(selection_address("filing", _get_ticked(request, queryset), request.GET))

    @admin.action(description="Attribuer à…", permissions=["change"])
    def assign(self, request, queryset):
        """Redirect to the page that assigns the entries."""
        return redirect(selection_address("assign", _get_ticked(request, queryset), request.GET))

    @admin.action(description="Retirer du site (repasser en brouillon)", permissions=["publish"])
    def withdraw(self, request, queryset):
        """Take published entries back to draft."""
        return self._change_many(request, queryset, WITHDRAW)

    @admin.action(description="Archiver", permissions=["archive"])
    def archive(self, request, queryset):
        """Take entries out of use."""
        return self._change_many(request, queryset, ARCHIVE)

    @admin.action(description="Restaurer (archive → brouillon)", permissions=["archive"])
    def restore(self, request, queryset):
        """Bring archived entries back as drafts."""
        return self._change_many(request, queryset, RESTORE)

    @admin.action(description="Fusionner…", permissions=["merge"])
    def merge(self, request, queryset):
        """Redirect to the page that prepares a merge."""
        numbers = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if LEAST <= len(numbers) <= MOST:
            return redirect(merge_address(numbers))
        asked = f"Pour fusionner, cochez de {LEAST} à {MOST} fiches : celles qui disent la même chose."
        messages.warning(request, asked)
        return None

    def changelist_view(self, request, extra_context=None):
        """Show the list, with the filters that the person saved."""
        context = {
            "saved_filters": build_links(request),
            "current_query": clean_query(request.GET),
            "name_max_length": SAVED_FILTER_NAME_MAX_LENGTH,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def action_checkbox(self, entry):
        """Return the checkbox, with the number of the version that the row shows."""
        box = super().action_checkbox(entry)
        return format_html('{}<input type="hidden" name="base-{}" value="{}">', box, entry.pk, entry.head.number)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show and save one entry on its own page."""
        return EntryPage.as_view(model_admin=self)(request, object_id=object_id)

    def get_urls(self):
        """Return the URLs of the pages around the list and the form, then those of Django."""
        pages = [view.as_path(route, f"faq_entry_{name}", self) for route, name, view in PAGES]
        return [*pages, *super().get_urls()]

    def _change_many(self, request, queryset, action):
        numbers = queryset.order_by().values_list("pk", flat=True)
        # Entries on other pages of the list were not shown: their current version is taken.
        bases = {number: number_of(request.POST.get(f"base-{number}", "")) for number in numbers}
        report = change_or_describe(request, action, bases, "depuis la liste")
        if isinstance(report, ActionEffects):
            verb = action.name_with(pluralize_count(len(report.changed), "fiche", "fiches"))
            return show_confirmation(self, request, report, [ConfirmButton("action", action.name, verb)])
        add_bulk_messages(request, action.noun, report)
        return None


def _get_ticked(request, queryset):
    """Return the numbers of the ticked entries, or None where all are meant that the filters let through."""
    takes_all = request.POST.get("select_across") == "1"
    return None if takes_all else queryset.order_by("pk").values_list("pk", flat=True)


PAGES = (
    ("autosave/", "autosave", AutosaveView),
    ("preview/", "preview", PreviewView),
    ("questions/", "questions", QuestionsPage),
    ("filing/", "filing", FilingPage),
    ("assign/", "assign", AssignPage),
    ("review/", "review", ReviewPage),
    ("merge/", "merge", MergePage),
    ("due/", "due", DuePage),
    ("due/events/", "review_events", ReviewEventsPage),
    ("duplicates/", "duplicates", DuplicatesPage),
    ("duplicates/export/", "duplicates_export", PairExportView),
    ("saved-filters/", "saved_filters", SavedFiltersView),
    ("similar/", "similar", SimilarEntriesView),
    ("pick/", "pick", EntryPickerView),
    ("suggestions/", "suggestions", SuggestionsView),
    ("<int:number>/presence/", "presence", PresenceView),
    ("<str:object_id>/compare/", "compare", ComparisonPage),
)
"""The pages around the list and the form: route, name and view."""
