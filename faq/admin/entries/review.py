"""« À relire »: the texts that wait for a reviewer, each beside what the public reads."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from faq.admin.bulk_messages import add_bulk_messages, build_single_message
from faq.admin.display import answer_html, filing_rows, person_name, pluralize_count, schedule_badges
from faq.admin.entries.action_effects import ActionEffects
from faq.admin.entries.actions import PUBLISH, REFUSE, EntryAction
from faq.admin.entries.confirmation import (
    ConfirmButton,
    change_one_or_describe,
    change_or_describe,
    show_confirmation,
)
from faq.admin.entries.differences import differences
from faq.admin.entries.open_pairs import count_open_pairs, link_duplicates
from faq.admin.entries.selection import selection_address
from faq.admin.pages import AdminPage
from faq.domain.limits import VERSION_COMMENT_MAX_LENGTH
from faq.enums import FormKind
from faq.filters import ReviewFilters
from faq.models import Entry, Version
from faq.models.entries import number_of, reference
from faq.selectors.entry_states import read_entry_states
from faq.services.conflicts import NO_VERSION
from faq.services.content import EntryError, normalize_line_ends
from faq.services.versions import Outcome
from faq.services.workflow import check_refusal_comment
from faq.unsaved_text import UnsavedText, delete_unsaved_text, get_autosaved_text

PER_PAGE = 10
NO_ENTRY = 0
_COMMENT_PREFIX = "comment-"
_PUBLISH_SELECTED = "publish-selected"


class ReviewPage(AdminPage):
    """The queue, the oldest submission first, where reviewers publish texts or refuse them with a comment."""

    template_name = "admin/faq/entry/review.html"
    breadcrumb = "À relire"
    body_class = "review-page"
    post_permission = "faq.publish_entry"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Publish or refuse, or ask before; what was typed for other entries is shown again."""
        asked = None
        if "refuse" in request.POST:
            asked = self._refuse(number_of(request.POST["refuse"]) or NO_ENTRY)
        elif "publish" in request.POST:
            asked = self._publish(number_of(request.POST["publish"]) or NO_ENTRY)
        elif _PUBLISH_SELECTED in request.POST:
            asked = self._publish_selection()
        elif "assign-selected" in request.POST and self.selection and not self.comments:
            return redirect(selection_address("assign", sorted(self.selection), request.GET, back="relecture"))
        elif "assign-selected" in request.POST:
            first = (
                "Enregistrez ou effacez d’abord vos commentaires." if self.comments else "Cochez d’abord des fiches."
            )
            messages.warning(request, f"Rien n’a été attribué. {first}")
        if asked:
            return asked
        if self.comments or self.selection or self.errors:
            return self.render()
        delete_unsaved_text(request)
        return self.reload()

    @cached_property
    def unsaved(self) -> UnsavedText | None:
        """The comments that were kept and that the address takes up."""
        return get_autosaved_text(self.request, FormKind.REVIEW)

    @cached_property
    def comments(self) -> dict[int, str]:
        """Comments that were sent, or kept, and are not stored yet, by the number of their entry."""
        sent = self.unsaved.fields if self.unsaved else self.request.POST
        fields = {
            number_of(name.removeprefix(_COMMENT_PREFIX)): name for name in sent if name.startswith(_COMMENT_PREFIX)
        }
        texts = {number: normalize_line_ends(sent[name]).strip() for number, name in fields.items() if number}
        return {number: text for number, text in texts.items() if text}

    @cached_property
    def selection(self) -> set[int]:
        """The numbers of the entries whose boxes are ticked."""
        return {number_of(text) for text in self.request.POST.getlist("selected")} - {None}

    @cached_property
    def errors(self) -> dict[int, str]:
        """Why a comment was not accepted, by the number of its entry."""
        return {}

    def _publish(self, number: int) -> HttpResponse | None:
        """Publish one text; a comment that was typed to refuse it is asked about."""
        publish = ConfirmButton("publish", str(number), f"Publier {reference(number)}")
        buttons = [publish]
        if number in self.comments:
            buttons.append(ConfirmButton("refuse", str(number), "Refuser avec ce commentaire"))
        try:
            done = change_one_or_describe(
                self.request, PUBLISH, number, self._get_shown_version(number), notes=self._note_comments([number])
            )
        except (EntryError, Entry.DoesNotExist) as refusal:
            messages.error(self.request, str(refusal))
            return None
        return self._finish(done, number, PUBLISH, buttons)

    def _refuse(self, number: int) -> HttpResponse | None:
        comment = self.comments.get(number, "")
        try:
            check_refusal_comment(comment)
            done = change_one_or_describe(
                self.request, REFUSE, number, self._get_shown_version(number), comment=comment
            )
        except (EntryError, Entry.DoesNotExist) as refusal:
            messages.error(self.request, str(refusal))
            self.errors[number] = str(refusal)
            return None
        return self._finish(
            done, number, REFUSE, [ConfirmButton("refuse", str(number), f"Refuser {reference(number)}")]
        )

    def _finish(
        self, done: Outcome | ActionEffects, number: int, action: EntryAction, buttons: list[ConfirmButton]
    ) -> HttpResponse | None:
        """Say what was done, or show what would be done."""
        if isinstance(done, ActionEffects):
            return self._ask(done, buttons)
        self._forget(number)
        if done.changed:
            self.model_admin.log_change(self.request, done.entry, done.version.get_action_display())
        text = f"Fiche {reference(number)} {action.done}."
        if done.changed and action is PUBLISH:
            text = format_html('{} <a href="{}">Voir sur le site</a>', text, done.entry.get_absolute_url())
        messages.success(self.request, build_single_message(self.request, text, done))
        return None

    def _ask(self, effects: ActionEffects, buttons: list[ConfirmButton]) -> HttpResponse:
        entry = effects.effects[0].entry
        is_change = effects.action is PUBLISH and not effects.is_bulk and entry.live is not None
        return show_confirmation(
            self.model_admin,
            self.request,
            effects,
            buttons,
            # Somebody who confirms sees what the public would read instead.
            differences=differences(entry.live, entry.head, entry.head) if is_change else None,
            comes_back=True,
        )

    def _note_comments(self, numbers: Iterable[int]) -> list[str]:
        """Return what the confirmation says of the comments that were typed to refuse texts."""
        return [
            f"Vous avez écrit un commentaire de refus pour {reference(number)}, que publier laisse de côté : "
            f"« {self.comments[number]} »"
            for number in sorted(numbers)
            if number in self.comments
        ]

    def _publish_selection(self) -> HttpResponse | None:
        selected = Entry.objects.filter(pk__in=self.selection).values_list("pk", flat=True)
        bases = {number: self._get_shown_version(number) for number in selected}
        self.selection = set()
        if not bases:
            messages.warning(self.request, "Rien n’a été publié\u00a0: cochez d’abord les fiches à publier.")
            return None
        report = change_or_describe(self.request, PUBLISH, bases, "depuis la relecture", self._note_comments(bases))
        if isinstance(report, ActionEffects):
            label = PUBLISH.name_with(pluralize_count(len(report.changed), "fiche", "fiches"))
            return self._ask(report, [ConfirmButton(_PUBLISH_SELECTED, "1", label)])
        add_bulk_messages(self.request, "Publication", report)
        for outcome in report.changed:
            self._forget(outcome.entry.pk)
        return None

    def _forget(self, number: int) -> None:
        """Drop what was typed and ticked for an entry that is dealt with."""
        self.comments.pop(number, None)
        self.selection.discard(number)

    def _get_shown_version(self, number: int) -> int:
        """Return the number of the version that the reviewer has read."""
        return number_of(self.request.POST.get(f"version-{number}", "")) or NO_VERSION

    @cached_property
    def total(self) -> int:
        """The length of the whole queue."""
        return Entry.objects.to_review().count()

    def get_title(self) -> str:
        """Return the title, with the length of the queue."""
        return f"À relire ({self.total})"

    def get_context(self, **context: Any) -> dict[str, Any]:
        """Return one page of the queue, and what was typed and could not be stored."""
        filters = ReviewFilters(self.request.GET, Entry.objects.to_review())
        page = Paginator(self._select_shown(filters.qs), PER_PAGE).get_page(self.request.GET.get("page"))
        elsewhere = self.comments.keys() - {entry.pk for entry in page}
        # Texts whose comments are not stored yet are shown with them, although the filters or the page leave them out.
        commented = self._select_shown(Entry.objects.to_review().filter(pk__in=elsewhere)) if elsewhere else ()
        items = [self._build_item(entry) for entry in (*commented, *page)]
        shown = {item["entry"].pk for item in items}
        return super().get_context(
            total=self.total,
            page=page,
            items=items,
            filters=filters,
            may_publish=self.request.user.has_perm("faq.publish_entry"),
            problems=self.errors,
            unsaved=self.unsaved,
            # Their entries are not in the queue any more: they were not stored, and must not vanish.
            lost_comments=[(reference(number), text) for number, text in self.comments.items() if number not in shown],
            comment_max_length=VERSION_COMMENT_MAX_LENGTH,
            **context,
        )

    def _select_shown(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """Return entries of the queue with what the page shows of them, the oldest submission first."""
        light = entries.select_related("head__author", "live").defer("answer", "search_text")
        counted = light.annotate(open_pairs=count_open_pairs(self.request.user)).prefetch_related("schedules")
        return counted.order_by("head__created_at", "pk")

    def _build_item(self, entry: Entry) -> dict[str, Any]:
        head, live = entry.head, entry.live
        item = {
            "entry": entry,
            "plans": schedule_badges(entry.schedules.all()),
            "duplicates": link_duplicates(entry),
            "submitter": person_name(head.author),
            "comment": self.comments.get(entry.pk, ""),
            "error": self.errors.get(entry.pk, ""),
            # A tick is for the text that was shown, not for one that somebody has written since.
            "ticked": entry.pk in self.selection and self._get_shown_version(entry.pk) == head.number,
        }
        if live:
            return item | {"differences": differences(live, head, head)}
        return item | {
            "answer": answer_html(head.answer, level=4, owner=entry.reference),
            "filing": filing_rows(head.filing) if any(head.filing.values()) else [],
        }


def get_refusal(entry: Entry) -> dict[str, Any] | None:
    """Return the version that refused the latest text, and its author; None once the text was submitted again."""
    refusal = read_entry_states([entry.pk])[entry.pk][-1].refusal
    version = Version.objects.select_related("author").get(pk=refusal) if refusal else None
    return {"version": version, "author": person_name(version.author)} if version else None
