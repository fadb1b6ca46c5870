"""Images and documents are stored once, whole, and for as long as a text refers to them."""

import shutil
import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from faq.domain.limits import MEDIA_UNUSED_DAYS
from faq.domain.media.checking import clean_file
from faq.enums import FormKind, PageSlug
from faq.models import MediaFile, MediaUse, SitePage
from faq.models.versions import ImmutableError
from faq.services.autosaves import SentForm, close_autosave, store_autosave
from faq.services.content import Content, EntryError
from faq.services.doctor import faults
from faq.services.entries import edit_entry
from faq.services.media import RefusedMedia, adopt_media, compute_hash, delete_media, purge_media, store_media
from faq.services.media_storage import get_storage, list_stored_names, read_chunks
from faq.services.media_uses import find_unknown_names
from faq.services.pages import save_page
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from tests.factories import a_published_entry, an_entry, by_command
from tests.media import a_document, a_media_file, a_photograph, an_answer_with, an_image

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """A folder of this test."""
    settings.STORAGES = settings.STORAGES | {
        "media": {**settings.STORAGES["media"], "OPTIONS": {"location": tmp_path / "media"}}
    }
    return get_storage()


@pytest.fixture(autouse=True)
def _checked_here(monkeypatch):
    """Check files in this process, which is ten times as fast; the process that checks has tests of its own."""
    monkeypatch.setattr("faq.services.media.check_file", clean_file)


def stored_bytes(file):
    return b"".join(read_chunks(file.storage_name))


def somebody(role):
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    return user


def long_ago():
    return timezone.now() - timedelta(days=MEDIA_UNUSED_DAYS + 1)


def test_a_file_is_stored_under_the_hash_of_its_bytes():
    file = store_media("capture.png", an_image(), somebody("rédacteur"))
    assert (file.format, file.width, file.height, file.pages) == ("png", 32, 20, None)
    assert compute_hash(stored_bytes(file)) == file.hash
    assert file.size == len(stored_bytes(file))
    assert file.author.username == "rédacteur"
    assert list(list_stored_names()) == [f"{file.hash[:2]}/{file.hash}.png"]


def test_the_same_file_is_stored_once_and_the_first_name_stays():
    first = a_media_file(at=long_ago())
    again = a_media_file(name="autre.png")
    assert again == first
    assert MediaFile.objects.get().original_name == "capture.png"
    assert again.last_sent_at > first.last_sent_at
    assert len(list(list_stored_names())) == 1


def test_what_was_stored_can_be_sent_back():
    file = store_media("photo.jpg", a_photograph(), None)
    assert store_media("retour.jpg", stored_bytes(file), None) == file


def test_what_the_disk_lost_is_stored_when_it_is_sent_again(storage):
    file = a_media_file()
    storage.delete(file.storage_name)
    assert a_media_file() == file
    assert storage.exists(file.storage_name)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "«\u00a0dessin.svg\u00a0» est une image SVG"),
        ("C:\\photos\\vide.png", b"", "«\u00a0vide.png\u00a0» est vide"),
        ("abime.jpg", a_photograph()[:200], "«\u00a0abime.jpg\u00a0» est abîmé"),
    ],
)
def test_a_refusal_names_the_file_and_the_cure_and_stores_nothing(name, content, said):
    with pytest.raises(RefusedMedia, match=said) as refusal:
        store_media(name, content, None)
    assert "\u00a0; " in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert not MediaFile.objects.exists()
    assert not list(list_stored_names())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * 300 + ".png", "a" * 146 + ".png"),
        ("é" * 300, "é" * 150),
        ("\0\n.png", "png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("", "sans nom"),
        ("\ud800capture.png", "capture.png"),
        ("\u202egnp.exe", "gnp.exe"),
    ],
)
def test_names_are_only_names(name, shown):
    assert a_media_file(name=name).original_name == shown


@pytest.mark.parametrize("role", ["rédacteur", "relecteur", "administrateur"])
def test_editors_send_and_delete(role):
    file = a_media_file(author=somebody(role))
    delete_media(file, file.author)
    assert not MediaFile.objects.exists()


def test_analysts_neither_send_nor_delete():
    file, analyst = a_media_file(), somebody("analyste")
    with pytest.raises(PermissionDenied):
        a_media_file(author=analyst)
    with pytest.raises(PermissionDenied):
        delete_media(file, analyst)


