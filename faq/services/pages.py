"""Writing the pages about the site: every text stays, two editors never overwrite each other unknowingly."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from faq.domain.limits import ANSWER_MAX_LENGTH, describe_excess
from faq.enums import PageSlug
from faq.models import Epoch, SitePage, SitePageVersion
from faq.services.content import EntryError, normalize_line_ends
from faq.services.media_uses import record_media_uses
from faq.services.roles import Author, require

STARTER_TEXTS = Path(settings.BASE_DIR) / "fixtures" / "pages"


class StalePage(EntryError):
    """Another editor saved the page since this one opened it; nothing was written."""

    def __init__(self, latest: SitePageVersion) -> None:
        self.latest = latest
        super().__init__("Quelqu’un d’autre a enregistré cette page entre-temps.")


@transaction.atomic
def save_page(page: SitePage, title: str, text: str, author: Author, *, base: int | None = None) -> bool:
    """Store a title and text, with a version; return whether anything changed.

    `base` is the number of the version that the author has seen, where it matters.
    Raises PermissionDenied, StalePage, SitePage.DoesNotExist, EntryError where the text is too long.
    """
    require(author, "faq.change_sitepage")
    stored = SitePage.objects.select_for_update().get(pk=page.pk)
    said = (title.strip(), normalize_line_ends(text).strip())
    if len(said[1]) > ANSWER_MAX_LENGTH:
        raise EntryError(describe_long_text(said[1]))
    if said == (stored.title, stored.text):
        return False
    if base is not None and base != stored.number:
        raise StalePage(SitePageVersion.objects.select_related("author").get(page=stored, number=stored.number))
    _store_page(stored, *said, author)
    Epoch.move(())
    return True


def describe_long_text(text: str) -> str:
    """Return the French sentence that refuses the text of a page above the limit."""
    return describe_excess("Le texte", len(text), ANSWER_MAX_LENGTH, "raccourcissez-le")


def install_pages(*, apps: Any = None, **signal: Any) -> None:
    """Write the pages that are missing, with their starter text. Called after every migration and every emptying.

    `apps` are the models after the migration, which may have been one backwards; none are given after an emptying.
    """
    if apps is not None and "sitepage" not in apps.all_models["faq"]:
        return
    present = set(SitePage.objects.values_list("slug", flat=True))
    for slug in PageSlug:
        if slug not in present:
            title, _, text = (STARTER_TEXTS / f"{slug}.md").read_text(encoding="utf-8").partition("\n")
            with transaction.atomic():
                _store_page(SitePage(slug=slug, number=0), title.removeprefix("# ").strip(), text.strip(), None)


def _store_page(page: SitePage, title: str, text: str, author: Author) -> None:
    page.title, page.text = title, text
    page.number += 1
    page.updated_at = timezone.now()
    page.save()
    version = SitePageVersion.objects.create(
        page=page, number=page.number, title=title, text=text, author=author, created_at=page.updated_at
    )
    record_media_uses([version])
