"""The differences that an editor sees, and how they take them back."""

import html
import re

import pytest
from django.urls import reverse

from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.admin.entry_form import head_of, page_of, read

# Two versions, found by their numbers, are compared outside the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def comparison_of(entry, **versions):
    """The address of the comparison: `comparison_of(entry, old=1, new=2)`."""
    asked = [f"{name}={versions[key]}" for name, key in (("from", "old"), ("to", "new")) if key in versions]
    return reverse("admin:faq_entry_compare", args=(entry.pk,)) + ("?" + "&".join(asked) if asked else "")


def write(entry, question="Comment faire ?", answer="Comme ceci.", author=None, **slugs):
    """Leave one more version."""
    comment = slugs.pop("comment", "")
    minor = slugs.pop("minor", False)
    content = Content(question, answer, a_filing(**slugs))
    return edit_entry(entry.pk, content, by_command(author, comment=comment, minor=minor)).version


def words_of(response):
    """The page as a screen reader says it: tags gone, spaces joined."""
    body = read(response).split('id="content-main"')[1].split("</main>")[0]
    return re.sub("[ \n]+", " ", re.sub("<[^>]+>", " ", body))


def titles_of(response):
    """The main heading of a page."""
    return re.sub(r"<[^>]+>", "", re.search(r"<h1>(.*?)</h1>", read(response), re.DOTALL)[1]).strip()


class TestWhatChanged:
    def test_words_are_told_without_colour(self, analyste):
        entry = an_entry("Sous 30 jours ?", "Il faut 30 jours.\nGardé.\nParti.")
        write(entry, "Sous 60 jours ?", "Il faut 60 jours.\nGardé.\n\nVenu d’ailleurs.")
        response = analyste.get(comparison_of(entry, old=1, new=2))
        page = words_of(response)
        assert titles_of(response) == f"{entry.reference} : de la version 1 à la version 2"
        assert "modifié Sous supprimé : 30 ajouté : 60 jours ?" in page
        assert "modifié Il faut supprimé : 30 ajouté : 60 jours." in page
        assert "supprimé Parti." in page
        assert "ajouté ligne vide" in page
        assert "ajouté Venu d’ailleurs." in page
        assert "<ins>" in read(response)

    def test_a_text_keeps_its_spaces_and_those_that_cannot_be_seen_are_named(self, analyste):
        entry = an_entry(answer="  Retrait : oui")
        write(entry, answer="  Retrait\u00a0: oui")
        page = analyste.get(comparison_of(entry)).content.decode()
        text = re.search(r'diff-changed">.*?<span class="diff-text">(.*?)</p>', page, re.DOTALL)[1]
        assert text.startswith("  Retrait<del>")
        assert '<span class="diff-unseen">espace insécable</span>' in text

    def test_what_is_far_from_a_change_is_folded(self, analyste):
        lines = [f"Ligne {rank}." for rank in range(20)]
        entry = an_entry(answer="\n".join(lines))
        write(entry, answer="\n".join([*lines, "Une de plus."]))
        page = read(analyste.get(comparison_of(entry)))
        assert "… 18 lignes inchangées" in page
        folded, near = re.search(r"<details>(.*?)</details>(.*)", page, re.DOTALL).groups()
        assert "Ligne 17." in folded
        assert "Ligne 18." in near

    def test_filing_by_facet_and_what_becomes_of_all_terms(self, analyste):
        entry = an_entry(couloirs="hopital", themes="certificats")
        write(entry, couloirs="hopital imagerie", comment="plus large")
        page = words_of(analyste.get(comparison_of(entry)))
        assert re.search(r"Couloir Ségur Hôpital ajouté Imagerie", page)
        assert re.search(r"Thématique supprimé certificats ajouté transverse \(concerne tous les termes\)", page)
        assert "plus large" in page

    def test_state_minor_mark_and_who(self, analyste, redacteur):
        entry = a_published_entry(answer="Coquile.")
        write(entry, answer="Coquille.", author=redacteur.user, minor=True)
        page = words_of(analyste.get(comparison_of(entry)))
        assert "supprimé\u00a0: publiée → ajouté\u00a0: brouillon" in page
        assert "Version 3 mineure dernière" in page
        assert "Par rédacteur Opération modification, commande" in page

    def test_versions_that_say_the_same(self, analyste):
        entry = a_published_entry()
        page = words_of(analyste.get(comparison_of(entry)))
        assert "Ces deux versions disent la même chose" in page
        assert "supprimé\u00a0: brouillon → ajouté\u00a0: publiée" in page

    def test_what_people_typed_is_never_markup(self, analyste):
        entry = an_entry("<b>a", "</span><script>alert(1)</script>")
        write(entry, "<i>b", "</del><script>alert(2)</script>", comment="<u>c")
        page = analyste.get(comparison_of(entry)).content.decode()
        assert "<script>alert" not in page
        assert "<u>c" not in page

    def test_every_character_of_both_texts_is_there(self, analyste):
        old = "Un  deux !\n\n- trois & <quatre>\n\tcinq\nsix\nsept"
        new = "Un  deux, trois !\n- trois & <cinq>\n\tcinq\nsix\n\nsept"
        entry = an_entry(answer=old)
        write(entry, answer=new)
        page = analyste.get(comparison_of(entry)).content.decode()
        answer = page.split("<h3>Réponse")[1].split("</section>")[0]
        lines = re.findall(r'diff-line diff-(\w+)">.*?<span class="diff-text">(.*?)</span>\s*</p>', answer, re.DOTALL)
        assert text_of(lines, "removed", "del") == new
        assert text_of(lines, "added", "ins") == old

    def test_a_long_difference_makes_no_long_page(self, analyste):
        entry = an_entry(answer="\n\n".join("abcdefghijklm"[at % 13] for at in range(16_000)))
        write(entry, answer="\n\n".join("abcdefghijklm"[at * 5 % 13] for at in range(16_000)))
        assert len(analyste.get(comparison_of(entry)).content) < 1_000_000

    def test_folded_lines_of_a_long_difference_are_counted_one_by_one(self, analyste):
        entry = an_entry(answer="ligne\n" * 4_000 + "Délai : 30 jours.")
        write(entry, answer="ligne\n" * 4_000 + "Délai : 60 jours.")
        assert "… 3998 lignes inchangées" in read(analyste.get(comparison_of(entry)))


