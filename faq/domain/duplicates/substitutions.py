"""The substitutions between two texts: the words that stand for others in a frame that is otherwise the same.

A person who copies an answer for another actor, object, place or value changes few noun phrases and keeps the words
around them. One who rewords an answer changes verbs, connectives and their order, and keeps the noun phrases.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from faq.domain.duplicates.alignment import NONE, Alignment
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.pairs import Reason
from faq.domain.text import Token, TokenKind

MOST_SUBSTITUTED = 2
"""Different things put for others up to which texts in the same frame are about other things."""

_DETERMINERS = frozenset(
    """
    le la l les un une du des au aux ce cet cette ces son sa ses leur leurs mon ma mes ton ta tes notre nos
    votre vos chaque tout toute tous toutes quel quelle quels quelles tel telle aucun aucune plusieurs quelques
    certain certaine
""".split()
)
_AFTER_VERBS = _DETERMINERS | {"par"}
"""Words after a verb, by which it is told from a noun."""
_PREPOSITIONS = frozenset(
    """
    a de d en par pour sans dans sur avec chez depuis vers sous entre contre selon des hors parmi durant pendant
    apres avant comme jusqu et ou ni
""".split()
)
_BEFORE_INFINITIVE = frozenset("a de d pour sans et ou".split())
_CONTRACTED = frozenset("au aux du des".split())
_ELIDED = frozenset("l m s c n t h g".split())
"""Letters that end a unit: « mg/l »."""
_COPULAS = frozenset("est sont soit soient etait etaient sera seront".split())
_INFINITIVE = re.compile(r"(?:er|ir|oir|re)$")
_INFLECTED = re.compile(r"(?:ez|ons|ent|ait|aient|era|eront|ant)$")
_NOT_LETTERS = re.compile(r"[^a-z\s]")
_ADVERB = re.compile(r"(?<=[a-z]{3})ment$")
_ADVERBS = frozenset(
    """
    desormais souvent parfois ailleurs davantage volontiers longtemps maintenant aujourd hui tard tot plutot
    assez trop tres vite aussitot sitot ensemble partout surtout quasi presque encore deja bientot dorenavant
""".split()
)


_CLAUSE = frozenset(
    """
    il ils elle elles on nous vous je se s ne n y c ce est sont sera seront ete etre a ont aura fait peut
    peuvent lorsque lorsqu quand si afin puis que qu
""".split()
) - {"a", "s", "ce"}
"""Function words that no noun phrase holds."""
_APOSTROPHES = ("'", "’")
_QUOTES = ("«", "“", '"')
_SHORT_VALUE = 4
"""Words of two values, function words included, where one holds function words alone."""
_PIVOTED = 3
"""Content words that may stand on either side of a word that two things have in common."""
_LONGEST = 8
"""Words of a noun phrase, function words included."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """Words of each text that stand in one place, with the function words that changed with them."""

    left: tuple[Token, ...]
    right: tuple[Token, ...]
    context: tuple[Token, ...]
    """Up to three words that stand before them in the sentence."""
    after: Token | None
    is_quoted: bool = False
    """Whether both sides stand at the beginning of a quotation: a value, whatever kind of word it is."""

    @property
    def keys(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the content of both sides, by which equal substitutions are counted once."""
        return _keys(self.left), _keys(self.right)

    @property
    def is_of_things(self) -> bool:
        """Return whether a noun phrase, or the qualifier of a noun, stands for another."""
        if self._is_misspelt:
            return False
        return self.is_quoted or (self._is_noun(self.left) and self._is_noun(self.right))

    @property
    def holds_number(self) -> bool:
        """Return whether a number is among the words of either side."""
        return any(token.kind is TokenKind.NUMBER for token in (*self.left, *self.right))

    @property
    def _is_misspelt(self) -> bool:
        left, right = ("".join(token.folded for token in words).replace(" ", "") for words in (self.left, self.right))
        if _NOT_LETTERS.findall(left) != _NOT_LETTERS.findall(right):
            return False
        left, right = _NOT_LETTERS.sub("", left), _NOT_LETTERS.sub("", right)
        allowed = min(len(left), len(right)) // 3
        return OSA.distance(left, right, score_cutoff=allowed) <= allowed

    def _is_noun(self, words: tuple[Token, ...]) -> bool:
        place = next((place for place, token in enumerate(words) if token.weight), 0)
        if (
            (len(words) > 1 and not words[-1].weight and words[-1].key not in _ELIDED)
            or len(words) > _LONGEST
            or any(token.key in _CLAUSE for token in words)
        ):
            return False
        head, earlier = words[place], (*self.context, *words[:place])
        before = earlier[-1] if earlier else None
        if before is not None and before.key in _DETERMINERS:
            return head.folded not in _ADVERBS
        if self.context and self.context[-1].key in _COPULAS:
            return self.after is None or self.after.key != "par"
        if head.folded in _ADVERBS or _ADVERB.search(head.folded):
            return False
        if head.kind is not TokenKind.WORD:
            return True
        if before is None:
            return not _INFLECTED.search(head.folded)
        if before.key in _PREPOSITIONS:
            return before.key not in _BEFORE_INFINITIVE or not _INFINITIVE.search(head.folded)
        if before.kind is TokenKind.STOP:
            return False
        # A word after a noun qualifies it, or is the verb whose subject the noun is: none follows a preposition.
        is_subject = len(earlier) < 2 or earlier[-2].key not in _PREPOSITIONS | _CONTRACTED
        return not is_subject or self.after is None or self.after.key not in _DETERMINERS


