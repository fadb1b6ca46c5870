"""Searching on an OpenSearch or Elasticsearch server: documents, requests and what answers mean. No network here.

A document holds an entry's stems with their weights, by the numbers that the database gave the stems: analysis,
synonyms and corrections are the same with and without a server. Weights are `rank_features`, which the server adds
up as `faq.domain.search.index` does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.analysis import GENERATION
from faq.domain.search.index import (
    COVERAGE_BASE,
    FEW_MATCHES,
    FILING_WEIGHT,
    LITERAL_BONUS,
    MOST_NEAREST,
    USEFULNESS_BOOST,
    bitmap_from_mask,
    idf_weights,
    literal_terms,
    measure_matches,
    ranking_weights,
)
from faq.domain.search.postings import unpack
from faq.domain.search.query_terms import Expansion, QueryTerm

STATE_ID = "state"
"""The document that names the last change that the others hold, and the generation of their analysis."""
_BLOCK = 48
"""Entries whose presence is one number: sums of powers of two are exact up to 2**53."""
_NO_LIMIT = 1_000_000
_MOST_FREQUENCIES = 65_000
"""Stems whose frequency is asked for: servers return at most 65,535. Rarer ones count as being in one entry."""

Body = dict[str, Any]

INDEX_BODY: Body = {
    # One shard: what is refreshed is found all at once, or not yet.
    "settings": {"index": {"number_of_shards": 1, "max_result_window": _NO_LIMIT, "max_terms_count": _NO_LIMIT}},
    "mappings": {
        "dynamic": False,
        "properties": {
            "number": {"type": "integer"},
            "bit": {"type": "double", "index": False},
            "stems": {"type": "integer", "index": False},
            "words": {"type": "rank_features"},
            "useful": {"type": "double", "index": False},
        },
    },
}


class InvalidAnswer(ValueError):
    """An answer that is not what was asked for, or not all of it."""


def build_document(number: int, words: bytes, usefulness: int) -> Body:
    """Return the document of an entry."""
    weights = unpack(words)
    return {
        "number": number,
        "bit": float(1 << number % _BLOCK),
        "stems": list(weights),
        "words": {str(stem): weight for stem, weight in weights.items()},
        "useful": 1 + usefulness * USEFULNESS_BOOST / 100,
    }


def build_state(step: int) -> Body:
    """Return the document that says which changes the others hold."""
    return {"step": step, "generation": GENERATION}


STATE_SEARCH: Body = {"size": 1, "query": {"ids": {"values": [STATE_ID]}}}


def parse_state(answer: Body) -> int:
    """Return the step whose changes are all there; -1 where none is, or where another generation was analysed."""
    hits = _get_hits(answer)
    held = hits[0]["_source"] if hits else {}
    return int(held["step"]) if held.get("generation") == GENERATION else -1


FREQUENCY_SEARCH: Body = {"size": 0, "aggs": {"stems": {"terms": {"field": "stems", "size": _MOST_FREQUENCIES}}}}


def parse_frequencies(answer: Body) -> dict[int, int]:
    """Return the number of entries that hold each stem, by the stem's number."""
    return {int(bucket["key"]): int(bucket["doc_count"]) for bucket in _get_buckets(answer, "stems")}


def build_presence_search(term: QueryTerm) -> Body:
    """Ask which entries match a query term, in no order."""
    return _ask_which(_term_query(term))


def build_nearness_search(term: QueryTerm) -> Body:
    """Ask which entries hold a word near in meaning to a query term, in no order."""
    return _ask_which(_any_of(term.neighbours))


def _ask_which(query: Body) -> Body:
    bits = {"sum": {"field": "bit"}}
    blocks = {"histogram": {"field": "number", "interval": _BLOCK, "min_doc_count": 1}, "aggs": {"bits": bits}}
    return {"size": 0, "query": {"bool": {"filter": [query]}}, "aggs": {"blocks": blocks}}


