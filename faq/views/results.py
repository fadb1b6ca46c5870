"""The results of a cascade query: the answers, the questions that narrow them down, and the notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyroaring import BitMap

from faq.domain.cascade import Question
from faq.domain.search.queries import LONGEST_QUERY, MOST_WORDS
from faq.models import Entry
from faq.selectors.published import Snapshot
from faq.selectors.search.hits import Hits, live_search, most_useful_entries
from faq.views.states import CascadeQuery, state_address

_MOST_USEFUL = 3


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A term or search that the visitor chose, with the address without it and the number of answers there."""

    label: str
    without: str
    count: int
    is_search: bool = False


@dataclass(frozen=True, slots=True)
class OtherSearch:
    """Another search that the visitor may have meant."""

    lead: str
    text: str
    address: str


@dataclass(frozen=True)
class Results:
    """The numbers of the answers to a query, in display order, and the questions that narrow them down."""

    snapshot: Snapshot
    query: CascadeQuery
    numbers: BitMap | Sequence[int]
    questions: list[Question]
    hits: Hits | None
    """The hits of the search; None without a search, or for one made of stop words alone."""

    @cached_property
    def address(self) -> str:
        """The address of the first page."""
        return state_address(self.query.state, search=self.search)

    @property
    def search(self) -> str:
        """The search that was carried out; "" for none."""
        return self.query.search if self.hits else ""

    @property
    def found_nowhere(self) -> bool:
        """Whether nothing at all matches the search, whatever the other choices."""
        return self.hits is not None and not self.hits.entries

    @property
    def is_vain(self) -> bool:
        """Whether the words as they are typed find nothing at all, whatever their correction finds."""
        return self.hits is not None and self.hits.is_vain

    @property
    def other_searches(self) -> list[OtherSearch]:
        """The search as it was typed where a word was corrected, and the one that may have been meant."""
        if not self.hits:
            return []
        others = []
        if self.hits.correction:
            others.append(("Chercher tel quel", self.hits.query, f"« {self.hits.query} »"))
        if self.hits.suggestion:
            others.append(("Essayez avec", self.hits.suggestion, self.hits.suggestion))
        state = self.query.state
        return [OtherSearch(lead, text, state_address(state, search=search)) for lead, text, search in others]

    @property
    def filters(self) -> list[ActiveFilter]:
        """All active filters, the search first."""
        state = self.query.state
        filters = []
        if self.hits:
            found = self.snapshot.index.count(state)
            filters.append(ActiveFilter(f"« {self.search} »", state_address(state), found, is_search=True))
        for question in self.questions:
            if question.chosen:
                others = {facet: term for facet, term in state.items() if facet is not question.facet}
                without = state_address(others, search=self.search)
                filters.append(ActiveFilter(question.chosen.label, without, question.everything))
        return filters

    @property
    def notices(self) -> list[str]:
        """Messages about ignored filters, corrected words and words without a match."""
        notices = list(self.query.notices)
        if self.query.is_cut:
            notices.append(f"Votre recherche a été raccourcie à ses {LONGEST_QUERY} premiers caractères.")
        if self.query.search and not self.hits:
            notices.append("Votre recherche ne contient aucun mot qui distingue une réponse d’une autre : précisez-la.")
        if self.hits and self.hits.is_cut:
            notices.append(f"Votre recherche a été raccourcie à ses {MOST_WORDS} premiers mots significatifs.")
        if self.hits and self.hits.correction:
            notices.append(f"Résultats pour « {self.hits.correction} ».")
        if self.hits and self.hits.entries:
            if self.hits.unknown:
                words = ", ".join(f"« {word} »" for word in self.hits.unknown)
                notices.append(f"Aucune réponse ne contient {words}.")
            if self.hits.is_partial:
                notices.append("Aucune réponse ne dit tout ce que vous cherchez : voici les plus proches.")
            if self.hits.by_meaning:
                last = "Les dernières réponses" if self.hits.by_meaning > 1 else "La dernière réponse"
                verb = "contiennent" if self.hits.by_meaning > 1 else "contient"
                notices.append(f"{last} {verb} peu de vos mots, mais d’autres de sens voisin.")
        return notices


def build_results(snapshot: Snapshot, query: CascadeQuery) -> Results:
    """Return the results of a query: select the filtered entries, then search among them."""
    selection = snapshot.index.select(query.state)
    hits = live_search(query.search, snapshot, selection) if query.search else None
    if hits is None or not hits.query:
        return Results(snapshot, query, selection, snapshot.index.questions(query.state), None)
    questions = snapshot.index.questions(query.state, hits.entries)
    return Results(snapshot, query, hits.numbers, questions, hits)


@dataclass(frozen=True, slots=True)
class Proposals:
    """Entries that are proposed where nothing was found."""

    nearest: list[Entry]
    """Entries that match a part of the search."""
    useful: list[Entry]
    """The entries of the filtered branch that visitors found most useful."""


def find_proposals(results: Results) -> Proposals:
    """Return what to propose where nothing was found: one query at most."""
    nearest = results.hits.nearest if results.hits else ()
    branch = results.snapshot.index.select(results.query.state)
    useful = most_useful_entries(results.snapshot, branch, _MOST_USEFUL) if results.hits else []
    wanted = {*nearest, *useful}
    found = Entry.objects.live().only("question").in_bulk(wanted) if wanted else {}
    return Proposals(
        nearest=[found[number] for number in nearest if number in found],
        useful=[found[number] for number in useful if number in found and number not in nearest],
    )
