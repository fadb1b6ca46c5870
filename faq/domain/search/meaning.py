"""Words near in meaning among those of an index: « médecin » for « docteur ». Weak evidence, never a synonym.

Vectors know in which company words stand, so that opposites are as near as synonyms: words that are known to differ
are left out, and what the vectors say counts less than any other way to match a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Postfix

from faq.domain.search.french_words import is_french_word
from faq.domain.search.word_vectors import LONGEST_WORD, NO_ROW, read_word_vectors
from faq.domain.text import stem
from faq.domain.text.french import MONTHS, NUMBERS, OPPOSED_FACTS, OPPOSED_THINGS, ROLES, UNITS

MOST_NEIGHBOURS = 12
"""The number of stems that a word is widened by at most."""
LEAST_SIMILARITY = 0.4
"""The cosine above which two words are near; that of unrelated words is about 0.2."""
HIGHEST_NEARNESS = 0.7
"""Vectors are shared: some words that have the same one mean different things."""
_ENDING_ALLOWANCE = 0.05
"""The amount that each common last letter but one adds to the least similarity.

Vectors know words by their letters too, so that
« modification » and « vérification » are nearer than they mean."""
_HIGHEST_ALLOWANCE = 0.9
_MOST_CANDIDATES = 100
_SHORTEST = 4
"""Letters: shorter words are mostly acronyms or tools."""
_MOST_CACHED, _MOST_REMEMBERED = 1_000, 24
"""Words whose neighbours are remembered, and how many of each."""
_SCALE = 400
"""Vectors of length 1 are kept as whole 400ths, a byte each: none of the package has a part beyond 0.31.

Their products are whole numbers below 2**24, which floats add up exactly: the same in any order, on any machine.
"""
_CHUNK = 1_024
"""Rows that are turned into floats at a time."""

_ORDINALS = "premier second deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme dernier"
_DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche hier demain aujourd"
_VALUES = frozenset(map(stem, (*MONTHS, *NUMBERS, *_ORDINALS.split(), *_DAYS.split())))
"""Stems of words that say a number or a date: another one is another value."""
_CLASSES = tuple(frozenset(map(stem, words)) for words in (ROLES, UNITS))
"""Stems of words that name one thing each: two roles, or two units, are never the same."""
_OTHER_OPPOSITES = """
    accord/refus acheter/vendre achat/vente adulte/enfant allumer/eteindre ancien/nouveau arrivee/depart
    augmentation/baisse augmentation/diminution commencer/finir commencer/terminer conserver/supprimer
    court/long credit/debit debut/fin embauche/licenciement entree/sortie envoyer/recevoir facile/difficile
    gagner/perdre garder/supprimer gauche/droite grand/petit hausse/baisse haut/bas homme/femme
    inclure/exclure jour/nuit majeur/mineur monter/descendre naissance/deces ouvrir/fermer permettre/empecher
    permettre/interdire plein/vide presence/absence preter/emprunter rapide/lent signer/resilier
    simple/complexe vrai/faux
