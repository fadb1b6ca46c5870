"""Suggestions of terms for texts that are typed or stored, from the entries that are filed already.

The work is bounded: the entries that were filed last, and those of the live ones that the search finds most similar,
are compared; each version is analysed once per process.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from faq.caching import EpochCache, LRUByteCache
from faq.domain.facets import Facet
from faq.domain.neighbours import FiledText, Neighbourhood, Weights
from faq.domain.search.analysis import analyse
from faq.domain.suggestions import MOST_NEIGHBOURS, Suggestion, TermNames, suggest_terms
from faq.enums import EntryStatus
from faq.models.entries import Entry, filing_table
from faq.models.epochs import Epoch, EpochTokens
from faq.models.versions import Version
from faq.selectors.published import live_snapshot, load_taxonomy
from faq.selectors.search.backend import FallbackSearch, SearchBackend
from faq.selectors.search.expansion import SynonymGroups, read_synonym_groups

_LATEST_FILED = 400
"""Rows of each table between entries and terms whose entries are compared."""
_CANDIDATES = 2 * MOST_NEIGHBOURS
"""Live entries that the search proposes for one text."""
_MOST_CHARACTERS = 5_000
"""Characters of a text that are analysed."""
_STEM_BYTES = 120
"""The bytes that a stem and its weight take in memory, about."""
_ANALYSES_BYTES = 8_000_000


@dataclass(frozen=True)
class TextToFile:
    """A text for which terms are wanted; `number` is that of its entry, 0 for a new one."""

    number: int
    question: str
    answer: str


def suggest_for(texts: Sequence[TextToFile]) -> list[dict[Facet, list[Suggestion]]]:
    """Return the suggestions for each text, in a number of queries that does not depend on how many they are.

    A search server, where there is one, is asked once per text.
    """
    tokens = Epoch.tokens()
    names = _get_names(tokens)
    weights = [analyse(text.question, text.answer[:_MOST_CHARACTERS]).weights for text in texts]
    candidates = _find_live_candidates(weights, tokens)
    neighbourhood = Neighbourhood(_read_filed({*_find_latest_filed(), *candidates}))
    return [
        suggest_terms(
            text.question,
            text.answer,
            names,
            neighbourhood.find_nearest(weighted, without=text.number, limit=MOST_NEIGHBOURS),
        )
        for text, weighted in zip(texts, weights, strict=True)
    ]


def _get_names(tokens: EpochTokens) -> TermNames:
    groups = read_synonym_groups()
    # An epoch without a name is never cached.
    return _names.get((tokens.terms, groups)) if tokens.terms else TermNames(load_taxonomy(tokens), groups)


def _build_names(key: tuple[str, SynonymGroups]) -> TermNames:
    return TermNames(load_taxonomy(), key[1])


_names = EpochCache(_build_names)
_analyses: LRUByteCache[Weights] = LRUByteCache(_ANALYSES_BYTES)


def _find_live_candidates(weights: Sequence[Weights], tokens: EpochTokens) -> set[int]:
    """Return the live entries most similar to any of the texts."""
    snapshot = live_snapshot(tokens)
    search = FallbackSearch(snapshot)
    found: set[int] = set()
    for text in weights if len(snapshot.index) else ():
        similar = search.ask(lambda backend, text=text: _find_similar(backend, text))  # type: ignore[misc]
        found.update(sorted(similar, key=lambda number: -similar[number])[:_CANDIDATES])
    return found


def _find_similar(backend: SearchBackend, text: Weights) -> Mapping[int, float]:
    numbers = backend.vocabulary.select_known(text)
    return backend.find_similar({numbers[key]: weight for key, weight in text.items() if key in numbers})


def _find_latest_filed() -> set[int]:
    """Return the entries that were filed last: one query per facet."""
    found: set[int] = set()
    for facet in Facet:
        table, entry_column, _ = filing_table(facet)
        found.update(table.objects.order_by("-pk").values_list(entry_column, flat=True)[:_LATEST_FILED])
    return found


def _read_filed(numbers: Iterable[int]) -> list[FiledText]:
    """Return the latest texts of entries that are filed and in use."""
    heads = Version.objects.filter(pk__in=Entry.objects.filter(pk__in=set(numbers)).values("head")).order_by("pk")
    texts = []
    for head in heads.exclude(status=EntryStatus.ARCHIVED):
        filing = head.filed_under
        if any(filing.values()):
            texts.append(FiledText(head.entry_id, _analyse(head), filing))
    return texts


def _analyse(head: Version) -> Weights:
    weights = _analyses.get(head.pk)
    if weights is None:
        weights = analyse(head.question, head.answer[:_MOST_CHARACTERS]).weights
        _analyses.put(head.pk, weights, len(weights) * _STEM_BYTES)
    return weights
