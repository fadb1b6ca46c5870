"""The forms of the pages that move, merge and split a term."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.text import capfirst

from faq.admin.lists import BoundedMultipleChoiceField
from faq.domain.limits import LABEL_MAX_LENGTH
from faq.models import Couloir, Entry
from faq.services.refiling import find_entries_filed_under
from faq.services.taxonomy import get_children, get_parents, parent_relation, refuse_taken_slug
from faq.services.taxonomy_batches import get_facet, key_of

_ENTRIES_OFFERED = 500
"""Entries of a term that the page which splits it lists."""


class TermForm(forms.ModelForm):
    """Django's form of a term, with the same words for all facets: the columns of thématiques are taggit's."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (("name", "Libellé"), ("slug", "Identifiant")):
            # Those who only read have no fields.
            if name in self.fields:
                self.fields[name].label = label

    def validate_unique(self):
        """Name the term that has the slug; a label that another one has was refused with its name before."""
        is_told = NON_FIELD_ERRORS in self.errors
        exclude = {*self._get_validation_exclusions(), "slug", *(("label", "name") if is_told else ())}
        try:
            self.instance.validate_unique(exclude=exclude)
            if "slug" not in self.errors:
                refuse_taken_slug(self.instance)
        except ValidationError as refusal:
            self._update_errors(refusal)


class ParentsForm(forms.Form):
    """The terms that a term is to belong to."""

    def __init__(self, data=None, *, term):
        parents = get_parents(term)
        super().__init__(data, initial={"parents": parents[0] if isinstance(term, Couloir) and parents else parents})
        facet = get_facet(term)
        model = Entry._meta.get_field(facet.parent).related_model
        offered = model.objects.standing().filter(retired=False) | model.objects.filter(pk__in=parents)
        options = {"queryset": offered.distinct(), "label": capfirst(facet.parent.label)}
        if isinstance(term, Couloir):
            self.fields["parents"] = forms.ModelChoiceField(widget=forms.RadioSelect, empty_label=None, **options)
        else:
            is_needed = not term._meta.get_field(parent_relation(term)).blank
            help_text = "Un au moins." if is_needed else "Aucun : proposé pour tous."
            self.fields["parents"] = BoundedMultipleChoiceField(
                widget=forms.CheckboxSelectMultiple, required=is_needed, help_text=help_text, **options
            )


class SurvivorForm(forms.Form):
    """The term that is to answer for another."""

    def __init__(self, data=None, *, term):
        super().__init__(data)
        others = type(term).objects.standing().in_use().exclude(pk=term.pk)
        self.fields["survivor"] = forms.ModelChoiceField(
            others,
            label="Fusionner dans",
            empty_label="Choisissez…",
            help_text="Ce terme reste ; fiches, termes qui relèvent de l’autre et adresses y mèneront.",
            error_messages={
                "required": "Choisissez le terme qui reste.",
                "invalid_choice": "Ce terme n’est plus proposé : rechargez la page.",
            },
        )


class PartForm(forms.Form):
    """The new term of a split, and what goes there."""

    label = forms.CharField(label="Libellé du nouveau terme", max_length=LABEL_MAX_LENGTH)
    slug = forms.SlugField(
        label="Identifiant",
        required=False,
        max_length=LABEL_MAX_LENGTH,
        help_text="Figure dans les adresses ; laissé vide, il est tiré du libellé.",
    )

    def __init__(self, data=None, *, term):
        super().__init__(data)
        filed = Entry.objects.filter(pk__in=find_entries_filed_under({key_of(term)})).select_related("head")
        more = max(filed.count() - _ENTRIES_OFFERED, 0)
        self.fields["entries"] = forms.TypedMultipleChoiceField(
            choices=[(entry.pk, _describe_entry(entry)) for entry in filed[:_ENTRIES_OFFERED]],
            help_text=f"Les {_ENTRIES_OFFERED} premières, sur {_ENTRIES_OFFERED + more}." if more else "",
            coerce=int,
            required=False,
            label="Fiches qui passent au nouveau terme",
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "Une fiche cochée n’est plus classée sous ce terme : rechargez la page."},
        )
        if children := get_children(term):
            self.fields["children"] = forms.TypedMultipleChoiceField(
                choices=[(f"{get_facet(child)}-{child.pk}", str(child)) for child in children],
                coerce={f"{get_facet(child)}-{child.pk}": key_of(child) for child in children}.__getitem__,
                required=False,
                label="Termes qui relèveront du nouveau",
                help_text="Avec les fiches qui y sont classées.",
                widget=forms.CheckboxSelectMultiple,
            )


def _describe_entry(entry):
    return f"{entry.reference} {entry.head.question or '(sans question)'} ({entry.get_status_display()})"
