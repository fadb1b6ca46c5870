"""« Taxonomie »: the terms of the five facets."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from faq.admin.bulk_messages import BatchMessagesMixin
from faq.admin.lists import EditorsModelAdmin
from faq.admin.table_exports import ExportTablesMixin
from faq.admin.table_imports import ImportTablesMixin
from faq.admin.taxonomy_forms import TermForm
from faq.admin.taxonomy_operations import (
    PLACE,
    BringBackTermPage,
    EffectsToShow,
    MergeTermPage,
    MoveTermPage,
    RetireTermPage,
    SplitTermPage,
    TermChangePage,
    place_term,
    save_form,
)
from faq.models import Couloir, Dispositif, OfferType, Product, Theme
from faq.resources import (
    CouloirImport,
    CouloirResource,
    DispositifImport,
    DispositifResource,
    OfferTypeImport,
    OfferTypeResource,
    ProductImport,
    ProductResource,
    ThemeImport,
    ThemeResource,
)
from faq.services.taxonomy import delete_term, find_term_uses, get_last_position
from faq.services.taxonomy_batches import FACETS, get_facet


class TermAdmin(BatchMessagesMixin, ImportTablesMixin, ExportTablesMixin, EditorsModelAdmin):
    """The admin of the terms of any facet: writes go through the services, each as a batch whose effects come first."""

    change_list_template = "admin/faq/term/change_list.html"
    list_display = ("label", "slug", "state", "entry_count")
    list_display_links = ("label",)
    list_filter = ("retired",)
    list_per_page = 100
    search_fields = ("label", "slug")
    prepopulated_fields = {"slug": ("label",)}
    fields = ("label", "slug", "position", "retired", "review_months")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    actions = None
    form = TermForm
    delete_confirmation_template = "admin/faq/term_delete_confirmation.html"

    def get_queryset(self, request):
        """Return the terms that stand, with the number of entries filed under each."""
        return super().get_queryset(request).standing().annotate(entries_filed=Count("entries", distinct=True))

    def get_list_display(self, request):
        """Add what people who may change terms do with each; the order only where the list shows it."""
        columns = super().get_list_display(request)
        if not self.has_change_permission(request):
            return columns
        in_order = not set(request.GET) - {PAGE_VAR}
        return [*(["place"] if in_order else []), *columns, "operations"]

    @admin.display(description="ordre")
    def place(self, term):
        """Return the buttons that move a term up or down, and the handle by which a script lets it be dragged."""
        return render_to_string("admin/faq/term/_place.html", {"term": term})

    @admin.display(description="état", ordering="retired")
    def state(self, term):
        """Return whether the term is offered."""
        return "retiré" if term.retired else "en service"

    @admin.display(description="fiches", ordering="entries_filed")
    def entry_count(self, term):
        """Return the number of entries filed under it, as a link to them."""
        address = f"{reverse('admin:faq_entry_changelist')}?{get_facet(term).parameter}={term.slug}"
        return format_html('<a href="{}">{}</a>', address, term.entries_filed) if term.entries_filed else 0

    @admin.display(description="opérations")
    def operations(self, term):
        """Return links to the pages that do something with the term."""
        pages = [page for page in self.term_pages if page.is_offered(term)]
        links = ((page.address_of(term), page.verb, term) for page in pages)
        link = '<a href="{}">{}<span class="visually-hidden"> « {} »</span></a>'
        return format_html('<span class="term-operations">{}</span>', format_html_join(" ", link, links))

    @property
    def term_pages(self):
        """The pages of a term; those of facets that belong to nothing are not moved."""
        pages = (MoveTermPage, MergeTermPage, SplitTermPage, RetireTermPage, BringBackTermPage)
        return [page for page in pages if page is not MoveTermPage or FACETS[self.model].parent]

    def get_fields(self, request, obj=None):
        """Leave the order of a stored term to the list: a form that was open meanwhile would undo it."""
        return [field for field in super().get_fields(request, obj) if field != "position" or obj is None]

    def get_urls(self):
        """Add these pages."""
        return [*(page.as_term_path(self) for page in self.term_pages), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """Show the list, or place a term elsewhere in it."""
        if request.method == "POST" and PLACE in request.POST:
            return place_term(self, request)
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show the form, or what its change would do to others before it is done."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except EffectsToShow as stop:
            return TermChangePage.show_effects(self, request, object_id, stop.effects)
        except ValidationError as refusal:
            # Somebody else has taken the name or the slug since the form was checked.
            messages.error(request, " ".join(refusal.messages))
            return redirect(request.get_full_path())

    def get_changeform_initial_data(self, request):
        """Propose the last place for a new term."""
        return {"position": get_last_position(self.model) + 1, **super().get_changeform_initial_data(request)}

    def save_model(self, request, obj, form, change):
        """Save the term and what it belongs to; its former slug redirects to the new one."""
        request.batch = save_form(form, request).batch

    def save_related(self, request, form, formsets, change):
        """Write nothing: the service has stored what the term belongs to."""

    def delete_model(self, request, obj):
        """Delete a term that nothing uses."""
        request.batch = delete_term(obj, request.user).batch

    def get_deleted_objects(self, objs, request):
        """Refuse, on the confirmation page, what the service would refuse."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, lacking, [use for term in objs for use in find_term_uses(term)] or protected