def text_of(lines, kind, tag):
    """Put a text together again from what the page shows, without the lines of a kind and what stands in a tag."""
    shown = [
        re.sub(rf'<{tag}>.*?</{tag}>|<span class="[^"]*">.*?</span>', "", text) for kept, text in lines if kept != kind
    ]
    return html.unescape(re.sub("<[^>]+>", "", "\n".join(shown)))


class TestWhichVersions:
    @pytest.fixture
    def entry(self):
        entry = an_entry(answer="1")
        for text in "2345":
            write(entry, answer=text)
        return entry

    @pytest.mark.parametrize(
        ("asked", "shown"),
        [
            ({}, "4 à la version 5"),
            ({"old": 2, "new": 4}, "2 à la version 4"),
            ({"old": 4, "new": 2}, "2 à la version 4"),
            ({"old": 2}, "2 à la version 5"),
            ({"new": 3}, "2 à la version 3"),
        ],
    )
    def test_those_asked_for(self, analyste, entry, asked, shown):
        assert titles_of(analyste.get(comparison_of(entry, **asked))).endswith(f"de la version {shown}")

    def test_live_against_draft(self, analyste, entry):
        publish_entry(entry.pk, by_command())
        write(entry, answer="7")
        write(entry, answer="8")
        assert titles_of(analyste.get(comparison_of(entry))).endswith("de la version 6 à la version 8")

    @pytest.mark.parametrize("asked", [{"old": 99}, {"new": "x"}, {"old": "9" * 40, "new": 0}])
    def test_unknown_ones_are_told_kindly(self, analyste, entry, asked):
        response = analyste.get(comparison_of(entry, **asked))
        assert response.status_code == 200
        assert f"La fiche {entry.reference} n’a pas de version" in read(response)
        assert "elle en a 5" in read(response)

    def test_the_same_one_twice(self, analyste, entry):
        assert "C’est deux fois la version 3" in words_of(analyste.get(comparison_of(entry, old=3, new=3)))

    def test_an_entry_with_one_version(self, analyste):
        entry = an_entry()
        assert "il n’y a encore rien à comparer" in words_of(analyste.get(comparison_of(entry)))
        assert "compare/?to=" not in read(analyste.get(page_of(entry)))

    def test_neighbouring_changes_are_linked(self, analyste, entry):
        page = analyste.get(comparison_of(entry, old=2, new=4)).content.decode()
        assert "?from=1&amp;to=2" in page
        assert "?from=4&amp;to=5" in page
        latest = words_of(analyste.get(comparison_of(entry)))
        assert "Changement suivant" not in latest

    def test_an_unknown_entry_leads_home(self, analyste):
        for number in ("99999", "9" * 40, "x"):
            assert analyste.get(reverse("admin:faq_entry_compare", args=(number,))).url == reverse("admin:index")

    def test_whoever_has_no_role_gets_nowhere(self, sign_in, entry):
        assert sign_in().get(comparison_of(entry)).status_code == 403

    def test_the_number_of_queries_does_not_depend_on_the_history(self, relecteur, django_assert_max_num_queries):
        entry = an_entry()
        write(entry, answer="2", author=relecteur.user)
        relecteur.get(comparison_of(entry, old=1, new=2))
        with django_assert_max_num_queries(30) as few:
            relecteur.get(comparison_of(entry, old=1, new=2))
        for text in range(30):
            write(entry, answer=f"Texte {text}", author=relecteur.user, themes="certificats")
        with django_assert_max_num_queries(len(few)):
            relecteur.get(comparison_of(entry, old=1, new=30))


