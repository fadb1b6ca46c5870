"""The similarity of entries by the stems they share, for « voir aussi » suggestions."""

from collections.abc import Mapping

import numpy as np

from faq.domain.search.index import Scores, SearchIndex
from faq.domain.search.postings import DocumentFrequencies, StemWeights, compute_idf

MIN_SIMILARITY = 0.26
"""Below this, a suggestion is worse than none."""
_MOST_KEY_STEMS = 10
FEWEST_SHARED_STEMS = 3
"""One shared stem alone, such as that of a verb, may be about anything."""
_HIGHEST_SHARE = 0.1
"""Stems that stand in a larger share of all entries are no key stems."""
_ALWAYS_RARE = 10
"""Entries. In a small FAQ, stems that stand in no more are key stems all the same."""


def select_key_stems(weights: StemWeights, frequencies: DocumentFrequencies, total: int) -> dict[int, float]:
    """Return the idf of the stems that characterise an entry most, among `total` entries."""
    most = min(max(_ALWAYS_RARE, _HIGHEST_SHARE * total), total)
    idf = {
        stem: compute_idf(held, total)
        for stem in weights
        if (held := int(frequencies[stem]) if stem < len(frequencies) else 1) <= most
    }
    chosen = sorted(idf, key=lambda stem: (-idf[stem] * weights[stem], stem))[:_MOST_KEY_STEMS]
    return {stem: idf[stem] for stem in chosen}


def compute_similarity(mine: StemWeights, theirs: StemWeights, key_stems: Mapping[int, float]) -> float:
    """Return the share of an entry's key stems that another one holds, from 0 to 1; 0 for too few stems."""
    if sum(stem in theirs for stem in key_stems) < FEWEST_SHARED_STEMS:
        return 0.0
    both = sum(idf * min(mine[stem], theirs.get(stem, 0)) for stem, idf in key_stems.items())
    return both / _largest_sum(mine, key_stems)


def find_similar(index: SearchIndex, mine: StemWeights, key_stems: Mapping[int, float]) -> dict[int, float]:
    """Return the entries of an index that are similar enough to another one, each with its similarity."""
    both: Scores = np.zeros(index.postings.size, np.float32)
    stems = np.zeros(index.postings.size, np.uint8)
    for stem, idf in key_stems.items():
        weights = index.postings.weights([(stem, 1.0)])
        stems += weights > 0
        both += np.minimum(weights, mine[stem]) * np.float32(idf)
    largest = _largest_sum(mine, key_stems)
    found = np.flatnonzero((both >= MIN_SIMILARITY * largest) & (stems >= FEWEST_SHARED_STEMS))
    return dict(zip(found.tolist(), (both[found] / largest).tolist(), strict=True))


def _largest_sum(mine: StemWeights, key_stems: Mapping[int, float]) -> float:
    return sum(idf * mine[stem] for stem, idf in key_stems.items()) or 1.0
