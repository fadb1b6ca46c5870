"""Entries that speak of the same things as another one: what a reader may want to see next."""

import math
from collections.abc import Mapping

import numpy as np

from faq.domain.search.index import Amounts, Index
from faq.domain.search.postings import Counts

LEAST_SHARED = 0.26
"""Of what an entry is about, what another one is about too: a bad suggestion is worse than none."""
MOST_WORDS = 10
"""Of an entry: those that tell most of what it is about."""
FEWEST_WORDS = 3
"""That two entries share: one word alone, such as a verb, may speak of anything."""
_COMMONEST = 0.1
"""Words that stand in a larger share of all entries tell nothing here."""
_ALWAYS_TELLING = 10
"""Entries. In a small FAQ, words that stand in no more tell something all the same."""

Words = Mapping[int, int]
"""The weights of an entry's words, by the numbers of their stems."""


def telling_words(words: Words, counts: Counts, total: int) -> dict[int, float]:
    """Return the words that tell most of what an entry is about, with how much each tells, among `total` entries."""
    most = max(_ALWAYS_TELLING, _COMMONEST * total)
    rare = {
        stem: math.log1p((total - held + 0.5) / (held + 0.5))
        for stem in words
        if (held := int(counts[stem]) if stem < len(counts) else 1) <= min(most, total)
    }
    chosen = sorted(rare, key=lambda stem: (-rare[stem] * words[stem], stem))[:MOST_WORDS]
    return {stem: rare[stem] for stem in chosen}


def shared(mine: Words, theirs: Words, telling: Mapping[int, float]) -> float:
    """Return how much of what an entry is about another one is about as much, from 0 to 1; 0 for too few words."""
    if sum(stem in theirs for stem in telling) < FEWEST_WORDS:
        return 0.0
    both = sum(amount * min(mine[stem], theirs.get(stem, 0)) for stem, amount in telling.items())
    return both / _whole(mine, telling)


def nearest_in(index: Index, mine: Words, telling: Mapping[int, float]) -> dict[int, float]:
    """Return the entries of an index that share enough with another one, each with what it shares."""
    both: Amounts = np.zeros(index.postings.size, np.float32)
    words = np.zeros(index.postings.size, np.uint8)
    for stem, amount in telling.items():
        weights = index.postings.weights([(stem, 1.0)])
        words += weights > 0
        both += np.minimum(weights, mine[stem]) * np.float32(amount)
    whole = _whole(mine, telling)
    found = np.flatnonzero((both >= LEAST_SHARED * whole) & (words >= FEWEST_WORDS))
    return dict(zip(found.tolist(), (both[found] / whole).tolist(), strict=True))


def _whole(mine: Words, telling: Mapping[int, float]) -> float:
    return sum(amount * mine[stem] for stem, amount in telling.items()) or 1.0
