"""manage.py faq_at DATE [--offre SLUG…] [--entry Q-n] [--format json|html] [--output FILE]."""

from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from faq.domain.facets import Facet
from faq.domain.instants import NotAPastInstant, past_instant
from faq.domain.markup import compile_answer, place
from faq.domain.past import ImpossibleFilter, Part, choose, json_file
from faq.management.exports import tell_written, write_pieces
from faq.models import Entry
from faq.selectors.history import answers_at, known_reference, numbers_at
from faq.selectors.published import load_taxonomy

_PLACE_OF_ANSWERS = "<!-- réponses -->"


class Command(BaseCommand):
    """Write what the public read at an instant of the past."""

    help = "Écrit ce que le public lisait à une date passée : toute la FAQ, ce qui répond à des filtres, ou une fiche."

    def add_arguments(self, parser):
        """Declare the instant, the filters, the format and what to write where."""
        parser.add_argument(
            "date", metavar="DATE", help="2026-03-12 (la fin du jour), ou 2026-03-12T14:30, heure de Paris"
        )
        for facet in Facet:
            parser.add_argument(f"--{facet.parameter}", metavar="IDENTIFIANT", help=f"{facet.label}, par identifiant")
        parser.add_argument("--entry", metavar="Q-n", help="une seule fiche")
        parser.add_argument("--format", metavar="json|html", default="json", help="par défaut, json")
        parser.add_argument("--output", metavar="FICHIER", help="fichier à écrire (par défaut, la sortie standard)")

    def handle(self, *, date, entry, **options):
        """Write the state and nothing else; say so on standard error where that is a file."""
        write = _writer(options["format"])
        instant = _instant(date)
        part = Part(_terms(options), None if entry is None else _reference(entry))
        answers = _Counted(answers_at(instant, part))
        write_pieces(self, write(instant, part, answers), options)
        tell_written(self, answers.number, options, nouns=("fiche écrite", "fiches écrites"))


class _Counted:
    """Answers that are counted as they pass."""

    def __init__(self, answers):
        self.answers = answers
        self.number = 0

    def __iter__(self):
        for answer in self.answers:
            self.number += 1
            yield answer


def _html_file(instant, part, answers):
    """Write a state as one page that needs no other file, answer by answer."""
    context = {"instant": instant, "part": part, "count": sum(1 for _ in numbers_at(instant, part))}
    before, after = render_to_string("faq/past.html", context).split(_PLACE_OF_ANSWERS)
    yield before.encode()
    for answer in answers:
        yield render_to_string("faq/past_answer.html", _shown(answer)).encode()
    yield after.encode()


def _shown(answer):
    filed = [(Facet(facet).label, [term["label"] for term in terms]) for facet, terms in answer.filing.items() if terms]
    # Made by a sanitiser, see faq.domain.markup. References stay text: they would lead to what is live today.
    text = place(compile_answer(answer.answer), level=3, owner=answer.reference)
    return {"answer": answer, "text": mark_safe(text), "filed": filed}  # noqa: S308


_WRITERS = {"json": json_file, "html": _html_file}


def _writer(name):
    if name not in _WRITERS:
        raise CommandError(f"Format inconnu : « {name} ». Choisissez json ou html.")
    return _WRITERS[name]


def _instant(text):
    try:
        return past_instant(text, now=timezone.now(), zone=timezone.get_default_timezone())
    except NotAPastInstant as refusal:
        raise CommandError(str(refusal)) from refusal


def _terms(options):
    slugs = {facet: slug for facet in Facet if (slug := options[facet.parameter]) is not None}
    try:
        return choose(slugs, load_taxonomy())
    except ImpossibleFilter as refusal:
        raise CommandError(f"--{refusal.facet.parameter} : {refusal}") from refusal


def _reference(text):
    try:
        return known_reference(text)
    except Entry.DoesNotExist as error:
        raise CommandError(str(error)) from error