def _keys(words: tuple[Token, ...]) -> tuple[str, ...]:
    return tuple(token.key for token in words if token.weight) or tuple(token.key for token in words)


@dataclass(frozen=True, slots=True)
class Changes:
    """All that distinguishes two texts but misspellings and the order of their sentences."""

    substitutions: list[Substitution]
    rewordings: int
    """Number of places where words were added, left out or put in another order, or function words replaced."""
    reworded: list[tuple[int, int]]
    """The places in each text where function words were added, left out or replaced."""


def find_changes(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Changes:
    """Return the changes between two texts."""
    substitutions, reworded = [], []
    rewordings = _count_synonyms(left, right, alignment)
    matched = [(-1, -1), *((p, o) for p, o in enumerate(alignment.left) if o != NONE)]
    matched.append((len(left.content), len(right.content)))
    matched = _drop_pivots(matched)
    held = {other for _, other in matched}
    for (one, other), (next_one, next_other) in pairwise(matched):
        if next_other <= other or not held.isdisjoint(range(other + 1, next_other)):
            # Another sentence follows in one of the texts, or a clause of this one was moved.
            rewordings += next_one > one + 1 or _is_within_sentence(left, one, next_one)
            continue
        start, end = _between(left, one, next_one)
        other_start, other_end = _between(right, other, next_other)
        words, others = left.words, right.words
        while start < end and other_start < other_end and words[start].key == others[other_start].key:
            start, other_start = start + 1, other_start + 1
        while start < end and other_start < other_end and words[end - 1].key == others[other_end - 1].key:
            end, other_end = end - 1, other_end - 1
        one_gap, other_gap = words[start:end], others[other_start:other_end]
        if _may_substitute(left, start, end, right, other_start, other_end):
            pieces = _split(left, start, end), _split(right, other_start, other_end)
            if len(pieces[0]) != len(pieces[1]):
                pieces = [(start, end)], [(other_start, other_end)]
            for (first, last), (other_first, other_last) in zip(*pieces, strict=True):
                piece, other_piece = tuple(words[first:last]), tuple(others[other_first:other_last])
                if _may_substitute(left, first, last, right, other_first, other_last):
                    context, after = _context(left, first), _follower(left, last)
                    is_quoted = _opens_quotation(left, first) and _opens_quotation(right, other_first)
                    substitutions.append(Substitution(piece, other_piece, context, after, is_quoted))
        elif one_gap or other_gap:
            rewordings += 1
            if not any(token.weight for token in (*one_gap, *other_gap)):
                reworded.append((start, other_start))
    return Changes(substitutions, rewordings, reworded)


def _is_within_sentence(text: AnalysedText, place: int, next_place: int) -> bool:
    """Return whether two content words stand in one sentence."""
    if place < 0 or next_place >= len(text.places):
        return False
    return text.sentence_of[text.places[place]] == text.sentence_of[text.places[next_place]]


def _drop_pivots(matched: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the matched words without those around which one thing stands for another.

    « Jeton d’accès » and « accès au bac » share a word, which is the last of one and the first of the other.
    """
    kept = matched[:1]
    for (one, other), (next_one, next_other) in pairwise(matched[1:]):
        before = one - kept[-1][0] - 1, other - kept[-1][1] - 1
        after = next_one - one - 1, next_other - other - 1
        around = [(before[0], after[1], before[1], after[0]), (before[1], after[0], before[0], after[1])]
        if not any(0 < a <= _PIVOTED and 0 < b <= _PIVOTED and c == d == 0 for a, b, c, d in around):
            kept.append((one, other))
    return [*kept, *matched[-1:]]


def _may_substitute(left: AnalysedText, start: int, end: int, right: AnalysedText, first: int, last: int) -> bool:
    """Return whether words of one text may be put for words of another: both hold content, or a value in short."""
    ones, others = left.words[start:end], right.words[first:last]
    held = [any(token.weight for token in words) for words in (ones, others)]
    if all(held) or not ones or not others:
        return all(held)
    if any(token.kind is TokenKind.NEGATION for token in (*ones, *others)):
        return False
    if not any(held):
        return len(ones) == len(others) == 1 and _is_letter(left, start) and _is_letter(right, first)
    text, places = (right, range(first, last)) if held[0] else (left, range(start, end))
    # A function word may be the name of something, such as gold, « or »; letters may be a unit, « g/l ».
    is_value = len(places) == 1 or all(len(text.words[place].folded) == 1 for place in places)
    return is_value and len(ones) + len(others) <= _SHORT_VALUE and not any(_is_elided(text, place) for place in places)


def _is_letter(text: AnalysedText, place: int) -> bool:
    """Return whether a word is a capital letter on its own, « profil A »."""
    found = text.placed_tokens[place]
    written = text.text[found.start : found.end]
    return len(written) == 1 and written.isupper() and not _is_elided(text, place)


def _is_elided(text: AnalysedText, place: int) -> bool:
    """Return whether an apostrophe follows a word."""
    end = text.placed_tokens[place].end
    return text.text[end : end + 1] in _APOSTROPHES


def _opens_quotation(text: AnalysedText, place: int) -> bool:
    """Return whether a word stands right after an opening quotation mark."""
    if not any(mark in text.text for mark in _QUOTES):
        return False
    start = text.placed_tokens[place].start
    return text.text[max(0, start - 2) : start].rstrip()[-1:] in _QUOTES


def _count_synonyms(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> int:
    """Return the number of words whose partner means the same but is another word."""
    return sum(
        other != NONE and place not in alignment.misspelt and left.content[place].key != right.content[other].key
        for place, other in enumerate(alignment.left)
    )


def _between(text: AnalysedText, place: int, next_place: int) -> tuple[int, int]:
    """Return the range of the words between two content words."""
    start = text.places[place] + 1 if place >= 0 else 0
    return start, text.places[next_place] if next_place < len(text.places) else len(text.words)


def _split(text: AnalysedText, start: int, end: int) -> list[tuple[int, int]]:
    """Return a range of words in pieces of one sentence each."""
    cuts = [at for at in range(start + 1, end) if text.sentence_of[at] != text.sentence_of[at - 1]]
    return list(pairwise([start, *cuts, end]))


def _context(text: AnalysedText, start: int) -> tuple[Token, ...]:
    """Return up to three words before a place, of the same sentence."""
    sentence = text.sentence_of[start]
    first = max(0, start - 3)
    return tuple(token for at, token in enumerate(text.words[first:start], first) if text.sentence_of[at] == sentence)


def _follower(text: AnalysedText, place: int) -> Token | None:
    """Return the word at a place, None where it is of another sentence or clause than the word before it."""
    if place >= len(text.words) or text.sentence_of[place] != text.sentence_of[place - 1]:
        return None
    follower = text.words[place]
    if "," not in text.text or follower.key not in _AFTER_VERBS:
        return follower
    between = text.text[text.placed_tokens[place - 1].end : text.placed_tokens[place].start]
    return None if "," in between else follower


def find_other_thing(changes: Changes) -> Substitution | None:
    """Return the first substitution of another thing in an equal frame, None where one text rewords the other."""
    things = [one for one in changes.substitutions if one.is_of_things]
    different = {one.keys for one in changes.substitutions}
    if not things or len(different) > MOST_SUBSTITUTED:
        return None
    rewordings = changes.rewordings + len(changes.substitutions) - len(things)
    if rewordings >= len(things) - len(different) + 1:
        return None
    return things[0]


def names_other_things(changes: Changes, reason: Reason) -> bool:
    """Return whether things are put for others besides the words of a reason."""
    said = {*reason.left.split(), *reason.right.split()}
    return any(
        one.is_of_things and not one.holds_number and said.isdisjoint(token.folded for token in (*one.left, *one.right))
        for one in changes.substitutions
    )
