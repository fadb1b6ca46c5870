"""Search within filters, with counts and extracts: the index in memory, beside the databases' own full-text search."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from pyroaring import BitMap

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, Term
from faq.domain.search.evaluation import compute_metrics, judge_query
from faq.domain.search.extracts import HighlightTerms, build_extract
from faq.domain.search.filing import TermFiling, TermLabels
from faq.domain.search.index import SearchIndex
from faq.domain.search.proximity import RERANK_DEPTH, Phrase, rerank_by_proximity
from faq.domain.search.queries import Synonyms, parse_query
from faq.domain.search.spelling import find_correction
from faq.domain.search.vocabulary import Vocabulary
from faq.domain.text import stem
from faq.models import Entry, SearchedEntry, SearchForm, SearchStem
from faq.selectors.published import live_snapshot
from faq.selectors.search.hits import live_search
from faq.services.content import Content
from faq.services.entries import create_entry
from faq.services.search import is_search_out_of_date, rebuild_search
from faq.services.workflow import publish_entry
from tests.benchmarks import data
from tests.benchmarks.measure import Cost, apart, cost, figure, megabytes, milliseconds, peak, say, table, timed
from tests.benchmarks.typos import typos
from tests.factories import by_command
from tests.searching import FIXTURES, an_index, best_found, demo_filing, demo_texts, starter_synonyms

SIZES = (1_000, 10_000, 100_000)
PAGE = 20
TYPOS = 500
QUERIES = {
    "deux mots usuels": "certificat signé",
    "un mot dans un tiers des fiches": "certificat",
    "un début de mot": "messag",
    "une question": "comment le pharmacien dépose-t-il le dossier complet ?",
    "une faute de frappe": "dosier complet",
    "un mot de toutes les fiches": "jours",
}
"""The queries on the made-up answers, by what they show."""
NO_SYNONYMS = Synonyms(())


@dataclass(frozen=True)
class Stock:
    """The first entries of the database, as searches and filters read them."""

    index: SearchIndex
    cascade: CascadeIndex
    filed: TermFiling
    offer: Term
    """The offer type that most are filed under."""
    size: int
    last: int
    """The number of the last entry."""


def run() -> None:
    """Measure and print; brings the database to the largest of SIZES."""
    apart(_prepare)
    table(
        f"Recherche dans un filtre, avec les comptes de toutes les réponses et {PAGE} extraits.",
        ("fiches", "requête", "trouvées", "index (UC, ms)", "base, bien écrite (ms)", "LIKE (ms)"),
        [row for size in SIZES for row in apart(_rows, size)],
    )
    table(
        "Tenir l’index à jour.",
        ("fiches", "opération", "UC (ms)", "requêtes", "mémoire (Mo)"),
        [*apart(_starting), *apart(_publishing)],
    )
    say(f"\n{apart(_spelling)}\n{apart(_quality)}")


def _prepare() -> None:
    data.fill(SIZES[-1])
    if is_search_out_of_date():
        rebuild_search()
    _full_text(SIZES)


def _stock(size: int) -> Stock:
    last = Entry.objects.live().order_by("pk").values_list("pk", flat=True)[size - 1]
    rows = SearchedEntry.objects.filter(pk__lte=last).order_by("pk").values_list("pk", "words")
    words = Vocabulary.build(
        SearchStem.objects.values_list("pk", "key"), SearchForm.objects.values_list("pk", "form", "stem", "shown")
    )
    index = SearchIndex.build(words, ((number, bytes(stored)) for number, stored in rows.iterator()), {})
    cascade = _first(live_snapshot().index, BitMap(range(last + 1)))
    offers = cascade.taxonomy.by_facet[Facet.OFFER_TYPES]
    offer = max(offers, key=lambda term: cascade.count({Facet.OFFER_TYPES: term}))
    return Stock(index, cascade, TermFiling(TermLabels(cascade.taxonomy), cascade), offer, size, last)


def _first(cascade: CascadeIndex, numbers: BitMap) -> CascadeIndex:
    terms = cascade.taxonomy.by_facet.items()
    under = {facet: {term.id: cascade.filed_under(term) & numbers for term in of} for facet, of in terms}
    return CascadeIndex.build(cascade.taxonomy, cascade.live & numbers, under)


def _rows(size: int) -> list[tuple[str, ...]]:
    stock = _stock(size)
    rows = []
    for name, query in QUERIES.items():
        ours = cost(lambda query=query: _searched(stock, query))
        base = cost(lambda query=query: _by_full_text(stock, query), patience=0.3)
        like = cost(lambda query=query: _by_like(stock, query), patience=0.1)
        rows.append((size, name, ours, base, like))
    return [_row(*row) for row in rows]


def _row(size: int, name: str, ours: Cost, base: Cost, like: Cost) -> tuple[str, ...]:
    times = (milliseconds(ours.cpu), milliseconds(base.wall), milliseconds(like.wall))
    return figure(size), name, figure(ours.result), *times


def _searched(stock: Stock, query: str) -> int:
    """Do what a page does: search, narrow, count for every option, put the best in order, cut their extracts."""
    result = stock.index.search(parse_query(query), NO_SYNONYMS, stock.filed)
    state = {Facet.OFFER_TYPES: stock.offer}
    within = stock.cascade.select(state, result.entries)
    stock.cascade.questions(state, result.entries)
    best = result.rank(within).page(0, RERANK_DEPTH)
    read = Entry.objects.with_live().live().in_bulk([number for number, _ in best])
    texts = {number: (entry.question, entry.answer) for number, entry in read.items()}
    marks = HighlightTerms.from_expansions(
        (expansion.keys, expansion.prefix) for term in result.terms for expansion in term.expansions
    )
    for number in rerank_by_proximity(best, Phrase.from_terms(result.terms), texts)[:PAGE]:
        _, answer = texts[number]
        build_extract(answer, marks)
    return len(within)


def _full_text(sizes: Sequence[int]) -> None:
    """Make what a careful developer would: FTS5 without accents, or an indexed column of French lexemes."""
    with connection.cursor() as cursor:
        for size in sizes:
            first = f"SELECT id, question, answer FROM faq_entry ORDER BY id LIMIT {size}"  # noqa: S608 (numbers of ours)
            if connection.vendor == "sqlite":
                tokens = "unicode61 remove_diacritics 2"
                cursor.execute(f"CREATE VIRTUAL TABLE fts_{size} USING fts5(question, answer, tokenize='{tokens}')")
                cursor.execute(f"INSERT INTO fts_{size}(rowid, question, answer) {first}")
            else:
                lexemes = (
                    "setweight(to_tsvector('french', question), 'A') || setweight(to_tsvector('french', answer), 'B')"
                )
                selected = f"SELECT id, answer, {lexemes} AS words FROM ({first}) AS one"  # noqa: S608
                cursor.execute(f"CREATE TABLE fts_{size} AS {selected}")
                cursor.execute(f"CREATE INDEX ON fts_{size} USING gin (words)")
                cursor.execute(f"ANALYZE fts_{size}")


def _by_full_text(stock: Stock, query: str) -> int:
    """Rank, count and cut extracts in the database, within the same filter."""
    words = [word.form for word in parse_query(query).words]
    numbers = (
        f"SELECT entry_id FROM faq_entry_offer_types "  # noqa: S608
        f"WHERE offertype_id = {stock.offer.id} AND entry_id <= {stock.last}"
    )
    fts = f"fts_{stock.size}"
    if connection.vendor == "sqlite":
        # The sign keeps SQLite from going through the filter's entries, with a search for each.
        sought = " ".join(f'"{word}"*' for word in words)
        where = f"FROM {fts} WHERE {fts} MATCH %s AND +rowid IN ({numbers})"
        shown = f"SELECT rowid, snippet({fts}, 1, '<', '>', '…', 40) {where} ORDER BY bm25({fts}, 5, 1) LIMIT {PAGE}"
    else:
        sought = " & ".join(f"{word}:*" for word in words)
        where = f"FROM {fts}, to_tsquery('french', %s) AS query WHERE words @@ query AND id IN ({numbers})"
        ranked = f"SELECT id, answer, query {where} ORDER BY ts_rank(words, query) DESC LIMIT {PAGE}"
        shown = f"SELECT id, ts_headline('french', answer, query) FROM ({ranked}) AS page"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(shown, [sought])
        cursor.fetchall()
        cursor.execute(f"SELECT count(*) {where}", [sought])
        return cursor.fetchone()[0]


def _by_like(stock: Stock, query: str) -> int:
    entries = Entry.objects.live().filter(offer_types=stock.offer.id, pk__lte=stock.last)
    for word in parse_query(query).words:
        entries = entries.filter(answer__icontains=word.form)
    list(entries.values_list("pk", "answer")[:PAGE])
    return entries.count()


def _starting() -> list[tuple[str, ...]]:
    """Read everything, as a worker does when it starts."""
    snapshot = live_snapshot()
    before = peak()
    _, cpu, _ = timed(lambda: live_search("certificat", snapshot))
    return [(figure(SIZES[-1]), "démarrer", milliseconds(cpu), "", megabytes(peak() - before))]


@transaction.atomic
def _publishing() -> list[tuple[str, ...]]:
    """Publish, then follow what was published, in a database that holds many entries; nothing of it stays.

    What waits for the end of the transaction, the search for duplicates, is measured elsewhere.
    """
    live_search("certificat", live_snapshot())
    unfiled = {facet: frozenset() for facet in Facet}
    content = Content("Comment joindre le guichet ?", "Le guichet répond du lundi au vendredi.", unfiled)
    numbers = iter([create_entry(content, by_command()).entry.pk for _ in range(400)])
    published = cost(lambda: publish_entry(next(numbers), by_command()), patience=0.2)
    following = [_following(next(numbers)) for _ in range(5)]
    followed = min(following, key=lambda spent: spent.cpu)
    transaction.set_rollback(True)
    size = figure(SIZES[-1])
    done = "publier une fiche, avec version, filtres et recherche"
    return [
        (size, done, milliseconds(published.cpu), figure(published.queries), ""),
        (size, "première recherche après une publication", milliseconds(followed.cpu), figure(followed.queries), ""),
    ]


def _following(number: int) -> Cost:
    publish_entry(number, by_command())
    snapshot = live_snapshot()
    return cost(lambda: live_search("certificat", snapshot), patience=0)


def _spelling() -> str:
    """Return how many of 500 typing mistakes are understood, among the words of the demo FAQ."""
    index = an_index(demo_texts())
    vocabulary = index.vocabulary
    forms = [form.decode() for form in vocabulary.forms]
    stem_of = dict(zip(forms, vocabulary.stems.tolist(), strict=True))
    stems = {stem(form) for form in forms}
    mistakes = [typo for typo in typos(forms, 2 * TYPOS) if stem(typo.typed) not in stems][:TYPOS]
    spent = cost(
        lambda: [find_correction(typo.typed, vocabulary, index.postings.frequency) for typo in mistakes], patience=1
    )
    right = sum(
        found is not None and vocabulary.stems[found.place] == stem_of[typo.word]
        for found, typo in zip(spent.result, mistakes, strict=True)
    )
    each = milliseconds(spent.cpu / TYPOS)
    return (
        f"Fautes de frappe : {right} comprises sur {TYPOS} ({right / TYPOS:.1%}), {each} ms chacune, {len(forms)} mots."
    )


def _quality() -> str:
    """Return how well the demo FAQ is searched."""
    texts = demo_texts()
    index, synonyms, filed = an_index(texts), starter_synonyms(), demo_filing()
    numbered = dict(enumerate(texts, start=1))
    with (FIXTURES / "search_queries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    results = []
    for row in rows:
        found = best_found(index, row["query"], synonyms, filed, numbered)
        questions = dict.fromkeys(numbered[number][0] for number in found)
        results.append(judge_query(row["kind"], row["query"], list(questions), row["expected"].split(" | ")))
    said = compute_metrics(results)
    shares = ", ".join(f"{share:.3f}" for share in said.recall)
    return f"Pertinence : {said.queries} requêtes, MRR {said.reciprocal_rank:.3f}, rappel à 1, 5 et 10 : {shares}."
