"""The layout of bar and column charts: numbers in, coordinates out. Templates draw them, style sheets colour them.

Across, coordinates are shares of the chart's width in per cent; down, they are pixels. So a chart is as wide as its
place on the page, and its text as large as the page's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100
"""Width of a chart, in per cent."""
ROW, BAR = 40, 12
"""Distance between two bars, and height of a bar, in pixels. A bar stands below its label."""
COLUMNS_HEIGHT, FOOT, TOP = 200, 28, 20
"""Height of a chart of columns; room below it for their labels, and above it for the scale's highest number."""
SCALE_WIDTH = 10
"""Room on the left for the numbers of the scale, in per cent."""
_FULL_SCALES = (2, 4, 6, 8, 10, 20)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, or column."""

    label: str
    value: float
    x: int
    y: int
    width: int
    height: int
    upper: int = 0
    """The height of the part that stands on top, in a column of two parts."""
    other: float = 0
    """The value of that part."""

    @property
    def middle(self) -> int:
        """The centre of a column."""
        return self.x + self.width // 2

    @property
    def top(self) -> int:
        """The top of the upper part."""
        return self.y - self.upper


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its bars and its size."""

    bars: Sequence[Bar]
    width: int
    height: int
    most: float
    """The value of a full bar, or of the highest column."""
    scale: Sequence[tuple[int, int]] = ()
    """Values of the scale, each with its distance from the top."""

    @property
    def base(self) -> int:
        """The line on which columns stand."""
        return self.height - FOOT


def build_bar_chart(rows: Sequence[tuple[str, float]], most: float | None = None) -> Chart:
    """Return a chart with one horizontal bar per row, below its label; `most` is the value of a full bar."""
    full = most or max((value for _, value in rows), default=0) or 1
    drawn = [
        Bar(label, value, 0, rank * ROW + ROW - BAR, round(WIDTH * value / full), BAR)
        for rank, (label, value) in enumerate(rows)
    ]
    return Chart(drawn, WIDTH, ROW * len(rows), full)


def build_column_chart(rows: Sequence[tuple[str, int, int]]) -> Chart:
    """Return a chart with one column per row, in two parts: (label, lower part, upper part)."""
    most = max((lower + upper for _, lower, upper in rows), default=0) or 1
    full = _round_up(most)
    step = (WIDTH - SCALE_WIDTH) // max(len(rows), 1)
    room, base = COLUMNS_HEIGHT - FOOT - TOP, COLUMNS_HEIGHT - FOOT
    drawn = []
    for rank, (label, lower, upper) in enumerate(rows):
        height, above = round(room * lower / full), round(room * upper / full)
        drawn.append(
            Bar(label, lower, SCALE_WIDTH + rank * step, base - height, max(step * 3 // 4, 1), height, above, upper)
        )
    scale = [(value, base - round(room * value / full)) for value in (0, full // 2, full)]
    return Chart(drawn, WIDTH, COLUMNS_HEIGHT, most, scale)


def _round_up(most: int) -> int:
    """Return the even end of a scale that is easy to read: 2, 4, 6, 8, 10, 20, 40 and so on."""
    power = 1
    while most > _FULL_SCALES[-1] * power:
        power *= 10
    return next(full * power for full in _FULL_SCALES if most <= full * power)
