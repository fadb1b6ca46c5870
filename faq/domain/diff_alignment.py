"""The alignment of two sequences: which lines of two texts, or words of two lines, are the same.

Blank items (spaces, blank lines) are aligned after the items around them and never influence those.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from faq.domain.markup.media import FILE_ADDRESS

MAX_CELLS = 400_000_000
"""Lines (or words) of one text times those of the other up to which they are aligned: 0.3 s and 50 MB."""
MAX_COMPARISONS = 60_000
"""Pairs of lines that are compared for similarity, in all gaps of two texts together: 0.5 s."""

_INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_VISIBLE = re.compile(f"[^{_INVISIBLE}]")

_HOST = r"(?:[\w-]{1,63}\.){1,9}"
_PATH_END = r"\s<>\"\u00ab\u00bb\u201c\u201d()\[\]"
_PATH = rf"(?:[^{_PATH_END}]|\([^{_PATH_END}]*\)|\[[^{_PATH_END}]*\])*(?<![.,;:!?*'\u2019\u2026])"
_TOKEN = re.compile(
    rf"{FILE_ADDRESS}"
    rf"|(?:https?://|www\.|mailto:|tel:){_PATH}"
    rf"|[\w.+-]{{1,64}}@{_HOST}\w+"
    rf"|{_HOST}(?:fr|com|org|eu)\b(?:[/?#]{_PATH})?"
    r"|\d+(?:[.,/:]\d+)*"
    r"|[^\W\d][\w\u0300-\u036f]*"
    r"|.",
    re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r"\w")

PositionPair = tuple[int, int]
"""Positions of one item in the old and in the new sequence."""


class Gap(NamedTuple):
    """A range of the old and one of the new sequence that hold no pair."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def cells(self) -> int:
        """Return how many pairs could be made of its items."""
        return (self.old_end - self.old_start) * (self.new_end - self.new_start)

    @property
    def size(self) -> int:
        """Return the length of its longer side."""
        return max(self.old_end - self.old_start, self.new_end - self.new_start)


def split_tokens(text: str) -> list[str]:
    """Return the words, numbers, whole addresses and other characters of a text; joined, they are the text."""
    return _TOKEN.findall(text)


def is_blank(text: str) -> bool:
    """Return whether all characters of a text are invisible."""
    return not _VISIBLE.search(text)


