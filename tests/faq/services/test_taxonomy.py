"""Writing terms: former slugs answer, terms that entries need stay, the read side follows."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from faq.models import Couloir, Dispositif, Epoch, OfferType, Product, Theme
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.taxonomy import TermInUse, delete_term, find_term_uses, get_or_create_themes, save_term
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


@pytest.fixture
def redacteur():
    user = User.objects.create_user("rédacteur")
    user.groups.add(Group.objects.get(name="rédacteur"))
    return user


def renamed(term, slug):
    term.slug = slug
    save_term(term, None)
    term.refresh_from_db()
    return term.old_slugs


class TestSaving:
    def test_a_label_loses_the_marks_that_turn_a_text_round(self):
        couloir = Couloir.objects.get(slug="hopital")
        couloir.label = "\u202eLabo\u2066ratoire\u202c"
        save_term(couloir, None)
        assert Couloir.objects.get(pk=couloir.pk).label == "Laboratoire"
        [theme] = get_or_create_themes(["\u202eDélais"], None)
        assert theme.name == "Délais"

    def test_former_slugs_are_remembered_in_their_order(self):
        hospital = Couloir.objects.get(slug="hopital")
        assert renamed(hospital, "hopitaux") == ["hopital"]
        assert renamed(hospital, "etablissements") == ["hopital", "hopitaux"]

    def test_a_slug_that_comes_back_is_no_former_one(self):
        theme = Theme.objects.get(slug="certificats")
        renamed(theme, "autre")
        assert renamed(theme, "certificats") == ["autre"]

    def test_a_slug_that_stays_leaves_no_trace(self):
        theme = Theme.objects.get(slug="certificats")
        assert renamed(theme, "certificats") == []

    def test_what_somebody_else_recorded_meanwhile_is_kept(self):
        mine = Couloir.objects.get(slug="hopital")
        renamed(Couloir.objects.get(slug="hopital"), "hopitaux")
        assert renamed(mine, "sante") == ["hopital", "hopitaux"]

    def test_the_read_side_follows(self):
        before = Epoch.now()
        save_term(Theme(name="preuves", slug="preuves"), None)
        assert Epoch.now() != before

    def test_the_right_is_checked_here(self, redacteur):
        with pytest.raises(PermissionDenied, match="droit"):
            save_term(Couloir.objects.get(slug="hopital"), redacteur)
        with pytest.raises(PermissionDenied):
            save_term(OfferType(slug="x", label="X"), redacteur)
        save_term(Theme(name="preuves", slug="preuves"), redacteur)


class TestDeleting:
    def test_what_nothing_names_can_go(self):
        before = Epoch.now()
        delete_term(Theme.objects.get(slug="financement"), None)
        assert not Theme.objects.filter(slug="financement").exists()
        assert Epoch.now() != before

    def test_not_what_an_entry_is_filed_under(self):
        a_published_entry(themes="certificats")
        with pytest.raises(TermInUse, match="Retirez-le plutôt"):
            delete_term(Theme.objects.get(slug="certificats"), None)

    def test_nor_what_a_draft_beside_a_live_text_is_filed_under(self):
        entry = a_published_entry()
        edit_entry(entry.pk, Content("Q ?", "R.", a_filing(products="dmn")), by_command())
        assert find_term_uses(Product.objects.get(slug="dmn")) == ["1 fiche y est classée, ou l’a été"]

    def test_nor_what_a_past_version_was_filed_under(self):
        for _ in range(2):
            entry = an_entry(dispositifs="ris-vague-1")
            edit_entry(entry.pk, Content("Q ?", "R.", a_filing()), by_command())
        assert find_term_uses(Dispositif.objects.get(slug="ris-vague-1")) == ["2 fiches y sont classées, ou l’ont été"]

    def test_nor_what_other_terms_belong_to(self):
        uses = find_term_uses(OfferType.objects.get(slug="segur"))
        assert uses == ["« Hôpital » en relève", "« Imagerie » en relève", "« Convergence » en relève"]
        assert find_term_uses(Couloir.objects.get(slug="hopital")) == [
            "« DPI vague 1 » en relève",
            "« PFI vague 2 » en relève",
        ]

    def test_the_right_is_checked_here(self, redacteur):
        with pytest.raises(PermissionDenied):
            delete_term(Theme.objects.get(slug="financement"), redacteur)


class TestNaming:
    def test_known_ones_are_found_whatever_their_case(self, redacteur):
        redacteur.groups.clear()
        found = get_or_create_themes(["CERTIFICATS", "Financement", "certificats"], redacteur)
        assert [theme.slug for theme in found] == ["certificats", "financement", "certificats"]

    def test_accents_and_spaces_do_not_make_another_one(self):
        [first] = get_or_create_themes(["Réseaux de chaleur"], None)
        assert get_or_create_themes(["RESEAUX  DE CHALEUR", "reseaux de chaleur"], None) == [first, first]

    def test_signs_do_not_make_another_one(self):
        [first] = get_or_create_themes(["Aide-soignants"], None)
        assert get_or_create_themes(["Aide soignants", "aidesoignants", "Aide-soignants."], None) == [first] * 3
        assert get_or_create_themes(["Aide soignant"], None) != [first]

    def test_the_others_are_created_once_with_a_plain_slug(self, redacteur):
        first, second = get_or_create_themes(["Référencement", "référencement"], redacteur)
        assert first == second
        assert (first.name, first.slug) == ("Référencement", "referencement")

    def test_a_slug_that_is_or_was_taken_is_not_taken_again(self):
        theme = Theme.objects.get(slug="certificats")
        theme.name = "Autre"
        renamed(theme, "autre")
        taken = get_or_create_themes(["certificats α"], None) + get_or_create_themes(["certificats β"], None)
        assert [theme.slug for theme in taken] == ["certificats-2", "certificats-3"]

    def test_a_name_without_letters_gets_a_slug_too(self):
        assert get_or_create_themes(["？"], None)[0].slug == "thematique"

    def test_creating_needs_the_right(self, redacteur):
        redacteur.groups.clear()
        with pytest.raises(PermissionDenied):
            get_or_create_themes(["preuves"], redacteur)
