"""Entries that refer to one another: said by an editor, and kept true through merges."""

import pytest

from faq.models import Entry, SeeAlso
from faq.services.content import content_of
from faq.services.merging import add_see_also, merge_entries
from faq.services.workflow import archive_entry
from tests.factories import a_published_entry, an_entry, by_command
from tests.faq.admin.entry_form import head_of, page_of, read

pytestmark = pytest.mark.django_db


def merged(survivor, *absorbed):
    """Two entries that are one already."""
    bases = {entry.pk: head_of(entry).number for entry in (survivor, *absorbed)}
    content = content_of(head_of(survivor))
    return merge_entries(survivor.pk, [entry.pk for entry in absorbed], content, by_command(), bases=bases)


def relate_by_form(client, entry, text):
    return client.post(page_of(entry), {"_relate": "1", "see_also": text}, follow=True)


@pytest.mark.every_database
def test_added_by_reference_and_taken_away(redacteur):
    one, other = an_entry("A ?"), an_entry("B ?")
    page = read(relate_by_form(redacteur, one, other.reference.lower()))
    assert "se renvoient maintenant l’une à l’autre" in page
    assert SeeAlso.objects.get().right == other
    assert "se renvoyaient déjà" in read(relate_by_form(redacteur, other, one.reference))
    pressed = {"_unrelate": one.pk}
    assert f'name="_unrelate" value="{one.pk}"' in read(redacteur.get(page_of(other)))
    assert "Le renvoi est retiré" in read(redacteur.post(page_of(other), pressed, follow=True))
    assert "n’existe plus" in read(redacteur.post(page_of(other), pressed, follow=True))
    assert not SeeAlso.objects.exists()


def test_what_leads_nowhere_is_refused_and_stays_in_its_field(redacteur):
    one, kept, gone, old = (an_entry(f"{name} ?") for name in "ABCD")
    merged(kept, gone)
    archive_entry(old.pk, by_command())
    for text, said in (
        ("", "Tapez la référence"),
        ("Q-99999", "Aucune fiche « Q-99999 »"),
        (one.reference, "ne renvoie pas à elle-même"),
        (gone.reference, f"renvoyez plutôt à {kept.reference}"),
        (old.reference, "est archivée"),
    ):
        page = read(relate_by_form(redacteur, one, text))
        assert said in page
        assert f'id="see-also" value="{text}"' in page
    assert not SeeAlso.objects.exists()


@pytest.mark.every_database
def test_a_mention_follows_a_merge(redacteur, client):
    kept, gone, other = (a_published_entry(f"{name} ?") for name in "ABC")
    add_see_also(gone.pk, other.pk, None)
    add_see_also(kept.pk, gone.pk, None)
    add_see_also(kept.pk, other.pk, None)
    merged(kept, gone)
    for entry, named in ((other, kept), (kept, other), (gone, other)):
        mentions = redacteur.get(page_of(entry)).context["mentions"]
        assert named in mentions
        assert entry not in mentions
    assert redacteur.get(page_of(other)).context["mentions"] == [kept]
    assert list(Entry.objects.related_to(other.pk)) == [kept]
    assert list(Entry.objects.related_to(kept.pk)) == [other]
    assert "A ?</a></li>" in read(client.get(other.get_absolute_url()))
    redacteur.post(page_of(kept), {"_unrelate": other.pk})
    assert not Entry.objects.related_to(other.pk).exists()


def test_whoever_only_reads_is_offered_nothing(analyste):
    one, other = an_entry("A ?"), an_entry("B ?")
    add_see_also(one.pk, other.pk, None)
    page = read(analyste.get(page_of(one)))
    assert f"{other.reference}</a> B ?" in page
    assert "_unrelate" not in page
    assert relate_by_form(analyste, one, other.reference).status_code == 403
