"""« La FAQ au … »: what the public read at an instant of the past, and what became of each answer since."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Case, F, When
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst

from faq.admin.display import answer_html, filing_rows, format_moment
from faq.admin.entries.comparison import comparison_address
from faq.admin.lists import EditorsModelAdmin
from faq.admin.pages import AdminPage, AdminView
from faq.admin.readonly import ReadOnlyMixin
from faq.domain.facets import Facet
from faq.domain.instants import NotAPastInstant, past_instant
from faq.domain.past import ImpossibleFilter, Part, choose, json_file
from faq.enums import EntryStatus
from faq.models import Entry, Publication
from faq.selectors.history import answers_at, known_reference, numbers_at, publications_at
from faq.selectors.published import load_taxonomy

PER_PAGE = 20

_LONG_TEXTS_OF_NOW = tuple(f"entry__{field}" for field in ("answer", "search_text", "live__answer", "live__filing"))


class PastForm(forms.Form):
    """Which instant, and which part of the FAQ."""

    date = forms.CharField(label="Jour", widget=forms.TextInput(attrs={"type": "date"}))
    heure = forms.CharField(
        label="Heure de Paris",
        required=False,
        widget=forms.TextInput(attrs={"type": "time"}),
        help_text="Sans heure : la fin du jour.",
    )
    fiche = forms.CharField(label="Fiche", required=False, help_text="Une seule, par sa référence : Q-214.")

    def __init__(self, query, taxonomy):
        # An entry leads here without a day: its reference is typed already.
        initial = {"fiche": query.get("fiche", "")}
        bound = _with_present_slugs(query, taxonomy) if "date" in query else None
        super().__init__(bound, initial=initial, label_suffix="")
        self.taxonomy = taxonomy
        for facet in Facet:
            self.fields[facet.parameter] = _facet_field(facet, taxonomy)

    def clean(self):
        """Return the instant and the part that the fields add up to."""
        return {"instant": self._instant(), "part": Part(self._terms(), self._reference())}

    def _instant(self):
        day, hour = self.cleaned_data.get("date"), self.cleaned_data.get("heure")
        try:
            text = f"{day} {hour}" if hour else day
            return day and past_instant(text, now=timezone.now(), zone=timezone.get_default_timezone())
        except NotAPastInstant as refusal:
            return self.add_error("date", str(refusal))

    def _terms(self):
        slugs = {facet: slug for facet in Facet if (slug := self.cleaned_data.get(facet.parameter))}
        try:
            return choose(slugs, self.taxonomy)
        except ImpossibleFilter as refusal:
            self.add_error(refusal.facet.parameter, str(refusal))
            return {}

    def _reference(self):
        text = self.cleaned_data.get("fiche")
        try:
            return known_reference(text) if text else None
        except Entry.DoesNotExist as error:
            return self.add_error("fiche", str(error))


@dataclass(frozen=True)
class PastAnswer:
    """An answer as it was at the instant, and what became of it."""

    publication: Publication

    @property
    def answer(self):
        """The answer as the public read it."""
        return answer_html(self.publication.version.answer, owner=self.publication.entry.reference)

    @property
    def filing(self):
        """The filing, with the labels that the terms had then."""
        return filing_rows(self.publication.version.filing)

    @property
    def current_state(self):
        """Return whether the public reads something else now, or nothing; "" where it still reads this."""
        entry = self.publication.entry
        if entry.live_id == self.publication.version_id or self.publication.reads_the_same:
            return ""
        if entry.live_id:
            return "changée depuis"
        return "archivée depuis" if entry.status == EntryStatus.ARCHIVED else "retirée depuis"

    @property
    def comparison(self):
        """The address of the comparison with what is live; none where that is the same."""
        entry, then = self.publication.entry, self.publication.version
        if self.current_state and entry.live_id:
            return f"{comparison_address(entry.pk)}?{urlencode({'from': then.number, 'to': entry.live.number})}"
        return ""


class PastView(AdminView):
    """The right to read the past and the part that is asked for, as the page and the file share them."""

    @cached_property
    def form(self):
        """The form, filled in from the address."""
        return PastForm(self.request.GET, load_taxonomy())


class PastPage(PastView, AdminPage):
    """The form, and the state of the FAQ that it asks for."""

    template_name = "admin/faq/publication/past.html"
    breadcrumb = "La FAQ à une date passée"
    body_class = "past-page"

    def get_title(self):
        """Return the instant that is shown; a general title before one is chosen."""
        if not self.form.is_valid():
            return self.breadcrumb
        return f"La FAQ au {format_moment(self.form.cleaned_data['instant'])}"

    def get_trail(self):
        """Return nothing: publications have no list."""
        return []

    def get_context(self):
        """Add the answers of that instant, page by page."""
        shown = _answers_page(self.form, self.request.GET.get("page")) if self.form.is_valid() else {}
        return super().get_context(form=self.form, **shown)


class PastFile(PastView):
    """The state of the FAQ at an instant, as JSON."""

    def get(self, request):
        """Return the file, or a redirect to the page, which says what is wrong with the form."""
        if not self.form.is_valid():
            return redirect(f"{reverse('admin:faq_past')}?{request.GET.urlencode()}")
        instant, part = self.form.cleaned_data["instant"], self.form.cleaned_data["part"]
        answers = json_file(instant, part, answers_at(instant, part))
        response = StreamingHttpResponse(answers, content_type="application/json")
        name = f"faq-{instant:%Y-%m-%d-%Hh%M}.json"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


@admin.register(Publication)
class PublicationAdmin(ReadOnlyMixin, EditorsModelAdmin):
    """Publications show as the states of the FAQ that they add up to, not as a list."""

    def has_module_permission(self, request):
        """Return that no list of tables shows them: the menu names the page."""
        return False

    def get_urls(self):
        """Return the page and its file, and no list."""
        return [PastPage.as_path("past/", "faq_past", self), PastFile.as_path("past/json/", "faq_past_json", self)]


def _answers_page(form, wanted_page):
    instant, part = form.cleaned_data["instant"], form.cleaned_data["part"]
    page = Paginator(list(numbers_at(instant, part)), PER_PAGE).get_page(wanted_page)
    shown = publications_at(instant, part).filter(entry__in=page.object_list)
    now = {f"version__{column}": F(f"entry__live__{column}") for column in ("question", "answer", "filing")}
    with_texts = shown.select_related("version", "entry__live").defer(*_LONG_TEXTS_OF_NOW)
    with_texts = with_texts.annotate(reads_the_same=Case(When(**now, then=True), default=False))
    return {"page": page, "answers": [PastAnswer(publication) for publication in with_texts]}


def _with_present_slugs(query, taxonomy):
    """Let a former slug choose its term in the form too."""
    present = query.copy()
    for facet in Facet:
        slug = (facet, query.get(facet.parameter, ""))
        if slug not in taxonomy.by_slug and slug in taxonomy.by_old_slug:
            present[facet.parameter] = taxonomy.by_old_slug[slug].slug
    return present


def _facet_field(facet, taxonomy):
    terms = [(term.slug, f"{term.label} (retiré)" if term.retired else term.label) for term in taxonomy.by_facet[facet]]
    every = "Toutes" if facet is Facet.THEMES else "Tous"
    widget = forms.Select(choices=[("", every), *terms])
    return forms.CharField(label=capfirst(facet.label), required=False, widget=widget)
