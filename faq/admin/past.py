"""« La FAQ au … »: what the public read at an instant of the past, and what became of each answer since."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.text import capfirst

from faq.admin.display import answer_html, filing_rows
from faq.admin.entries.comparison import address_of
from faq.admin.readonly import ReadOnly
from faq.domain.facets import Facet
from faq.domain.instants import NotAPastInstant, past_instant
from faq.domain.past import ImpossibleFilter, Part, choose, json_file
from faq.enums import EntryStatus
from faq.models import Entry, Publication
from faq.selectors.history import answers_at, known_reference, numbers_at, publications_at
from faq.selectors.published import load_taxonomy

PER_PAGE = 20

_LONG_TEXTS_OF_NOW = tuple(f"entry__{field}" for field in ("answer", "folded", "live__answer", "live__filing"))


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
        super().__init__(_with_present_slugs(query, taxonomy) if "date" in query else None, label_suffix="")
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
class Row:
    """One answer as it was, and what became of it."""

    publication: Publication

    @property
    def answer(self):
        """The answer as the public read it."""
        return answer_html(self.publication.version.answer)

    @property
    def filing(self):
        """Where it was filed, as the terms were called then."""
        return filing_rows(self.publication.version.filing)

    @property
    def fate(self):
        """Return whether the public reads something else now, or nothing; "" where it still reads this."""
        entry = self.publication.entry
        if entry.live_id == self.publication.version_id:
            return ""
        if entry.live_id:
            return "changée depuis"
        return "archivée depuis" if entry.status == EntryStatus.ARCHIVED else "retirée depuis"

    @property
    def comparison(self):
        """Where to see what changed; none unless something else is live."""
        entry, then = self.publication.entry, self.publication.version
        if self.fate and entry.live_id:
            return f"{address_of(entry.pk)}?{urlencode({'from': then.number, 'to': entry.live.number})}"
        return ""


@admin.register(Publication)
class PastAdmin(ReadOnly, admin.ModelAdmin):
    """Publications show as the states of the FAQ that they add up to, not as a list."""

    def has_module_permission(self, request):
        """Keep a list that does not exist out of the lists of tables; the menu names the page."""
        return False

    def get_urls(self):
        """Return the page and its file, and no list."""
        page, file = self.admin_site.admin_view(self.page_view), self.admin_site.admin_view(self.file_view)
        return [path("past/", page, name="faq_past"), path("past/json/", file, name="faq_past_json")]

    def page_view(self, request):
        """Show the form, and the state that it asks for."""
        form = self._form(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "La FAQ à une date passée",
            "form": form,
            "state": _state(form, request.GET.get("page")) if form.is_valid() else None,
        }
        if context["state"]:
            context["title"] = f"La FAQ au {date_format(form.cleaned_data['instant'], 'j F Y à H:i')}"
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/faq/publication/past.html", context)

    def file_view(self, request):
        """Return the state as JSON; send back to the page, which says what is wrong, where it cannot be told."""
        form = self._form(request)
        if not form.is_valid():
            return redirect(f"{reverse('admin:faq_past')}?{request.GET.urlencode()}")
        instant, part = form.cleaned_data["instant"], form.cleaned_data["part"]
        answers = json_file(instant, part, answers_at(instant, part))
        response = StreamingHttpResponse(answers, content_type="application/json")
        name = f"faq-{instant:%Y-%m-%d-%Hh%M}.json"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response

    def _form(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return PastForm(request.GET, load_taxonomy())


def _state(form, wanted_page):
    instant, part = form.cleaned_data["instant"], form.cleaned_data["part"]
    page = Paginator(list(numbers_at(instant, part)), PER_PAGE).get_page(wanted_page)
    shown = publications_at(instant, part).filter(entry__in=page.object_list)
    with_texts = shown.select_related("version", "entry__live").defer(*_LONG_TEXTS_OF_NOW)
    return {"instant": instant, "page": page, "rows": [Row(publication) for publication in with_texts]}


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
