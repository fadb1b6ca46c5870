"""Entries filed under the taxonomy terms that the words of a query name."""

from collections.abc import Iterable, Sequence

from pyroaring import BitMap

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Taxonomy, Term
from faq.domain.search.queries import QueryWord, StemKeys, parse_expression


class TermLabels:
    """The terms of a taxonomy by the stems of their labels, without the retired ones. Never changed."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._terms: dict[StemKeys, list[Term]] = {}
        for term in taxonomy.terms:
            # The name of a merged term finds what is filed under the one that answers for it.
            named = taxonomy.by_id[term.facet, taxonomy.survivors.get((term.facet, term.id), term.id)]
            if not named.retired and (keys := parse_expression(term.label)):
                self._terms.setdefault(keys, []).append(named)
        self._longest = max(map(len, self._terms), default=0)

    def get_terms(self, keys: StemKeys) -> Sequence[Term]:
        """Return the terms whose label has exactly these stems."""
        return self._terms.get(keys, ())

    def match_longest(self, keys: StemKeys) -> int:
        """Return how many stems, at the beginning of these, are a label; 0 where they are none."""
        lengths = range(min(self._longest, len(keys)), 0, -1)
        return next((length for length in lengths if keys[:length] in self._terms), 0)


class TermFiling:
    """The entries filed under terms, looked up by the stems of the terms' labels."""

    def __init__(self, labels: TermLabels, index: CascadeIndex) -> None:
        self._labels = labels
        self._index = index

    def entries_under(self, expressions: Iterable[StemKeys]) -> BitMap:
        """Return the entries filed under the terms that one of these expressions names."""
        terms = [term for keys in expressions for term in self._labels.get_terms(keys)]
        return BitMap().union(*map(self._index.filed_under, terms))

    def entries_by_word(self, words: Sequence[QueryWord]) -> list[BitMap]:
        """Return, for each word, the entries filed under the terms that it names, alone or with its neighbours."""
        keys = tuple(word.key for word in words)
        found = [BitMap() for _ in keys]
        for start in range(len(keys)):
            if length := self._labels.match_longest(keys[start:]):
                there = self.entries_under([keys[start : start + length]])
                for place in range(start, start + length):
                    found[place] |= there
        return found


NO_FILING = TermFiling(TermLabels(Taxonomy(())), CascadeIndex.build(Taxonomy(()), (), {}))
