"""Files kept between a preview and its confirmation: stored, read by their author only, deleted afterwards."""

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from faq.enums import UploadPurpose
from faq.models import Upload

_NAME_MAX_LENGTH = 255


def store_upload(
    name: str,
    content: bytes,
    purpose: UploadPurpose,
    author: User,
    *,
    group: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Upload:
    """Store a file, with those of a preview where `group` is given, and delete the files that nobody confirmed."""
    moment = at or timezone.now()
    delete_old_uploads(moment)
    return Upload.objects.create(
        group=group or uuid.uuid4(),
        purpose=purpose,
        # A file system allows characters that a database refuses; the name is only shown.
        name=name.replace("\0", "").encode(errors="replace").decode()[-_NAME_MAX_LENGTH:],
        content=content,
        size=len(content),
        author=author,
        created_at=moment,
    )


def get_uploads(group: uuid.UUID, purpose: UploadPurpose, author: User) -> list[Upload]:
    """Return the files of a preview in the order in which they were sent, contents included; none of somebody else."""
    return list(Upload.objects.filter(group=group, purpose=purpose, author=author))


def get_upload(group: uuid.UUID, purpose: UploadPurpose, author: User) -> Upload:
    """Return the only file of a preview. Raises Upload.DoesNotExist where there is none of this author."""
    return Upload.objects.get(group=group, purpose=purpose, author=author)


def delete_uploads(group: uuid.UUID) -> None:
    """Delete the files of a preview that was confirmed or given up."""
    Upload.objects.filter(group=group).delete()


def delete_old_uploads(at: datetime) -> int:
    """Delete the files that waited too long for their confirmation; return how many."""
    number: int = Upload.objects.outdated(at).delete()[0]
    return number
