"""The menu of the admin, in the order in which editors work, and the queues of its home page."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from faq.models import (
    Batch,
    Couloir,
    Dispositif,
    Dump,
    Entry,
    FailedSearch,
    OfferType,
    Pair,
    Product,
    Schedule,
    SitePage,
    SynonymGroup,
    Theme,
    Version,
)
from feedback.models import Comment, Standing, Vote
from feedback.searches import open_searches


@dataclass(frozen=True)
class MenuPage:
    """A page of the admin that is not the list of a table."""

    name: str
    view: str
    permission: str

    def as_model_row(self) -> dict[str, object]:
        """Return its description in the form in which Django describes the list of a table."""
        return {"name": self.name, "object_name": self.view, "admin_url": reverse(f"admin:{self.view}")}


MENU: dict[str, tuple[type[Model] | MenuPage, ...]] = {
    "Fiches": (
        Entry,
        MenuPage("Saisir les questions", "faq_entry_questions", "faq.change_entry"),
        MenuPage("À relire", "faq_entry_review", "faq.view_entry"),
        MenuPage("Doublons possibles", "faq_entry_duplicates", "faq.view_pair"),
        MenuPage("À revoir", "faq_entry_due", "faq.view_entry"),
        Schedule,
        MenuPage("Corbeille", "faq_archivedentry_changelist", "faq.view_entry"),
    ),
    "Extractions": (MenuPage("Importer une extraction", "faq_dump_import", "faq.add_dump"), Dump),
    "Retours": (
        MenuPage("Boîte de réception", "feedback_inbox", "feedback.view_comment"),
        FailedSearch,
        Vote,
        MenuPage("Rapports", "feedback_reports", "feedback.view_vote"),
    ),
    "Taxonomie": (OfferType, Couloir, Dispositif, Product, Theme, SynonymGroup),
    "Historique": (Version, Batch, MenuPage("La FAQ au…", "faq_past", "faq.view_publication")),
    "Administration": (SitePage, User, Group),
}
FOLDED = frozenset({"Taxonomie", "Historique", "Administration"})
"""Groups that are closed, unless one of their pages is the current one."""


@dataclass(frozen=True)
class Queue:
    """A list of things that wait for somebody, and how many they are."""

    label: str
    number: int
    address: str


def build_menu(request, applications):
    """Return the groups of the menu, given Django's list of applications, which holds what the account may open."""
    rows = {row["model"]: row for application in applications for row in application["models"]}
    pages = [item for group in MENU.values() for item in group if isinstance(item, MenuPage)]
    rows |= {page: page.as_model_row() for page in pages if request.user.has_perm(page.permission)}
    current = _longest_prefix(request.path, [row["admin_url"] for row in rows.values() if row["admin_url"]])
    groups = []
    for name, items in MENU.items():
        if shown := [rows[item] | {"here": rows[item]["admin_url"] == current} for item in items if item in rows]:
            is_open = name not in FOLDED or any(page["here"] for page in shown)
            groups.append({"name": name, "app_label": slugify(name), "app_url": "", "models": shown, "open": is_open})
    return groups


def count_queues(user):
    """Return the queues that the account may read, each counted in one query."""
    entries = reverse("admin:faq_entry_changelist")
    drafts = f"{entries}?travail=brouillon"
    failed = f"{reverse('admin:faq_schedule_changelist')}?suite=echec"
    trash = reverse("admin:faq_archivedentry_changelist")
    inbox = reverse("admin:feedback_inbox")
    aside = f"{reverse('admin:feedback_vote_changelist')}?standing__exact={Standing.SET_ASIDE.value}"
    due = Entry.objects.due(timezone.localdate())
    waiting = (
        ("À relire", "faq.view_entry", Entry.objects.to_review(), reverse("admin:faq_entry_review")),
        ("Doublons possibles", "faq.view_pair", Pair.objects.open(), reverse("admin:faq_entry_duplicates")),
        ("À revoir", "faq.view_entry", due, reverse("admin:faq_entry_due")),
        ("Commentaires de visiteurs", "feedback.view_comment", Comment.objects.open(), inbox),
        ("Recherches sans résultat", "feedback.view_comment", open_searches(), f"{inbox}?boite=recherches"),
        ("Votes en quarantaine", "feedback.view_vote", Vote.objects.set_aside(), aside),
        (
            "Commentaires en quarantaine",
            "feedback.view_comment",
            Comment.objects.set_aside(),
            f"{inbox}?boite=quarantaine",
        ),
        ("Brouillons à côté d’un texte en ligne", "faq.view_entry", Entry.objects.with_draft(), drafts),
        ("Planifications en échec", "faq.view_schedule", Schedule.objects.failed(), failed),
        ("Corbeille", "faq.view_entry", Entry.objects.archived(), trash),
    )
    return [Queue(label, rows.count(), address) for label, right, rows, address in waiting if user.has_perm(right)]


def _longest_prefix(path, addresses):
    return max((address for address in addresses if path.startswith(address)), key=len, default=None)
