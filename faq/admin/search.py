"""« Recherche »: the synonyms that searches use, and the queries that found nothing."""

from django import forms
from django.contrib import admin

from faq.admin.bulk_messages import BatchMessagesMixin
from faq.admin.lists import EditorsModelAdmin
from faq.admin.readonly import ReadOnlyMixin, UndeletableMixin
from faq.admin.table_exports import ExportTablesMixin
from faq.admin.table_imports import ImportTablesMixin
from faq.domain.text import fold
from faq.models import FailedSearch, SynonymGroup
from faq.models.synonyms import LONGEST_EXPRESSION, MOST_EXPRESSIONS
from faq.resources import FailedSearchResource, SynonymImport, SynonymResource
from faq.services.synonyms import find_synonym_problems, save_synonyms


class ExpressionsField(forms.CharField):
    """Expressions, one on each line; empty lines and surrounding spaces are ignored."""

    widget = forms.Textarea(attrs={"rows": 8, "cols": 60})

    def prepare_value(self, value):
        """Return the expressions as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        """Return the lines as expressions."""
        return [line for line in (" ".join(line.split()) for line in (value or "").splitlines()) if line]


class SynonymGroupForm(forms.ModelForm):
    """The form of a group of synonyms."""

    expressions = ExpressionsField(
        label="Expressions",
        help_text=f"Une par ligne, {MOST_EXPRESSIONS} au plus, de {LONGEST_EXPRESSION} caractères au plus. "
        "Accents, pluriels et majuscules ne comptent pas : « carte CPS » vaut « cartes cps ».",
    )

    class Meta:
        model = SynonymGroup
        fields = ("expressions", "one_way", "retired")

    def clean(self):
        """Refuse what the service would refuse."""
        cleaned = super().clean()
        if not self.errors:
            for problem in find_synonym_problems(SynonymGroup(pk=self.instance.pk, **cleaned)):
                self.add_error("expressions", problem)
        return cleaned


@admin.register(SynonymGroup)
class SynonymGroupAdmin(BatchMessagesMixin, ImportTablesMixin, ExportTablesMixin, UndeletableMixin, EditorsModelAdmin):
    """Groups of synonyms; they are retired rather than deleted."""

    form = SynonymGroupForm
    resource_classes = [SynonymResource]
    import_resource_class = SynonymImport
    list_display = ("said", "way", "state")
    list_filter = ("one_way", "retired")
    list_per_page = 100
    search_fields = ("expressions",)
    search_help_text = "Une expression, ou le début de l’une d’elles"
    actions = None

    def get_search_results(self, request, queryset, search_term):
        """Return the groups that contain all the words.

        Python compares them: SQLite stores the expressions with escaped accents.
        """
        wanted = fold(search_term).split()
        if not wanted:
            return queryset, False
        groups = queryset.values_list("pk", "expressions")
        found = [pk for pk, said in groups if all(word in fold(" ".join(said)) for word in wanted)]
        return queryset.filter(pk__in=found), False

    @admin.display(description="expressions", ordering="expressions")
    def said(self, group):
        """Return all expressions, the first one first."""
        return ", ".join(group.expressions)

    @admin.display(description="sens", ordering="one_way")
    def way(self, group):
        """Return the direction in which they lead."""
        return "la première mène aux autres" if group.one_way else "dans les deux sens"

    @admin.display(description="état", ordering="retired")
    def state(self, group):
        """Return whether searches use it."""
        return "retiré" if group.retired else "en service"

    def save_model(self, request, obj, form, change):
        """Save the group; searches use it from now on."""
        request.batch = save_synonyms(obj, request.user)


@admin.register(FailedSearch)
class FailedSearchAdmin(ExportTablesMixin, ReadOnlyMixin, EditorsModelAdmin):
    """Queries of visitors that found nothing, day by day, without personal data; only read."""

    list_display = ("query", "times", "day")
    resource_classes = [FailedSearchResource]
    list_display_links = None
    list_filter = ("day",)
    list_per_page = 100
    date_hierarchy = "day"
    search_fields = ("query",)
