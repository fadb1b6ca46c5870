"""Checks of the invariants of the database, and a sentence for each row that breaks one.

Every check reads in batches and writes nothing.
"""

import itertools
from collections.abc import Callable, Iterator

from django.db.models import Count, F, Max, Q

from faq.domain.chunks import split_in_chunks
from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import GENERATION, Document
from faq.domain.facets import Facet
from faq.domain.text import fingerprint, is_visible
from faq.enums import EntryStatus
from faq.models import Dump, Entry, EntryAlias, Epoch, Pair, Passage, Publication, Schedule, Version
from faq.models.entries import filing_table, reference
from faq.services.content import Content, content_of
from faq.services.dumps_export import export_dump
from faq.services.duplicates import recheck_sample
from faq.services.media_faults import find_media_faults
from faq.services.review_dates import review_date_faults
from faq.services.search import find_search_faults
from faq.services.taxonomy_faults import contradictory_filings, wrong_terms
from faq.services.versions import build_search_text
from faq.services.work_faults import find_work_faults

BATCH = 500
"""Rows read together: what bounds memory."""
_SEARCH_AGAIN = "Relancez « manage.py find_duplicates »."


def faults() -> Iterator[str]:
    """Return one French sentence per fault, as it is found."""
    for check in CHECKS:
        yield from check()


def gaps_in_numbering() -> Iterator[str]:
    """Versions are numbered 1, 2, 3… within their entry."""
    counted = Entry.objects.annotate(highest=Max("versions__number"), kept=Count("versions"))
    for entry in counted.exclude(highest=F("kept")).iterator(BATCH):
        yield f"{entry.reference} : {entry.kept} versions, mais la dernière porte le numéro {entry.highest}."
    for number in Entry.objects.filter(versions=None).values_list("pk", flat=True):
        yield f"{reference(number)} : aucune version."


def wrong_pointers() -> Iterator[str]:
    """`head` is the entry's latest version, `live` one of its own, and open in a publication."""
    counted = Entry.objects.annotate(highest=Max("versions__number"))
    not_latest = Q(head=None) | ~Q(head__entry=F("pk")) | ~Q(head__number=F("highest"))
    for entry in counted.filter(not_latest).iterator(BATCH):
        yield f"{entry.reference} : son dernier texte n’est pas celui de sa dernière version."
    for entry in Entry.objects.filter(live__isnull=False).exclude(live__entry=F("pk")).iterator(BATCH):
        yield f"{entry.reference} : sa version en ligne est celle d’une autre fiche."


def wrong_publications() -> Iterator[str]:
    """Open publications name the live versions, and publications of one entry do not overlap."""
    open_now = Publication.objects.filter(live_until__isnull=True)
    said = dict(open_now.values_list("entry", "version"))
    live = dict(Entry.objects.live().values_list("pk", "live"))
    for number in sorted(said.keys() | live.keys()):
        if said.get(number) != live.get(number):
            yield f"{reference(number)} : la version en ligne n’est pas celle que dit l’historique des publications."
    spans = Publication.objects.order_by("entry", "live_from", "pk").values_list("entry", "live_from", "live_until")
    for (entry, _, until), (follower, since, _) in itertools.pairwise(spans.iterator(BATCH)):
        if entry == follower and (until is None or until > since):
            yield f"{reference(entry)} : deux publications se chevauchent."


def rows_unlike_their_snapshot() -> Iterator[str]:
    """An entry says what its live version says, or else its latest one; an answer that is live shows something."""
    entries = Entry.objects.select_related("head", "live").order_by("pk").iterator(BATCH)
    for batch in split_in_chunks(entries, BATCH):
        filings = _read_filings(entry.pk for entry in batch)
        for entry in batch:
            shown = entry.live or entry.head
            if shown is None:
                continue
            if content_of(shown) != Content(entry.question, entry.answer, filings[entry.pk]):
                yield f"{entry.reference} : la fiche ne dit plus ce que dit sa version {shown.number}."
            if entry.search_text != build_search_text(content_of(shown), content_of(entry.head or shown)):
                yield f"{entry.reference} : son texte de recherche n’est pas à jour."
            if entry.live and not is_visible(entry.live.answer):
                yield f"{entry.reference} : sa réponse en ligne ne montre rien."


def wrong_fingerprints() -> Iterator[str]:
    """Versions and passages can be found by the text that they hold."""
    for version in Version.objects.select_related("entry").iterator(BATCH):
        if version.answer_fingerprint != fingerprint(version.answer):
            yield f"{version} : son empreinte n’est pas celle de sa réponse."
    for passage in Passage.objects.select_related("dump").iterator(BATCH):
        if passage.fingerprint != fingerprint(passage.answer):
            yield f"{passage} : son empreinte n’est pas celle de sa réponse."


