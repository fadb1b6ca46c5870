"""« Taxonomie »: the terms of the five facets."""

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from faq.admin.lists import EditorsModelAdmin
from faq.admin.table_exports import ExportTablesMixin
from faq.models import Couloir, Dispositif, OfferType, Product, Theme
from faq.resources import (
    CouloirResource,
    DispositifResource,
    OfferTypeResource,
    ProductResource,
    ThemeResource,
)
from faq.services.taxonomy import delete_term, find_term_uses, parent_relation, save_term
from faq.services.taxonomy_batches import get_facet


class TermRowForm(forms.ModelForm):
    """The form of one row in a list of terms, whose fields have no visible labels."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{capfirst(field.label)} : {self.instance}"


class TermAdmin(ExportTablesMixin, EditorsModelAdmin):
    """The admin of the terms of any facet: writes go through the service, and terms in use are not deleted."""

    list_display = ("label", "slug", "position", "retired", "entry_count")
    list_editable = ("position", "retired")
    list_filter = ("retired",)
    list_per_page = 100
    search_fields = ("label", "slug")
    prepopulated_fields = {"slug": ("label",)}
    fields = ("label", "slug", "position", "retired", "review_months")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    actions = None
    delete_confirmation_template = "admin/faq/term_delete_confirmation.html"

    def get_queryset(self, request):
        """Return the terms with the number of entries filed under each."""
        return super().get_queryset(request).annotate(entries_filed=Count("entries", distinct=True))

    def get_changelist_form(self, request, **options):
        """Return the form whose fields have labels for screen readers."""
        return super().get_changelist_form(request, form=TermRowForm, **options)

    @admin.display(description="fiches", ordering="entries_filed")
    def entry_count(self, term):
        """Return the number of entries filed under it, as a link to them."""
        address = f"{reverse('admin:faq_entry_changelist')}?{get_facet(term).parameter}={term.slug}"
        return format_html('<a href="{}">{}</a>', address, term.entries_filed) if term.entries_filed else 0

    def get_changeform_initial_data(self, request):
        """Propose the last place for a new term."""
        last = self.model.objects.aggregate(last=Max("position"))["last"] or 0
        return {"position": last + 1, **super().get_changeform_initial_data(request)}

    def save_model(self, request, obj, form, change):
        """Save the term and what it belongs to; its former slug redirects to the new one."""
        name = parent_relation(obj)
        parents = form.cleaned_data.get(name) if name else None
        save_term(obj, request.user, parents=None if parents is None else [parent.pk for parent in parents])

    def save_related(self, request, form, formsets, change):
        """Write nothing: the service has stored what the term belongs to."""

    def delete_model(self, request, obj):
        """Delete a term that nothing uses."""
        delete_term(obj, request.user)

    def get_deleted_objects(self, objs, request):
        """Refuse, on the confirmation page, what the service would refuse."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, lacking, [use for term in objs for use in find_term_uses(term)] or protected


@admin.register(OfferType)
class OfferTypeAdmin(TermAdmin):
    """The types d’offre, answers to the first question."""

    resource_classes = [OfferTypeResource]


@admin.register(Couloir)
class CouloirAdmin(TermAdmin):
    """The couloirs, answers to the second question."""

    resource_classes = [CouloirResource]
    list_display = ("label", "offer_type", "slug", "position", "retired", "entry_count")
    list_select_related = ("offer_type",)
    fields = ("label", "slug", "offer_type", "position", "retired", "review_months")


@admin.register(Dispositif)
class DispositifAdmin(TermAdmin):
    """The dispositifs, answers to the third question."""

    resource_classes = [DispositifResource]
    list_display = ("label", "vague", "parents", "slug", "position", "retired", "entry_count")
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
    list_display = ("label", "parents", "slug", "position", "retired", "entry_count")
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

    resource_classes = [ThemeResource]
    list_display = ("name", "slug", "position", "retired", "entry_count")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "position", "retired", "review_months")
