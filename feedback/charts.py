"""The layout of bar and column charts: numbers in, coordinates out. Templates draw them, style sheets colour them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 360
"""Width of a chart in units of its own; it is scaled to the page."""
ROW, BAR = 32, 12
"""Distance between two bars, and height of a bar, in units. A bar stands below its label."""
_HALF_LABEL = 20
COLUMNS_HEIGHT, FOOT, TOP = 150, 24, 8


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
        """The centre of a column's label, far enough from the edge for the whole label."""
        return max(self.x + self.width // 2, _HALF_LABEL)

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
    """The value of a full bar."""

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
    step = WIDTH // max(len(rows), 1)
    room = COLUMNS_HEIGHT - FOOT - TOP
    drawn = []
    for rank, (label, lower, upper) in enumerate(rows):
        height, above = round(room * lower / most), round(room * upper / most)
        y = COLUMNS_HEIGHT - FOOT - height
        drawn.append(Bar(label, lower, rank * step + step // 6, y, step * 2 // 3, height, above, upper))
    return Chart(drawn, WIDTH, COLUMNS_HEIGHT, most)
