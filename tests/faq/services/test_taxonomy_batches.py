"""Changes of the taxonomy as batches: entries follow their terms, and one undo brings all of it back."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from faq.domain.facets import Facet
from faq.enums import Action, BatchKind, EntryStatus, Origin
from faq.models import (
    Batch,
    ChangeLog,
    Couloir,
    Dispositif,
    Entry,
    Epoch,
    OfferType,
    Product,
    RowChange,
    Schedule,
    SynonymGroup,
    Theme,
    Version,
)
from faq.selectors.published import live_snapshot
from faq.services.bulk import change_many
from faq.services.content import Content, EntryError, content_of
from faq.services.doctor import faults
from faq.services.entries import edit_entry
from faq.services.row_changes import read_columns
from faq.services.schedules import carry_out_due, schedule
from faq.services.synonyms import save_synonyms
from faq.services.taxonomy import TermEdit, delete_term, save_term, save_terms
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry, refuse_entry, submit_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db

MODELS = (OfferType, Couloir, Dispositif, Product, Theme, SynonymGroup)


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def tables():
    """All rows of reference data."""
    return {(model, row.pk): read_columns(row) for model in MODELS for row in model.objects.all()}


def undo(batch):
    return undo_batch(batch.pk, by_command())


def move(slug, *couloirs, **options):
    """A dispositif belongs to other couloirs."""
    dispositif = Dispositif.objects.get(slug=slug)
    parents = [Couloir.objects.get(slug=couloir).pk for couloir in couloirs]
    return save_term(dispositif, None, parents=parents, **options)


def _renamed(term, label):
    """A thématique with another name, not yet saved."""
    term.name = label
    return term


def filed(entry, facet=Facet.COULOIRS):
    """The slugs that an entry's row is filed under, equal to its snapshot."""
    entry = Entry.objects.get(pk=entry.pk)
    slugs = set(getattr(entry, facet).values_list("slug", flat=True))
    assert slugs == {term["slug"] for term in (entry.live or entry.head).filing[facet]}
    return slugs