def parse_presence(answer: Body) -> BitMap:
    """Return the entries that match a query term."""
    buckets = _get_buckets(answer, "blocks")
    first = np.array([bucket["key"] for bucket in buckets], np.int64)
    bits = np.array([bucket["bits"]["value"] for bucket in buckets]).astype(np.uint64)
    places = np.arange(_BLOCK, dtype=np.uint64)
    present = (bits[:, None] >> places) & np.uint64(1) != 0
    numbers = (first[:, None] + places.astype(np.int64))[present]
    mask = np.zeros(int(numbers.max(initial=-1)) + 1, np.bool_)
    mask[numbers] = True
    return bitmap_from_mask(mask)


@dataclass(frozen=True)
class UnrankedMatches:
    """The entries that match a query, and how to ask for their order."""

    terms: tuple[QueryTerm, ...]
    idf: tuple[float, ...]
    counted: tuple[float, ...]
    """How much each term counts in a score."""
    entries: BitMap
    some: BitMap
    """The entries that match any term of the query, or hold a word near to one in meaning."""
    addable: BitMap
    """Those that are no matches, and can be added to few matches or be proposed where nothing matches."""
    best_share: float = 0.0
    """The largest share of the query's idf that an entry holds."""

    @classmethod
    def build(
        cls,
        terms: tuple[QueryTerm, ...],
        present: Sequence[BitMap],
        total: int,
        near: Sequence[BitMap] | None = None,
    ) -> "UnrankedMatches":
        """Decide, as `SearchIndex.search` does, which of `total` entries match.

        `present` holds the entries that match each term, and `near`, where meaning was asked for, those that hold
        words near to it.
        """
        idf = tuple(idf_weights(terms, [len(entries) for entries in present], total))
        counted = idf if near is None else tuple(ranking_weights(terms, idf))
        some = BitMap().union(*present, *(near or ()))
        size = some.max() + 1 if some else 0
        if not size:
            return cls(terms, idf, counted, BitMap(), some, BitMap())
        measured = measure_matches(_build_masks(present, size), _build_masks(near or (), size), idf)
        matching = measured.enough & (measured.held > 0)
        return cls(
            terms,
            idf,
            counted,
            bitmap_from_mask(matching),
            some,
            bitmap_from_mask(measured.addable),
            float(measured.held.max()),
        )

    @property
    def room(self) -> int:
        """How many entries may be added to few matches."""
        return max(0, FEW_MATCHES - len(self.entries)) if self.entries and self.addable else 0

    def build_ranking_search(self, within: BitMap, start: int, stop: int) -> Body:
        """Ask for some of these entries in their order, from one place to before another."""
        scored = [
            _boosted(_best_of(queries), counted)
            for term, counted in zip(self.terms, self.counted, strict=True)
            if (queries := _ways_to_match(term) + [_expansion_query(one) for one in term.neighbours])
        ]
        any_term = {
            "bool": {
                "should": scored,
                "minimum_should_match": 1,
                "filter": self._restriction_to(within),
            }
        }
        coverage: list[Body] = [{"weight": COVERAGE_BASE}]
        coverage += [
            {"filter": _term_query(term), "weight": idf / sum(self.idf)}
            for term, idf in zip(self.terms, self.idf, strict=True)
            if not term.unknown
        ]
        if literal := literal_terms(self.terms):
            held = {"bool": {"must": [_any_of(term.literal) for term in literal]}}
            coverage.append({"filter": held, "weight": LITERAL_BONUS})
        by_share = {
            "function_score": {
                "query": any_term,
                "functions": coverage,
                "score_mode": "sum",
                "boost_mode": "multiply",
            }
        }
        useful = {"field_value_factor": {"field": "useful", "missing": 1}}
        return {
            "from": start,
            "size": stop - start,
            "_source": False,
            "query": {"function_score": {"query": by_share, **useful, "boost_mode": "multiply"}},
            "sort": [{"_score": "desc"}, {"number": "asc"}],
        }

    def _restriction_to(self, within: BitMap) -> list[Body]:
        """Leave out all other entries; where none matches any term, their long list can be spared."""
        return [] if len(within) == len(self.some) else [{"terms": {"number": list(within)}}]

    def build_addition_search(self) -> Body:
        """Ask for the best of the entries that can be added to the matches, or proposed where nothing matches."""
        return self.build_ranking_search(self.addable, 0, self.room or MOST_NEAREST)


