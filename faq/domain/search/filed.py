"""Words that name a term of the taxonomy: what somebody searches for may be where entries are filed."""

from collections.abc import Iterable, Sequence

from pyroaring import BitMap

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Taxonomy, Term
from faq.domain.search.queries import Keys, Word, expression_keys


class Labels:
    """The terms of a taxonomy by the words of their names; retired ones name nothing. Never changed."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._terms: dict[Keys, list[Term]] = {}
        for term in taxonomy.terms:
            if not term.retired and (keys := expression_keys(term.label)):
                self._terms.setdefault(keys, []).append(term)
        self._longest = max(map(len, self._terms), default=0)

    def terms(self, keys: Keys) -> Sequence[Term]:
        """Return the terms that these words name, all of them together."""
        return self._terms.get(keys, ())

    def longest(self, keys: Keys) -> int:
        """Return how many words, at the beginning of these, name a term; 0 where they name none."""
        lengths = range(min(self._longest, len(keys)), 0, -1)
        return next((length for length in lengths if keys[:length] in self._terms), 0)


class Filed:
    """Which entries are filed under what the words of a query name."""

    def __init__(self, labels: Labels, index: CascadeIndex) -> None:
        self._labels = labels
        self._index = index

    def under(self, expressions: Iterable[Keys]) -> BitMap:
        """Return the entries filed under the terms that one of these expressions names."""
        terms = [term for keys in expressions for term in self._labels.terms(keys)]
        return BitMap().union(*map(self._index.filed_under, terms))

    def by_word(self, words: Sequence[Word]) -> list[BitMap]:
        """Give, for each word, the entries filed under the terms that it names, alone or with those around it."""
        keys = tuple(word.key for word in words)
        found = [BitMap() for _ in keys]
        for start in range(len(keys)):
            if length := self._labels.longest(keys[start:]):
                there = self.under([keys[start : start + length]])
                for place in range(start, start + length):
                    found[place] |= there
        return found


NOWHERE = Filed(Labels(Taxonomy(())), CascadeIndex.build(Taxonomy(()), (), {}))
