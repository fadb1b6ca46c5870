"""Merging from the admin: what to keep, what will happen, and doing it, with nothing typed lost."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from faq.domain.facets import Facet
from faq.enums import Action, EntryStatus
from faq.models import Batch, Entry, EntryAlias, Schedule, Version
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.merging import add_see_also, merge_entries
from faq.services.schedules import schedule
from faq.services.workflow import archive_entry
from feedback.models import VoteAnswer
from feedback.votes import cast_vote
from tests.factories import a_dump_file, a_filing, a_published_entry, a_taxonomy, an_entry, by_command, take_dump
from tests.faq.admin.entry_form import head_of, page_of, read

pytestmark = pytest.mark.django_db

LIST = reverse("admin:faq_entry_changelist")
MERGE = reverse("admin:faq_entry_merge")


def merge_page(*entries):
    return f"{MERGE}?" + "&".join(f"fiche={entry.pk}" for entry in entries)


def words_of(response):
    """The page as a screen reader says it: tags gone, spaces joined."""
    # The preview is a page within an attribute: only what is markup here goes.
    body = response.content.decode().split('id="content-start"')[1].split("</main>")[0]
    return re.sub("[ \n]+", " ", html.unescape(re.sub("<[^>]+>", " ", body)))


def choices(survivor, /, *absorbed, **changes):
    """Return the data that a browser sends where nothing but these choices was touched."""
    kept = str(survivor.pk)
    data = {"survivor": kept, "question": kept, "question_text": "", "answer": kept, "answer_text": "", "comment": ""}
    data |= {facet.value: "united" for facet in Facet}
    data |= {f"version-{entry.pk}": head_of(entry).number for entry in (survivor, *absorbed)}
    return data | changes


def send(client, button, survivor, /, *absorbed, **changes):
    data = choices(survivor, *absorbed, **changes)
    return client.post(merge_page(survivor, *absorbed), {button: "1", **data}, follow=True)


def ticked(response):
    """Which choices are made: values by field."""
    return dict(re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]*checked', response.content.decode()))


def merged(survivor, *absorbed):
    """Two entries that are one already."""
    bases = {entry.pk: head_of(entry).number for entry in (survivor, *absorbed)}
    content = content_of(head_of(survivor))
    return merge_entries(survivor.pk, [entry.pk for entry in absorbed], content, by_command(), bases=bases)


class TestChoosing:
    def test_live_before_draft_then_most_passages_then_smallest_number(self, relecteur):
        take_dump(a_dump_file("Un texte.", "Un autre texte."))
        cited = Entry.objects.order_by("pk")[0]
        draft, live, other = an_entry("A ?"), a_published_entry("B ?"), an_entry("C ?")
        assert ticked(relecteur.get(merge_page(draft, cited, live)))["survivor"] == str(live.pk)
        assert ticked(relecteur.get(merge_page(other, draft, cited)))["survivor"] == str(cited.pk)
        assert ticked(relecteur.get(merge_page(other, draft)))["survivor"] == str(draft.pk)

    def test_differences_show_and_a_text_that_holds_both_is_there_to_start_from(self, relecteur):
        a_taxonomy()
        one = an_entry("Quel délai ?", "Il faut 30 jours.\nGardé.", couloirs="hopital")
        other = an_entry("Quels délais ?", "Il faut 60 jours.\nGardé.", couloirs="imagerie", themes="certificats")
        response = relecteur.get(merge_page(one, other))
        page = words_of(response)
        assert "modifié Il faut supprimé : 30 ajouté : 60 jours." in page
        assert "Il faut 30 jours.\nIl faut 60 jours.\nGardé.</textarea>" in read(response)
        assert f"{one.reference} Hôpital {other.reference} Imagerie Réunis Hôpital, Imagerie" in page
        assert "Réunis transverse (concerne tous les termes)" in page
        assert ticked(response) == {
            **{"survivor": str(one.pk), "question": str(one.pk), "answer": str(one.pk)},
            **{"couloirs": "united", "themes": "united"},
        }

    def test_the_answer_that_holds_the_other_is_proposed(self, relecteur):
        part, whole = a_published_entry("A ?", "Un."), an_entry("", "Un.\nDeux.")
        choice = ticked(relecteur.get(merge_page(part, whole)))
        assert (choice["survivor"], choice["question"]) == (str(part.pk), str(part.pk))
        assert choice["answer"] == str(whole.pk)

    def test_references_do_too_and_what_is_unknown_is_told(self, relecteur):
        one, other = an_entry("A ?"), an_entry("B ?")
        page = read(relecteur.get(f"{MERGE}?fiche={one.reference}&fiche={other.pk}&fiche=99999&fiche=x"))
        assert "Aucune fiche « 99999 », « x »" in page
        assert f"Garder celle de {other.reference}" in page

    @pytest.mark.parametrize("number", [0, 1, 11])
    def test_too_few_and_too_many_are_told_kindly(self, relecteur, number):
        entries = [an_entry(f"{rank} ?") for rank in range(number)]
        page = words_of(relecteur.get(merge_page(*entries)))
        assert ("10 fiches au plus, et il y en a 11" if number > 10 else "au moins deux fiches") in page

    def test_archived_and_merged_entries_are_told_and_left_out(self, relecteur):
        kept, gone, old, other = (an_entry(f"{name} ?") for name in "ABCD")
        merged(kept, gone)
        archive_entry(old.pk, by_command())
        page = words_of(relecteur.get(merge_page(kept, gone, old, other)))
        assert f"{gone.reference} a déjà été fusionnée dans {kept.reference}" in page
        assert f"{old.reference} est archivée" in page
        assert f"Fusionner {kept.reference} et {other.reference}" in page

    def test_only_whoever_may(self, redacteur, analyste, sign_in):
        one, other = an_entry("A ?"), an_entry("B ?")
        for client in (redacteur, analyste):
            response = client.get(merge_page(one, other))
            assert response.status_code == 403
            assert "Peut fusionner des fiches" in read(response)
        assert sign_in().get(merge_page(one, other)).status_code == 403

    def test_whoever_lost_the_right_keeps_what_was_typed(self, redacteur):
        one, other = an_entry("A ?"), an_entry("B ?")
        page = read(send(redacteur, "_merge", one, other, answer="both", answer_text="Tapé."))
        assert "Peut fusionner des fiches" in page
        assert "Tapé.</textarea>" in page
        assert not Batch.objects.exists()


class TestPreview:
    @pytest.mark.every_database
    def test_everything_that_will_happen_is_told_and_nothing_does(self, relecteur):
        a_taxonomy()
        take_dump(a_dump_file("Un texte.", "Un autre texte."), name="extraction")
        gone, draft = Entry.objects.order_by("pk")
        edit_entry(gone.pk, Content("Un ?", "Un texte."), by_command(), then=Action.PUBLISHED)
        older, kept = a_published_entry("Vieille ?"), an_entry("Gardée ?", "La réponse.", couloirs="hopital")
        merged(gone, older)
        edit_entry(gone.pk, Content("Brouillon ?", "Un brouillon."), by_command())
        schedule(gone.pk, Action.WITHDRAWN, timezone.now() + timedelta(days=1), by_command())
        cast_vote(gone.pk, VoteAnswer.YES, "visiteur")
        add_see_also(gone.pk, draft.pk, None)
        versions = Version.objects.count()
        response = send(
            relecteur, "_preview", kept, gone, draft, answer="both", answer_text="Réunie.", comment="Pareilles."
        )
        page = words_of(response)
        for expected in (
            f"{kept.reference} est mise en ligne avec le texte ci-dessus",
            f"{gone.reference} quitte le site et est archivée : {kept.reference} répond à sa place."
            " Son brouillon en cours ne sera pas publié",
            f"{draft.reference} (brouillon, pas en ligne) est archivée.",
            f"/fiche/{gone.pk}-un/ et {gone.reference}",
            f"{older.reference} , qui menaient à {gone.reference}",
            "2 passages passent à",
            "extraction (nouvel onglet)  : 2",
            f"Retrait de {gone.reference}, prévue le",
            "oubliée, et rétablie si la fusion est annulée",
            "1 vote",
            "1 renvoi",
            f"{kept.reference} sera à revoir avant le",
            "comme un seul lot",
            f"{kept.reference} : 1 phrase",
            f"{gone.reference}, telle que le public la lit : 2 phrases",
            f"{gone.reference}, brouillon : 2 phrases",
            f"{draft.reference} : 1 phrase",
        ):
            assert expected in page, expected
        assert "<p>Réunie.</p>" in read(response)
        assert Version.objects.count() == versions
        assert Schedule.objects.count() == 1
        assert not EntryAlias.objects.filter(survivor=kept).exists()

    def test_a_survivor_that_stays_as_it_is(self, relecteur):
        kept, gone = a_published_entry("A ?"), an_entry("B ?")
        page = words_of(send(relecteur, "_preview", kept, gone))
        assert f"{kept.reference} reste comme elle est" in page
        assert f"{gone.reference} : 1 phrase" in page
        assert "Aucun ne change de fiche." in page

    @pytest.mark.every_database
    def test_sentences_of_the_survivor_go_where_the_other_answer_is_kept(self, relecteur):
        kept, gone = an_entry("A ?", "La première. La même."), an_entry("A ?", "La même. Une autre.")
        page = words_of(send(relecteur, "_preview", kept, gone, answer=str(gone.pk)))
        assert f"{kept.reference} : 1 phrase supprimé La première." in page
        assert f"{gone.reference} :" not in page.split("Ce qui ne sera plus dit ainsi")[1].split("En ligne et hors")[0]

    def test_nothing_goes_where_all_is_said_in_other_signs(self, relecteur):
        kept, gone = an_entry("L’outil ?", "« L’un ». L’autre."), an_entry("L'outil ?", "- L'autre.\n- \"L'un\".")
        assert "tient toutes les phrases de chaque fiche" in words_of(send(relecteur, "_preview", kept, gone))

    def test_the_page_tells_what_each_choice_no_longer_says(self, relecteur):
        one, other = an_entry("A ?", "Une. Deux."), an_entry("B ?", "Deux. Trois. Quatre.")
        page = words_of(relecteur.get(merge_page(one, other)))
        assert f"Garder celle de {one.reference} : 2 phrases" in page
        assert f"Garder celle de {other.reference} : 1 phrase" in page
        assert "que vous pouvez retoucher : rien." in page

    def test_drafts_lead_nowhere_yet(self, relecteur):
        kept, gone = an_entry("A ?"), an_entry("B ?", "Autrement.")
        page = words_of(send(relecteur, "_preview", kept, gone, answer=str(gone.pk)))
        assert f"{kept.reference} reste hors ligne (brouillon)" in page
        assert f"dès que {kept.reference} sera en ligne" in page

    def test_going_back_keeps_every_choice(self, relecteur):
        one, other = an_entry("A ?", "Un."), an_entry("B ?", "Deux.")
        typed = {"survivor": str(other.pk), "question": "other", "question_text": "Typée ?", "answer": "both"}
        typed |= {"answer_text": "Tapé,\r\nsur deux lignes.", "comment": "Pourquoi."}
        preview = send(relecteur, "_preview", one, other, **typed)
        hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', read(preview)))
        back = relecteur.post(merge_page(one, other), {**hidden, "_edit": "1"})
        assert ticked(back) == {"survivor": str(other.pk), "question": "other", "answer": "both"}
        for text in ("Typée ?</textarea>", "Tapé,\nsur deux lignes.</textarea>", 'value="Pourquoi."'):
            assert text in read(back).replace("\r\n", "\n")
        assert "Rien n’a été fusionné" not in read(back)

    def test_what_was_typed_and_not_chosen_is_told(self, relecteur):
        one, other = an_entry("A ?", "Un."), an_entry("B ?", "Deux.")
        page = words_of(send(relecteur, "_preview", one, other, answer_text="Un.\nDeux."))
        assert "pas retenu" not in page
        page = words_of(send(relecteur, "_preview", one, other, answer_text="Autre chose."))
        assert "Tapé, mais pas retenu" in page
        assert "Autre chose." in page

    @pytest.mark.parametrize("button", ["_preview", "_merge"])
    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"question": ""}, "Choisissez ce qu’il faut garder."),
            ({"answer": "both", "answer_text": " \r\n"}, "Écrivez ce texte"),
            ({"answer": "both", "answer_text": "\u200b\r\n\u00ad\ufeff"}, "Écrivez ce texte"),
            ({"question": "other"}, "Écrivez ce texte"),
            ({"question": "other", "question_text": "\u200b"}, "Écrivez ce texte"),
            ({"question": "other", "question_text": "x" * 301}, "dépasse 300 caractères"),
            ({"answer": "both", "answer_text": "a\x00b"}, "caractère"),
            ({"comment": "x" * 501}, "500 caractères"),
        ],
    )
    def test_what_cannot_be_is_told_beside_the_choice(self, relecteur, button, typed, said):
        one, other = an_entry("A ?"), an_entry("B ?")
        response = send(relecteur, button, one, other, **({"answer_text": "Gardé."} | typed))
        assert said in read(response)
        assert "Rien n’a été fusionné" in read(response)
        assert not Batch.objects.exists()


class TestMeanwhile:
    @pytest.mark.parametrize("button", ["_preview", "_merge", "_edit"])
    def test_another_version_is_shown_and_what_was_typed_stays(self, relecteur, redacteur, button):
        one, other = an_entry("A ?"), an_entry("B ?")
        data = choices(one, other, answer="both", answer_text="Tapé.")
        edit_entry(other.pk, Content("Changée ?", "Par un autre."), by_command(redacteur.user))
        response = relecteur.post(merge_page(one, other), {button: "1", **data})
        page = read(response)
        assert f"La fiche {other.reference} a été modifiée entre-temps (version 2, par rédacteur)" in page
        assert "Par un" in page
        assert "Tapé.</textarea>" in page
        assert f'name="version-{other.pk}" value="2"' in page
        assert not EntryAlias.objects.exists()

    def test_an_entry_archived_meanwhile_can_be_left_out_of_three(self, relecteur):
        one, other, third = (an_entry(f"{name} ?") for name in "ABC")
        data = choices(one, other, third, answer="both", answer_text="Tapé.")
        archive_entry(third.pk, by_command())
        response = relecteur.post(merge_page(one, other, third), {"_merge": "1", **data})
        assert f"La fiche {third.reference} est archivée" in read(response)
        assert "Tapé.</textarea>" in read(response)
        rest = relecteur.post(merge_page(one, other, third), {"_without": third.pk, **data})
        assert f'action="{merge_page(one, other)}"' in read(rest)
        assert "Tapé.</textarea>" in read(rest)
        assert ticked(rest)["answer"] == "both"

    def test_one_entry_alone_loses_nothing_typed(self, relecteur):
        one = an_entry("A ?")
        response = relecteur.post(merge_page(one), {"_merge": "1", "answer_text": "Tapé."})
        assert "au moins deux fiches" in read(response)
        assert "Tapé." in read(response)


class TestMerging:
    @pytest.mark.every_database
    def test_it_is_one_batch_with_its_way_back(self, relecteur):
        a_taxonomy()
        one, other = a_published_entry("A ?", "Un."), a_published_entry("B ?", "Deux.", couloirs="hopital")
        typed = {"answer": "both", "answer_text": "Un.\r\nDeux.", "couloirs": str(other.pk), "comment": "Pareilles."}
        response = send(relecteur, "_merge", one, other, **typed)
        head, batch = head_of(one), Batch.objects.get()
        assert (head.question, head.answer, head.comment) == ("A ?", "Un.\nDeux.", "Pareilles.")
        assert content_of(head).filing == a_filing(offer_types="segur", couloirs="hopital")
        assert (head.author, head.batch) == (relecteur.user, batch)
        assert EntryAlias.objects.get().former == other
        assert response.redirect_chain[-1][0] == page_of(one)
        [told] = response.context["messages"]
        for page in ("admin:faq_batch_change", "admin:faq_batch_undo"):
            assert reverse(page, args=(batch.pk,)) in str(told)

    @pytest.mark.every_database
    def test_three_at_once_and_another_one_stays(self, relecteur):
        entries = [an_entry(f"{name} ?") for name in "ABC"]
        send(relecteur, "_merge", *reversed(entries))
        assert set(EntryAlias.objects.values_list("survivor", flat=True)) == {entries[2].pk}
        assert Entry.objects.exclude(status=EntryStatus.ARCHIVED).get() == entries[2]

    def test_what_people_typed_is_never_markup(self, relecteur):
        one, other = an_entry("<b>a ?", "<script>alert(1)</script>"), an_entry("<i>b ?", "<script>alert(2)</script>")
        for page in (relecteur.get(merge_page(one, other)), send(relecteur, "_preview", one, other)):
            assert "<script>alert" not in page.content.decode()


class TestWaysIn:
    @pytest.mark.every_database
    def test_the_list_leads_there(self, relecteur):
        entries = [an_entry(f"{rank} ?") for rank in range(11)]
        for number, target in ((2, merge_page(*entries[:2])), (1, LIST), (11, LIST)):
            ticked_ones = [entry.pk for entry in entries[:number]]
            response = relecteur.post(LIST, {"action": "merge", "_selected_action": ticked_ones})
            assert response["Location"] == target
        assert "cochez de 2 à 10 fiches" in read(relecteur.get(LIST))

    @pytest.mark.parametrize("step", ["choosing", "_preview"])
    def test_queries_do_not_depend_on_how_much_there_is(self, relecteur, step, django_assert_max_num_queries):
        def ask(*entries):
            return relecteur.get(merge_page(*entries)) if step == "choosing" else send(relecteur, step, *entries)

        few, many = ([a_published_entry(f"{name} ?", f"{name}.") for name in names] for names in ("AB", "CDEFG"))
        ask(*few)
        with django_assert_max_num_queries(70) as small:
            ask(*few)
        with django_assert_max_num_queries(len(small) + (len(many) - len(few) if step == "_preview" else 0)):
            ask(*many)


class TestAfterwards:
    def test_one_time_line(self, analyste):
        kept, gone = an_entry("A ?"), an_entry("B ?")
        edit_entry(gone.pk, Content("B bis ?", "Deux."), by_command())
        edit_entry(kept.pk, Content("A bis ?", "Un."), by_command())
        merged(kept, gone)
        page = analyste.get(page_of(kept)).content.decode().split('id="versions-title"')[1].split("</section>")[0]
        shown = re.findall(r">(Q-\d+), version (\d)<", page)
        assert shown == [
            *((gone.reference, "3"), (kept.reference, "2"), (gone.reference, "2")),
            *((gone.reference, "1"), (kept.reference, "1")),
        ]
        radios = re.findall(r'name="(\w+)" value="(\d)"[^>]*?( checked)?>', page)
        assert radios == [("from", "2", ""), ("to", "2", " checked"), ("from", "1", " checked"), ("to", "1", "")]
        assert f"{reverse('admin:faq_entry_compare', args=(gone.pk,))}?to=2" in page

    def test_the_absorbed_entry_says_where_it_went(self, relecteur):
        kept, gone = an_entry("A ?"), an_entry("B ?")
        batch = merged(kept, gone).batch
        page = read(relecteur.get(page_of(gone)))
        assert f'fusionnée dans <a href="{page_of(kept)}">{kept.reference} A ?</a>' in page
        assert reverse("admin:faq_batch_change", args=(batch.pk,)) in page
        assert 'name="_restore"' not in page

    def test_undoing_says_what_comes_back(self, relecteur):
        take_dump(a_dump_file("Un texte."))
        gone = Entry.objects.get()
        older, kept = an_entry("Vieille ?"), an_entry("Gardée ?")
        merged(gone, older)
        batch = merged(kept, gone).batch
        page = words_of(relecteur.get(reverse("admin:faq_batch_undo", args=(batch.pk,))))
        assert f"L’adresse et la référence {gone.reference} ne mèneront plus à {kept.reference}." in page
        assert f"{older.reference} mènera de nouveau à {gone.reference}." in page
        assert f"1 passage d’extraction revient à {gone.reference}." in page
        assert "il faudrait fusionner de nouveau" in page