class TestMoving:
    def test_entries_follow_in_one_batch_and_come_back(self):
        live, draft, other = (
            a_published_entry(dispositifs="dpi-vague-1"),
            an_entry(dispositifs="dpi-vague-1"),
            an_entry(),
        )
        archived = archive_entry(an_entry(dispositifs="dpi-vague-1").pk, by_command()).entry
        before = tables()
        report = move("dpi-vague-1", "imagerie")
        assert (report.batch.kind, [one.entry.pk for one in report.refiled]) == (
            BatchKind.TAXONOMY,
            [live.pk, draft.pk, archived.pk],
        )
        assert filed(live) == filed(draft) == filed(archived) == {"imagerie"}
        assert Version.objects.filter(batch=report.batch).count() == 3
        head = Entry.objects.get(pk=live.pk).head
        assert (head.action, head.origin, head.status, head.minor) == (
            Action.REFILED,
            Origin.TAXONOMY,
            EntryStatus.PUBLISHED,
            True,
        )
        assert Entry.objects.get(pk=archived.pk).status == EntryStatus.ARCHIVED
        assert Version.objects.filter(entry=other).count() == 1
        assert list(faults()) == []
        result = undo(report.batch)
        assert [entry.pk for entry in result.reverted] == [live.pk, draft.pk, archived.pk]
        assert filed(live) == filed(draft) == filed(archived) == {"hopital"}
        assert tables() == before
        assert list(faults()) == []

    def test_an_entry_under_both_can_be_saved_and_published(self):
        """Filed under the couloir and the dispositif that leaves it, which the form refused before."""
        entry = an_entry(couloirs="hopital", dispositifs="dpi-vague-1")
        move("dpi-vague-1", "imagerie")
        content = content_of(Entry.objects.get(pk=entry.pk).head)
        edit_entry(entry.pk, Content("Autre ?", "Oui.", content.filing), by_command())
        publish_entry(entry.pk, by_command())
        assert filed(entry) == {"imagerie"}

    def test_a_draft_beside_the_live_text_stays_beside_it(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        submit_entry(entry.pk, by_command())
        live = Entry.objects.get(pk=entry.pk).live
        report = move("dpi-vague-1", "imagerie")
        entry.refresh_from_db()
        assert (entry.live.question, entry.head.question) == ("Comment faire ?", "Autre ?")
        assert (entry.live.number, entry.head.number) == (5, 6)
        assert entry.head.status == EntryStatus.IN_REVIEW
        assert {term["slug"] for term in entry.head.filing["couloirs"]} == {"imagerie"}
        assert filed(entry) == {"imagerie"}
        assert list(faults()) == []
        refuse_entry(entry.pk, by_command(comment="Non."))
        undone = undo(report.batch)
        assert [(entry.pk, "modifiée depuis")] == [(one.pk, reason) for one, reason in undone.left]
        # It is left alone but for its filing: the dispositif is in the hospital again.
        assert [one.entry.pk for one in undone.refiled] == [entry.pk]
        assert filed(entry) == {"hopital"}
        entry.refresh_from_db()
        assert (entry.live.question, entry.head.question) == (live.question, "Autre ?")
        assert {term["slug"] for term in entry.head.filing["couloirs"]} == {"hopital"}
        assert entry.head.original.action == Action.REFUSED
        assert list(faults()) == []

    def test_a_draft_alone_comes_back_beside_the_same_live_version(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        before = Entry.objects.get(pk=entry.pk)
        undo(move("dpi-vague-1", "imagerie").batch)
        entry.refresh_from_db()
        assert (entry.live, content_of(entry.head)) == (before.live, content_of(before.head))
        assert list(faults()) == []

    def test_a_draft_that_is_filed_elsewhere_than_the_live_text(self):
        entry = a_published_entry(couloirs="imagerie")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        move("dpi-vague-1", "imagerie")
        entry.refresh_from_db()
        assert (entry.live.number, entry.head.number) == (2, 4)
        assert {term["slug"] for term in entry.head.filing["couloirs"]} == {"imagerie"}
        assert list(faults()) == []

    def test_a_planned_publication_is_carried_out_with_the_new_filing(self):
        entry = an_entry(dispositifs="dpi-vague-1")
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
        report = move("dpi-vague-1", "imagerie")
        assert report.refiled[0].plans == 1
        Schedule.objects.update(due_at=timezone.now())
        assert [outcome.entry.pk for outcome in carry_out_due().done] == [entry.pk]
        assert filed(entry) == {"imagerie"}

    def test_a_plan_follows_undoing_and_undoing_that(self):
        entry = an_entry(dispositifs="dpi-vague-1")
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
        batch = move("dpi-vague-1", "imagerie").batch
        for _ in range(3):
            batch = undo(batch).batch
            assert Schedule.objects.get().version == Entry.objects.get(pk=entry.pk).head

    def test_a_plan_of_a_draft_beside_a_live_text_stays(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
        move("dpi-vague-1", "imagerie")
        assert Schedule.objects.get().version == Entry.objects.get(pk=entry.pk).head

    def test_lots_are_undone_in_reverse(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        archived = change_many({entry.pk: None}, archive_entry, "Archivage", None).batch
        moved = move("dpi-vague-1", "imagerie").batch
        undo(moved)
        undo(archived)
        assert filed(entry) == {"hopital"}
        assert list(faults()) == []

    def test_what_comes_back_by_another_undo_fits_the_present_terms(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        withdrawn = change_many(
            {entry.pk: None},
            lambda number, provenance, base: edit_entry(number, Content("A ?", "B.", a_filing()), provenance),
            "Hors de tout",
            None,
        ).batch
        move("dpi-vague-1", "imagerie")
        undo(withdrawn)
        assert filed(entry) == {"imagerie"}
        assert list(faults()) == []

    def test_it_costs_the_same_whatever_is_filed_there(self, django_assert_max_num_queries):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        queries = 110
        for number in (1, 8):
            for rank in range(number):
                beside = a_published_entry(f"{number} {rank} ?", dispositifs="dpi-vague-1")
                content = Content(f"{number} {rank}, revue ?", "Oui.", content_of(beside.live).filing)
                edit_entry(beside.pk, content, by_command())
                schedule(beside.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
            with django_assert_max_num_queries(queries) as taken:
                batch = move("dpi-vague-1", "imagerie").batch
            queries = len(taken)
            assert filed(entry) == {"imagerie"}
            undo(batch)

    def test_readers_are_told_once(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", content_of(entry.live).filing), by_command())
        live_snapshot()
        steps = ChangeLog.objects.count()
        move("dpi-vague-1", "imagerie")
        assert ChangeLog.objects.count() == steps + 1
        snapshot = live_snapshot()
        [imaging] = [term for term in snapshot.terms if term.slug == "imagerie"]
        assert list(snapshot.index.filed_under(imaging)) == [entry.pk]

    def test_nothing_changes_without_a_change(self):
        epoch = Epoch.now()
        assert move("dpi-vague-1", "hopital").batch is None
        assert Epoch.now() == epoch
        assert not Batch.objects.exists()


class TestColumns:
    def test_a_slug_that_comes_back_keeps_the_one_that_was_public_meanwhile(self):
        theme = Theme.objects.get(slug="certificats")
        theme.slug = "igc"
        batch = save_term(theme, None).batch
        redo = undo(batch).batch
        theme.refresh_from_db()
        assert (theme.slug, theme.old_slugs) == ("certificats", ["igc"])
        undo(redo)
        theme.refresh_from_db()
        assert (theme.slug, theme.old_slugs) == ("igc", ["certificats"])

    def test_a_chain_of_renamings_is_undone_in_reverse_only(self):
        batches = []
        for slug in ("b", "c"):
            theme = Theme.objects.get(slug__in=("certificats", "b"))
            theme.slug = slug
            batches.append(save_term(theme, None).batch)
        with pytest.raises(EntryError, match="annulez d’abord"):
            undo(batches[0])
        undo(batches[1])
        undo(batches[0])
        theme.refresh_from_db()
        assert (theme.slug, set(theme.old_slugs)) == ("certificats", {"b", "c"})

    def test_other_columns_may_have_changed_since(self):
        theme = Theme.objects.get(slug="certificats")
        theme.name = "Certificats IGC"
        batch = save_term(theme, None).batch
        theme.position = 12
        save_term(theme, None)
        undo(batch)
        theme.refresh_from_db()
        assert (theme.name, theme.position) == ("certificats", 12)

    def test_review_dates_follow_back_and_forth(self):
        entry = a_published_entry(themes="certificats")
        theme = Theme.objects.get(slug="certificats")
        before = Entry.objects.get(pk=entry.pk).review_before
        theme.review_months = 1
        batch = save_term(theme, None).batch
        assert Entry.objects.get(pk=entry.pk).review_before < before
        undo(batch)
        assert Entry.objects.get(pk=entry.pk).review_before == before
        assert list(faults()) == []

    def test_a_slug_taken_since_stays_with_who_has_it(self):
        theme = Theme.objects.get(slug="certificats")
        theme.slug = "igc"
        batch = save_term(theme, None).batch
        Theme.objects.filter(pk=theme.pk).update(old_slugs=[])
        Theme.objects.create(name="Autre", slug="certificats")
        Theme.objects.filter(pk=theme.pk).update(old_slugs=["certificats"])
        with pytest.raises(EntryError, match="« Autre » a pris depuis"):
            undo(batch)


class TestCreatingAndDeleting:
    def test_a_new_term_comes_last_and_can_be_taken_back(self):
        Couloir.objects.filter(slug="imagerie").update(position=7)
        offer = OfferType.objects.get(slug="segur")
        before = tables()
        batch = save_term(Couloir(slug="officine", label="Officine", offer_type=offer), None).batch
        assert Couloir.objects.get(slug="officine").position == 8
        redo = undo(batch).batch
        assert tables() == before
        undo(redo)
        assert Couloir.objects.get(slug="officine").position == 8

    def test_not_one_that_entries_use(self):
        batch = save_term(Theme(slug="preuves", name="Preuves"), None).batch
        an_entry(themes="preuves")
        assert Theme.objects.get(slug="preuves").position == 1
        with pytest.raises(EntryError, match="1 fiche y est classée"):
            undo(batch)
        assert Theme.objects.filter(slug="preuves").exists()

    def test_one_that_only_past_versions_name_is_retired(self):
        batch = save_term(Theme(slug="preuves", name="Preuves"), None).batch
        entry = an_entry(themes="preuves")
        edit_entry(entry.pk, Content("A ?", "B.", a_filing()), by_command())
        redo = undo(batch).batch
        assert Theme.objects.get(slug="preuves").retired
        undo(redo)
        assert not Theme.objects.get(slug="preuves").retired

    def test_a_deleted_term_comes_back_with_its_key_and_parents(self):
        before = tables()
        batch = delete_term(Dispositif.objects.get(slug="pfi-vague-2"), None).batch
        assert tables() != before
        undo(batch)
        assert tables() == before

    def test_one_whose_parent_is_gone_comes_back_after_it(self):
        couloir = Couloir(slug="officine", label="Officine", offer_type=OfferType.objects.get(slug="segur"))
        save_term(couloir, None)
        save_term(Dispositif(slug="lgo", label="LGO"), None, parents=[couloir.pk])
        before = tables()
        child = delete_term(Dispositif.objects.get(slug="lgo"), None).batch
        parent = delete_term(couloir, None).batch
        with pytest.raises(EntryError, match="ce dont il relevait a été supprimé depuis"):
            undo(child)
        undo(parent)
        undo(child)
        assert tables() == before

    def test_a_term_made_again_by_hand_stands_in_the_way(self):
        batch = delete_term(Theme.objects.get(slug="financement"), None).batch
        save_term(Theme(slug="financement", name="Financement"), None)
        with pytest.raises(EntryError, match="« Financement » a pris depuis"):
            undo(batch)

    def test_one_that_was_made_by_the_lot_and_changed_since_stays(self):
        batch = save_term(Theme(slug="preuves", name="Preuves"), None).batch
        later = save_term(_renamed(Theme.objects.get(slug="preuves"), "Preuves et pièces"), None).batch
        with pytest.raises(EntryError, match="modifié depuis"):
            undo(batch)
        undo(later)
        undo(batch)
        assert not Theme.objects.filter(slug="preuves").exists()

    def test_one_whose_later_changes_were_undone_goes(self):
        batch = save_term(Theme(slug="preuves", name="Preuves"), None).batch
        theme = Theme.objects.get(slug="preuves")
        theme.slug = "pieces"
        undo(save_term(theme, None).batch)
        assert Theme.objects.get(slug="preuves").old_slugs == ["pieces"]
        undo(batch)
        assert not Theme.objects.filter(slug="preuves").exists()

    def test_not_one_to_which_others_belong(self):
        offer = OfferType(slug="neuve", label="Neuve")
        batch = save_term(offer, None).batch
        save_term(Couloir(slug="officine", label="Officine", offer_type=offer), None)
        with pytest.raises(EntryError, match="« Officine » en relève"):
            undo(batch)

    def test_spellings_and_slugs_of_others_are_refused(self):
        with pytest.raises(ValidationError, match="existe déjà"):
            save_term(Theme(slug="autre", name="CERTIFICATS"), None)
        with pytest.raises(ValidationError) as refusal:
            save_term(Theme(slug="certificats", name="Autre"), None)
        assert "slug" in refusal.value.message_dict

    def test_several_at_once_are_one_batch_that_a_larger_one_may_be(self):
        batch = Batch.objects.create(kind=BatchKind.TABLE, label="Table", created_at=timezone.now())
        before = tables()
        theme = Theme.objects.get(slug="certificats")
        theme.name = "Certificats IGC"
        new = Dispositif(slug="sgl", label="SGL")
        edits = [TermEdit(theme), TermEdit(new, [Couloir.objects.get(slug="hopital").pk])]
        assert save_terms(edits, None, batch=batch).batch == batch
        move("dpi-vague-1", "imagerie", batch=batch)
        save_synonyms(SynonymGroup(expressions=["SGL", "logiciel de labo"]), None, batch=batch)
        assert Batch.objects.count() == 1
        assert RowChange.objects.filter(batch=batch).count() == 4
        undo(batch)
        assert tables() == before

    def test_of_an_import_what_changed_since_is_left_and_named(self):
        batch = Batch.objects.create(kind=BatchKind.TABLE, label="Table", created_at=timezone.now())
        for slug in ("certificats", "financement"):
            theme = Theme.objects.get(slug=slug)
            theme.name = f"{theme} bis"
            save_term(theme, None, batch=batch)
        theme.name = "financement ter"
        save_term(theme, None)
        report = undo(batch)
        assert [name for name, _ in report.rows_left] == ["financement bis"]
        assert set(Theme.objects.values_list("name", flat=True)) == {"certificats", "financement ter"}


class TestRights:
    def test_undoing_needs_the_right_on_the_terms_too(self):
        user = User.objects.create_user("relecteur")
        user.groups.add(Group.objects.get(name="relecteur"))
        batch = move("dpi-vague-1", "imagerie").batch
        with pytest.raises(PermissionDenied):
            undo_batch(batch.pk, by_command(author=user))


def test_synonyms_are_undone_too():
    group = SynonymGroup(expressions=["DPI", "dossier patient"])
    created = save_synonyms(group, None)
    group.expressions = ["DPI", "dossier patient informatisé"]
    changed = save_synonyms(group, None)
    assert save_synonyms(group, None) is None
    undo(changed)
    assert SynonymGroup.objects.get().expressions == ["DPI", "dossier patient"]
    undo(created)
    assert not SynonymGroup.objects.exists()