@admin.register(OfferType)
class OfferTypeAdmin(TermAdmin):
    """The types d’offre, answers to the first question."""

    resource_classes = [OfferTypeResource]
    import_resource_class = OfferTypeImport


@admin.register(Couloir)
class CouloirAdmin(TermAdmin):
    """The couloirs, answers to the second question."""

    resource_classes = [CouloirResource]
    import_resource_class = CouloirImport
    list_display = ("label", "offer_type", "slug", "state", "entry_count")
    list_select_related = ("offer_type",)
    fields = ("label", "slug", "offer_type", "position", "retired", "review_months")


@admin.register(Dispositif)
class DispositifAdmin(TermAdmin):
    """The dispositifs, answers to the third question."""

    resource_classes = [DispositifResource]
    import_resource_class = DispositifImport
    list_display = ("label", "vague", "parents", "slug", "state", "entry_count")
    list_filter = ("retired", "couloirs")
    fields = ("label", "slug", "vague", "couloirs", "position", "retired", "review_months")

    def get_queryset(self, request):
        """Return the dispositifs with their couloirs."""
        return super().get_queryset(request).prefetch_related("couloirs")

    @admin.display(description="couloirs")
    def parents(self, dispositif):
        """Return the labels of its couloirs."""
        return ", ".join(str(couloir) for couloir in dispositif.couloirs.all())


@admin.register(Product)
class ProductAdmin(TermAdmin):
    """The products and services, answers to the fourth question."""

    resource_classes = [ProductResource]
    import_resource_class = ProductImport
    list_display = ("label", "parents", "slug", "state", "entry_count")
    list_filter = ("retired", "offer_types")
    fields = ("label", "slug", "offer_types", "position", "retired", "review_months")

    def get_queryset(self, request):
        """Return the products with their types d’offre."""
        return super().get_queryset(request).prefetch_related("offer_types")

    @admin.display(description="types d’offre", empty_value="tous")
    def parents(self, product):
        """Return the labels of its types d’offre; None where it belongs to all."""
        return ", ".join(str(offer_type) for offer_type in product.offer_types.all()) or None


@admin.register(Theme)
class ThemeAdmin(TermAdmin):
    """The thématiques, answers to the fifth question."""

    article = "une"
    resource_classes = [ThemeResource]
    import_resource_class = ThemeImport
    list_display = ("own_label", "slug", "state", "entry_count")
    list_display_links = ("own_label",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "position", "retired", "review_months")

    @admin.display(description="libellé", ordering="name")
    def own_label(self, theme):
        """Return what tags call their name, and all other terms their label."""
        return theme.name
