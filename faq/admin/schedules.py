"""« Planifications »: planned publications and withdrawals, and those that failed."""

from django.contrib import admin
from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.display import NOTHING, format_moment, link_to, person_name
from faq.admin.lists import EditorsModelAdmin
from faq.admin.readonly import ReadOnlyMixin
from faq.models import Schedule


class FailureFilter(admin.SimpleListFilter):
    """Plans that are still to come, or that failed and wait for an editor."""

    title, parameter_name = "suite", "suite"

    def lookups(self, request, model_admin):
        """Return the two choices."""
        return [("a-venir", "à venir"), ("echec", "en échec")]

    def queryset(self, request, queryset):
        """Return the plans of the chosen kind."""
        match self.value():
            case "echec":
                return queryset.failed()
            case "a-venir":
                return queryset.filter(failed_at__isnull=True)
            case _:
                return queryset


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyMixin, EditorsModelAdmin):
    """Plans are only read here; they are made and cancelled on the page of their entry."""

    list_display = ("fiche", "action", "due", "by", "outcome", "decide")
    list_display_links = None
    list_filter = ("action", FailureFilter)
    list_per_page = 50

    def get_queryset(self, request):
        """Return the failed plans first, without the long texts."""
        plans = super().get_queryset(request).select_related("entry", "author", "version")
        light = plans.defer("entry__answer", "entry__search_text", "version__answer", "version__filing")
        return light.order_by(F("failed_at").desc(nulls_last=True), "due_at", "pk")

    @admin.display(description="fiche", ordering="entry")
    def fiche(self, planned):
        """Return a link to the entry, with the version that is to be published."""
        version = f" (version {planned.version.number})" if planned.version else ""
        entry = planned.entry
        question = planned.version.question if planned.version else entry.question
        return link_to("entry_change", entry.pk, f"{entry.reference} {question}{version}")

    @admin.display(description="prévue le", ordering="due_at")
    def due(self, planned):
        """Return when it is planned."""
        return format_moment(planned.due_at)

    @admin.display(description="planifiée par", ordering="author")
    def by(self, planned):
        """Return who planned it."""
        return person_name(planned.author)

    @admin.display(description="échec")
    def outcome(self, planned):
        """Return when and why it failed."""
        if planned.failed_at is None:
            return NOTHING
        return format_html("<strong>Échec</strong> le {} : {}", format_moment(planned.failed_at), planned.error)

    @admin.display(description="suite à donner")
    def decide(self, planned):
        """Return a link to where the plan is changed or cancelled."""
        address = reverse("admin:faq_entry_change", args=(planned.entry_id,))
        label = "Planifier de nouveau ou annuler" if planned.failed_at else "Changer ou annuler"
        return format_html(
            '<a href="{}#schedule-title">{}<span class="visually-hidden">\u00a0: {}</span></a>',
            address,
            label,
            planned.entry.reference,
        )
