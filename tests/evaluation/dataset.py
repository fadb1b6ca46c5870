"""Build a set of answers in which every related pair is known, because it was planted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random

from faq.domain.duplicates.pairs import Document, PairKind
from tests.evaluation import alterations, phrases
from tests.evaluation.answers import Answer, Sentence, holding, text_of, with_other, write

EXACT, NEAR = frozenset({PairKind.EXACT}), frozenset({PairKind.NEAR})
ALIKE = EXACT | NEAR
"""For alterations that may do no more than drop an accent."""
PART = frozenset({PairKind.CONTAINS})
LONGER = NEAR | PART
CONFLICT = frozenset({PairKind.CONFLICT})
APART: frozenset[PairKind] = frozenset()
"""Traps: no duplicates of any kind."""
EITHER = frozenset({PairKind.CONFLICT, PairKind.SIBLINGS})
"""For pairs that differ in a format or a level: not found is right too, duplicates are wrong."""
_MOST_TRIES = 100
"""Rewordings of an answer that are tried before another answer is written."""
_PLANTED = 0.45
"""Share of the answers that belong to a planted pair, roughly."""


@dataclass(frozen=True, slots=True)
class PlantedPair:
    """The name of the alteration that made a pair, and the kinds that are right for it; none for a trap."""

    name: str
    kinds: frozenset[PairKind]


@dataclass(slots=True)
class LabelledDataset:
    """Documents, and the planted pairs by their keys, the lower key first."""

    documents: list[Document] = field(default_factory=list)
    pairs: dict[tuple[int, int], PlantedPair] = field(default_factory=dict)

    def add(self, *texts: str) -> list[int]:
        """Add documents and return their keys."""
        keys = list(range(len(self.documents), len(self.documents) + len(texts)))
        self.documents += [Document(key, None, text) for key, text in zip(keys, texts, strict=True)]
        return keys


Alteration = Callable[[Answer, Random], tuple[Answer, str]]
"""Returns an answer, perhaps completed first, and the text that was derived from it."""


def build_dataset(size: int, seed: int = 1) -> LabelledDataset:
    """Return a set of `size` answers or a few more; equal arguments give equal sets."""
    chance = Random(seed)
    dataset = LabelledDataset()
    recipes = _recipes()
    for turn in count():
        if len(dataset.documents) >= size:
            return dataset
        if chance.random() > _PLANTED * 2 / 3:
            dataset.add(text_of(write(chance)))
        else:
            _plant(dataset, *recipes[turn % len(recipes)], chance)
    return dataset


def _plant(
    dataset: LabelledDataset, name: str, kinds: frozenset[PairKind], alter: Alteration | None, chance: Random
) -> None:
    if alter is None:
        one, other = write(chance, most=110), write(chance, most=90)
        keys = dataset.add(text_of(one), text_of(other), f"{text_of(one)}\n\n{text_of(other)}")
        dataset.pairs |= {(keys[0], keys[2]): PlantedPair(name, kinds), (keys[1], keys[2]): PlantedPair(name, kinds)}
        return
    answer, changed = alter(write(chance), chance)
    keys = dataset.add(text_of(answer), changed)
    dataset.pairs[keys[0], keys[1]] = PlantedPair(name, kinds)


def _recipes() -> list[tuple[str, frozenset[PairKind], Alteration | None]]:
    return [
        ("copie exacte", EXACT, lambda answer, _: (answer, text_of(answer))),
        (
            "typographie",
            EXACT,
            lambda answer, chance: (answer, alterations.with_other_typography(text_of(answer), chance)),
        ),
        (
            "casse, accents",
            EXACT,
            lambda answer, chance: (answer, alterations.with_other_case(text_of(answer), chance)),
        ),
        *(("1 à 8 coquilles", ALIKE, partial(_misspelt, number)) for number in range(1, 9)),
        *((f"{share} % de mots", NEAR, partial(_reworded, share / 100)) for share in (5, 10, 20, 30)),
        ("paraphrase légère", NEAR, partial(_paraphrased, False)),
        ("paraphrase lourde", NEAR, partial(_paraphrased, True)),
        (
            "phrases déplacées",
            NEAR,
            lambda answer, chance: (answer, text_of(tuple(alterations.shuffled(answer, chance)))),
        ),
        ("paragraphe en plus", LONGER, _with_more),
        ("fragment", PART, lambda answer, chance: (answer, alterations.fragment(text_of(answer), chance))),
        ("fragment, coquilles", PART, _misspelt_fragment),
        ("fusion de deux", LONGER, None),
        *((f"piège : {name}", APART, partial(_other, slot)) for name, slot in _TRAPS),
        ("piège : autre valeur", EITHER, _other_value),
        ("piège : formules", APART, _boilerplate),
        ("piège : même thème", APART, _same_topic),
        ("conflit : nombre", CONFLICT, partial(_other, "n")),
        ("conflit : négation", CONFLICT, _negated),
    ]


_TRAPS = (("autre nom", "x"), ("autre code", "code"), ("autre rôle", "role"), ("autre vague", "vague"))


def _misspelt(number: int, answer: Answer, chance: Random) -> tuple[Answer, str]:
    return answer, alterations.misspelt(text_of(answer), number, chance)


def _reworded(share: float, answer: Answer, chance: Random) -> tuple[Answer, str]:
    return answer, alterations.reworded(text_of(answer), share, chance)


def _paraphrased(heavily: bool, answer: Answer, chance: Random) -> tuple[Answer, str]:
    while True:
        for _ in range(_MOST_TRIES):
            said = alterations.paraphrased(answer, chance, heavily=heavily)
            if said != text_of(answer):
                return answer, said
        # A short answer may hold nothing that can be said otherwise.
        answer = write(chance)


def _with_more(answer: Answer, chance: Random) -> tuple[Answer, str]:
    more = text_of(write(chance, most=60)[1:])
    parts = [text_of(answer), more] if chance.random() < 0.5 else [more, text_of(answer)]
    return answer, "\n\n".join(parts)


def _misspelt_fragment(answer: Answer, chance: Random) -> tuple[Answer, str]:
    return answer, alterations.misspelt(alterations.fragment(text_of(answer), chance), chance.randint(1, 3), chance)


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
    """Return two unrelated answers that end in the same formulas."""
    end = " ".join(chance.sample(phrases.BOILERPLATE, 2))
    one = write(chance, most=70)
    return (*one, *_as_sentences(end)), f"{text_of(write(chance, most=70))} {end}"


def _same_topic(answer: Answer, chance: Random) -> tuple[Answer, str]:
    """Return two answers about the same subject with little else in common."""
    other = write(chance)
    topic = {slot: answer[0].fillers[slot] for slot in ("x", "vague")}
    return answer, text_of((other[0].filled(**topic), *other[1:]))


def _as_sentences(text: str) -> Iterator[Sentence]:
    yield Sentence((text.replace("{", "{{").replace("}", "}}"),), {})
