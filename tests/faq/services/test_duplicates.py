"""Finding duplicates, keeping the stored pairs true while texts change, and remembering decisions."""

import csv
import io
import json
import random

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from faq.caching import clear_all
from faq.enums import Decision
from faq.models import Pair
from faq.services.content import Content
from faq.services.duplicates import compare_waiting, decide_pair, find_duplicates, find_similar, has_outdated_pairs
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, restore_entry
from tests.factories import an_entry, by_command
from tests.pairs import (
    DELAY,
    ELSEWHERE,
    FIRST_WAVE,
    LONG_DELAY,
    OTHER_DELAY,
    REWORDED_DELAY,
    SECOND_WAVE,
    a_pair,
    the_pair,
)

pytestmark = pytest.mark.django_db


def rewrite(entry, answer):
    """Return an entry another answer, and look at it again."""
    question = "Où le lire ?" if answer == ELSEWHERE else "Sous quel délai ?"
    edit_entry(entry.pk, Content(question, answer), by_command())
    return open_pairs(entry.pk)


def open_pairs(number):
    """The open pairs of an entry, once everything written has been compared."""
    compare_waiting()
    return list(Pair.objects.open().of_entry(number))


def stored():
    """All pairs that stand, as they are found."""
    columns = ("left", "right", "kind", "score", "left_text", "right_text")
    return set(Pair.objects.filter(stands=True).values_list(*columns))


class TestFinding:
    @pytest.mark.parametrize(
        ("other", "kind"),
        [
            (DELAY, "exact"),
            (DELAY.upper().replace(" ", "  "), "exact"),
            (REWORDED_DELAY, "near"),
            (LONG_DELAY, "contains"),
            (OTHER_DELAY, "conflict"),
        ],
    )
    def test_each_kind_is_stored_and_open(self, other, kind):
        pair = a_pair(DELAY, other)
        assert pair.kind == kind
        assert list(Pair.objects.open()) == [pair]

    def test_what_decides_is_stored_with_its_words(self):
        assert a_pair(DELAY, OTHER_DELAY).evidence == {"cause": "number", "left": "30 jours", "right": "60 jours"}

    def test_siblings_are_stored_and_not_open(self):
        pair = a_pair(FIRST_WAVE, SECOND_WAVE)
        assert (pair.kind, pair.evidence["cause"]) == ("siblings", "vague")
        assert not Pair.objects.open().exists()
        assert list(Pair.objects.in_use()) == [pair]

    def test_what_is_not_alike_and_what_is_archived_make_no_pair(self):
        archived = an_entry(answer=DELAY)
        archive_entry(archived.pk, by_command())
        an_entry("Sous quel délai ?", DELAY)
        an_entry("Où lire cela ?", ELSEWHERE)
        assert find_duplicates().pairs == []

    def test_a_second_look_changes_nothing(self):
        a_pair()
        before = stored()
        report = find_duplicates()
        assert (report.documents, report.new, report.gone, stored()) == (2, 0, 0, before)

    def test_progress_is_told(self):
        a_pair()
        told = []
        find_duplicates(lambda done, total: told.append((done, total)))
        assert told[0] == (0, 2)
        assert told[-1] == (2, 2)

    def test_pairs_of_an_older_detector_are_told_and_judged_anew(self):
        a_pair()
        assert not has_outdated_pairs()
        Pair.objects.update(generation=0)
        assert has_outdated_pairs()
        find_duplicates()
        assert not has_outdated_pairs()


class TestTyping:
    def test_a_new_text_is_compared_with_what_is_stored(self):
        entry = an_entry("Sous quel délai ?", DELAY)
        [pair] = find_similar("Délai ?", OTHER_DELAY)
        assert (pair.left, pair.right, pair.verdict.kind) == (0, entry.pk, "conflict")
        assert find_similar("Où ?", ELSEWHERE) == []

    def test_an_entry_is_not_compared_with_itself(self):
        entry = an_entry("Sous quel délai ?", DELAY)
        assert find_similar("Sous quel délai ?", f"{DELAY} Merci.", number=entry.pk) == []

    def test_what_was_written_or_archived_since_counts(self):
        assert find_similar("", DELAY) == []
        entry = an_entry("Sous quel délai ?", DELAY)
        assert len(find_similar("", DELAY)) == 1
        archive_entry(entry.pk, by_command())
        assert find_similar("", DELAY) == []


