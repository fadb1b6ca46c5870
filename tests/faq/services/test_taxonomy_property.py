"""After any sequence of changes of the taxonomy and undos, no address, option, form or entry is broken."""

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faq.caching import clear_all
from faq.domain.facets import Facet
from faq.enums import Action, EntryStatus
from faq.forms import EntryForm
from faq.models import Batch, Entry, Epoch, Version
from faq.selectors.published import live_snapshot, load_taxonomy, read_snapshot
from faq.services.bulk import change_many
from faq.services.content import Content, EntryError, content_of
from faq.services.doctor import faults
from faq.services.entries import edit_entry, restore_version
from faq.services.row_changes import read_columns
from faq.services.taxonomy import TermInUse, delete_term, get_children, get_parents, parent_relation, save_term
from faq.services.taxonomy_batches import key_of
from faq.services.taxonomy_operations import TermRefused, merge_terms, reorder_term, set_retired, split_term
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry
from faq.views.states import get_renamed_slugs, parse_query
from tests.factories import MODELS, a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db

MODELS_IN_ORDER = list(MODELS.values())


def some_entries():
    """Entries of every state and kind of filing, a draft beside a live text among them."""
    a_published_entry("Un ?", "Oui.", dispositifs="dpi-vague-1", themes="certificats")
    a_published_entry("Deux ?", "Oui.", couloirs="hopital imagerie", products="convergence")
    beside = a_published_entry("Trois ?", "Oui.", dispositifs="pfi-vague-2")
    edit_entry(beside.pk, Content("Trois, mieux ?", "Oui.", content_of(beside.live).filing), by_command())
    an_entry("Quatre ?", "Oui.", dispositifs="dpi-vague-1 ris-vague-1", couloirs="hopital imagerie")
    an_entry("Cinq ?", "Oui.", products="dmn", themes="certificats financement")
    archive_entry(an_entry("Six ?", "Oui.", dispositifs="ris-vague-1").pk, by_command())
    a_published_entry("Sept ?", "Oui.")


