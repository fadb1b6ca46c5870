"""Where the bars of a chart stand: numbers in, coordinates out. The templates draw them, style sheets colour them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 360
"""Units; the drawing is as wide as its place."""
ROW, BAR = 32, 12
"""Units from one bar to the next, and of the bar itself, which stands below its label."""
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
        """Where the label of a column stands, far enough from the edge to be read whole."""
        return max(self.x + self.width // 2, _HALF_LABEL)

    @property
    def top(self) -> int:
        """Where the upper part begins."""
        return self.y - self.upper


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart."""

    bars: Sequence[Bar]
    width: int
    height: int
    most: float
    """What a full bar stands for."""

    @property
    def base(self) -> int:
        """Where columns stand."""
        return self.height - FOOT


def build_bar_chart(rows: Sequence[tuple[str, float]], most: float | None = None) -> Chart:
    """Lay out one horizontal bar per row, each below its label; `most` is what a full one stands for."""
    full = most or max((value for _, value in rows), default=0) or 1
    drawn = [
        Bar(label, value, 0, rank * ROW + ROW - BAR, round(WIDTH * value / full), BAR)
        for rank, (label, value) in enumerate(rows)
    ]
    return Chart(drawn, WIDTH, ROW * len(rows), full)


def build_column_chart(rows: Sequence[tuple[str, int, int]]) -> Chart:
    """Lay out one column per row, in two parts: (label, lower part, upper part)."""
    most = max((lower + upper for _, lower, upper in rows), default=0) or 1
    step = WIDTH // max(len(rows), 1)
    room = COLUMNS_HEIGHT - FOOT - TOP
    drawn = []
    for rank, (label, lower, upper) in enumerate(rows):
        height, above = round(room * lower / most), round(room * upper / most)
        y = COLUMNS_HEIGHT - FOOT - height
        drawn.append(Bar(label, lower, rank * step + step // 6, y, step * 2 // 3, height, above, upper))
    return Chart(drawn, WIDTH, COLUMNS_HEIGHT, most)
