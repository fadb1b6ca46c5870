"""The queue of texts that wait for a reviewer."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from faq.enums import Action
from faq.models import Batch
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.schedules import schedule
from faq.services.workflow import publish_entry, submit_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.admin.confirming import post_and_confirm
from tests.faq.admin.entry_form import head_of, page_of, read
from tests.pairs import a_pair

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:faq_entry_review")


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def submitted(question="Comment faire ?", answer="Comme ceci.", *, author=None, comment="", **slugs):
    """An entry that was never published, in review."""
    entry = an_entry(question, answer, **slugs)
    submit_entry(entry.pk, by_command(author, comment=comment))
    return entry


def submitted_change(answer="Autrement.", **slugs):
    """A published entry with a change beside it, in review."""
    entry = a_published_entry()
    edit_entry(entry.pk, Content("Comment faire ?", answer, a_filing(**slugs)), by_command())
    submit_entry(entry.pk, by_command())
    return entry


def send(client, *entries, address=QUEUE, **data):
    """Send the page as it shows these entries."""
    shown = {f"version-{entry.pk}": head_of(entry).number for entry in entries}
    return client.post(address, shown | data, follow=True)


def state_of(entry):
    """Return the text that the public and the reviewers see."""
    entry.refresh_from_db()
    return entry.status, entry.head.status, entry.head.number


class TestReading:
    def test_nothing_to_review(self, analyste):
        an_entry()
        page = read(analyste.get(QUEUE))
        assert "Rien à relire" in page
        assert "À relire (0)" in page

    @pytest.mark.every_database
    def test_the_oldest_submission_comes_first(self, analyste):
        now = timezone.now()
        late, early = (an_entry(question, at=now - timedelta(days=2)) for question in ("Tardive ?", "Matinale ?"))
        submit_entry(late.pk, by_command(at=now))
        submit_entry(early.pk, by_command(at=now - timedelta(days=1)))
        page = read(analyste.get(QUEUE))
        assert "À relire (2)" in page
        assert page.index("Matinale ?") < page.index("Tardive ?")

    def test_a_change_is_shown_against_what_the_public_reads(self, analyste, redacteur):
        entry = submitted_change("Autrement.", couloirs="hopital")
        page = read(analyste.get(QUEUE))
        assert "Le public lit la version 2" in page
        assert "<ins>" in page
        assert "Hôpital" in page
        assert (
            f"{reverse('admin:faq_entry_compare', args=(entry.pk,))}?from=2&amp;to=4"
            in analyste.get(QUEUE).content.decode()
        )

    def test_a_new_text_is_shown_whole(self, analyste, redacteur):
        submitted("Comment ?", "- un\n- deux", author=redacteur.user, comment="Relu par le métier", couloirs="hopital")
        page = read(analyste.get(QUEUE))
        for expected in ("Comment ?", "<li>un</li>", "Hôpital", "soumise par rédacteur", "Relu par le métier"):
            assert expected in page

    @pytest.mark.every_database
    def test_ten_to_a_page(self, analyste):
        for rank in range(11):
            submitted(f"Question {rank} ?")
        first, second = analyste.get(QUEUE), analyste.get(f"{QUEUE}?page=2")
        assert read(first).count("<article") == 10
        assert "?page=2" in read(first)
        assert read(second).count("<article") == 1
        assert "À relire (11)" in read(second)

    @pytest.mark.every_database
    @pytest.mark.parametrize(
        ("asked", "found"),
        [("couloir=hopital", {"Filée ?"}), ("auteur=~", {"Autre ?"}), ("couloir=rien", {"Filée ?", "Autre ?"})],
    )
    def test_filters(self, analyste, redacteur, asked, found):
        submitted("Filée ?", author=redacteur.user, couloirs="hopital")
        submitted("Autre ?")
        page = read(analyste.get(f"{QUEUE}?{asked}"))
        titles = set(re.findall(r"<h2 id=\"title-\d+\"><a [^>]*>Q-\d+ ([^<]*)</a>", page))
        assert titles == found

    @pytest.mark.every_database
    def test_filters_that_leave_nothing_say_so(self, analyste):
        submitted()
        page = read(analyste.get(f"{QUEUE}?couloir=hopital&offre=~"))
        assert "Aucun des textes à relire ne répond à ces critères" in page

    def test_the_number_of_queries_does_not_depend_on_the_queue(self, relecteur, django_assert_max_num_queries):
        submitted(couloirs="hopital")
        submitted_change()
        relecteur.get(QUEUE)
        with django_assert_max_num_queries(50) as few:
            relecteur.get(QUEUE)
        for rank in range(6):
            author = User.objects.create_superuser(f"auteur{rank}")
            submitted(f"Question {rank} ?", author=author, couloirs="imagerie", themes="certificats")
            submitted_change(f"Texte {rank}", themes="financement")
        with django_assert_max_num_queries(len(few)):
            relecteur.get(QUEUE)

    def test_a_planned_publication_and_possible_duplicates_are_said_before_deciding(self, relecteur):
        pair = a_pair(make=submitted)
        first, second = pair.left, pair.right
        schedule(first.pk, Action.PUBLISHED, timezone.now() + timedelta(days=1), by_command())
        page = read(relecteur.get(QUEUE))
        assert page.count("1 doublon possible") == 2
        assert page.count("publication prévue le") == 1
        top = read(relecteur.get(page_of(first))).split('id="entry-form"')[0]
        assert "Publication prévue le" in top
        assert 'href="#schedule-title">Changer ou annuler' in top
        assert "Publication prévue le" not in read(relecteur.get(page_of(second)))

    def test_a_reviewer_is_offered_to_publish_first_and_the_others_not_to_submit_again(self, relecteur, redacteur):
        entry = submitted(author=redacteur.user)
        bar = read(relecteur.get(page_of(entry))).split('class="save-buttons"')[1].split("</ul>")[0]
        assert re.findall(r'name="(_\w+)" class="button default"', bar) == ["_publish"]
        assert 'href="#id_refusal"' in bar
        assert 'href="#id_due_at"' in bar
        bar = read(redacteur.get(page_of(entry))).split('class="save-buttons"')[1].split("</ul>")[0]
        assert re.findall(r'name="(_\w+)" class="button default"', bar) == ["_save"]
        assert re.findall(r'name="(_\w+)"[^>]* data-when-changed', bar) == ["_submit"]
        assert "#id_refusal" not in bar

    def test_publishing_over_a_live_text_shows_what_changes_before_it_is_confirmed(self, relecteur):
        entry = submitted_change("Tout autrement.")
        page = read(send(relecteur, entry, publish=entry.pk))
        assert "Tout autrement." in page
        assert "Comme ceci." in page
        assert state_of(entry)[1] == "in_review"

    def test_the_message_leads_to_the_published_text(self, relecteur):
        entry = submitted()
        page = read(send(relecteur, entry, publish=entry.pk))
        entry.refresh_from_db()
        assert f'<a href="{entry.get_absolute_url()}">Voir sur le site</a>' in page

    def test_what_people_typed_is_never_markup(self, analyste):
        submitted("<b>q", "<script>alert(1)</script>", comment="<u>c")
        page = analyste.get(QUEUE).content.decode()
        assert "<script>alert" not in page
        assert "<u>c" not in page


class TestDeciding:
    @pytest.mark.every_database
    def test_several_go_out_as_one_batch_and_what_changed_meanwhile_stays(self, relecteur):
        first, second, changed = submitted("Une ?"), submitted_change(), submitted("Changée ?")
        shown = {f"version-{entry.pk}": head_of(entry).number for entry in (first, second, changed)}
        edit_entry(changed.pk, Content("Changée ?", "Depuis.", a_filing()), by_command())
        submit_entry(changed.pk, by_command())
        selected = [entry.pk for entry in (first, second, changed)]
        page = read(post_and_confirm(relecteur, QUEUE, shown | {"selected": selected, "publish-selected": ""}))
        assert state_of(first)[0] == state_of(second)[1] == "published"
        assert state_of(changed)[:2] == ("in_review", "in_review")
        assert second.answer == "Autrement."
        batch = Batch.objects.get(kind="bulk_action")
        assert {version.entry_id for version in batch.versions.all()} == {first.pk, second.pk}
        assert f"La fiche {changed.reference} a été modifiée entre-temps" in page
        assert f"lot {batch.pk}" in page

    def test_nothing_selected(self, relecteur):
        entry = submitted()
        page = read(send(relecteur, entry, **{"publish-selected": ""}))
        assert "cochez d’abord" in page
        assert state_of(entry)[1] == "in_review"

    def test_one_goes_out(self, relecteur):
        entry, other = submitted(), submitted("Autre ?")
        response = send(relecteur, entry, other, publish=entry.pk, selected=[other.pk])
        assert state_of(entry)[0] == "published"
        assert state_of(other)[1] == "in_review"
        head = head_of(entry)
        assert (head.author, head.batch, head.origin) == (relecteur.user, Batch.objects.get(), "form")
        assert f"Fiche {entry.reference} mise en ligne" in read(response)

    def test_one_is_refused_and_its_editor_reads_why(self, relecteur, redacteur):
        entry = submitted_change()
        response = send(relecteur, entry, refuse=entry.pk, **{f"comment-{entry.pk}": "Citez\r\nl’arrêté."})
        assert response.redirect_chain
        assert state_of(entry)[:2] == ("published", "draft")
        head = head_of(entry)
        assert (head.action, head.comment, head.author) == ("refused", "Citez\nl’arrêté.", relecteur.user)
        assert "rendue à ses rédacteurs" in read(response)
        assert "Citez\nl’arrêté." in read(redacteur.get(page_of(entry)))
        edit_entry(entry.pk, Content("Comment faire ?", "Selon l’arrêté.", a_filing()), by_command())
        assert "Citez\nl’arrêté.</blockquote>" in read(redacteur.get(page_of(entry)))
        submit_entry(entry.pk, by_command())
        assert "Citez\nl’arrêté.</blockquote>" not in read(redacteur.get(page_of(entry)))

    def test_a_refusal_needs_a_comment(self, relecteur):
        entry = submitted()
        response = send(relecteur, entry, refuse=entry.pk, **{f"comment-{entry.pk}": " \r\n "})
        assert "Un refus demande un commentaire" in read(response)
        assert 'aria-invalid="true"' in read(response)
        assert state_of(entry)[1] == "in_review"

    @pytest.mark.parametrize(
        ("comment", "reason"), [("x" * 501, "dépasse 500 caractères"), ("Non\0", "caractère invisible illisible")]
    )
    def test_a_comment_that_cannot_be_stored_is_refused_and_kept(self, relecteur, comment, reason):
        entry = submitted()
        response = send(relecteur, entry, refuse=entry.pk, **{f"comment-{entry.pk}": comment})
        assert reason in read(response)
        assert f"{comment}</textarea>" in read(response)
        assert 'aria-invalid="true"' in read(response)
        assert state_of(entry)[1] == "in_review"

    def test_comments_typed_for_others_stay_in_their_boxes(self, relecteur):
        entry, other = submitted(), submitted("Autre ?")
        page = read(send(relecteur, entry, other, publish=entry.pk, **{f"comment-{other.pk}": "À revoir, & vite."}))
        assert state_of(entry)[0] == "published"
        assert "À revoir, & vite.</textarea>" in page

    def test_ticks_stay_on_what_was_shown(self, relecteur):
        entry, same, changed = submitted(), submitted("Pareille ?"), submitted("Changée ?")
        shown = {f"version-{each.pk}": head_of(each).number for each in (entry, same, changed)}
        edit_entry(changed.pk, Content("Changée ?", "Depuis.", a_filing()), by_command())
        submit_entry(changed.pk, by_command())
        page = read(relecteur.post(QUEUE, shown | {"publish": entry.pk, "selected": [same.pk, changed.pk]}))
        assert re.findall(r'name="selected" value="(\d+)"( checked)?', page) == [
            (str(same.pk), " checked"),
            (str(changed.pk), ""),
        ]

    def test_a_comment_on_what_left_the_queue_is_given_back(self, relecteur):
        entry = submitted()
        shown = {f"version-{entry.pk}": head_of(entry).number}
        publish_entry(entry.pk, by_command())
        page = read(relecteur.post(QUEUE, shown | {"refuse": entry.pk, f"comment-{entry.pk}": "À revoir."}))
        assert "votre commentaire n’a pas été enregistré" in page
        assert "À revoir." in page
        assert state_of(entry)[0] == "published"

    @pytest.mark.parametrize(
        "data",
        [
            {"refuse": "x"},
            {"publish": "99999"},
            {"publish": "9" * 40},
            {"selected": ["x", "99999"], "publish-selected": ""},
        ],
    )
    def test_a_crafted_request_does_nothing(self, relecteur, data):
        entry = submitted()
        versions = {f"comment-{number}": "Non." for number in ("x", "99999")}
        assert relecteur.post(QUEUE, versions | data).status_code in (200, 302)
        assert state_of(entry)[1:] == ("in_review", 2)

    def test_nothing_goes_out_unseen(self, relecteur):
        entry = submitted()
        relecteur.post(QUEUE, {"publish": entry.pk})
        relecteur.post(QUEUE, {"selected": [entry.pk], f"version-{entry.pk}": "x", "publish-selected": ""})
        assert state_of(entry)[1] == "in_review"


class TestRights:
    def test_an_editor_sees_the_queue_and_decides_nothing(self, redacteur):
        entry = submitted()
        page = read(redacteur.get(QUEUE))
        assert entry.reference in page
        assert 'name="publish"' not in page
        assert "<textarea" not in page
        assert send(redacteur, entry, publish=entry.pk).status_code == 403
        assert state_of(entry)[1] == "in_review"

    def test_a_reviewer_is_offered_everything(self, relecteur):
        submitted()
        names = set(
            re.findall(r'name="([a-z-]+?)(?:-\d+)?"', relecteur.get(QUEUE).content.decode().split("<article")[1])
        )
        assert names >= {"version", "selected", "publish", "comment", "refuse", "publish-selected"}

    def test_whoever_has_no_role_gets_nowhere(self, sign_in):
        assert sign_in().get(QUEUE).status_code == 403
