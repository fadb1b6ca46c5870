"""Searching on an OpenSearch or Elasticsearch server: what it is asked, and what its answers mean. No network here.

A document is an entry's row as searches read it: words that we analysed, by the numbers of their stems, so that
accents, elisions, synonyms and slips are read as they are without a server. The server keeps the weights as
`rank_features` and adds them up as `faq.domain.search.index` does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyroaring import BitMap

from faq.domain.search.analysis import GENERATION
from faq.domain.search.index import (
    FEW,
    FILED,
    MOST,
    NEAREST,
    USEFUL,
    Amounts,
    as_set,
    telling,
)
from faq.domain.search.postings import unpack
from faq.domain.search.senses import Sense, Way

STATE = "state"
"""The document that says which changes the others hold: their last step, and the generation of the analysis."""
_BITS = 48
"""Entries whose presence one number tells: sums of powers of two are exact up to 2**53."""
_MOST = 1_000_000
MOST_KNOWN = 65_000
"""Words whose frequency is asked for: servers give at most 65,535 at a time. Rarer ones count as standing once."""

Body = dict[str, Any]

INDEX: Body = {
    # One shard: what is refreshed shows all at once, or not yet.
    "settings": {"index": {"number_of_shards": 1, "max_result_window": _MOST, "max_terms_count": _MOST}},
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


class Unreadable(ValueError):
    """An answer that is not what was asked for, or not all of it."""


def document(number: int, words: bytes, usefulness: int) -> Body:
    """Return what the server holds of an entry."""
    weights = unpack(words)
    return {
        "number": number,
        "bit": float(1 << number % _BITS),
        "stems": list(weights),
        "words": {str(stem): weight for stem, weight in weights.items()},
        "useful": 1 + usefulness * USEFUL / 100,
    }


def state(step: int) -> Body:
    """Return the document that says what the others hold."""
    return {"step": step, "generation": GENERATION}


STATE_SEARCH: Body = {"size": 1, "query": {"ids": {"values": [STATE]}}}


def step_of(answer: Body) -> int:
    """Return the step whose changes are all there; -1 where nothing is, or analysed by another generation."""
    hits = _hits(answer)
    held = hits[0]["_source"] if hits else {}
    return int(held["step"]) if held.get("generation") == GENERATION else -1


FREQUENCY_SEARCH: Body = {"size": 0, "aggs": {"stems": {"terms": {"field": "stems", "size": MOST_KNOWN}}}}


def frequencies_of(answer: Body) -> dict[int, int]:
    """Return in how many entries each word stands, by the number of its stem."""
    return {int(bucket["key"]): int(bucket["doc_count"]) for bucket in _buckets(answer, "stems")}


def presence_search(sense: Sense) -> Body:
    """Ask which entries say something, whatever their order."""
    bits = {"sum": {"field": "bit"}}
    blocks = {"histogram": {"field": "number", "interval": _BITS, "min_doc_count": 1}, "aggs": {"bits": bits}}
    return {"size": 0, "query": {"bool": {"filter": [_said(sense)]}}, "aggs": {"blocks": blocks}}


def presence_of(answer: Body) -> BitMap:
    """Return the entries that say something."""
    buckets = _buckets(answer, "blocks")
    first = np.array([bucket["key"] for bucket in buckets], np.int64)
    bits = np.array([bucket["bits"]["value"] for bucket in buckets]).astype(np.uint64)
    places = np.arange(_BITS, dtype=np.uint64)
    present = (bits[:, None] >> places) & np.uint64(1) != 0
    numbers = (first[:, None] + places.astype(np.int64))[present]
    held = np.zeros(int(numbers.max(initial=-1)) + 1, np.bool_)
    held[numbers] = True
    return as_set(held)


@dataclass(frozen=True)
class Matched:
    """What a query finds, but for the order."""

    senses: tuple[Sense, ...]
    telling: tuple[float, ...]
    entries: BitMap
    some: BitMap
    """The entries that hold anything of the query."""
    needed: tuple[Sense, ...] = ()
    """What all entries found say; nothing where some say only most of it."""

    @classmethod
    def of(cls, senses: tuple[Sense, ...], present: Sequence[BitMap], total: int) -> "Matched":
        """Take which entries say each part of a query, and how many there are in all; decides as `Index` does."""
        amounts = telling(senses, [len(entries) for entries in present], total)
        if not sum(amounts):
            return cls(senses, tuple(amounts), BitMap(), BitMap())
        needed = tuple(sense for sense in senses if not sense.negation) or senses
        sets = [entries for sense, entries in zip(senses, present, strict=True) if sense in needed]
        everything = BitMap.intersection(*sets)
        some = BitMap().union(*present)
        if len(everything) < FEW:
            return cls(senses, tuple(amounts), everything | _most(present, amounts), some)
        return cls(senses, tuple(amounts), everything, some, needed)

    def ranking_search(self, within: BitMap, start: int, stop: int) -> Body:
        """Ask for some of these entries in their order, from one place to before another."""
        said = [(_said(sense), amount) for sense, amount in self._known()]
        query = {
            "bool": {
                "should": [_boosted(query, amount) for query, amount in said],
                "minimum_should_match": 1,
                "filter": self._only(within),
            }
        }
        told = [{"filter": query, "weight": amount / sum(self.telling)} for query, amount in said]
        complete = {
            "function_score": {"query": query, "functions": told, "score_mode": "sum", "boost_mode": "multiply"}
        }
        useful = {"field_value_factor": {"field": "useful", "missing": 1}}
        return {
            "from": start,
            "size": stop - start,
            "_source": False,
            "query": {"function_score": {"query": complete, **useful, "boost_mode": "multiply"}},
            "sort": [{"_score": "desc"}, {"number": "asc"}],
        }

    def _only(self, within: BitMap) -> list[Body]:
        """Leave out all other entries; where all that are found are wanted, their long list can be spared."""
        if self.needed and len(within) == len(self.entries):
            return [_said(sense) for sense in self.needed]
        return [{"terms": {"number": list(within)}}]

    def nearest_search(self) -> Body:
        """Ask for the entries that hold something of the query, the best of them."""
        return self.ranking_search(self.some, 0, NEAREST)

    def _known(self) -> Iterable[tuple[Sense, float]]:
        return ((sense, amount) for sense, amount in zip(self.senses, self.telling, strict=True) if not sense.unknown)


def ranking_of(answer: Body) -> list[tuple[int, float]]:
    """Return entries in the server's order, each with its score."""
    return [(int(hit["sort"][1]), float(hit["sort"][0])) for hit in _hits(answer)]


