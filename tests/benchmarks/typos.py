"""Typing mistakes as people make them on a French keyboard, the same at every run."""

import random
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

SEED = 214
LONG = 10
"""Letters from which some words get two mistakes."""
_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_BESIDE: dict[str, list[str]] = {}
for _one, _other in (pair for row in _ROWS for pair in pairwise(row)):
    _BESIDE.setdefault(_one, []).append(_other)
    _BESIDE.setdefault(_other, []).append(_one)
_SPELLINGS = (
    ("ph", "f"), ("ss", "s"), ("ll", "l"), ("nn", "n"), ("tt", "t"), ("mm", "m"), ("rr", "r"), ("pp", "p"), ("s", "ss"),
    ("l", "ll"), ("m", "mm"), ("qu", "k"), ("en", "an"), ("an", "en"), ("ai", "e"), ("y", "i"), ("h", ""), ("au", "o"),
    ("g", "j"), ("tion", "sion"),
)  # fmt: skip
"""How people write a sound otherwise than the dictionary does."""


class Typo(NamedTuple):
    """A word, and what somebody typed for it."""

    word: str
    typed: str


def typos(words: Iterable[str], number: int, seed: int = SEED) -> Iterator[Typo]:
    """Mistype words drawn from some, given without accents; what comes out is none of them."""
    known = set(words)
    drawn = sorted(word for word in known if len(word) >= 5 and word.isascii() and word.isalpha())
    chance = random.Random(seed)
    while number:
        word = chance.choice(drawn)
        typed = mistyped(word, chance)
        if len(word) >= LONG and chance.random() < 0.25:
            typed = mistyped(typed, chance)
        if typed not in known:
            yield Typo(word, typed)
            number -= 1


def mistyped(word: str, chance: random.Random) -> str:
    """Make one mistake: a letter forgotten, swapped, doubled, beside, too many, or written as it sounds."""
    # The first letter is seldom wrong.
    place = chance.randrange(0 if chance.random() < 0.1 else 1, len(word))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    beside = chance.choice(_BESIDE.get(letter, ["e"]))
    match chance.randrange(6):
        case 0:
            return before + after
        case 1:
            return before + after[:1] + letter + after[1:]
        case 2:
            return before + letter + letter + after
        case 3:
            return before + beside + after
        case 4:
            return before + beside + letter + after
        case _:
            return _as_it_sounds(word, chance)


def _as_it_sounds(word: str, chance: random.Random) -> str:
    possible = [(right, wrong) for right, wrong in _SPELLINGS if right in word]
    return word.replace(*chance.choice(possible), 1) if possible else word[:-1]
