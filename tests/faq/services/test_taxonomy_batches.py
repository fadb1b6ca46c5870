"""Changes of the taxonomy as batches: entries follow their terms, and one undo brings all of it back."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from faq.enums import BatchKind
from faq.models import (
    Batch,
    Couloir,
    Dispositif,
    Entry,
    OfferType,
    RowChange,
    SynonymGroup,
    Theme,
)
from faq.services.content import Content, EntryError
from faq.services.doctor import faults
from faq.services.entries import edit_entry
from faq.services.synonyms import save_synonyms
from faq.services.taxonomy import TermEdit, delete_term, save_term, save_terms
from faq.services.undo import undo_batch
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.taxonomy_batches import move, tables, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def _renamed(term, label):
    """A thématique with another name, not yet saved."""
    term.name = label
    return term


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
