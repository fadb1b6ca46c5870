"""Lots: everything that one import or bulk action changed."""

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.display import NOTHING, link_to, person
from faq.admin.readonly import ReadOnly
from faq.models import Batch


@admin.register(Batch)
class BatchAdmin(ReadOnly, admin.ModelAdmin):
    """Only ever read."""

    list_display = ("number", "kind", "label", "by", "created_at", "versions", "undone")
    list_display_links = ("number", "label")
    list_filter = ("kind",)
    list_per_page = 50
    search_fields = ("label",)
    fields = ("kind", "label", "by", "created_at", "versions", "undone")

    def get_queryset(self, request):
        """Bring along what the list shows."""
        batches = super().get_queryset(request).select_related("author")
        return batches.annotate(version_count=Count("versions"))

    @admin.display(description="n°", ordering="pk")
    def number(self, batch):
        """The number that messages name."""
        return batch.pk

    @admin.display(description="par", ordering="author")
    def by(self, batch):
        """Who set it off."""
        return person(batch.author)

    @admin.display(description="versions", ordering="version_count")
    def versions(self, batch):
        """How many versions it left, and where they are."""
        if not batch.version_count:
            return 0
        address = f"{reverse('admin:faq_version_changelist')}?batch={batch.pk}"
        return format_html('<a href="{}">{}</a>', address, batch.version_count)

    @admin.display(description="annulé par")
    def undone(self, batch):
        """The batch that took it back."""
        undo = batch.undone_by_id
        return link_to("batch_change", undo, f"Lot {undo}") if undo else NOTHING
