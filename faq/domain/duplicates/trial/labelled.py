"""A set of answers in which all related pairs are known, because they were planted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random

from faq.domain.duplicates.pairs import Document, PairKind
from faq.domain.duplicates.trial import changes, phrases
from faq.domain.duplicates.trial.answers import Answer, Sentence, holding, text_of, with_other, write

EXACT, NEAR = frozenset({PairKind.EXACT}), frozenset({PairKind.NEAR})
ALIKE = EXACT | NEAR
"""Where an accent lost may be all that was changed."""
PART = frozenset({PairKind.CONTAINS})
LONGER = NEAR | PART
CONFLICT = frozenset({PairKind.CONFLICT})
APART: frozenset[PairKind] = frozenset()
"""Traps: no duplicates of any kind."""
OTHER_VALUE = "piège : autre valeur"
"""A format or a level: whether it names another thing or contradicts is anybody's guess, but it is no duplicate."""
_PLANTED = 0.45
"""Share of the answers that belong to a planted pair, roughly."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A pair with what was done to get it, and the kinds that may be said of it."""

    name: str
    kinds: frozenset[PairKind]


@dataclass(slots=True)
class Labelled:
    """Documents, and the planted pairs by their keys, lower one first."""

    documents: list[Document] = field(default_factory=list)
    pairs: dict[tuple[int, int], Planted] = field(default_factory=dict)

    def add(self, *texts: str) -> list[int]:
        """Add documents; return their keys."""
        keys = list(range(len(self.documents), len(self.documents) + len(texts)))
        self.documents += [Document(key, None, text) for key, text in zip(keys, texts, strict=True)]
        return keys


Way = Callable[[Answer, Random], tuple[Answer, str]]


def labelled(number: int, seed: int = 1) -> Labelled:
    """Make up a set of about that many answers; the same number and seed give the same set."""
    chance = Random(seed)  # noqa: S311 (a trial must be repeatable, not secret)
    made = Labelled()
    ways = _ways()
    for turn in count():
        if len(made.documents) >= number:
            return made
        if chance.random() > _PLANTED * 2 / 3:
            made.add(text_of(write(chance)))
        else:
            _plant(made, *ways[turn % len(ways)], chance)
    return made


def _plant(made: Labelled, name: str, kinds: frozenset[PairKind], way: Way | None, chance: Random) -> None:
    if way is None:
        one, other = write(chance, most=110), write(chance, most=90)
        keys = made.add(text_of(one), text_of(other), f"{text_of(one)}\n\n{text_of(other)}")
        made.pairs |= {(keys[0], keys[2]): Planted(name, kinds), (keys[1], keys[2]): Planted(name, kinds)}
        return
    answer, changed = way(write(chance), chance)
    keys = made.add(text_of(answer), changed)
    made.pairs[keys[0], keys[1]] = Planted(name, kinds)


def _ways() -> list[tuple[str, frozenset[PairKind], Way | None]]:
    return [
        ("copie exacte", EXACT, lambda answer, _: (answer, text_of(answer))),
        ("typographie", EXACT, lambda answer, chance: (answer, changes.set_otherwise(text_of(answer), chance))),
        ("casse, accents", EXACT, lambda answer, chance: (answer, changes.recased(text_of(answer), chance))),
        *(("1 à 8 coquilles", ALIKE, partial(_misspelt, number)) for number in range(1, 9)),
        *((f"{share} % de mots", NEAR, partial(_reworded, share / 100)) for share in (5, 10, 20, 30)),
        ("paraphrase légère", NEAR, partial(_paraphrased, False)),
        ("paraphrase lourde", NEAR, partial(_paraphrased, True)),
        ("phrases déplacées", NEAR, lambda answer, chance: (answer, text_of(tuple(changes.shuffled(answer, chance))))),
        ("paragraphe en plus", LONGER, _with_more),
        ("fragment", PART, lambda answer, chance: (answer, changes.fragment(text_of(answer), chance))),
        ("fragment, coquilles", PART, _misspelt_fragment),
        ("fusion de deux", LONGER, None),
        *((f"piège : {name}", APART, partial(_other, slot)) for name, slot in _TRAPS),
        (OTHER_VALUE, APART, _other_value),
        ("piège : formules", APART, _boilerplate),
        ("piège : même thème", APART, _same_topic),
        ("conflit : nombre", CONFLICT, partial(_other, "n")),
        ("conflit : négation", CONFLICT, _negated),
    ]


_TRAPS = (("autre nom", "x"), ("autre code", "code"), ("autre rôle", "role"), ("autre vague", "vague"))


def _misspelt(number: int, answer: Answer, chance: Random) -> tuple[Answer, str]:
    return answer, changes.misspelt(text_of(answer), number, chance)


def _reworded(share: float, answer: Answer, chance: Random) -> tuple[Answer, str]:
    return answer, changes.reworded(text_of(answer), share, chance)


def _paraphrased(heavily: bool, answer: Answer, chance: Random) -> tuple[Answer, str]:
    text = said = text_of(answer)
    while said == text:
        said = changes.paraphrased(answer, chance, heavily=heavily)
    return answer, said


def _with_more(answer: Answer, chance: Random) -> tuple[Answer, str]:
    more = text_of(write(chance, most=60)[1:])
    parts = [text_of(answer), more] if chance.random() < 0.5 else [more, text_of(answer)]
    return answer, "\n\n".join(parts)


def _misspelt_fragment(answer: Answer, chance: Random) -> tuple[Answer, str]:
    return answer, changes.misspelt(changes.fragment(text_of(answer), chance), chance.randint(1, 3), chance)


def _other(slot: str, answer: Answer, chance: Random) -> tuple[Answer, str]:
    answer = holding(answer, slot, chance)
    return answer, text_of(with_other(answer, slot, chance))


def _other_value(answer: Answer, chance: Random) -> tuple[Answer, str]:
    answer = holding(answer, "value", chance)
    return answer, text_of(tuple(s.filled(value=s.fillers["other"]) if "other" in s.fillers else s for s in answer))


def _negated(answer: Answer, chance: Random) -> tuple[Answer, str]:
    answer = holding(answer, "rule", chance)
    return answer, text_of(tuple(s.otherwise() if "rule" in s.fillers else s for s in answer))


def _boilerplate(_: Answer, chance: Random) -> tuple[Answer, str]:
    """Two answers of their own that end alike."""
    end = " ".join(chance.sample(phrases.BOILERPLATE, 2))
    one = write(chance, most=70)
    return (*one, *_as_sentences(end)), f"{text_of(write(chance, most=70))} {end}"


def _same_topic(answer: Answer, chance: Random) -> tuple[Answer, str]:
    """Two answers about the same thing, for the same people, with little else in common."""
    other = write(chance)
    topic = {slot: answer[0].fillers[slot] for slot in ("x", "vague")}
    return answer, text_of((other[0].filled(**topic), *other[1:]))


def _as_sentences(text: str) -> Iterator[Sentence]:

    yield Sentence((text.replace("{", "{{").replace("}", "}}"),), {})