class TestChanges:
    def test_a_pair_comes_and_goes_with_its_texts(self):
        one = an_entry("Sous quel délai ?", DELAY)
        other = an_entry("Où ?", ELSEWHERE)
        assert open_pairs(other.pk) == []
        assert [str(pair) for pair in rewrite(other, DELAY)] == [f"{one.reference} et {other.reference}"]
        assert rewrite(other, ELSEWHERE) == []
        assert not Pair.objects.exists()

    def test_archiving_and_restoring(self):
        pair = a_pair()
        archive_entry(pair.left_id, by_command())
        assert open_pairs(pair.left_id) == []
        restore_entry(pair.left_id, by_command())
        assert len(open_pairs(pair.left_id)) == 1

    @pytest.mark.parametrize("seed", range(3))
    def test_step_by_step_gives_what_a_full_look_gives(self, seed):
        draw = random.Random(seed)
        texts = [DELAY, OTHER_DELAY, REWORDED_DELAY, LONG_DELAY, FIRST_WAVE, SECOND_WAVE, ELSEWHERE]
        entries = [an_entry(f"Question {rank} ?", draw.choice(texts)) for rank in range(5)]
        compare_waiting()
        for entry in draw.sample(entries, 3):
            rewrite(entry, draw.choice(texts))
        step_by_step = stored()
        clear_all()
        find_duplicates()
        assert stored() == step_by_step


class TestDecisions:
    def test_who_decided_what_and_when_is_kept_over_rescans(self):
        author = User.objects.create_user("claire", is_superuser=True)
        pair = decide_pair(a_pair(), Decision.VARIANT, author)
        find_duplicates()
        compare_waiting()
        kept = Pair.objects.get()
        assert (kept.decision, kept.decided_by, kept.decided_at) == ("variant", author, pair.decided_at)
        assert not Pair.objects.open().exists()

    def test_a_change_of_case_or_marks_does_not_open_it_again(self):
        pair = decide_pair(a_pair(), Decision.UNRELATED, None)
        assert rewrite(pair.left, DELAY.replace(", après", " — Après")) == []

    def test_a_material_change_opens_it_again(self):
        pair = decide_pair(a_pair(), Decision.UNRELATED, None)
        [reopened] = rewrite(pair.right, OTHER_DELAY)
        assert (reopened.pk, reopened.kind, reopened.decision) == (pair.pk, "conflict", "unrelated")
        decide_pair(reopened, Decision.VARIANT, None)
        assert not Pair.objects.open().exists()

    def test_a_decision_outlives_the_likeness_and_counts_when_it_comes_back(self):
        pair = decide_pair(a_pair(), Decision.VARIANT, None)
        rewrite(pair.right, ELSEWHERE)
        assert (Pair.objects.get().stands, Pair.objects.get().decision) == (False, "variant")
        assert rewrite(pair.right, DELAY) == []
        assert Pair.objects.get().stands

    def test_taking_a_decision_back(self):
        pair = decide_pair(a_pair(), Decision.RELATED, None)
        back = decide_pair(pair, None, None)
        assert (back.decision, back.decided_at, back.decided_by) == ("", None, None)
        assert list(Pair.objects.open()) == [pair]

    def test_whoever_only_reads_decides_nothing(self):
        reader = User.objects.create_user("lucie")
        reader.groups.set(Group.objects.filter(name="analyste"))
        with pytest.raises(PermissionDenied, match="Peut décider des doublons possibles"):
            decide_pair(a_pair(), Decision.VARIANT, reader)

    def test_a_pair_that_is_gone_cannot_be_decided(self):
        pair = a_pair()
        rewrite(pair.left, ELSEWHERE)
        with pytest.raises(Pair.DoesNotExist):
            decide_pair(pair, Decision.VARIANT, None)


class TestCommand:
    @pytest.fixture(autouse=True)
    def _pairs(self):
        one, other = (an_entry("Sous quel délai ?", text) for text in (DELAY, OTHER_DELAY))
        for rank, text in enumerate((FIRST_WAVE, SECOND_WAVE), start=1):
            an_entry(f"Quand déposer, vague {rank} ?", text)
        find_duplicates()
        decide_pair(the_pair(one, other), Decision.VARIANT, None)
        self.names = one.reference, other.reference

    def run(self, *arguments):
        out = io.StringIO()
        call_command("find_duplicates", *arguments, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    def test_csv_is_the_default_and_leaves_siblings_out(self):
        [row] = csv.DictReader(io.StringIO(self.run().removeprefix("\ufeff")), delimiter=";")
        assert (row["left"], row["right"]) == self.names
        assert (row["kind"], row["decision"]) == ("conflict", "variant")
        assert row["evidence"] == "number: 30 jours | 60 jours"
        assert 0 < float(row["score"]) < 1

    def test_json_of_some_kinds_goes_to_a_file(self, tmp_path):
        target = tmp_path / "pairs.json"
        errors = io.StringIO()
        call_command(
            "find_duplicates", "--kinds", "siblings, exact", "--format=json", f"--output={target}", stderr=errors
        )
        [row] = json.loads(target.read_text("utf-8"))
        assert (row["kind"], row["evidence"]) == ("siblings", "vague: vague 1 | vague 2")
        assert "4 fiches comparées : 1 paires" in errors.getvalue()

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [(("--kinds", "near,sosie"), "Nature inconnue : « sosie »"), (("--format", "xls"), "Format inconnu : « xls »")],
    )
    def test_what_it_does_not_know_is_refused(self, arguments, told):
        with pytest.raises(CommandError, match=told):
            self.run(*arguments)