def test_a_version_knows_its_files():
    image, other = a_media_file(), a_media_file("red")
    document = store_media("notice.pdf", a_document(), None)
    entry = an_entry(answer=an_answer_with(image, document) + f"\n\n![Encore]({image.reference})")
    edit_entry(entry.pk, Content("Comment ?", an_answer_with(other)), by_command())
    uses = MediaUse.objects.order_by("version__number", "file").values_list("version__number", "file", "text")
    assert list(uses) == [
        (1, image.pk, "Écran d’accueil"),
        (1, document.pk, "Écran d’accueil"),
        (2, other.pk, "Écran d’accueil"),
    ]
    assert list(faults()) == []


def test_texts_without_files_cost_no_query(django_assert_num_queries):
    entry = an_entry()
    with django_assert_num_queries(0):
        assert find_unknown_names(entry.answer) == []


def test_a_file_that_comes_after_its_text_is_known_to_it():
    image = a_media_file()
    delete_media(image, None)
    entry = an_entry(answer=an_answer_with(image))
    page = SitePage.objects.get(slug=PageSlug.LEGAL)
    save_page(page, page.title, an_answer_with(image), None)
    assert find_unknown_names(entry.answer) == [image.name]
    assert not MediaUse.objects.exists()
    assert a_media_file().uses.count() == 2
    assert list(faults()) == []


def test_a_name_with_another_extension_is_no_reference():
    image = a_media_file()
    entry = an_entry(answer=f"![Faux](media:{image.hash}.jpg)")
    assert not image.uses.exists()
    assert find_unknown_names(entry.answer) == [f"{image.hash}.jpg"]


def test_what_any_version_refers_to_is_not_deleted():
    image = a_media_file()
    entry = an_entry(answer=an_answer_with(image))
    edit_entry(entry.pk, Content("Comment ?", "Sans image."), by_command())
    with pytest.raises(EntryError, match="toutes les versions restent"):
        delete_media(image, None)
    with pytest.raises(ProtectedError), transaction.atomic():
        image.delete()
    with pytest.raises(ImmutableError):
        MediaUse.objects.get().delete()
    assert purge_media(timezone.now() + timedelta(days=400)).unused == []
    assert get_storage().exists(image.storage_name)


def test_public_is_what_a_live_text_refers_to():
    image = a_media_file()

    def is_public():
        return MediaFile.objects.public().filter(pk=image.pk).exists()

    assert not is_public()
    draft = an_entry(answer=an_answer_with(image))
    assert not is_public()
    publish_entry(draft.pk, by_command())
    assert is_public()
    edit_entry(draft.pk, Content("Comment ?", "Sans image."), by_command())
    assert is_public()
    publish_entry(draft.pk, by_command())
    assert not is_public()
    other = a_published_entry(answer=an_answer_with(image))
    assert is_public()
    edit_entry(other.pk, Content("Comment ?", an_answer_with(image) + "\n\nPlus."), by_command())
    withdraw_entry(other.pk, by_command())
    assert not is_public()
    publish_entry(other.pk, by_command())
    assert is_public()
    archive_entry(other.pk, by_command())
    assert not is_public()


def test_what_a_page_of_the_site_shows_is_public_while_it_does():
    image, page = a_media_file(), SitePage.objects.get(slug=PageSlug.LEGAL)
    save_page(page, page.title, an_answer_with(image), None)
    assert MediaFile.objects.public().get() == image
    page.refresh_from_db()
    save_page(page, page.title, "Sans image.", None)
    assert not MediaFile.objects.public().exists()
    with pytest.raises(EntryError):
        delete_media(image, None)


def test_counts_of_uses():
    image = a_media_file()
    for _ in range(2):
        entry = a_published_entry(answer=an_answer_with(image))
        edit_entry(entry.pk, Content("Comment ?", an_answer_with(image) + "\n\nPlus."), by_command())
    an_entry(answer=an_answer_with(image))
    page = SitePage.objects.get(slug=PageSlug.LEGAL)
    save_page(page, page.title, an_answer_with(image), None)
    counted = MediaFile.objects.with_use_counts().get()
    assert (counted.live_count, counted.draft_count, counted.page_count, counted.use_count) == (2, 3, 1, 8)


def test_searches_by_name_and_alternative_text():
    image = a_media_file(name="Écran d’accueil.png")
    other = a_media_file("red")
    an_entry(answer=an_answer_with(other, alternative="Formulaire de dépôt"))
    for words, found in (
        ("ecran ACCUEIL", [image]),
        ("depot formulaire", [other]),
        ("licorne", []),
        ("", [other, image]),
    ):
        assert list(MediaFile.objects.matching(words)) == found


