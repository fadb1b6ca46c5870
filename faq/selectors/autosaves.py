"""The autosaved forms of one person, which nobody else reads."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth.models import User

from faq.enums import FormKind
from faq.models import AutosavedForm

AUTOSAVE_PARAMETER = "reprise"
"""The parameter of an address by which a page is filled in with an autosaved form."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that somebody typed on and did not save, as a list shows it."""

    key: uuid.UUID
    kind: FormKind
    title: str
    address: str
    """The address of its page, which is then filled in with what was typed."""
    saved_at: datetime


def kept_forms(user: User) -> list[KeptForm]:
    """Return the forms that somebody typed on and did not save, the latest first; one query, without the texts."""
    found = AutosavedForm.objects.filter(user=user).open().order_by("-saved_at", "-pk")
    rows = found.values_list("key", "kind", "title", "address", "saved_at")
    return [
        KeptForm(key, FormKind(kind), title, link_to_form(address, key), saved_at)
        for key, kind, title, address, saved_at in rows
    ]


def get_autosaved_form(user: User, key: uuid.UUID) -> AutosavedForm | None:
    """Return a form that somebody typed on; None where it was saved, discarded or dropped, or is somebody else's."""
    form: AutosavedForm | None = AutosavedForm.objects.filter(user=user, key=key).open().first()
    return form


def find_autosaved_forms(
    user: User, kind: FormKind, subjects: Collection[str], *, without: Collection[uuid.UUID] = ()
) -> list[AutosavedForm]:
    """Return the autosaved forms about these subjects, the latest first, but for those of the page that asks."""
    found = AutosavedForm.objects.filter(user=user, kind=kind, subject__in=subjects).open()
    return list(found.exclude(key__in=without).order_by("-saved_at", "-pk"))


def link_to_form(address: str, key: uuid.UUID) -> str:
    """Return the address of a page with the parameter that has it filled in."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({AUTOSAVE_PARAMETER: key})}"
