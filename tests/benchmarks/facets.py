"""The cascade's counts: bit sets in memory, beside the database's aggregates and loops over the entries."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import reduce

from django.db.models import Count, Q, QuerySet

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, Filing, State, Taxonomy
from faq.models import Entry
from tests.benchmarks import data
from tests.benchmarks.measure import Cost, apart, cost, figure, milliseconds, table

SIZES = (1_000, 10_000)
INDEX_SIZES = (*SIZES, 100_000)
INDEX = "index : ensembles de bits"

Counts = Mapping[tuple[Facet, int], int]
"""How many entries each term leads to, by facet and id."""


def run() -> None:
    """Measure and print; the database holds at least the largest of SIZES."""
    rows = [row for size in INDEX_SIZES for row in apart(_rows, size)]
    table(
        "Cascade : toutes les questions d’une page et leurs comptes.",
        ("fiches", "façon", "accueil (ms)", "après un choix (ms)", "requêtes"),
        rows,
    )


def _rows(size: int) -> list[tuple[str, ...]]:
    terms = data.taxonomy()
    filings = list(data.filings(size, terms))
    index = build(terms, filings)
    ways: dict[str, Callable[[State], Counts]] = {INDEX: lambda state: shown(index, state)}
    if size in SIZES:
        ways["agrégats de l’ORM"] = lambda state: counted_by_database(terms, size, state)
        ways["boucles en Python"] = lambda state: counted_by_loops(terms, filings, state)
    states: list[State] = [{}, {Facet.OFFER_TYPES: terms.by_facet[Facet.OFFER_TYPES][0]}]
    rows = []
    for way, function in ways.items():
        costs = [_checked(index, state, function) for state in states]
        durations = [milliseconds(spent.cpu) for spent in costs]
        rows.append((figure(size), way, *durations, figure(costs[0].queries)))
    return rows


def _checked(index: CascadeIndex, state: State, function: Callable[[State], Counts]) -> Cost:
    """Measure a way to count, once it is clear that it gives the numbers that the page shows."""
    spent = cost(lambda: function(state))
    wrong = {term: number for term, number in shown(index, state).items() if spent.result[term] != number}
    if wrong:
        raise RuntimeError(f"{len(wrong)} comptes diffèrent de ceux de l’index")
    return spent


def build(terms: Taxonomy, filings: list[Filing]) -> CascadeIndex:
    """Index entries that are nowhere but in memory."""
    under: dict[Facet, dict[int, list[int]]] = {facet: {} for facet in Facet}
    for number, filing in enumerate(filings):
        for facet, ids in filing.items():
            for id in ids:
                under[facet].setdefault(id, []).append(number)
    return CascadeIndex.build(terms, range(len(filings)), under)


def shown(index: CascadeIndex, state: State) -> Counts:
    """Return the counts as the site computes them."""
    return {
        (question.facet, option.term.id): option.count
        for question in index.questions(state)
        for option in question.options
    }


def counted_by_database(terms: Taxonomy, size: int, state: State) -> Counts:
    """Return them by one aggregate and one count per facet, as one would write it at first."""
    counts: dict[tuple[Facet, int], int] = {}
    for facet in Facet:
        others = reduce(_narrowed, (pair for pair in state.items() if pair[0] is not facet), _first(size))
        column = _column(facet)
        transverse = others.filter(**{f"{column}__isnull": True}).count()
        numbers = others.values_list(column).annotate(number=Count("pk", distinct=True)).order_by()
        counts |= _with_transverse(terms, facet, dict(numbers), transverse)
    return counts


def _with_transverse(terms: Taxonomy, facet: Facet, filed: Mapping[int, int], transverse: int) -> Counts:
    return {(facet, term.id): filed.get(term.id, 0) + transverse for term in terms.by_facet[facet]}


def _first(size: int) -> QuerySet[Entry]:
    last = Entry.objects.live().order_by("pk").values_list("pk", flat=True)[size - 1]
    return Entry.objects.live().filter(pk__lte=last)


def _narrowed(entries: QuerySet[Entry], choice: tuple[Facet, object]) -> QuerySet[Entry]:
    facet, term = choice
    column = _column(facet)
    return entries.filter(Q(**{column: term.id}) | Q(**{f"{column}__isnull": True}))


def _column(facet: Facet) -> str:
    return "entry_themes__tag" if facet is Facet.THEMES else facet.value


def counted_by_loops(terms: Taxonomy, filings: list[Filing], state: State) -> Counts:
    """Return them by going through the entries, which cost nothing to fetch here."""
    counts: dict[tuple[Facet, int], int] = {}
    for facet in Facet:
        choices = [(other, term.id) for other, term in state.items() if other is not facet]
        selected = [filing[facet] for filing in filings if all(_concerns(filing, *choice) for choice in choices)]
        filed = Counter(id for ids in selected for id in ids)
        counts |= _with_transverse(terms, facet, filed, sum(1 for ids in selected if not ids))
    return counts


def _concerns(filing: Filing, facet: Facet, id: int) -> bool:
    return not filing[facet] or id in filing[facet]