def test_purging_deletes_what_nothing_refers_to_after_a_while(storage):
    used, old, recent = a_media_file(at=long_ago()), a_media_file("red", at=long_ago()), a_media_file("green")
    an_entry(answer=an_answer_with(used))
    assert purge_media(timezone.now(), dry_run=True).unused == ["capture.png"]
    assert purge_media(timezone.now()).unused == ["capture.png"]
    assert list(MediaFile.objects.order_by("pk")) == [used, recent]
    assert not storage.exists(old.storage_name)


def test_purging_deletes_what_an_upload_left_behind_a_day_later(storage, tmp_path):
    file = a_media_file()
    stray = tmp_path / "media" / "ab" / f".{'ab' * 16}.png.x7.part"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half")
    assert purge_media(timezone.now()).stray == []
    assert purge_media(timezone.now() + timedelta(days=2)).stray == [f"ab/{stray.name}"]
    assert not stray.exists()
    assert storage.exists(file.storage_name)


def test_doctor_names_each_fault(storage, tmp_path):
    missing, altered, unused = a_media_file(), a_media_file("red"), a_media_file("green", at=long_ago())
    an_entry(answer=an_answer_with(missing, altered))
    assert [fault for fault in faults() if "aucun texte" in fault and unused.name in fault]
    storage.delete(missing.storage_name)
    (tmp_path / "media" / altered.storage_name).write_bytes(b"autre")
    told = "\n".join(faults())
    assert f"({missing.name}) : le fichier manque" in told
    assert f"({altered.name}) : les octets" in told
    use = MediaUse.objects.filter(file=missing)
    use._raw_delete(use.db)
    assert "ne sont pas ceux de son texte" in "\n".join(faults())


@pytest.mark.parametrize(
    "change",
    [
        {"hash": "A" * 32},
        {"hash": "a" * 31},
        {"format": "svg"},
        {"size": 0},
        {"pages": 2},
        {"width": None},
        {"format": "pdf"},
    ],
)
def test_the_table_refuses_what_no_file_is(change):
    file = a_media_file()
    with pytest.raises(IntegrityError), transaction.atomic():
        MediaFile.objects.filter(pk=file.pk).update(**change)


def test_a_use_is_of_one_text(db):
    file, entry = a_media_file(), an_entry()
    with pytest.raises(IntegrityError), transaction.atomic():
        MediaUse.objects.create(file=file)
    MediaUse.objects.create(file=file, version=entry.head)
    with pytest.raises(IntegrityError), transaction.atomic():
        MediaUse.objects.create(file=file, version=entry.head)


def test_what_somebody_has_typed_and_not_saved_is_not_deleted():
    image, author, now = a_media_file(at=long_ago()), somebody("rédacteur"), timezone.now()
    fields = urlencode({"answer": an_answer_with(image)})
    key, browser, tab = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    typed = SentForm(key, FormKind.ENTRY, "", "Nouvelle fiche", "/", browser, tab, sequence=1, seen=0, fields=fields)
    store_autosave(author, typed, now)
    with pytest.raises(EntryError, match="pas encore enregistré"):
        delete_media(image, author)
    assert purge_media(now).unused == []
    close_autosave(author, key, now)
    assert purge_media(now).unused == ["capture.png"]


def test_commands_purge_and_take_over(capsys, tmp_path):
    kept, old = store_media("photo.jpg", a_photograph(), None), a_media_file("red", at=long_ago())
    an_entry(answer=an_answer_with(kept))
    other_site = tmp_path / "copie"
    shutil.copytree(tmp_path / "media", other_site)
    call_command("purge_media", "--dry-run")
    assert "images et documents : 1\n    capture.png" in capsys.readouterr().out
    call_command("purge_media")
    assert list(MediaFile.objects.all()) == [kept]
    call_command("import_media", other_site)
    assert "Repris : 1 ; déjà là : 1 ; refusés : 0." in capsys.readouterr().out
    assert stored_bytes(MediaFile.objects.get(hash=old.hash)) == (other_site / old.storage_name).read_bytes()


def test_a_file_from_elsewhere_must_bear_the_name_of_its_bytes_and_pass_the_check():
    with pytest.raises(RefusedMedia, match="ne porte pas le nom de ses octets"):
        adopt_media(f"{'0' * 32}.png", an_image())
    with pytest.raises(RefusedMedia, match="est une image SVG"):
        adopt_media(f"{compute_hash(b'<svg ')}.svg", b"<svg ")
    assert not MediaFile.objects.exists()
