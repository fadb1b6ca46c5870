"""Write made-up answers from clauses, each of which can be reworded or said of something else."""

import re
from dataclasses import dataclass, replace
from random import Random

from tests.evaluation import phrases
from tests.evaluation.phrases import listed

_NAMED, _ACTORS, _VERBS, _OBJECTS = map(listed, (phrases.NAMED, phrases.ACTORS, phrases.VERBS, phrases.OBJECTS))
_PLACES, _THINGS, _HITCHES, _OUTCOMES = map(listed, (phrases.PLACES, phrases.THINGS, phrases.HITCHES, phrases.OUTCOMES))
_REASONS, _MANNERS, _OWNERS = map(listed, (phrases.REASONS, phrases.MANNERS, phrases.OWNERS))
LEAST_WORDS, MOST_WORDS = 40, 200


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement: its possible wordings, the index of the one chosen, and the values of its slots."""

    turns: tuple[str, ...]
    fillers: dict[str, str]
    turn: int = 0

    def __str__(self) -> str:
        said = self.turns[self.turn % len(self.turns)].format_map(self.fillers)
        return said[0].upper() + said[1:]

    def otherwise(self, step: int = 1) -> "Sentence":
        """Return the same statement in another wording."""
        return replace(self, turn=self.turn + step)

    def filled(self, **fillers: str) -> "Sentence":
        """Return the statement with other values in some of its slots."""
        return replace(self, fillers=self.fillers | fillers)


Answer = tuple[Sentence, ...]


def text_of(answer: Answer, breaks: str = " ") -> str:
    """Return the text of an answer."""
    return _contracted(breaks.join(map(str, answer)))


def write(chance: Random, *, most: int = MOST_WORDS) -> Answer:
    """Return an answer of 40 to about `most` words: its subject first, then statements and one to three facts."""
    # Short answers are more frequent than long ones.
    wanted = LEAST_WORDS + int((most - LEAST_WORDS) * chance.random() ** 1.7)
    body: list[Sentence] = []
    facts = [_error(chance), _audience(chance), _deadline(chance), _rule(chance), _output(chance)]
    chance.shuffle(facts)
    sentences = [_subject(chance), *facts[: chance.randint(1, 3)]]
    length = sum(map(_length, sentences))
    while length < wanted and (not body or length + _length(body[-1]) <= MOST_WORDS):
        body.append(_statement(chance))
        length += _length(body[-1])
    rest = [*sentences[1:], *body]
    chance.shuffle(rest)
    return (sentences[0], *rest)


def _contracted(text: str) -> str:
    """Return a text with small words contracted as in French: de le gives du, que il gives qu'il."""
    text = text.replace(" de le ", " du ").replace(" à le ", " au ")
    text = _BEFORE_VOWEL.sub(r"\1'", text)
    return _QUE_BEFORE_VOWEL.sub("qu'", text)


_BEFORE_VOWEL = re.compile(r"\b([Dd])e (?=[aeéiou])")
_QUE_BEFORE_VOWEL = re.compile(r"\bque (?=[aeéiou])")


def _length(sentence: Sentence) -> int:
    return len(str(sentence).split())


def _fillers(chance: Random) -> dict[str, str]:
    """Return a random value for every slot of the wordings."""
    fillers = {
        "do": _deed(chance),
        "do2": _deed(chance),
        "place": chance.choice(_PLACES),
        "cond": f"si {chance.choice(_THINGS)} {chance.choice(_HITCHES)}",
        "result": f"{chance.choice(_THINGS)} {chance.choice(_OUTCOMES)}",
        "why": chance.choice(_REASONS),
        "manner": chance.choice(_MANNERS),
        "actor": chance.choice(_ACTORS),
    }
    return fillers | {f"{name}_c": filler[0].upper() + filler[1:] for name, filler in fillers.items()}


def _deed(chance: Random) -> str:
    deed = f"{chance.choice(_VERBS)} {chance.choice(_OBJECTS)}"
    return deed if chance.random() < 0.3 else f"{deed} {chance.choice(_OWNERS)}"


def _statement(chance: Random) -> Sentence:
    turns = chance.choice(phrases.TURNS)
    return Sentence(turns, _fillers(chance), chance.randrange(len(turns)))


def _fact(turns: tuple[str, ...], chance: Random, **values: str) -> Sentence:
    return Sentence((chance.choice(turns),), _fillers(chance) | values)


def _subject(chance: Random) -> Sentence:
    return _fact(phrases.SUBJECTS, chance, x=chance.choice(_NAMED), vague=chance.choice("12"))


def _error(chance: Random) -> Sentence:
    return _fact(phrases.ERRORS, chance, code=str(chance.randint(100, 999)))


def _audience(chance: Random) -> Sentence:
    return _fact(phrases.AUDIENCES, chance, role=chance.choice(_ACTORS))


def _deadline(chance: Random) -> Sentence:
    return _fact(phrases.DEADLINES, chance, n=str(chance.randint(2, 90)))


def _rule(chance: Random) -> Sentence:
    return Sentence(chance.choice(phrases.RULES), _fillers(chance) | {"rule": ""}, chance.randrange(2))


def _output(chance: Random) -> Sentence:
    value, other = chance.choice(phrases.FORMATS)
    return _fact(phrases.OUTPUTS, chance, value=value, other=other)


def holding(answer: Answer, slot: str, chance: Random) -> Answer:
    """Return the answer with a fact that has this slot, added where it has none."""
    if any(slot in sentence.fillers for sentence in answer):
        return answer
    made = {"code": _error, "role": _audience, "n": _deadline, "rule": _rule, "value": _output}[slot](chance)
    place = chance.randint(1, len(answer))
    return (*answer[:place], made, *answer[place:])


def other_than(value: str, slot: str, chance: Random) -> str:
    """Return a value for a slot that differs from this one."""
    while True:
        other = {
            "x": lambda: chance.choice(_NAMED),
            "vague": lambda: "2" if value == "1" else "1",
            "code": lambda: str(chance.randint(100, 999)),
            "role": lambda: chance.choice(_ACTORS),
            "n": lambda: str(chance.randint(2, 90)),
        }[slot]()
        if other != value:
            return other


def with_other(answer: Answer, slot: str, chance: Random) -> Answer:
    """Return the same answer with another value in a slot."""
    return tuple(
        sentence.filled(**{slot: other_than(sentence.fillers[slot], slot, chance)})
        if slot in sentence.fillers
        else sentence
        for sentence in answer
    )
