"""Files of previews: any worker reads them, nobody but their author, and not for ever."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from faq.enums import UploadPurpose
from faq.models import Upload
from faq.models.uploads import UPLOAD_LIFETIME
from faq.services.uploads import delete_uploads, get_upload, get_uploads, store_upload

pytestmark = pytest.mark.django_db

EVERY_BYTE = bytes(range(256)) + b"\r\n\r\n"


@pytest.fixture
def paul():
    return User.objects.create_user("paul")


def test_a_file_comes_back_to_the_byte(paul):
    group = store_upload("page.txt", EVERY_BYTE, UploadPurpose.DUMP, paul).group
    upload = get_upload(group, UploadPurpose.DUMP, paul)
    assert (bytes(upload.content), upload.size, upload.name) == (EVERY_BYTE, len(EVERY_BYTE), "page.txt")


def test_files_of_one_preview_stay_together_in_their_order(paul):
    group = store_upload("b.txt", b"1", UploadPurpose.DUMP, paul).group
    store_upload("autre.txt", b"2", UploadPurpose.DUMP, paul)
    store_upload("a.txt", b"3", UploadPurpose.DUMP, paul, group=group)
    assert [upload.name for upload in get_uploads(group, UploadPurpose.DUMP, paul)] == ["b.txt", "a.txt"]
    delete_uploads(group)
    assert [upload.name for upload in Upload.objects.all()] == ["autre.txt"]


def test_a_file_is_its_authors_and_for_one_purpose(paul):
    group = store_upload("page.txt", b"1", UploadPurpose.DUMP, paul).group
    marie = User.objects.create_user("marie", is_superuser=True)
    assert get_uploads(group, UploadPurpose.DUMP, marie) == []
    with pytest.raises(Upload.DoesNotExist):
        get_upload(group, UploadPurpose.DUMP, marie)
    with pytest.raises(Upload.DoesNotExist):
        get_upload(group, UploadPurpose.TABLE, paul)


def test_files_that_nobody_confirmed_go_with_the_next_one(paul):
    now = timezone.now()
    for name, at in (("vieux.txt", now - UPLOAD_LIFETIME - timedelta(seconds=1)), ("récent.txt", now)):
        store_upload(name, b"1", UploadPurpose.TABLE, paul, at=at)
    store_upload("nouveau.txt", b"1", UploadPurpose.TABLE, paul, at=now)
    assert [upload.name for upload in Upload.objects.all()] == ["récent.txt", "nouveau.txt"]


@pytest.mark.parametrize("name", ["a\0b.txt", "a\udc80.txt", "x" * 300 + ".txt"])
def test_any_name_of_a_file_can_be_stored(paul, name):
    upload = store_upload(name, b"1", UploadPurpose.DUMP, paul)
    assert upload.name.endswith(".txt")
    assert len(upload.name) <= 255