class TestTakingBack:
    @pytest.fixture
    def entry(self):
        entry = an_entry("Ancienne ?", "Ancienne.", couloirs="hopital")
        write(entry, "Nouvelle ?", "Nouvelle.", themes="certificats")
        return entry

    def buttons(self, client, entry, **versions):
        page = client.get(comparison_of(entry, **versions)).content.decode()
        return set(re.findall(r'name="restore" value="([^"]*)"', page))

    def restore(self, client, entry, what, base=2):
        return client.post(comparison_of(entry), {"restore": what, "base": base}, follow=True)

    def test_a_whole_version(self, redacteur, entry):
        response = self.restore(redacteur, entry, "1")
        head = head_of(entry)
        assert (head.number, head.question, head.answer, head.action) == (3, "Ancienne ?", "Ancienne.", "reverted")
        assert [term["slug"] for term in head.filing["couloirs"]] == ["hopital"]
        assert head.author == redacteur.user
        assert response.redirect_chain[-1][0] == page_of(entry)
        assert head.comment in read(response)
        assert "compare/?from=2&to=3" in read(response)

    @pytest.mark.parametrize(
        ("field", "texts", "couloirs"),
        [
            ("question", ("Ancienne ?", "Nouvelle."), []),
            ("answer", ("Nouvelle ?", "Ancienne."), []),
            ("couloirs", ("Nouvelle ?", "Nouvelle."), ["hopital"]),
        ],
    )
    def test_one_field(self, redacteur, entry, field, texts, couloirs):
        self.restore(redacteur, entry, f"1 {field}")
        head = head_of(entry)
        assert (head.question, head.answer) == texts
        assert [term["slug"] for term in head.filing["couloirs"]] == couloirs

    def test_only_what_would_change_something_is_offered(self, redacteur, entry):
        expected = {"1", "1 question", "1 answer", "1 offer_types", "1 couloirs", "1 themes"}
        assert self.buttons(redacteur, entry) == expected
        write(entry, "Ancienne ?", "Tierce.", couloirs="hopital")
        assert self.buttons(redacteur, entry, old=1, new=2) == {
            *("1", "1 answer"),
            *("2", "2 question", "2 answer", "2 offer_types", "2 couloirs", "2 themes"),
        }

    def test_what_changes_nothing_is_told(self, redacteur, entry):
        assert "Rien n’a changé" in read(self.restore(redacteur, entry, "2"))
        assert entry.versions.count() == 2

    @pytest.mark.parametrize("base", [1, "", "x"])
    def test_a_version_written_meanwhile_is_not_undone(self, redacteur, entry, base):
        assert "a été modifiée entre-temps" in read(self.restore(redacteur, entry, "1", base))
        assert entry.versions.count() == 2

    @pytest.mark.parametrize("what", ["", "9", "1 slug", "x question"])
    def test_a_crafted_request_does_nothing(self, redacteur, entry, what):
        assert "Rien n’a été repris" in read(self.restore(redacteur, entry, what))
        assert entry.versions.count() == 2

    def test_an_archived_entry_says_why_not(self, relecteur, entry):
        archive_entry(entry.pk, by_command())
        assert "on peut la lire, mais pas revenir" in words_of(relecteur.get(comparison_of(entry)))
        assert self.buttons(relecteur, entry, old=1, new=2) == set()
        assert "est archivée" in read(self.restore(relecteur, entry, "1", 3))
        assert head_of(entry).number == 3

    def test_whoever_only_reads_is_offered_nothing(self, analyste, entry):
        assert self.buttons(analyste, entry) == set()
        assert analyste.post(comparison_of(entry), {"restore": "1", "base": 2}).status_code == 403


class TestWaysIn:
    def test_the_history_compares_any_two_versions(self, analyste):
        entry = an_entry()
        write(entry, answer="Coquille.", minor=True)
        page = analyste.get(page_of(entry)).content.decode()
        form = re.search(
            r'<form method="get" action="([^"]+)" aria-label="Comparer deux versions">(.*?)</form>', page, re.S
        )
        assert form[1] == comparison_of(entry)
        assert re.findall(r'name="(\w+)" value="(\d)"[^>]*checked', form[2]) == [("to", "2"), ("from", "1")]
        assert f"{comparison_of(entry)}?to=2" in form[2]
        assert "mineure" in form[2]

    def test_the_page_of_a_version(self, redacteur, analyste):
        entry = an_entry()
        write(entry, answer="Autrement.")
        write(entry, answer="Encore autrement.", minor=True)
        addresses = {
            version.number: reverse("admin:faq_version_change", args=(version.pk,)) for version in entry.versions.all()
        }
        middle = redacteur.get(addresses[2]).content.decode()
        assert f"{comparison_of(entry)}?to=2" in middle
        assert f"{comparison_of(entry)}?from=2" in middle
        assert re.findall(r'name="(base|restore)" value="(\d)"', middle) == [("base", "3"), ("restore", "2")]
        assert 'name="restore"' not in analyste.get(addresses[2]).content.decode()
        latest = read(redacteur.get(addresses[3]))
        assert 'name="restore"' not in latest
        assert "mineure" in latest
        archive_entry(entry.pk, by_command())
        assert "La fiche est archivée" in read(redacteur.get(addresses[1]))
