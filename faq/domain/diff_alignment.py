"""Which items of two sequences are the same item: lines of two texts, words of two lines.

Blank items (spaces, blank lines) follow those beside them: they never decide.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

MOST_CELLS = 400_000_000
"""Lines, or words, of one text times those of the other beyond which they are not aligned: 0.3 s and 50 MB."""
MOST_COMPARISONS = 60_000
"""Pairs of lines that are compared for likeness, all gaps of two texts together: 0.5 s."""

_INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_VISIBLE = re.compile(f"[^{_INVISIBLE}]")

_HOST = r"(?:[\w-]{1,63}\.){1,9}"
_PATH_END = r"\s<>\"\u00ab\u00bb\u201c\u201d()\[\]"
_PATH = rf"(?:[^{_PATH_END}]|\([^{_PATH_END}]*\)|\[[^{_PATH_END}]*\])*(?<![.,;:!?*'\u2019\u2026])"
_TOKEN = re.compile(
    rf"(?:https?://|www\.|mailto:|tel:){_PATH}"
    rf"|[\w.+-]{{1,64}}@{_HOST}\w+"
    rf"|{_HOST}(?:fr|com|org|eu)\b(?:[/?#]{_PATH})?"
    r"|\d+(?:[.,/:]\d+)*"
    r"|[^\W\d][\w\u0300-\u036f]*"
    r"|.",
    re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r"\w")

PositionPair = tuple[int, int]
"""Positions, in the old and in the new sequence, of what is the same item."""


class Gap(NamedTuple):
    """A stretch of the old and of the new sequence that holds no pair: positions, from start to before end."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def cells(self) -> int:
        """How many pairs could be made of its items."""
        return (self.old_end - self.old_start) * (self.new_end - self.new_start)

    @property
    def size(self) -> int:
        """The length of its longer side."""
        return max(self.old_end - self.old_start, self.new_end - self.new_start)


def split_tokens(text: str) -> list[str]:
    """Cut a text into words, numbers, whole addresses, and every other character: joined, they are the text."""
    return _TOKEN.findall(text)


def is_blank(text: str) -> bool:
    """Return whether nothing in a text can be seen."""
    return not _VISIBLE.search(text)


def align_lines(old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Pair the lines that are the same line in two texts, as it was or reworded, in rising order."""
    pairs = pair_equal(old, new)
    open_gaps = [gap for gap in gaps(pairs, old, new) if gap.cells]
    most = MOST_COMPARISONS // max(1, len(open_gaps))
    reworded = [pair for gap in open_gaps if gap.cells <= most for pair in _reworded(old, new, gap)]
    return _between_paragraphs(sorted([*pairs, *reworded]), old, new)


def pair_equal(old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Pair equal items: as many as can be of those that can be seen, and the blank ones beside these.

    Blank ones do not count, or two spaces kept would weigh more than a word, two blank lines than a paragraph.
    """
    pairs: list[PositionPair] = []
    for find in (_ends, _longest_common, _ends):
        found = [pair for gap in gaps(pairs, old, new) for pair in find(old, new, gap)]
        pairs = sorted([*pairs, *found])
    return pairs


def gaps(pairs: Sequence[PositionPair], old: Sequence[str], new: Sequence[str]) -> Iterator[Gap]:
    """Return the stretches between the pairs, where there is something in either sequence."""
    i = j = 0
    for next_i, next_j in [*pairs, (len(old), len(new))]:
        if i < next_i or j < next_j:
            yield Gap(i, next_i, j, next_j)
        i, j = next_i + 1, next_j + 1


def _ends(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[PositionPair]:
    i, old_end, j, new_end = gap
    shorter = min(old_end - i, new_end - j)
    head = next((k for k in range(shorter) if old[i + k] != new[j + k]), shorter)
    rest = shorter - head
    tail = next((k for k in range(rest) if old[old_end - 1 - k] != new[new_end - 1 - k]), rest)
    return [(i + k, j + k) for k in range(head)] + [(old_end - k, new_end - k) for k in range(tail, 0, -1)]


def _longest_common(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[PositionPair]:
    olds = [i for i in range(gap.old_start, gap.old_end) if not is_blank(old[i])]
    news = [j for j in range(gap.new_start, gap.new_end) if not is_blank(new[j])]
    if len(olds) * len(news) > MOST_CELLS:
        return []
    # The library compares hashes: numbers make them exact.
    numbers: dict[str, int] = {}
    before = [numbers.setdefault(old[i], len(numbers)) for i in olds]
    after = [numbers.setdefault(new[j], len(numbers)) for j in news]
    blocks = LCSseq.opcodes(before, after).as_matching_blocks()
    return [(olds[block.a + k], news[block.b + k]) for block in blocks for k in range(block.size)]


def _between_paragraphs(pairs: list[PositionPair], old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Let lines that only came, or only went, be whole paragraphs where lines that repeat leave the choice."""
    came = _slide_up(pairs, old, new)
    return [(i, j) for j, i in _slide_up([(j, i) for i, j in came], new, old)]


def _slide_up(pairs: Sequence[PositionPair], old: Sequence[str], new: Sequence[str]) -> list[PositionPair]:
    """Move stretches of added lines up to the bounds of a paragraph: they were found as low as can be."""
    moved = [*pairs, (len(old), len(new))]
    for at in range(1, len(moved)):
        (i, j), (next_i, end) = moved[at - 1], moved[at]
        if next_i == i + 1 and end > j + 1:
            for k in range(at - _rise(moved, at, old, new), at):
                moved[k] = (moved[k][0], moved[k][1] + end - j - 1)
    return moved[:-1]


def _rise(pairs: Sequence[PositionPair], at: int, old: Sequence[str], new: Sequence[str]) -> int:
    """Tell by how many lines to move up the stretch of added lines before a pair; 0 to leave it.

    It moves up a line where that line, which it then begins with, is paired with its last one instead.
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


def _reworded(old: Sequence[str], new: Sequence[str], gap: Gap) -> list[PositionPair]:
    """PositionPair, in order, lines that share half of their words, so that as many words as can be are shared."""
    olds = [_words(line) for line in old[gap.old_start : gap.old_end]]
    news = [_words(line) for line in new[gap.new_start : gap.new_end]]
    if sum(map(len, olds)) * sum(map(len, news)) > MOST_CELLS:
        return []
    alike = [[_likeness(before, after) for after in news] for before in olds]
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


def _likeness(old: list[str], new: list[str]) -> int:
    """Count the words that two lines share, twice; 0 where that is less than half of all, 1 where there are none."""
    total = len(old) + len(new)
    if not total:
        return 1
    least = (total + 3) // 4
    if min(len(old), len(new)) < least:
        return 0
    return 2 * LCSseq.similarity(old, new, score_cutoff=least)
