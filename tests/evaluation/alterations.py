"""Alter texts as copying does: typography, misspellings, other words, another order, cuts."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from random import Random

from tests.evaluation import phrases
from tests.evaluation.answers import Answer, Sentence, text_of
from tests.evaluation.phrases import listed

_FILLERS = listed(phrases.FILLERS)
_SYNONYMS = dict(pair.split("/") for pair in phrases.SYNONYMS.split()) | {
    other: one for one, other in (pair.split("/") for pair in phrases.SYNONYMS.split())
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"\b[a-zà-öø-ÿœ]{4,}\b")
_FACTS = re.compile(
    r"jours|semaines|mois|obligatoire|vague|erreur|motif|code|formulaire|port|niveau|version|avec|sans|jamais|aucun"
    r"|admis|possible|reste|utilisable|remboursés|interruption|patient|clinique"
)
"""Words that bear on a fact: changing them would change the meaning."""
_PEOPLE = frozenset(word for actor in listed(phrases.ACTORS) for word in re.findall(r"\w{4,}", actor))


def with_other_typography(text: str, chance: Random) -> str:
    """Return a text with other quotes, spaces, dashes, line breaks or code points for the same letters."""
    ways: list[Callable[[str], str]] = [
        lambda t: t.replace("'", "’").replace(" :", "\u00a0:").replace(" ;", "\u202f;"),
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: t.replace(". ", ".\r\n"),
        lambda t: t.replace(" ", "  ", 7).replace("-", "\u2011"),
        lambda t: t.replace("œ", "oe").replace("fi", "ﬁ").replace(",", " ,"),
        lambda t: "\n".join(f"- {line}" for line in t.split(". ")),
    ]
    return chance.choice(ways)(text)


def with_other_case(text: str, chance: Random) -> str:
    """Return a text in capitals, in small letters, or without its accents."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return chance.choice((text.upper(), text.lower(), bare))


def misspelt(text: str, number: int, chance: Random) -> str:
    """Return a text with `number` of its words mistyped."""
    places = [found.span() for found in _WORD.finditer(text) if _PLAIN.fullmatch(found[0])]
    for start, end in sorted(chance.sample(places, min(number, len(places))), reverse=True):
        text = text[:start] + mistyped(text[start:end], chance) + text[end:]
    return text


def mistyped(word: str, chance: Random) -> str:
    """Return a word with a letter dropped, doubled, swapped, replaced or without its accent, never unchanged."""
    while True:
        at = chance.randrange(len(word) - 1)
        typed = chance.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + chance.choice(_LETTERS) + word[at + 1 :],
                word[:at] + unicodedata.normalize("NFD", word[at])[0] + word[at + 1 :],
            )
        )
        if typed != word:
            return typed


def reworded(text: str, share: float, chance: Random) -> str:
    """Return a text with a share of its words replaced by synonyms, or by other words where it has none; facts stay."""
    words = text.split(" ")
    free = [
        place
        for place, word in enumerate(words)
        if _PLAIN.search(word) and word.islower() and not _FACTS.search(word) and not _PEOPLE & set(_WORD.findall(word))
    ]
    for place in chance.sample(free, min(len(free), round(share * len(words)))):
        words[place] = _PLAIN.sub(lambda found: _SYNONYMS.get(found[0]) or chance.choice(_FILLERS), words[place], 1)
    return " ".join(words)


def with_synonyms(text: str, share: float, chance: Random) -> str:
    """Return a text with a share of the words that have a synonym replaced by it."""
    return _PLAIN.sub(lambda found: _SYNONYMS.get(found[0], found[0]) if chance.random() < share else found[0], text)


def paraphrased(answer: Answer, chance: Random, *, heavily: bool) -> str:
    """Return an answer reworded: some sentences and words, or most of them and in another order."""
    share = 0.9 if heavily else 0.4
    said = [
        sentence.otherwise(chance.choice((1, 2)))
        if "rule" not in sentence.fillers and chance.random() < share
        else sentence
        for sentence in answer
    ]
    if heavily:
        said = shuffled(said, chance)
    return with_synonyms(text_of(tuple(said)), 0.5 if heavily else 0.2, chance)


def shuffled(answer: Sequence[Sentence], chance: Random) -> list[Sentence]:
    """Return the sentences in another order."""
    order = list(answer)
    while order == list(answer) and len(order) > 1:
        chance.shuffle(order)
    return order


def fragment(text: str, chance: Random) -> str:
    """Return 30 to 60 % of a text, cut out in one piece."""
    words = text.split()
    length = round(len(words) * chance.uniform(0.3, 0.6))
    start = chance.randrange(len(words) - length + 1)
    return " ".join(words[start : start + length])
