"""Lots undone in reverse, whatever they were and whatever was planned between them: the tables are as before."""

import io
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faq.domain.facets import Facet
from faq.enums import Action, BatchKind, EntryStatus
from faq.models import Batch, Dump, Entry, EntryAlias, Passage, Schedule, SeeAlso, Version
from faq.models.entries import filing_table
from faq.selectors.entry_states import read_entry_states
from faq.services.bulk import change_many, change_one
from faq.services.content import Content, EntryError, content_of
from faq.services.doctor import faults
from faq.services.dumps import Source, import_dumps
from faq.services.entries import edit_entry, restore_version
from faq.services.former_publications import republish_former
from faq.services.merging import add_see_also, merge_entries
from faq.services.schedules import cancel, schedule
from faq.services.undo import undo_batch
from faq.services.verifications import check_entries
from faq.services.workflow import (
    abandon_draft,
    archive_entry,
    publish_entry,
    recall_entry,
    refuse_entry,
    restore_entry,
    submit_entry,
    withdraw_entry,
)
from tests.factories import a_dump_file, a_filing, a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db

FILINGS = ({}, {"couloirs": "hopital"}, {"dispositifs": "pfi-vague-2", "themes": "financement"})
MOVES = (
    submit_entry,
    publish_entry,
    refuse_entry,
    withdraw_entry,
    archive_entry,
    restore_entry,
    recall_entry,
    abandon_draft,
    republish_former,
)
ENTRIES = 6


def some_entries():
    """Entries in every state, two that mention each other, one that is planned to go live and one to be withdrawn."""
    live, _, waiting, refused, beside, archived = (
        a_published_entry("En ligne ?", "Oui.", couloirs="hopital"),
        an_entry("Brouillon ?", "Peut-être.", themes="certificats"),
        an_entry("Soumise ?", "Oui."),
        a_published_entry("Refusée ?", "Oui."),
        a_published_entry("À côté ?", "Oui."),
        an_entry("Archivée ?", "Oui."),
    )
    submit_entry(waiting.pk, by_command(comment="À relire."))
    edit_entry(refused.pk, Content("Refusée ?", "Autrement."), by_command())
    submit_entry(refused.pk, by_command())
    refuse_entry(refused.pk, by_command(comment="Citez l’arrêté."))
    edit_entry(beside.pk, Content("À côté ?", "Ouii."), by_command(minor=True))
    archive_entry(archived.pk, by_command())
    add_see_also(live.pk, refused.pk, None)
    in_a_week = timezone.now() + timedelta(days=7)
    schedule(beside.pk, Action.PUBLISHED, in_a_week, by_command())
    schedule(live.pk, Action.WITHDRAWN, in_a_week, by_command())


class Steps:
    """The steps done to entries, each with the tables before it and the way to take it back."""

    def __init__(self):
        self.taken = []
        self.texts = 0

    def take(self, name, subset, choice):
        """Do something to some entries, where services do not refuse all of it."""
        numbers = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
        some = [number for rank, number in enumerate(numbers) if subset >> rank & 1] or numbers
        before = tables()
        with suppress(EntryError), transaction.atomic():
            if take_back := getattr(self, name)(some, choice):
                self.taken.append((before, take_back))

    def move(self, some, choice):
        return self.lot(change_many(dict.fromkeys(some), MOVES[choice % len(MOVES)], "Essai", None, comment="Oui."))

    def edit(self, some, choice):
        self.texts += 1
        then = (None, Action.SUBMITTED, Action.PUBLISHED)[choice % 3]
        content = Content(f"Texte {self.texts} ?", "Un.\nDeux.", a_filing(**FILINGS[choice % len(FILINGS)]))

        def edit(number, provenance, *, base=None):
            return edit_entry(number, content, provenance, then=then)

        return self.lot(change_many(dict.fromkeys(some), edit, "Modification", None))

    def move_one(self, some, choice):
        """Do a single action, which is a batch of its own."""
        outcome = change_one(
            lambda provenance: MOVES[choice % len(MOVES)](some[0], provenance), "Essai", by_command(comment="Oui.")
        )
        return self.undoing(outcome.version.batch_id) if outcome.changed else None

    def return_to_live(self, some, choice):
        """Edit drafts so that they say what the public reads, or bring the live version back."""

        def write(number, provenance, *, base=None):
            live = Entry.objects.get(pk=number).live
            if live is None:
                raise EntryError("Rien en ligne.")
            if choice % 2:
                return restore_version(live, provenance)
            return edit_entry(number, content_of(live), provenance)

        return self.lot(change_many(dict.fromkeys(some), write, "Retour", None))

    def merge(self, some, choice):
        one, *others = some
        content = content_of(Entry.objects.get(pk=some[choice % len(some)]).head)
        return self.lot(merge_entries(one, others[:2], content, by_command(), bases={}))

    def check(self, some, choice):
        live = dict(Entry.objects.live().filter(pk__in=some).values_list("pk", "live__number"))
        report = check_entries(live, None)
        return self.lot(report) if report.checked else None

    def take_in(self, some, choice):
        """Import a dump of a new answer, and of what some entries say."""
        self.texts += 1
        says = Entry.objects.filter(pk__in=some).exclude(answer="").values_list("answer", flat=True)
        data = a_dump_file(f"Nouvelle réponse {self.texts}.", *says[: choice % 3])
        import_dumps([Source(f"page-{choice % 2}", io.BytesIO(data), "page.txt")], by_command())
        return self.undoing(Batch.objects.filter(kind=BatchKind.DUMP_IMPORT).latest("pk").pk)

    def undo(self, some, choice):
        """Undo any batch but a merge, be it an undo itself."""
        batches = Batch.objects.exclude(kind=BatchKind.MERGE).filter(undone_by=None).order_by("-pk")
        batches = [batch for batch in batches if not (batch.undoes and batch.undoes.kind == BatchKind.MERGE)]
        return self.lot(undo_batch(batches[choice % len(batches)].pk, by_command())) if batches else None

    def plan(self, some, choice):
        """Plan a publication or a withdrawal, unless one is planned already."""
        action = (Action.PUBLISHED, Action.WITHDRAWN)[choice % 2]
        if Schedule.objects.filter(entry=some[0], action=action).exists():
            return None
        schedule(some[0], action, timezone.now() + timedelta(days=30), by_command())
        return lambda: cancel(Schedule.objects.get(entry=some[0], action=action), None)

    def lot(self, report):
        return self.undoing(report.batch.pk) if report.batch else None

    def undoing(self, number):
        def undo():
            report = undo_batch(number, by_command())
            assert report.left == []
            assert report.batch

        return undo


