"""What an address of the cascade leads to: the answers, the questions that go on, what was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyroaring import BitMap

from faq.domain.cascade import Question
from faq.models import Entry
from faq.selectors.published import Snapshot
from faq.selectors.search.hits import Hits, live_search, most_useful_entries
from faq.views.states import Reading, state_address

_MOST_USEFUL = 3


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of the visitor's, and where taking it back leads: an address, and how many answers there."""

    label: str
    without: str
    count: int
    is_search: bool = False


@dataclass(frozen=True)
class Results:
    """The answers of a state, in their order, and the questions worth asking there."""

    snapshot: Snapshot
    reading: Reading
    numbers: BitMap | Sequence[int]
    questions: list[Question]
    hits: Hits | None
    """What the search found; None without a search that says something."""

    @cached_property
    def address(self) -> str:
        """The address of the first page."""
        return state_address(self.reading.state, search=self.search)

    @property
    def search(self) -> str:
        """What was searched for, "" for nothing."""
        return self.reading.search if self.hits else ""

    @property
    def found_nowhere(self) -> bool:
        """Whether nothing at all matches the search, whatever the other choices."""
        return self.hits is not None and not self.hits.entries

    @property
    def filters(self) -> list[Filter]:
        """All choices: the search first."""
        state = self.reading.state
        filters = []
        if self.hits:
            found = self.snapshot.index.count(state)
            filters.append(Filter(f"« {self.search} »", state_address(state), found, is_search=True))
        for question in self.questions:
            if question.chosen:
                others = {facet: term for facet, term in state.items() if facet is not question.facet}
                without = state_address(others, search=self.search)
                filters.append(Filter(question.chosen.label, without, question.everything))
        return filters

    @property
    def notices(self) -> list[str]:
        """What the visitor is told of choices that mean something else than they say, or nothing."""
        notices = list(self.reading.notices)
        if self.reading.search and not self.hits:
            notices.append("Votre recherche ne contient aucun mot qui distingue une réponse d’une autre : précisez-la.")
        if self.hits and self.hits.correction:
            notices.append(f"Résultats pour « {self.hits.correction} ».")
        if self.hits and self.hits.unknown and self.hits.entries:
            words = ", ".join(f"« {word} »" for word in self.hits.unknown)
            notices.append(f"Aucune réponse ne contient {words}.")
        return notices


def results_of(snapshot: Snapshot, reading: Reading) -> Results:
    """Look up what an address asks for."""
    selection = snapshot.index.select(reading.state)
    hits = live_search(reading.search, snapshot, selection) if reading.search else None
    if hits is None or not hits.query:
        return Results(snapshot, reading, selection, snapshot.index.questions(reading.state), None)
    questions = snapshot.index.questions(reading.state, hits.entries)
    return Results(snapshot, reading, hits.numbers, questions, hits)


@dataclass(frozen=True, slots=True)
class Proposals:
    """What else to read, where nothing was found."""

    nearest: list[Entry]
    """Entries that hold something of what was searched for."""
    useful: list[Entry]
    """Those of the branch that visitors found most useful."""


def proposals(results: Results) -> Proposals:
    """Look for what else to read, in one query at most."""
    nearest = results.hits.nearest if results.hits else ()
    branch = results.snapshot.index.select(results.reading.state)
    useful = most_useful_entries(results.snapshot, branch, _MOST_USEFUL) if results.hits else []
    wanted = {*nearest, *useful}
    found = Entry.objects.live().only("question").in_bulk(wanted) if wanted else {}
    return Proposals(
        nearest=[found[number] for number in nearest if number in found],
        useful=[found[number] for number in useful if number in found and number not in nearest],
    )