class Operations:
    """The operations on the taxonomy, and the addresses that visitors may have kept."""

    def __init__(self):
        self.made = 0
        self.addresses = set()
        self.keep_addresses()

    def take(self, name, one, other):
        """Do something, unless it is refused."""
        model = MODELS_IN_ORDER[one % len(MODELS_IN_ORDER)]
        terms = list(model.objects.standing().order_by("pk"))
        self.made += 1
        with suppress(EntryError, TermRefused, TermInUse, ValidationError), transaction.atomic():
            if terms:
                getattr(self, name)(terms[one // 5 % len(terms)], terms, other)
        self.keep_addresses()

    def keep_addresses(self):
        """Note the addresses that the public may see now."""
        taxonomy = live_snapshot().taxonomy
        self.addresses |= {(term.facet, term.slug, term.id) for terms in taxonomy.by_facet.values() for term in terms}

    def rename(self, term, terms, choice):
        label = f"Terme {self.made}"
        setattr(term, "name" if hasattr(term, "name") else "label", label)
        # Sometimes back to a slug that it had.
        term.slug = term.old_slugs[0] if term.old_slugs and choice % 2 else f"terme-{self.made}"
        save_term(term, None)

    def reorder(self, term, terms, choice):
        reorder_term(term, [*(one.pk for one in terms), None][choice % (len(terms) + 1)], None)

    def move(self, term, terms, choice):
        facet = key_of(term)[0]
        if not facet.parent:
            return
        above = list(MODELS[facet.parent].objects.standing().order_by("pk").values_list("pk", flat=True))
        if parent_relation(term):
            save_term(term, None, parents=[pk for rank, pk in enumerate(above) if (choice + 1) >> rank & 1])
        else:
            term.offer_type_id = above[choice % len(above)]
            save_term(term, None)

    def merge(self, term, terms, choice):
        merge_terms(term, terms[choice % len(terms)], None)

    def split(self, term, terms, choice):
        new = type(term)(slug=f"part-{self.made}", **{"name" if hasattr(term, "name") else "label": f"P {self.made}"})
        entries = [pk for pk in Entry.objects.values_list("pk", flat=True) if choice >> pk % 5 & 1]
        children = {key_of(child) for child in get_children(term) if choice % 3}
        split_term(term, new, entries, children, None)

    def retire(self, term, terms, choice):
        set_retired(term, not term.retired, None)

    def create(self, term, terms, choice):
        new = type(term)(slug=f"neuf-{self.made}", **{"name" if hasattr(term, "name") else "label": f"N {self.made}"})
        if hasattr(term, "offer_type_id"):
            new.offer_type_id = term.offer_type_id
        save_term(new, None, parents=get_parents(term) if parent_relation(term) else None)

    def delete(self, term, terms, choice):
        delete_term(term, None)

    def file(self, term, terms, choice):
        """File an entry elsewhere, as a lot."""
        numbers = list(Entry.objects.exclude(status=EntryStatus.ARCHIVED).values_list("pk", flat=True))
        filing = {facet: frozenset() for facet in Facet} | {key_of(term)[0]: frozenset({term.pk})}
        content = Content(f"Question {self.made} ?", "Oui.", filing)
        then = (None, Action.PUBLISHED)[choice % 2]

        def edit(number, provenance, *, base=None):
            return edit_entry(number, content, provenance, then=then)

        change_many({numbers[choice % len(numbers)]: None}, edit, "Classement", None)

    def bring_back(self, term, terms, choice):
        """Bring back the filing of a past version, as a lot."""
        versions = list(Version.objects.exclude(entry__status=EntryStatus.ARCHIVED).order_by("pk"))
        version = versions[choice % len(versions)]

        def restore(number, provenance, *, base=None):
            return restore_version(version, provenance)

        change_many({version.entry_id: None}, restore, "Retour", None)

    def undo(self, term, terms, choice):
        batches = list(Batch.objects.filter(undone_by=None).order_by("-pk"))
        if batches:
            undo_batch(batches[choice % len(batches)].pk, by_command())


NAMES = (
    "rename",
    "reorder",
    "move",
    "move",
    "merge",
    "split",
    "retire",
    "create",
    "delete",
    "file",
    "bring_back",
    "undo",
)
OPERATIONS = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8)


def check(operations):
    """Assert what must hold after any change."""
    assert list(faults()) == []
    taxonomy, snapshot = load_taxonomy(), live_snapshot()
    fresh = read_snapshot(Epoch.tokens())
    assert (snapshot.terms, snapshot.taxonomy) == (fresh.terms, fresh.taxonomy)
    for entry in Entry.objects.select_related("head", "live"):
        content = content_of(entry.head)
        assert taxonomy.complete(content.filing) == content.filing
        form = EntryForm(_sent(entry.head, taxonomy), taxonomy=taxonomy, head=entry.head, may_name_themes=False)
        assert form.is_valid(), form.errors
        if entry.status != EntryStatus.ARCHIVED:
            assert not edit_entry(entry.pk, form.content([]), by_command()).changed
    live = set(Entry.objects.live().values_list("pk", flat=True))
    assert set(snapshot.index.live) == live
    for question in snapshot.index.questions({}):
        for option in question.options:
            assert option.count == len(snapshot.index.select({question.facet: option.term})) >= 1
    for facet, slug, id in operations.addresses:
        query = {facet.parameter: slug}
        renamed = get_renamed_slugs(query, snapshot.everything)
        read = parse_query(renamed or query, snapshot.taxonomy)
        exists = (facet, id) in taxonomy.by_id
        [answering] = taxonomy.resolve({facet: frozenset({id})})[facet]
        if not exists or taxonomy.by_id[facet, answering].retired:
            continue
        is_shown = facet is not Facet.THEMES or answering in snapshot.index.filed(Facet.THEMES)
        assert read.state == ({facet: taxonomy.by_id[facet, answering]} if is_shown else {}), (facet, slug)


def _sent(version, taxonomy):
    """The data that the form of an entry sends untouched: the boxes that are ticked, without what they imply."""
    chosen = taxonomy.reduce(version.filed_under)
    filing = {facet.value: sorted(ids) for facet, ids in chosen.items()}
    return {"question": version.question, "answer": version.answer, "base": version.number, **filing}


def tables():
    """Reference data without what undoing leaves: former slugs, and terms that past versions name alone."""
    rows = {}
    for model in MODELS_IN_ORDER:
        for row in model.objects.standing():
            columns = read_columns(row)
            rows[model, row.pk] = {name: value for name, value in columns.items() if name != "old_slugs"}
    return rows


def entries():
    """The content of every entry, its live text included."""
    return {
        entry.pk: (entry.status, content_of(entry.head), entry.live and content_of(entry.live))
        for entry in Entry.objects.select_related("head", "live")
    }


KNOWN = (
    [("split", 1, 3), ("undo", 0, 0), ("split", 1, 3), ("undo", 0, 1)],
    [("create", 4, 0), ("file", 14, 1), ("undo", 0, 0), ("undo", 0, 1)],
    [("merge", 2, 1), ("rename", 7, 0), ("merge", 7, 2), ("undo", 0, 2), ("bring_back", 0, 0)],
    [("move", 2, 1), ("file", 2, 1), ("move", 2, 0), ("undo", 0, 1), ("undo", 0, 0)],
    [("merge", 55, 0)],
    [("create", 40, 50), ("file", 58, 54), ("split", 55, 31)],
)
"""Sequences that went wrong once."""


@given(OPERATIONS)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.once  # The known sequences are taken on every database.
@pytest.mark.slow
def test_nothing_is_broken_and_all_comes_back(steps):
    take_and_undo(steps)


@pytest.mark.parametrize("steps", KNOWN, ids=lambda steps: "-".join(name for name, _, _ in steps))
def test_nor_by_sequences_that_went_wrong_once(steps):
    take_and_undo(steps)


def take_and_undo(steps):
    """Take steps, then undo all that was done, in reverse; assert what must hold after each."""
    with transaction.atomic():
        clear_all()
        a_taxonomy()
        some_entries()
        operations = Operations()
        first = tables(), entries()
        for step in steps:
            operations.take(*step)
            check(operations)
        for number in Batch.objects.order_by("-pk").values_list("pk", flat=True):
            if Batch.objects.get(pk=number).undone_by_id is None:
                with suppress(EntryError):
                    undo_batch(number, by_command())
                check(operations)
        last = tables(), entries()
        added = last[0].keys() - first[0].keys()
        assert {row: columns for row, columns in last[0].items() if row not in added} == first[0]
        # What was created and used since stays for the versions that name it, and is offered no more.
        assert all(last[0][row]["retired"] for row in added)
        assert last[1] == first[1]
        transaction.set_rollback(True)
