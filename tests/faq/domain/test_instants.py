"""Instants of the past as people write them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.instants import NotAPastInstant, past_instant

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 6, 15, 12, 30, 5, 250, tzinfo=UTC)


def read(text, now=NOW):
    return past_instant(text, now=now, zone=PARIS).isoformat()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-12", "2026-03-12T23:59:59.999999+01:00"),
        ("2026-06-14", "2026-06-14T23:59:59.999999+02:00"),
        ("2026-06-15", "2026-06-15T14:30:05.000250+02:00"),
        ("2026-03-12T14:30", "2026-03-12T14:30:00+01:00"),
        ("2026-03-12 14:30:05", "2026-03-12T14:30:05+01:00"),
        ("2026-03-12T14:30:05.5", "2026-03-12T14:30:05.500000+01:00"),
        ("2026-03-12T14:30+05:30", "2026-03-12T10:00:00+01:00"),
        ("2026-06-15T12:30:05Z", "2026-06-15T14:30:05+02:00"),
        ("2026-10-25T02:30+01:00", None),
        ("2025-10-26T02:30+01:00", "2025-10-26T02:30:00+01:00"),
        ("2025-10-26T02:30+02:00", "2025-10-26T02:30:00+02:00"),
        (" 2024-02-29 ", "2024-02-29T23:59:59.999999+01:00"),
    ],
)
def test_reads(text, instant):
    if instant is None:
        with pytest.raises(NotAPastInstant, match="est dans l’avenir"):
            read(text)
    else:
        assert read(text) == instant


def test_the_present_day_is_that_of_the_zone():
    just_before_midnight_in_london = datetime(2026, 6, 14, 22, 30, tzinfo=UTC)
    assert read("2026-06-15", just_before_midnight_in_london) == "2026-06-15T00:30:00+02:00"


@pytest.mark.parametrize("text", ["2026-06-16", "2026-06-15T14:30:06", "2026-06-15T14:31+02:00", "2999-12-31"])
def test_refuses_the_future(text):
    with pytest.raises(NotAPastInstant, match=f"« {text.replace('+', '.')} » est dans l’avenir"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hier",
        "12/03/2026",
        "2026-3-12",
        "2026-02-30",
        "2026-13-01",
        "2026-03-12T25:00",
        "2026-03-12T14",
        "2026-03-12T14:30+99:00",
        "2026-03-12+01:00",
        "20260312",
        "2026-W11-4",
        "0001-01-01",
        "٢٠٢٦-03-12",
    ],
)
def test_refuses_what_is_no_date_and_says_how_to_write_one(text):
    with pytest.raises(NotAPastInstant) as refusal:
        read(text)
    assert str(refusal.value).startswith(f"« {text} » n’est pas une date. Écrivez l’année")


@pytest.mark.parametrize("text", ["2025-10-26T02:30", "2026-03-29T02:30"])
def test_asks_which_where_the_clock_was_changed(text):
    with pytest.raises(NotAPastInstant, match=r"L’heure légale a changé ce jour-là à 02:30.*ajoutez le décalage"):
        read(text)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2030, 1, 1), timezones=st.just(PARIS)))
def test_reads_back_every_instant_that_it_writes(instant):
    instant = instant.astimezone(UTC).astimezone(PARIS)
    now = instant + timedelta(microseconds=1)
    written = past_instant(instant.isoformat(), now=now, zone=PARIS)
    assert (written, written.isoformat()) == (instant, instant.isoformat())


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with suppress(NotAPastInstant):
        assert past_instant(text, now=NOW, zone=PARIS) <= NOW
