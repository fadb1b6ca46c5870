"""Votes: only ever read, and never who gave them."""

from django.contrib import admin

from faq.admin.display import link_to
from faq.admin.readonly import ReadOnly
from feedback.models import Vote


@admin.register(Vote)
class VoteAdmin(ReadOnly, admin.ModelAdmin):
    """One row per visitor and entry."""

    list_display = ("voted_at", "fiche", "number", "answer")
    list_filter = ("answer",)
    list_per_page = 100
    list_select_related = ("entry", "version")
    date_hierarchy = "voted_at"
    fields = ("fiche", "number", "answer", "voted_at", "first_voted_at")

    def get_queryset(self, request):
        """Do without the long texts."""
        votes = super().get_queryset(request)
        long = ("entry__answer", "entry__folded", "version__answer", "version__filing")
        return votes.defer("visitor_hash", *long)

    @admin.display(description="fiche", ordering="entry")
    def fiche(self, vote):
        """The entry that was voted on."""
        return link_to("entry_change", vote.entry_id, vote.entry)

    @admin.display(description="version lue", ordering="version__number")
    def number(self, vote):
        """The version that the visitor read."""
        return link_to("version_change", vote.version_id, f"Version {vote.version.number}")
