"""The base of every admin of a table: what an address or a form cannot mean is ignored, and said, or refused in French.

Django's lists take any lookup from an address, and fail on values that the database cannot compare.
"""

import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import IGNORED_PARAMS, ChangeList
from django.core.exceptions import SuspiciousOperation, ValidationError

from faq.domain.limits import ADDRESS_NUMBER_MAX_DIGITS, ADMIN_SEARCH_CUT, cut_admin_search
from faq.models.entries import number_of
from faq.models.folding import with_all_words

_IGNORED = "Un filtre de l’adresse est inconnu ou illisible\u00a0: il est ignoré."
_LOOKUPS = ("", "exact", "id__exact", "isnull", "gte", "lt", "year", "month", "day")
"""The lookups that the filters and the dates of a list put into addresses."""
_MAX_VALUE_LENGTH = 200
_LONG_NUMBER = re.compile(rf"\d{{{ADDRESS_NUMBER_MAX_DIGITS + 1}}}")
_DAY = re.compile(r"(?:19|2\d)\d\d-\d\d-\d\d(?:[T ][\d:.]+(?:[+-]\d\d:\d\d)?)?")
"""A day, or a moment, that every time zone and database knows."""


class BoundedChangeList(ChangeList):
    """Django's list, without the lookups that no filter of it offers."""

    def get_filters(self, request):
        """Return the filters, without what none of them means."""
        known = [name for name in self.filter_params if name in IGNORED_PARAMS or self._is_readable(name)]
        if len(known) < len(self.filter_params):
            self._keep_parameters(request, known)
        try:
            return super().get_filters(request)
        except (IncorrectLookupParameters, SuspiciousOperation, ValueError, OverflowError):
            self._keep_parameters(request, IGNORED_PARAMS)
            return super().get_filters(request)

    def get_queryset(self, request, exclude_parameters=None):
        """Return the rows that search and filters let through; a search is cut to what a person types."""
        cut = cut_admin_search(self.query)
        if cut != self.query:
            self.query = cut
            messages.warning(request, ADMIN_SEARCH_CUT)
        try:
            return super().get_queryset(request, exclude_parameters)
        except IncorrectLookupParameters:
            self._keep_parameters(request, IGNORED_PARAMS)
            return super().get_queryset(request, exclude_parameters)

    def _keep_parameters(self, request, names):
        self.filter_params = {name: values for name, values in self.filter_params.items() if name in names}
        messages.warning(request, _IGNORED)

    def _is_readable(self, name):
        """Return whether a parameter belongs to a filter of the list, with values that a filter can hold."""
        field, _, lookup = name.partition("__")
        if field not in self._filtered_fields or lookup not in _LOOKUPS:
            return False
        values = self.filter_params[name]
        if lookup in ("gte", "lt"):
            return all(_DAY.fullmatch(value) for value in values)
        return all(len(value) <= _MAX_VALUE_LENGTH and not _LONG_NUMBER.search(value) for value in values)

    @property
    def _filtered_fields(self):
        filters = (one[0] if isinstance(one, tuple | list) else one for one in self.list_filter)
        named = {getattr(one, "parameter_name", one) for one in filters}
        return {*named, *self.model_admin.linked_fields, self.date_hierarchy}


class BoundedMultipleChoiceField(forms.ModelMultipleChoiceField):
    """A choice of several rows, which refuses numbers that no key of a table can be."""

    def clean(self, value):
        """Return the chosen rows. Raises ValidationError."""
        for chosen in value or () if isinstance(value, list | tuple) else ():
            if number_of(str(chosen)) is None:
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": chosen})
        return super().clean(value)


class BoundedAdminMixin:
    """A mixin for the admin of a table."""

    article = "un"
    """The article of the table's name, in the titles of its forms."""
    linked_fields = ()
    """Fields by which links from other pages filter the list, beside the filters that it offers."""

    def add_view(self, request, form_url="", extra_context=None):
        """Show the form for a new row, under a title in French."""
        title = f"Créer {self.article} {self.opts.verbose_name}"
        return super().add_view(request, form_url, {"title": title, **(extra_context or {})})

    def get_changelist(self, request, **options):
        """Return the list that ignores what an address cannot mean."""
        return BoundedChangeList

    def get_search_results(self, request, queryset, search_term):
        """Return the rows that hold all the words in the search fields, without regard to case and accents."""
        return queryset.filter(with_all_words(search_term, self.search_fields)), False

    def formfield_for_manytomany(self, db_field, request, **options):
        """Return a field that refuses numbers that no row can have."""
        return super().formfield_for_manytomany(
            db_field, request, **{"form_class": BoundedMultipleChoiceField, **options}
        )

    def get_action_choices(self, request, default_choices=(("", "Choisir une action…"),)):
        """Return the actions, under a line that says what to do."""
        return super().get_action_choices(request, list(default_choices))

    def response_action(self, request, queryset):
        """Take an action on the selected rows; values that are no number of a row are ignored."""
        request.POST = request.POST.copy()
        selected = map(number_of, request.POST.getlist(ACTION_CHECKBOX_NAME))
        request.POST.setlist(ACTION_CHECKBOX_NAME, [str(number) for number in selected if number is not None])
        return super().response_action(request, queryset)

    def _get_edited_object_pks(self, request, prefix):
        """Return the keys of the rows edited in the list; values that are no number are ignored."""
        return [key for key in super()._get_edited_object_pks(request, prefix) if number_of(key) is not None]


class EditorsModelAdmin(BoundedAdminMixin, admin.ModelAdmin):
    """The admin of a table of ours."""
