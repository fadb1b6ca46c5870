"""Order, retirement, merge and split of terms: entries and addresses follow, one undo brings all of it back."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from faq.domain.facets import Facet
from faq.domain.past import Part, choose
from faq.models import (
    Batch,
    Couloir,
    Dispositif,
    Entry,
    EntryTheme,
    Epoch,
    OfferType,
    Product,
    RowChange,
    Theme,
    Version,
)
from faq.selectors.history import numbers_at
from faq.selectors.published import live_snapshot, load_taxonomy
from faq.selectors.search.hits import live_search
from faq.services.content import Content, EntryError, content_of
from faq.services.doctor import faults
from faq.services.entries import edit_entry, restore_version
from faq.services.taxonomy import get_or_create_themes, save_term
from faq.services.taxonomy_batches import key_of
from faq.services.taxonomy_operations import TermRefused, merge_terms, reorder_term, set_retired, split_term
from faq.services.undo import undo_batch
from faq.services.workflow import publish_entry, withdraw_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.admin.entry_form import page_of, typed
from tests.taxonomy_batches import filed, tables, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def theme(slug):
    return Theme.objects.get(slug=slug)


def order(model=Couloir):
    return list(model.objects.standing().values_list("slug", flat=True))


class TestOrder:
    def test_a_term_goes_before_another_or_last(self):
        offer = OfferType.objects.get(slug="segur")
        save_term(Couloir(slug="officine", label="Officine", offer_type=offer), None)
        last = Couloir.objects.get(slug="officine")
        report = reorder_term(last, Couloir.objects.get(slug="hopital").pk, None)
        assert order() == ["officine", "hopital", "imagerie"]
        assert report.batch.label == "Ordre\u00a0: «\u00a0Officine\u00a0» (couloir Ségur), place 1"
        reorder_term(last, None, None)
        assert order() == ["hopital", "imagerie", "officine"]
        assert sorted(Couloir.objects.values_list("position", flat=True)) == [1, 2, 3]

    def test_ties_are_ordered_as_the_screen_shows_them(self):
        assert order(Dispositif) == ["dpi-vague-1", "pfi-vague-2", "ris-vague-1"]
        before = tables()
        batch = reorder_term(
            Dispositif.objects.get(slug="ris-vague-1"), Dispositif.objects.get(slug="pfi-vague-2").pk, None
        ).batch
        assert order(Dispositif) == ["dpi-vague-1", "ris-vague-1", "pfi-vague-2"]
        undo(batch)
        assert tables() == before

    def test_where_it_is_already_nothing_changes(self):
        couloirs = {couloir.slug: couloir for couloir in Couloir.objects.all()}
        assert reorder_term(couloirs["hopital"], couloirs["imagerie"].pk, None).batch is None
        assert reorder_term(couloirs["imagerie"], None, None).batch is None
        assert not Batch.objects.exists()

    def test_before_one_that_is_gone_it_is_refused(self):
        with pytest.raises(TermRefused, match="rechargez"):
            reorder_term(Couloir.objects.first(), 999_999, None)


class TestRetiring:
    def test_and_bringing_back(self):
        before = tables()
        batch = set_retired(theme("certificats"), True, None).batch
        assert theme("certificats").retired
        assert set_retired(theme("certificats"), True, None).batch is None
        undo(batch)
        assert tables() == before


class TestMerging:
    def test_entries_children_and_addresses_go_to_the_survivor(self, client):
        hospital, imaging = (Couloir.objects.get(slug=slug) for slug in ("hopital", "imagerie"))
        hospital.slug = "hopitaux"
        save_term(hospital, None)
        live, draft = a_published_entry(dispositifs="dpi-vague-1"), an_entry(couloirs="hopitaux imagerie")
        before = tables()
        batch = merge_terms(hospital, imaging, None).batch
        assert filed(live) == filed(draft) == {"imagerie"}
        assert order() == ["imagerie"]
        assert Dispositif.objects.get(slug="dpi-vague-1").couloirs.get() == imaging
        assert list(Dispositif.objects.get(slug="pfi-vague-2").couloirs.all()) == [imaging]
        for slug in ("hopital", "hopitaux"):
            response = client.get(f"/?couloir={slug}")
            assert (response.status_code, response["Location"]) == (301, "/?couloir=imagerie")
        assert list(faults()) == []
        undo(batch)
        assert tables() == before
        assert filed(live) == {"hopitaux"}
        assert filed(draft) == {"hopitaux", "imagerie"}
        assert client.get("/?couloir=hopital")["Location"] == "/?couloir=hopitaux"
        assert list(faults()) == []

    def test_of_offer_types_and_products(self):
        entry = a_published_entry(products="dmn")
        merge_terms(OfferType.objects.get(slug="certification"), OfferType.objects.get(slug="segur"), None)
        assert filed(entry, Facet.OFFER_TYPES) == {"segur"}
        assert list(Product.objects.get(slug="dmn").offer_types.values_list("slug", flat=True)) == ["segur"]
        merge_terms(Product.objects.get(slug="dmn"), Product.objects.get(slug="convergence"), None)
        assert filed(entry, Facet.PRODUCTS) == {"convergence"}
        assert list(faults()) == []

    def test_a_chain_of_merges_leads_to_its_end_and_is_undone_in_reverse_only(self, client):
        [third] = get_or_create_themes(["preuves"], None)
        entry = a_published_entry(themes="certificats")
        first = merge_terms(theme("certificats"), theme("financement"), None).batch
        second = merge_terms(theme("financement"), third, None).batch
        assert filed(entry, Facet.THEMES) == {"preuves"}
        assert client.get("/?theme=certificats")["Location"] == "/?theme=preuves"
        with pytest.raises(
            EntryError,
            match="«\u00a0financement\u00a0» a été fusionné depuis dans «\u00a0preuves\u00a0»\u00a0; annulez d’abord",
        ):
            undo(first)
        assert filed(entry, Facet.THEMES) == {"preuves"}
        back = undo(second).batch
        undo(first)
        assert filed(entry, Facet.THEMES) == {"certificats"}
        assert theme("certificats").merged_into is None
        # Brought back alone, the second finds nothing of the first under its term.
        undo(back)
        assert filed(entry, Facet.THEMES) == {"certificats"}
        assert list(faults()) == []

    def test_a_split_of_the_survivor_is_undone_before_the_merge(self):
        entry, other = a_published_entry(themes="certificats"), a_published_entry("Autre ?", themes="financement")
        merge = merge_terms(theme("certificats"), theme("financement"), None).batch
        apart = split_term(theme("financement"), Theme(name="Aides", slug="aides"), [other.pk], (), None).batch
        split = split_term(theme("financement"), Theme(name="Preuves", slug="preuves"), [entry.pk], (), None).batch
        with pytest.raises(EntryError, match=f"annulez d’abord le lot {split.pk}"):
            undo(merge)
        undo(split)
        undo(merge)
        assert (filed(entry, Facet.THEMES), filed(other, Facet.THEMES)) == ({"certificats"}, {"aides"})
        undo(apart)
        assert list(faults()) == []

    def test_a_split_is_undone_after_the_merge_of_the_term_that_it_leads_back_to(self):
        entry = a_published_entry(themes="certificats")
        split = split_term(theme("certificats"), Theme(name="Preuves", slug="preuves"), [entry.pk], (), None).batch
        merge = merge_terms(theme("certificats"), theme("financement"), None).batch
        with pytest.raises(EntryError, match="«\u00a0certificats\u00a0» a été fusionné depuis"):
            undo(split)
        undo(merge)
        undo(split)
        assert filed(entry, Facet.THEMES) == {"certificats"}

    def test_a_version_of_before_comes_back_under_the_survivor(self):
        entry = an_entry(themes="certificats")
        past = entry.head
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing()), by_command())
        merge_terms(theme("certificats"), theme("financement"), None)
        restore_version(past, by_command())
        assert filed(entry, Facet.THEMES) == {"financement"}

    def test_searching_its_name_finds_what_is_filed_under_the_survivor(self):
        product = Product.objects.get(slug="dmn")
        entry = a_published_entry("Tout autre chose ?", "Rien de tel.", products="convergence")
        merge_terms(product, Product.objects.get(slug="convergence"), None)
        assert entry.pk in live_search("certification DMN", live_snapshot()).numbers[:]

    def test_a_form_that_was_open_meanwhile_is_saved_under_the_survivor(self, client):
        client.force_login(User.objects.create_superuser("root"))
        entry = an_entry(themes="certificats")
        sent = typed(entry, answer="Autrement.", _save="1")
        merge_terms(theme("certificats"), theme("financement"), None)
        assert client.post(page_of(entry), sent).status_code == 302
        assert filed(entry, Facet.THEMES) == {"financement"}
        assert Entry.objects.get(pk=entry.pk).answer == "Autrement."

    def test_a_former_address_tells_nothing_of_a_name_that_only_drafts_know(self, client):
        [secret] = get_or_create_themes(["Secrète"], None)
        merge_terms(theme("certificats"), secret, None)
        assert client.get("/?theme=certificats").content == client.get("/?theme=inconnue").content

    def test_the_past_shows_what_was_filed_under_either(self):
        entries = [a_published_entry(f"{slug} ?", themes=slug) for slug in ("certificats", "financement")]
        before = timezone.now()
        merge_terms(theme("certificats"), theme("financement"), None)
        for slug in ("certificats", "financement"):
            part = Part(choose({Facet.THEMES: slug}, load_taxonomy()))
            assert list(numbers_at(before, part)) == [entry.pk for entry in entries]

    def test_its_name_stands_for_the_survivor(self):
        merge_terms(theme("certificats"), theme("financement"), None)
        assert get_or_create_themes(["Certificats"], None) == [theme("financement")]
        with pytest.raises(ValidationError, match="fusionné dans"):
            save_term(Theme(slug="autre", name="Certificats"), None)

    def test_what_cannot_be_merged(self):
        with pytest.raises(TermRefused):
            merge_terms(theme("certificats"), theme("certificats"), None)
        with pytest.raises(TermRefused):
            merge_terms(theme("certificats"), Couloir.objects.first(), None)
        set_retired(theme("financement"), True, None)
        with pytest.raises(TermRefused, match="retiré"):
            merge_terms(theme("certificats"), theme("financement"), None)
        set_retired(theme("financement"), False, None)
        merge_terms(theme("certificats"), theme("financement"), None)
        with pytest.raises(TermRefused, match="déjà"):
            merge_terms(theme("certificats"), theme("financement"), None)
        with pytest.raises(TermRefused, match="fusionné"):
            set_retired(theme("certificats"), False, None)


class TestSplitting:
    def test_chosen_entries_go_to_the_new_term(self, client):
        gone, kept = a_published_entry(themes="certificats"), a_published_entry("Autre ?", themes="certificats")
        before = tables()
        batch = split_term(theme("certificats"), Theme(name="Révocation", slug="revocation"), [gone.pk], (), None).batch
        assert filed(gone, Facet.THEMES) == {"revocation"}
        assert filed(kept, Facet.THEMES) == {"certificats"}
        assert order(Theme)[-1] == "revocation"
        assert client.get("/?theme=revocation").status_code == 200
        redo = undo(batch).batch
        assert filed(gone, Facet.THEMES) == {"certificats"}
        assert {key: row for key, row in tables().items() if key in before} == before
        # Versions name the part, so that its row stays, and its address leads back.
        assert client.get("/?theme=revocation")["Location"] == "/?theme=certificats"
        assert list(faults()) == []
        undo(redo)
        assert filed(gone, Facet.THEMES) == {"revocation"}

    def test_it_can_be_split_again_by_the_same_name(self):
        entry = a_published_entry(themes="certificats")
        batch = split_term(
            theme("certificats"), Theme(name="Révocation", slug="revocation"), [entry.pk], (), None
        ).batch
        undo(batch)
        again = split_term(theme("certificats"), Theme(name="Révocation", slug="revocation"), [entry.pk], (), None)
        assert filed(entry, Facet.THEMES) == {"revocation"}
        assert Theme.objects.filter(name="Révocation").count() == 1
        undo(again.batch)
        assert theme("revocation").merged_into == theme("certificats")

    def test_children_go_along_with_their_entries(self):
        entry, chosen = a_published_entry(dispositifs="dpi-vague-1"), an_entry(couloirs="hopital")
        child = Dispositif.objects.get(slug="dpi-vague-1")
        new = Couloir(label="Hôpital public", slug="hopital-public")
        before = tables()
        batch = split_term(Couloir.objects.get(slug="hopital"), new, [chosen.pk], [key_of(child)], None).batch
        assert filed(entry) == filed(chosen) == {"hopital-public"}
        assert Couloir.objects.get(slug="hopital-public").offer_type.slug == "segur"
        assert list(faults()) == []
        undo(batch)
        assert filed(entry) == filed(chosen) == {"hopital"}
        assert {key: row for key, row in tables().items() if key in before} == before

    def test_a_child_that_stays_keeps_its_parent_on_the_entry(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        split_term(Couloir.objects.get(slug="hopital"), Couloir(label="B", slug="b"), [entry.pk], (), None)
        assert filed(entry) == {"hopital", "b"}
        assert list(faults()) == []

    def test_a_draft_goes_with_the_live_text(self):
        entry = a_published_entry(themes="certificats")
        edit_entry(entry.pk, Content("A ?", "B.", a_filing(themes="certificats financement")), by_command())
        split_term(theme("certificats"), Theme(name="Révocation", slug="revocation"), [entry.pk], (), None)
        entry.refresh_from_db()
        assert {term["slug"] for term in entry.head.filing["themes"]} == {"revocation", "financement"}
        assert filed(entry, Facet.THEMES) == {"revocation"}

    def test_a_name_that_is_taken_is_refused_and_nothing_changes(self):
        before = tables()
        with pytest.raises(ValidationError, match="existe déjà"):
            split_term(theme("certificats"), Theme(name="FINANCEMENT", slug="autre"), (), (), None)
        assert tables() == before


def test_undoing_names_what_stands_in_the_way():
    batch = merge_terms(theme("certificats"), theme("financement"), None).batch
    stored = theme("certificats")
    Theme.objects.filter(pk=stored.pk).update(merged_into=None)
    with pytest.raises(EntryError, match="« certificats » ne peut pas redevenir comme avant"):
        undo_batch(batch.pk, by_command())


class TestDoctor:
    def test_every_fault_of_the_taxonomy_is_named_with_its_cure(self):
        certificates = theme("certificats")
        Theme.objects.filter(pk=certificates.pk).update(label_key="autre", old_slugs=["financement"])
        double = Theme.objects.create(name="x", slug="x")
        Theme.objects.filter(pk=double.pk).update(name="Financement", label_key=f"financement|{double.pk}")
        told = "\n".join(faults())
        assert "sa clé n’est pas celle de son libellé. Ouvrez-le et enregistrez-le." in told
        assert "« Financement » et « financement » (thématique) s’écrivent pareil. Fusionnez-les" in told
        assert "L’adresse « financement » (thématique) mène à « certificats » et « financement »" in told

    def test_terms_merged_in_a_circle(self):
        one, two = theme("certificats"), theme("financement")
        Theme.objects.filter(pk=one.pk).update(retired=True, merged_into=two)
        Theme.objects.filter(pk=two.pk).update(retired=True, merged_into=one)
        assert "fusionnés en rond" in "\n".join(faults())

    def test_an_entry_under_a_merged_term(self):
        entry = a_published_entry(themes="certificats")
        Theme.objects.filter(slug="certificats").update(retired=True, merged_into=theme("financement"))
        Epoch.move()
        assert f"{entry.reference} : elle est classée sous un terme qui a été fusionné." in "\n".join(faults())

    def test_a_draft_beside_a_live_text_and_an_archived_entry(self):
        entry = a_published_entry()
        edit_entry(entry.pk, Content("A ?", "B.", a_filing(dispositifs="dpi-vague-1")), by_command())
        dispositif = Dispositif.objects.get(slug="dpi-vague-1")
        dispositif.couloirs.set([Couloir.objects.get(slug="imagerie")])
        Epoch.move()
        assert f"{entry.reference} (brouillon) : « DPI vague 1 » relève de « Imagerie »" in "\n".join(faults())


def test_publishing_refuses_a_contradiction_as_the_form_does():
    entry = a_published_entry(dispositifs="dpi-vague-1")
    withdraw_entry(entry.pk, by_command())
    Dispositif.objects.get(slug="dpi-vague-1").couloirs.set([Couloir.objects.get(slug="imagerie")])
    Epoch.move()
    with pytest.raises(EntryError, match=r"Publication impossible pour la fiche .* « DPI vague 1 » relève de"):
        publish_entry(entry.pk, by_command())
    assert Entry.objects.get(pk=entry.pk).live is None
    assert content_of(Entry.objects.get(pk=entry.pk).head).filing[Facet.COULOIRS]


def test_no_row_change_says_nothing():
    """A change that a later operation of the same batch takes back is none."""
    batch = set_retired(theme("certificats"), True, None).batch
    stored = theme("certificats")
    stored.retired = False
    save_term(stored, None, batch=batch)
    assert not RowChange.objects.exists()
    assert Version.objects.count() == EntryTheme.objects.count() == 0