def about_search(amounts: Mapping[int, float], limit: int) -> Body:
    """Ask for the entries that are most about some words, given with how much each tells."""
    said = [_weighed(stem, amount) for stem, amount in amounts.items()]
    query = {"bool": {"should": said, "minimum_should_match": 1}}
    return {"size": limit, "_source": False, "query": query, "sort": [{"_score": "desc"}, {"number": "asc"}]}


def _most(present: Sequence[BitMap], amounts: Sequence[float]) -> BitMap:
    """Return the entries that hold most of what a query tells."""
    told: Amounts = np.zeros(max((entries.max() for entries in present if entries), default=-1) + 1, np.float32)
    for entries, amount in zip(present, amounts, strict=True):
        told[np.frombuffer(entries.to_array(), np.uint32)] += np.float32(amount)
    return as_set(told >= MOST * sum(amounts))


def _said(sense: Sense) -> Body:
    """Say in the server's terms what a part of a query means: the best of its ways counts."""
    ways = [_way(way) for way in sense.ways]
    if sense.filed:
        ways.append({"constant_score": {"filter": {"terms": {"number": list(sense.filed)}}, "boost": FILED}})
    return ways[0] if len(ways) == 1 else {"dis_max": {"queries": ways}}


def _way(way: Way) -> Body:
    if len(way.stems) == 1:
        return _weighed(way.stems[0], way.factor)
    # The least of several weights is nothing that servers reckon: their mean stands for it.
    return {"bool": {"must": [_weighed(stem, way.factor / len(way.stems)) for stem in way.stems]}}


def _weighed(stem: int, boost: float) -> Body:
    return {"rank_feature": {"field": f"words.{stem}", "linear": {}, "boost": boost}}


def _boosted(query: Body, amount: float) -> Body:
    return {"bool": {"must": [query], "boost": amount}}


def _hits(answer: Body) -> list[Body]:
    _check(answer)
    try:
        hits: list[Body] = answer["hits"]["hits"]
    except (KeyError, TypeError) as error:
        raise Unreadable("an answer without hits") from error
    return hits


def _buckets(answer: Body, name: str) -> list[Body]:
    _check(answer)
    try:
        buckets: list[Body] = answer["aggregations"][name]["buckets"]
    except (KeyError, TypeError) as error:
        raise Unreadable("an answer without what was to be counted") from error
    return buckets


def _check(answer: Body) -> None:
    """Refuse what is not all there: a part of the truth is not true."""
    if not isinstance(answer, dict) or "error" in answer:
        raise Unreadable(f"a search was refused: {_reason(answer)}")
    if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
        raise Unreadable("a search was given up half-way")


def _reason(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else answer
    return str(error.get("type", error) if isinstance(error, dict) else error)[:200]