def align_lines(old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Return the pairs of lines that are the same, unchanged or reworded, in rising order."""
    pairs = pair_equal(old, new)
    open_gaps = [gap for gap in gaps(pairs, old, new) if gap.cells]
    most = MAX_COMPARISONS // max(1, len(open_gaps))
    reworded = [pair for gap in open_gaps if gap.cells <= most for pair in _pair_reworded(old, new, gap)]
    return _align_paragraphs(sorted([*pairs, *reworded]), old, new)


def pair_equal(old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Return pairs of equal items: as many visible ones as possible, then blank ones beside these.

    Blank items do not count: two equal spaces would outweigh a word, two blank lines a paragraph.
    """
    pairs: list[PositionPair] = []
    for find in (_pair_ends, _pair_common, _pair_ends):
        found = [pair for gap in gaps(pairs, old, new) for pair in find(old, new, gap)]
        pairs = sorted([*pairs, *found])
    return pairs


def gaps(pairs: Sequence[PositionPair], old: Sequence[str], new: Sequence[str]) -> Iterator[Gap]:
    """Yield the gaps between the pairs that hold anything in either sequence."""
    i = j = 0
    for next_i, next_j in [*pairs, (len(old), len(new))]:
        if i < next_i or j < next_j:
            yield Gap(i, next_i, j, next_j)
        i, j = next_i + 1, next_j + 1


def _pair_ends(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[PositionPair]:
    i, old_end, j, new_end = gap
    shorter = min(old_end - i, new_end - j)
    head = next((k for k in range(shorter) if old[i + k] != new[j + k]), shorter)
    rest = shorter - head
    tail = next((k for k in range(rest) if old[old_end - 1 - k] != new[new_end - 1 - k]), rest)
    return [(i + k, j + k) for k in range(head)] + [(old_end - k, new_end - k) for k in range(tail, 0, -1)]


def _pair_common(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[PositionPair]:
    olds = [i for i in range(gap.old_start, gap.old_end) if not is_blank(old[i])]
    news = [j for j in range(gap.new_start, gap.new_end) if not is_blank(new[j])]
    if len(olds) * len(news) > MAX_CELLS:
        return []
    # The library compares hashes: distinct numbers make that exact.
    numbers: dict[str, int] = {}
    before = [numbers.setdefault(old[i], len(numbers)) for i in olds]
    after = [numbers.setdefault(new[j], len(numbers)) for j in news]
    blocks = LCSseq.opcodes(before, after).as_matching_blocks()
    return [(olds[block.a + k], news[block.b + k]) for block in blocks for k in range(block.size)]


def _align_paragraphs(pairs: list[PositionPair], old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Return the pairs with added and removed lines moved to whole paragraphs where repeated lines leave the choice."""
    additions_moved = _slide_up(pairs, old, new)
    return [(i, j) for j, i in _slide_up([(j, i) for i, j in additions_moved], new, old)]


def _slide_up(pairs: Sequence[PositionPair], old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Return the pairs with added lines moved up to a paragraph's bounds: they were found as low as possible."""
    moved = [*pairs, (len(old), len(new))]
    for at in range(1, len(moved)):
        (i, j), (next_i, end) = moved[at - 1], moved[at]
        if next_i == i + 1 and end > j + 1:
            for k in range(at - _lines_to_move(moved, at, old, new), at):
                moved[k] = (moved[k][0], moved[k][1] + end - j - 1)
    return moved[:-1]


def _lines_to_move(pairs: Sequence[PositionPair], at: int, old: Sequence[str], new: Sequence[str]) -> int:
    """Return by how many lines to move up the added lines before a pair; 0 to leave them.

    They can move up by a line that equals their last one, which is then paired in its place.
    """
    (i, j), end = pairs[at - 1], pairs[at][1]
    for k in range(end - j):
        if _bounds_paragraph(new, j + 1 - k) and _bounds_paragraph(new, end - k):
            return k
        if k == at or pairs[at - 1 - k] != (i - k, j - k) or old[i - k] != new[end - 1 - k]:
            break
    return 0


def _bounds_paragraph(lines: Sequence[str], at: int) -> bool:
    return at in (0, len(lines)) or is_blank(lines[at - 1]) or is_blank(lines[at])


def _pair_reworded(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[PositionPair]:
    """Return pairs of lines, in order, that share half of their words, so that most words are shared in all."""
    olds = [_words(line) for line in old[gap.old_start : gap.old_end]]
    news = [_words(line) for line in new[gap.new_start : gap.new_end]]
    if sum(map(len, olds)) * sum(map(len, news)) > MAX_CELLS:
        return []
    alike = [[_shared_words(before, after) for after in news] for before in olds]
    best = [[0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            paired = alike[i][j] and alike[i][j] + best[i + 1][j + 1]
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    return [(gap.old_start + i, gap.new_start + j) for i, j in _best_pairs(alike, best)]


def _best_pairs(alike: list[list[int]], best: list[list[int]]) -> Iterator[PositionPair]:
    i = j = 0
    while best[i][j]:
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


def _words(line: str) -> list[str]:
    return [token for token in split_tokens(line) if _WORD.search(token)]


def _shared_words(old: list[str], new: list[str]) -> int:
    """Return twice the number of shared words, 0 if that is less than half of all words, 1 if there are none."""
    total = len(old) + len(new)
    if not total:
        return 1
    least = (total + 3) // 4
    if min(len(old), len(new)) < least:
        return 0
    return 2 * LCSseq.similarity(old, new, score_cutoff=least)
