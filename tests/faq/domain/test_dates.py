"""Days and hours in printed French."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from faq.domain.text.dates import format_day, format_moment


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 1), "1er\u00a0décembre 2026"),
        (date(2026, 8, 2), "2\u00a0août 2026"),
        (date(2025, 2, 21), "21\u00a0février 2025"),
    ],
)
def test_only_the_first_of_a_month_is_an_ordinal(day, expected):
    assert format_day(day) == expected


@pytest.mark.parametrize(
    ("hour", "minute", "expected"), [(9, 0, "9\u00a0h"), (0, 0, "0\u00a0h"), (16, 5, "16\u00a0h\u00a005")]
)
def test_minutes_stand_where_there_are_any(hour, minute, expected):
    assert format_moment(datetime(2026, 12, 1, hour, minute, tzinfo=UTC)) == f"1er\u00a0décembre 2026 à {expected}"


def test_templates_print_moments_in_paris_time():
    at = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)
    printed = Template("{{ at|day }} / {{ at|moment }} / {{ on|day }} / {{ none|moment }}{{ none|day }}").render(
        Context({"at": at, "on": date(2026, 3, 1), "none": None})
    )
    assert printed == "1er\u00a0août 2026 / 1er\u00a0août 2026 à 0\u00a0h\u00a030 / 1er\u00a0mars 2026 / "