def altered_dumps() -> Iterator[str]:
    """Every dump gives back the bytes that were imported, from passages numbered without gap."""
    for dump in Dump.objects.annotate(highest=Max("passages__position"), kept=Count("passages")).iterator(BATCH):
        if dump.highest != dump.kept:
            yield f"Extraction {dump} : {dump.kept} passages, mais le dernier porte le rang {dump.highest}."
        try:
            for _ in export_dump(dump):
                pass
        except ValueError as error:
            yield str(error)


def wrong_aliases() -> Iterator[str]:
    """A merged entry is archived, and its address leads in one step to an entry that was not merged itself."""
    for alias in EntryAlias.objects.select_related("former").iterator(BATCH):
        if alias.former.status != EntryStatus.ARCHIVED:
            yield f"{alias} : la fiche fusionnée n’est pas archivée."
    for alias in EntryAlias.objects.filter(survivor__alias__isnull=False).iterator(BATCH):
        yield f"{alias} : la redirection mène à une autre redirection."


def wrong_schedules() -> Iterator[str]:
    """A plan to publish names a version of its own entry."""
    planned = Schedule.objects.filter(version__isnull=False).exclude(version__entry=F("entry"))
    for schedule in planned.select_related("entry").iterator(BATCH):
        yield f"{schedule} : la version prévue est celle d’une autre fiche."


def wrong_pairs() -> Iterator[str]:
    """Pairs are of entries in use, as the present detector finds them in the present texts."""
    standing = Pair.objects.filter(stands=True)
    archived = Q(left__status=EntryStatus.ARCHIVED) | Q(right__status=EntryStatus.ARCHIVED)
    settled = Q(left__comparison_rank__isnull=False, right__comparison_rank__isnull=False)
    for pair in standing.filter(archived, settled).select_related("left", "right").iterator(BATCH):
        yield f"Doublons possibles, {pair} : l’une des deux fiches est archivée. {_SEARCH_AGAIN}"
    if older := standing.exclude(generation=GENERATION).count():
        yield f"Doublons possibles : paires d’un détecteur plus ancien ({older}). {_SEARCH_AGAIN}"
    texts = ("left__head__question", "left__head__answer", "right__head__question", "right__head__answer")
    rows = standing.filter(settled).order_by("pk").values_list("left", "right", "left_text", "right_text", *texts)
    for left, right, *found, question, answer, other_question, other_answer in rows.iterator(BATCH):
        present = [
            material_fingerprint(Document(left, question, answer)),
            material_fingerprint(Document(right, other_question, other_answer)),
        ]
        if found != present:
            names = f"{reference(left)} et {reference(right)}"
            yield f"Doublons possibles, {names} : un texte a changé depuis la comparaison. {_SEARCH_AGAIN}"


def pairs_not_found() -> Iterator[str]:
    """Some entries, compared again with all others, have the pairs that are stored."""
    for number, stored, found in recheck_sample():
        if stored != found:
            told = f"{len(stored)} en base, {len(found)} à trouver"
            told = told if len(stored) != len(found) else f"{told}, mais pas les mêmes"
            yield f"Doublons possibles de {reference(number)} : paires fausses ({told}). {_SEARCH_AGAIN}"


def missing_epoch() -> Iterator[str]:
    """The epoch exists once something is published; without it cached pages would stay stale."""
    if Entry.objects.live().exists() and not Epoch.now():
        yield "Des fiches sont publiées, mais l’époque qui tient les pages à jour manque."


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    gaps_in_numbering,
    wrong_pointers,
    wrong_publications,
    rows_unlike_their_snapshot,
    contradictory_filings,
    wrong_terms,
    wrong_fingerprints,
    altered_dumps,
    wrong_aliases,
    wrong_schedules,
    review_date_faults,
    find_search_faults,
    wrong_pairs,
    pairs_not_found,
    missing_epoch,
    find_media_faults,
    find_work_faults,
)


def _read_filings(numbers: Iterator[int]) -> dict[int, dict[Facet, frozenset[int]]]:
    terms: dict[int, dict[Facet, set[int]]] = {number: {facet: set() for facet in Facet} for number in numbers}
    for facet in Facet:
        table, entry_column, term_column = filing_table(facet)
        filed = table.objects.filter(**{f"{entry_column}__in": list(terms)})
        for number, term in filed.values_list(entry_column, term_column):
            terms[number][facet].add(term)
    return {number: {facet: frozenset(ids) for facet, ids in filed.items()} for number, filed in terms.items()}