def parse_ranking(answer: Body) -> list[tuple[int, float]]:
    """Return entries in the server's order, each with its score."""
    return [(int(hit["sort"][1]), float(hit["sort"][0])) for hit in _get_hits(answer)]


def build_similarity_search(key_stems: Mapping[int, float], limit: int) -> Body:
    """Ask for the entries that are most about some stems, given with their idf."""
    features = [_feature_query(stem, idf) for stem, idf in key_stems.items()]
    query = {"bool": {"should": features, "minimum_should_match": 1}}
    return {"size": limit, "_source": False, "query": query, "sort": [{"_score": "desc"}, {"number": "asc"}]}


def _build_masks(sets: Sequence[BitMap], size: int) -> list[NDArray[np.bool_]]:
    """Return each of some sets as a mask of its places."""
    masks = np.zeros((len(sets), size), np.bool_)
    for mask, entries in zip(masks, sets, strict=True):
        mask[np.frombuffer(entries.to_array(), np.uint32)] = True
    return list(masks)


def _term_query(term: QueryTerm) -> Body:
    """Return the query that matches a term by the best of its expansions, or by its filing."""
    return _best_of(_ways_to_match(term))


def _ways_to_match(term: QueryTerm) -> list[Body]:
    queries = [_expansion_query(expansion) for expansion in term.expansions]
    if term.filed:
        under = {"terms": {"number": list(term.filed)}}
        queries.append({"constant_score": {"filter": under, "boost": FILING_WEIGHT}})
    return queries


def _any_of(expansions: Iterable[Expansion]) -> Body:
    return _best_of([_expansion_query(expansion) for expansion in expansions])


def _best_of(queries: list[Body]) -> Body:
    return queries[0] if len(queries) == 1 else {"dis_max": {"queries": queries}}


def _expansion_query(expansion: Expansion) -> Body:
    if len(expansion.stems) == 1:
        return _feature_query(expansion.stems[0], expansion.factor)
    # The least of several weights cannot be asked for: their mean stands for it.
    share = expansion.factor / len(expansion.stems)
    return {"bool": {"must": [_feature_query(stem, share) for stem in expansion.stems]}}


def _feature_query(stem: int, boost: float) -> Body:
    return {"rank_feature": {"field": f"words.{stem}", "linear": {}, "boost": boost}}


def _boosted(query: Body, idf: float) -> Body:
    return {"bool": {"must": [query], "boost": idf}}


def _get_hits(answer: Body) -> list[Body]:
    _require_complete(answer)
    try:
        hits: list[Body] = answer["hits"]["hits"]
    except (KeyError, TypeError) as error:
        raise InvalidAnswer("an answer without hits") from error
    return hits


def _get_buckets(answer: Body, name: str) -> list[Body]:
    _require_complete(answer)
    try:
        buckets: list[Body] = answer["aggregations"][name]["buckets"]
    except (KeyError, TypeError) as error:
        raise InvalidAnswer("an answer without its aggregation") from error
    return buckets


def _require_complete(answer: Body) -> None:
    """Raise InvalidAnswer for an error and for partial results, which would look like fewer entries."""
    if not isinstance(answer, dict) or "error" in answer:
        raise InvalidAnswer(f"a search was refused: {_get_reason(answer)}")
    if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
        raise InvalidAnswer("a search stopped before its end")


def _get_reason(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else answer
    return str(error.get("type", error) if isinstance(error, dict) else error)[:200]
