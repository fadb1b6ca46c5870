"""manage.py export_votes: the votes of a period, both days included, on the clock of Paris."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from feedback.models import VoteAnswer
from feedback.votes import cast_vote
from tests.factories import a_published_entry

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
# Around both changes of the clock, when a day in Paris has 23 and 25 hours.
MOMENTS = (
    "2025-03-29T23:59:59",
    "2025-03-30T00:00:00",
    "2025-03-30T23:59:59",
    "2025-03-31T00:00:00",
    "2025-10-26T00:00:00",
    "2025-10-26T23:59:59",
    "2025-10-27T00:00:00",
)


@pytest.fixture
def votes():
    entry = a_published_entry()
    for moment in MOMENTS:
        at = datetime.fromisoformat(moment).replace(tzinfo=PARIS)
        cast_vote(entry.pk, VoteAnswer.YES, moment, at=at)


def exported(capsysbinary, *arguments):
    """Return the moments of the votes that the command writes."""
    call_command("export_votes", "--format", "csv", *arguments)
    _, *lines = capsysbinary.readouterr().out.decode("utf-8-sig").split("\r\n")[:-1]
    return tuple(line[: len(MOMENTS[0])] for line in lines)


@pytest.mark.usefixtures("votes")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], MOMENTS),
        (["--since", "2025-03-30"], MOMENTS[1:]),
        (["--until", "2025-03-30"], MOMENTS[:3]),
        (["--since", "2025-03-30", "--until", "2025-03-30"], MOMENTS[1:3]),
        (["--since", "2025-10-26", "--until", "2025-10-26"], MOMENTS[4:6]),
        (["--since", "2025-04-01", "--until", "2025-04-30"], ()),
        (["--since", "1000-01-01", "--until", "2999-12-31"], MOMENTS),
    ],
)
def test_both_days_are_included(capsysbinary, arguments, expected):
    assert exported(capsysbinary, *arguments) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hier",
        "31/03/2025",
        "2025-02-30",
        "2025-3-1",
        "20250301",
        "0001-01-01",
        "9999-12-31",
        "٢٠٢٥-٠٣-٠١",
    ],
)
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_bad_date_is_an_error(option, text):
    with pytest.raises(CommandError, match=f"{option} : « {text} » n’est pas une date") as refusal:
        call_command("export_votes", f"{option}={text}")
    assert refusal.value.returncode == 1


def test_period_that_ends_before_it_begins_is_an_error(capsysbinary):
    with pytest.raises(CommandError, match=r"--since \(2025-04-01\) vient après --until \(2025-03-31\)") as refusal:
        call_command("export_votes", "--since", "2025-04-01", "--until", "2025-03-31")
    assert refusal.value.returncode == 1
    assert capsysbinary.readouterr().out == b""


@pytest.mark.usefixtures("votes")
def test_file_is_written_and_announced(tmp_path, capsysbinary):
    path = tmp_path / "votes.csv"
    call_command("export_votes", "--until", "2025-03-29", "--output", str(path))
    assert path.read_bytes().count(b"\r\n") == 2
    assert capsysbinary.readouterr().err.decode() == f"1 vote écrit dans « {path} ».\n"


@pytest.mark.usefixtures("votes")
def test_other_formats(capsysbinary):
    call_command("export_votes", "--format", "json", "--until", "2025-03-29")
    assert b'"vote": "oui"' in capsysbinary.readouterr().out
