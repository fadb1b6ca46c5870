"""Fiches: the list, with its filters, its search and what can be done with many at once."""

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from faq.admin.display import answer_html, filing_summary, link_to, state_badges
from faq.admin.entry_filters import FILTERS
from faq.admin.entry_page import EntryPage
from faq.domain.text import fold
from faq.models import Entry, Passage
from faq.models.entries import number_of
from faq.services.bulk import change_many
from faq.services.content import one_line_end
from faq.services.entries import archive_entry, publish_entry, restore_entry, submit_entry, withdraw_entry

_REFUSALS_SHOWN = 20


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """Every write goes through the services; nothing is ever deleted."""

    list_display = ("number", "title", "state", "filing", "sources", "updated")
    list_display_links = ("number", "title")
    list_filter = FILTERS
    list_per_page = 50
    ordering = ("-pk",)
    search_fields = ("folded",)
    search_help_text = "Tous les mots, sans accents ni majuscules ; ou une référence : Q-214."
    actions = ("publish", "submit", "withdraw", "archive", "restore")

    def get_queryset(self, request):
        """Bring along what the list shows, but for the long texts."""
        cited = Passage.objects.current().filter(entry=OuterRef("pk")).order_by().values("entry")
        entries = super().get_queryset(request).with_filing().select_related("head")
        return entries.defer("answer", "folded", "head__answer", "head__filing").annotate(
            source_count=Coalesce(Subquery(cited.annotate(passages=Count("pk")).values("passages")), 0)
        )

    def get_search_results(self, request, queryset, search_term):
        """Find the entry of that reference, and the entries that hold all the words."""
        words = Q()
        for word in fold(search_term).split():
            words &= Q(folded__contains=word)
        number = number_of(search_term)
        return queryset.filter(words if number is None else words | Q(pk=number)), False

    @admin.display(description="réf.", ordering="pk")
    def number(self, entry):
        """The reference."""
        return entry.reference

    @admin.display(description="question", ordering="question")
    def title(self, entry):
        """The question, in words even where there is none: it is a link."""
        return entry.question or "(sans question)"

    @admin.display(description="état", ordering="status")
    def state(self, entry):
        """What the public sees, and what is being worked on."""
        return state_badges(entry)

    @admin.display(description="classement")
    def filing(self, entry):
        """Where it is filed."""
        return filing_summary(entry)

    @admin.display(description="sources", ordering="source_count")
    def sources(self, entry):
        """How many passages of the present dumps it answers for."""
        return entry.source_count

    @admin.display(description="mise à jour", ordering="updated_at")
    def updated(self, entry):
        """When what the row shows came to be."""
        return date_format(localtime(entry.updated_at), "d/m/Y")

    def has_delete_permission(self, request, obj=None):
        """Nobody: an entry is archived, and its address goes on answering."""
        return False

    def has_submit_permission(self, request):
        """Tell who may hand entries to the reviewers."""
        return request.user.has_perm("faq.submit_entry")

    def has_publish_permission(self, request):
        """Tell who may publish and withdraw."""
        return request.user.has_perm("faq.publish_entry")

    def has_archive_permission(self, request):
        """Tell who may archive and restore."""
        return request.user.has_perm("faq.archive_entry")

    @admin.action(description="Publier", permissions=["publish"])
    def publish(self, request, queryset):
        """Make the latest texts live."""
        self._change_many(request, queryset, publish_entry, "Publication")

    @admin.action(description="Soumettre à la relecture", permissions=["submit"])
    def submit(self, request, queryset):
        """Hand the latest texts to the reviewers."""
        self._change_many(request, queryset, submit_entry, "Soumission à la relecture")

    @admin.action(description="Retirer du site (repasser en brouillon)", permissions=["publish"])
    def withdraw(self, request, queryset):
        """Take published entries back to draft."""
        self._change_many(request, queryset, withdraw_entry, "Retrait")

    @admin.action(description="Archiver", permissions=["archive"])
    def archive(self, request, queryset):
        """Take entries out of use."""
        self._change_many(request, queryset, archive_entry, "Archivage")

    @admin.action(description="Restaurer (archive → brouillon)", permissions=["archive"])
    def restore(self, request, queryset):
        """Bring archived entries back as drafts."""
        self._change_many(request, queryset, restore_entry, "Restauration")

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show and save one entry, on a page of our own."""
        return EntryPage(self, request, object_id).respond()

    def get_urls(self):
        """Add the preview of an answer that is being typed."""
        preview = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", preview, name="faq_entry_preview"), *super().get_urls()]

    @method_decorator(require_POST)
    def preview_view(self, request):
        """Give the answer that is being typed as the public would read it; nothing is stored."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        return HttpResponse(answer_html(one_line_end(request.POST.get("answer", ""))))

    def _change_many(self, request, queryset, operation, label):
        numbers = list(queryset.order_by().values_list("pk", flat=True))
        report = change_many(numbers, operation, f"{label} depuis la liste", request.user)
        if report.changed:
            batch = link_to("batch_change", report.batch.pk, f"lot {report.batch.pk}")
            done = format_html("{} : {}, {}.", label, _named(report.changed), batch)
            self.message_user(request, done, messages.SUCCESS)
        if report.unchanged:
            self.message_user(request, f"Déjà dans cet état : {_named(report.unchanged)}.", messages.INFO)
        for refusal in report.refused[:_REFUSALS_SHOWN]:
            self.message_user(request, refusal, messages.ERROR)
        if len(report.refused) > _REFUSALS_SHOWN:
            more = f"{len(report.refused)} fiches refusées ; les {_REFUSALS_SHOWN} premières sont nommées."
            self.message_user(request, more, messages.ERROR)


def _named(outcomes):
    shown = ", ".join(outcome.entry.reference for outcome in outcomes[:10])
    number = len(outcomes)
    return f"{number} fiche{'s' if number > 1 else ''} ({shown}{'…' if number > 10 else ''})"