"""
_OPPOSED = frozenset(
    frozenset(map(stem, pair.split("/"))) for pair in {*OPPOSED_FACTS, *OPPOSED_THINGS, *_OTHER_OPPOSITES.split()}
)
_NEGATING_PREFIXES = ("anti", "contre", "de", "des", "dis", "il", "im", "in", "ir", "mal", "me", "non")

Neighbour = tuple[int, float]
"""The number of a stem, and its nearness from 0 to 1."""


def is_opposed(word: str, other: str) -> bool:
    """Return whether two folded words are known to mean different things: opposites, values, roles or units."""
    stems = frozenset((stem(word), stem(other)))
    if len(stems) == 1:
        return False
    if stems in _OPPOSED or stems & _VALUES or any(stems <= one for one in _CLASSES):
        return True
    shorter, longer = sorted(stems, key=len)
    return longer.removesuffix(shorter) in _NEGATING_PREFIXES


def has_plain_meaning(folded: str) -> bool:
    """Return whether a folded word is a common word of French: no name, acronym, code or number."""
    return len(folded) >= _SHORTEST and folded.isalpha() and is_french_word(folded)


@dataclass(frozen=True)
class WordMeanings:
    """The vectors of an index's words. Never changed, so that threads share it; what it found is remembered."""

    forms: NDArray[np.bytes_]
    """The words, without case and accents."""
    stems: NDArray[np.uint32]
    """The number of the stem of each."""
    places: NDArray[np.intp]
    """The place of the vector of each."""
    rows: NDArray[np.intp]
    """The rows of the vectors in the table, in rising order."""
    vectors: NDArray[np.int8]
    """The vectors as whole parts of a unit."""
    _found: dict[tuple[str, str], Sequence[Neighbour]] = field(default_factory=dict)
    """The neighbours of the words that were asked for lately."""

    @classmethod
    def build(cls, forms: NDArray[np.bytes_], shown: NDArray[np.bytes_], stems: NDArray[np.uint32]) -> "WordMeanings":
        """Look up words given without and with their accents, and by the number of their stem."""
        words = [form.decode("utf-8", "ignore") for form in forms.tolist()]
        plain = [written == written.lower() for written in (one.decode("utf-8", "ignore") for one in shown.tolist())]
        chosen = np.array([ok and has_plain_meaning(word) for ok, word in zip(plain, words, strict=True)], np.bool_)
        found = np.full(len(forms), NO_ROW, np.intp)
        found[chosen] = _find_rows(shown[chosen], forms[chosen])
        known = found != NO_ROW
        rows, places = np.unique(found[known], return_inverse=True)
        return cls(forms[known], stems[known], places.astype(np.intp), rows, _quantise(rows))

    def extended(
        self, forms: NDArray[np.bytes_], shown: NDArray[np.bytes_], stems: NDArray[np.uint32]
    ) -> "WordMeanings":
        """Return the same with some more words."""
        added = WordMeanings.build(forms, shown, stems)
        if not len(added.forms):
            return self
        every = np.concatenate((self.rows[self.places], added.rows[added.places]))
        rows, places = np.unique(every, return_inverse=True)
        vectors = np.empty((len(rows), self.vectors.shape[1]), np.int8)
        for one in (added, self):
            vectors[np.searchsorted(rows, one.rows)] = one.vectors
        return WordMeanings(
            np.concatenate((self.forms, added.forms)),
            np.concatenate((self.stems, added.stems)),
            places.astype(np.intp),
            rows,
            vectors,
        )

    def find_neighbours(self, folded: str, written: str) -> Sequence[Neighbour]:
        """Return the stems near in meaning to a word, given without and with its accents, the nearest first."""
        key = folded, written
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= _MOST_CACHED:
                self._found.clear()
            found = self._found[key] = self._compare(folded, written)
        return found

    def _compare(self, folded: str, written: str) -> Sequence[Neighbour]:
        if not len(self.forms) or not has_plain_meaning(folded):
            return ()
        words = (np.array([word.encode()[:LONGEST_WORD]], f"S{LONGEST_WORD}") for word in (written, folded))
        row = int(_find_rows(*words)[0])
        if row == NO_ROW:
            return ()
        sought = _quantise(np.array([row], np.intp))[0].astype(np.float32)
        chunks = range(0, len(self.vectors), _CHUNK)
        products = [self.vectors[first : first + _CHUNK].astype(np.float32) @ sought for first in chunks]
        similar = (np.concatenate(products) / _SCALE**2)[self.places]
        near = np.flatnonzero(similar > LEAST_SIMILARITY)
        mine = stem(folded)
        nearness: dict[int, tuple[float, str]] = {}
        # Equal ones stay in alphabetical order: the numbers of stems change when everything is indexed again.
        order = np.lexsort((self.forms[near], -similar[near]))
        for place in near[order][:_MOST_CANDIDATES].tolist():
            form, number = self.forms[place].decode("utf-8", "ignore"), int(self.stems[place])
            close = _compute_nearness(folded, form, float(similar[place]))
            if number in nearness and nearness[number][0] >= close:
                continue
            if close and stem(form) != mine and not is_opposed(folded, form):
                nearness[number] = close, form
        nearest = sorted(nearness.items(), key=lambda one: (-one[1][0], one[1][1]))
        return [(number, close) for number, (close, _) in nearest[:_MOST_REMEMBERED]]


def _compute_nearness(word: str, other: str, similarity: float) -> float:
    """Return how near two words are in meaning, from 0 to HIGHEST_NEARNESS."""
    ending = Postfix.similarity(word, other)
    least = min(LEAST_SIMILARITY + _ENDING_ALLOWANCE * max(0, ending - 1), _HIGHEST_ALLOWANCE)
    return min((similarity - least) / (1 - least), HIGHEST_NEARNESS) if similarity > least else 0.0


def _find_rows(written: NDArray[np.bytes_], folded: NDArray[np.bytes_]) -> NDArray[np.intp]:
    """Return the rows of words as they are written; of those that have none, the rows without accents."""
    vectors = read_word_vectors()
    rows = vectors.find_rows(written)
    return np.where(rows == NO_ROW, vectors.find_rows(folded), rows)


def _quantise(rows: NDArray[np.intp]) -> NDArray[np.int8]:
    vectors = read_word_vectors()
    if not len(rows):
        return np.empty((0, vectors.table.shape[1]), np.int8)
    return np.clip((vectors.unit_vectors(rows) * _SCALE).round(), -127, 127).astype(np.int8)
