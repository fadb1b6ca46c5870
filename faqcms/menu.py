"""The menu of the admin, in the order in which editors work, and the queues of its home page."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from faq.entry_filters import CLOSED
from faq.enums import PairKind
from faq.models import (
    Batch,
    Couloir,
    Dispositif,
    Dump,
    Entry,
    Mail,
    MediaFile,
    OfferType,
    Pair,
    Product,
    Schedule,
    SitePage,
    SynonymGroup,
    Theme,
    Version,
)
from faq.pair_filters import TO_MERGE, pairs_on_shelf
from faq.selectors.counting import count_all
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
        MediaFile,
        MenuPage("Corbeille", "faq_archivedentry_changelist", "faq.view_entry"),
    ),
    "Extractions": (MenuPage("Importer une extraction", "faq_dump_import", "faq.add_dump"), Dump),
    "Retours": (
        MenuPage("Boîte de réception", "feedback_inbox", "feedback.view_comment"),
        MenuPage("Recherches jour par jour", "faq_failedsearch_changelist", "faq.view_failedsearch"),
        Vote,
        MenuPage("Rapports", "feedback_reports", "feedback.view_vote"),
    ),
    "Taxonomie": (OfferType, Couloir, Dispositif, Product, Theme, SynonymGroup),
    "Historique": (Version, Batch, MenuPage("La FAQ au…", "faq_past", "faq.view_publication")),
    "Administration": (SitePage, User, Group, Mail),
}
FOLDED = frozenset({"Taxonomie", "Historique", "Administration"})
"""Groups that are closed, unless one of their pages is the current one."""


@dataclass(frozen=True)
class Queue:
    """A list of things that wait for somebody, and how many they are."""

    label: str
    number: int
    address: str
    is_failure: bool
    """Whether it holds what went wrong, which cannot wait."""


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
    """Return the queues of the team that the account may read, those of failures first; all counted in one query."""
    lists = {name: reverse(f"admin:faq_{name}_changelist") for name in ("entry", "schedule", "archivedentry", "mail")}
    pairs, inbox = reverse("admin:faq_entry_duplicates"), reverse("admin:feedback_inbox")
    untitled = reverse("admin:faq_entry_questions") if user.has_perm("faq.change_entry") else lists["entry"]
    votes = f"{reverse('admin:feedback_vote_changelist')}?standing__exact={Standing.SET_ASIDE.value}"
    entries, due = Entry.objects.all(), Entry.objects.due(timezone.localdate())
    contradictions = Pair.objects.open().filter(kind=PairKind.CONFLICT)
    failures = (
        (
            "Planifications en échec",
            "faq.view_schedule",
            Schedule.objects.failed(),
            f"{lists['schedule']}?suite=echec",
        ),
        ("Courriels à voir", "faq.view_mail", Mail.objects.unsent(), f"{lists['mail']}?suite=echec"),
    )
    waiting = (
        ("Sans question", "faq.view_entry", entries.untitled(), f"{untitled}?travail=sans-question"),
        ("À relire", "faq.view_entry", entries.to_review(), reverse("admin:faq_entry_review")),
        ("Doublons possibles", "faq.view_pair", Pair.objects.open(), pairs),
        ("Contradictions", "faq.view_pair", contradictions, f"{pairs}?nature={PairKind.CONFLICT.value}"),
        ("À fusionner", "faq.view_pair", pairs_on_shelf(TO_MERGE), f"{pairs}?vue={TO_MERGE}"),
        ("À revoir", "faq.view_entry", due, reverse("admin:faq_entry_due")),
        ("Commentaires de visiteurs", "feedback.view_comment", Comment.objects.open(), inbox),
        ("Recherches sans résultat", "feedback.view_comment", open_searches(), f"{inbox}?boite=recherches"),
        ("Votes en quarantaine", "feedback.view_vote", Vote.objects.set_aside(), votes),
        (
            "Commentaires en quarantaine",
            "feedback.view_comment",
            Comment.objects.set_aside(),
            f"{inbox}?boite=quarantaine",
        ),
        (
            "Brouillons à côté d’un texte en ligne",
            "faq.view_entry",
            entries.with_draft(),
            f"{lists['entry']}?travail=brouillon",
        ),
        (
            "Publications et retraits prévus",
            "faq.view_schedule",
            Schedule.objects.filter(failed_at=None),
            f"{lists['schedule']}?suite=a-venir",
        ),
        (
            "Attribuées à un compte fermé",
            "faq.view_entry",
            entries.in_use().filter(assignment__assignee__is_active=False),
            f"{lists['entry']}?attribuee={CLOSED}",
        ),
        ("Corbeille", "faq.view_entry", entries.archived(), lists["archivedentry"]),
    )
    shown = [queue for queue in (*failures, *waiting) if user.has_perm(queue[1])]
    counts = count_all({label: rows for label, _, rows, _ in shown})
    failing = {label for label, *_ in failures}
    return [Queue(label, counts[label], address, label in failing) for label, _, _, address in shown]


def _longest_prefix(path, addresses):
    return max((address for address in addresses if path.startswith(address)), key=len, default=None)
