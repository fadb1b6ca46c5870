"""The search box of the header: entries first, then the pages and all other lists of the menu that can be searched."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Case, Model, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import Truncator, capfirst

from faq.admin.display import state_badges
from faq.admin.pages import AdminPage, Trail
from faq.domain.limits import cut_admin_search
from faq.domain.text import fold
from faq.models import Entry, EntryAlias, Version
from faq.models.entries import number_of
from faq.models.folding import Folded, with_all_words
from faq.selectors.entry_search import search_entries
from faqcms.menu import MENU, build_menu
from feedback.models import Comment

SHOWN = 8
"""Results of one kind that the page shows; a link leads to the list of all."""
_TEXT_SHOWN = 120
_LEFT_OUT = (Entry, Version)
"""Tables that have a search of their own here, or whose rows would repeat the entries."""


@dataclass(frozen=True)
class Result:
    """One line of the page."""

    text: str
    address: str
    detail: str = ""


@dataclass(frozen=True)
class ResultGroup:
    """The results of one kind, and the address of the list of all of them where it holds more."""

    label: str
    results: list[Result]
    more: str = ""


class SiteSearchPage(AdminPage):
    """The results of the box; a reference alone leads to its entry at once."""

    title = "Rechercher"
    template_name = "admin/site_search.html"
    permission = "faq.view_entry"
    body_class = "site-search"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is found, or go to the entry that the reference names."""
        self.words = cut_admin_search(request.GET.get("q", "").replace("\0", " ")).strip()
        if entry := self._find_reference():
            return redirect("admin:faq_entry_change", entry)
        groups = [group for group in self._search() if group.results] if self.words else []
        return self.render(searched=self.words, groups=groups)

    def get_trail(self) -> Trail:
        """Return that the page stands right below the home page."""
        return []

    def _find_reference(self) -> int | None:
        number = number_of(self.words)
        if number is None:
            return None
        survivor = EntryAlias.objects.filter(former=number).values_list("survivor", flat=True).first()
        return survivor or Entry.objects.filter(pk=number).values_list("pk", flat=True).first()

    def _search(self) -> list[ResultGroup]:
        """Return the groups of results, those without any included; as many queries as lists can be searched."""
        groups = [self._search_entries(), self._search_pages()]
        registered = self.model_admin.admin_site._registry
        tables = [item for items in MENU.values() for item in items if isinstance(item, type) and item not in _LEFT_OUT]
        for model_admin in (registered[model] for model in tables if model in registered):
            if model_admin.search_fields and model_admin.has_view_permission(self.request):
                groups.append(self._search_table(model_admin))
        if self.request.user.has_perm("feedback.view_comment"):
            groups.append(self._search_comments())
        return groups

    def _search_entries(self) -> ResultGroup:
        """Return the entries, those first whose question holds all the words."""
        in_question = Case(When(with_all_words(self.words, ("question",)), then=0), default=1)
        found = search_entries(Entry.objects.select_related("head"), self.words)
        columns = ("status", "question", "answer", "live", "head__question", "head__status")
        entries = list(found.order_by(in_question, Folded("question"), "pk").only(*columns)[: SHOWN + 1])
        results = [
            Result(
                f"{entry.reference} {entry.head.question or _cut(entry.answer)}",
                reverse("admin:faq_entry_change", args=(entry.pk,)),
                state_badges(entry),
            )
            for entry in entries[:SHOWN]
        ]
        return ResultGroup("Fiches", results, self._link_more(entries, "faq_entry_changelist"))

    def _search_pages(self) -> ResultGroup:
        """Return the pages of the menu whose name holds all the words."""
        applications = self.model_admin.admin_site._build_app_dict(self.request).values()
        pages = [page for group in build_menu(self.request, applications) for page in group["models"]]
        words = fold(self.words).split()
        found = [page for page in pages if page["admin_url"] and all(word in fold(str(page["name"])) for word in words)]
        return ResultGroup("Pages", [Result(capfirst(page["name"]), page["admin_url"]) for page in found])

    def _search_table(self, model_admin: ModelAdmin) -> ResultGroup:
        """Return the rows that the search of a list finds."""
        meta = model_admin.opts
        name = f"{meta.app_label}_{meta.model_name}"
        found, _ = model_admin.get_search_results(self.request, model_admin.get_queryset(self.request), self.words)
        rows: list[Model] = list(found[: SHOWN + 1])
        results = [Result(_cut(str(row)), reverse(f"admin:{name}_change", args=(row.pk,))) for row in rows[:SHOWN]]
        label = capfirst(meta.verbose_name_plural)
        return ResultGroup(label, results, self._link_more(rows, f"{name}_changelist"))

    def _search_comments(self) -> ResultGroup:
        """Return the comments of visitors; the inbox shows each with its entry."""
        found = Comment.objects.counted().filter(with_all_words(self.words, ("text",))).order_by("-pk")
        comments = list(found[: SHOWN + 1])
        inbox = f"{reverse('admin:feedback_inbox')}?{self._encode(suivi='tous')}"
        results = [Result(_cut(comment.text), inbox) for comment in comments[:SHOWN]]
        return ResultGroup("Commentaires de visiteurs", results, inbox if len(comments) > SHOWN else "")

    def _link_more(self, rows: list[Any], list_name: str) -> str:
        return f"{reverse(f'admin:{list_name}')}?{self._encode()}" if len(rows) > SHOWN else ""

    def _encode(self, **parameters: str) -> str:
        query = QueryDict(mutable=True)
        query.update({"q": self.words, **parameters})
        return query.urlencode()


def _cut(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(_TEXT_SHOWN)