def tables():
    """Return what visitors, editors and exports see of each entry, apart from its history."""
    entries = Entry.objects.select_related("head", "live").order_by("pk")
    filed = {entry.pk: {} for entry in entries}
    for facet in Facet:
        table, entry_column, term_column = filing_table(facet)
        for entry, term in table.objects.order_by(term_column).values_list(entry_column, term_column):
            filed[entry].setdefault(facet, []).append(term)
    plans = {}
    for plan in Schedule.objects.select_related("version", "entry").order_by("action"):
        planned = (plan.action, plan.due_at, plan.created_at, plan.author_id, plan.failed_at, plan.error)
        is_latest = plan.version_id == plan.entry.head_id
        text = content_of(plan.version) if plan.version else None
        plans.setdefault(plan.entry_id, []).append((*planned, is_latest, text))
    states = read_entry_states(filed)
    refusals = dict(Version.objects.filter(action=Action.REFUSED).values_list("pk", "comment"))
    return {
        "entries": {
            entry.pk: (
                *(entry.status, entry.question, entry.answer, entry.search_text),
                *(entry.head.status, content_of(entry.head), entry.head.minor and entry.has_draft),
                content_of(entry.live) if entry.live else None,
                refusals.get(states[entry.pk][-1].refusal),
                *(entry.verification_id if entry.live else None, entry.review_before),
                filed[entry.pk],
                plans.get(entry.pk),
            )
            for entry in entries
        },
        "passages": set(Passage.objects.not_undone().values_list("pk", "entry")),
        "dumps": set(Dump.objects.current().values_list("pk", flat=True)),
        "aliases": set(EntryAlias.objects.values_list("former", "survivor", "batch")),
        "mentions": set(SeeAlso.objects.values_list("left", "right")),
        "undone": dict(Batch.objects.values_list("pk", "undone_by")),
    }


def assert_as_before(before):
    """Compare with what stood; what came into being since is out of use."""
    now = tables()
    for name in ("entries", "undone"):
        now[name] = {key: now[name][key] for key in before[name]}
    assert now == before
    created = Entry.objects.exclude(pk__in=before["entries"])
    assert not created.exclude(status=EntryStatus.ARCHIVED).exists()


NAMES = ("move", "move", "move", "move_one", "edit", "return_to_live", "merge", "check", "take_in", "undo", "plan")
STEP = st.tuples(
    st.sampled_from(NAMES),
    st.integers(0, 2 ** (ENTRIES + 1) - 1),
    st.integers(0, 11),
)


KNOWN = (
    [("move", 0, 0), ("undo", 0, 0)],
    [("check", 0, 0), ("undo", 0, 0), ("undo", 0, 0)],
    [("check", 0, 0), ("undo", 0, 0), ("undo", 0, 0), ("undo", 0, 0), ("undo", 0, 0)],
    [("move", 0, 0), ("move", 0, 6), ("move", 0, 7), ("undo", 0, 0), ("undo", 0, 0)],
    [("edit", 0, 0), ("return_to_live", 0, 0), ("edit", 0, 2), ("move_one", 1, 8), ("return_to_live", 0, 1)],
    [("edit", 0, 1), ("move", 0, 2), ("move", 0, 7), ("plan", 1, 1), ("move_one", 0, 3)],
    [("move", 0, 1), ("move", 0, 4), ("merge", 3, 0), ("take_in", 4, 2), ("check", 0, 0)],
)
"""Sequences with every kind of step."""


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=3, max_size=8))
@pytest.mark.once  # The known sequences are undone on every database.
@pytest.mark.slow
def test_undone_in_reverse_the_tables_are_as_before(steps):
    take_and_undo(steps)


@pytest.mark.parametrize("steps", KNOWN, ids=lambda steps: "-".join(name for name, _, _ in steps))
@pytest.mark.slow
def test_so_they_are_after_known_sequences(steps):
    take_and_undo(steps)


def test_every_kind_of_step_is_in_a_known_sequence():
    assert {name for steps in KNOWN for name, _, _ in steps} == set(NAMES)


def take_and_undo(steps):
    """Take steps, undo them in reverse, and compare the tables with those before each."""
    with transaction.atomic():
        a_taxonomy()
        some_entries()
        history = Steps()
        for step in steps:
            history.take(*step)
        states = read_entry_states(Entry.objects.values_list("pk", flat=True))
        assert {number: own[-1][:2] for number, own in states.items()} == {
            entry.pk: (entry.head_id, entry.live_id) for entry in Entry.objects.all()
        }
        for before, take_back in reversed(history.taken):
            take_back()
            assert_as_before(before)
        assert list(faults()) == []
        transaction.set_rollback(True)
