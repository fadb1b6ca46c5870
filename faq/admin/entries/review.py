"""« À relire »: the texts that wait for a reviewer, each beside what the public reads."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from faq.admin.bulk_messages import tell
from faq.admin.display import answer_html, filing_rows, person
from faq.admin.entries.differences import differences
from faq.enums import Origin
from faq.filters import ReviewFilters
from faq.forms import COMMENT_MAX_LENGTH
from faq.models import Entry, Version
from faq.models.entries import number_of, reference
from faq.selectors.entry_states import read_entry_states
from faq.services.bulk import change_many
from faq.services.conflicts import NO_VERSION
from faq.services.content import EntryError, one_line_end
from faq.services.versions import Provenance
from faq.services.workflow import publish_entry, refuse_entry

PER_PAGE = 10
NO_ENTRY = 0
_COMMENT = "comment-"


class ReviewPage:
    """One request for the queue, the oldest submission first."""

    def __init__(self, model_admin, request):
        self.model_admin = model_admin
        self.request = request
        self.may_publish = request.user.has_perm("faq.publish_entry")
        self.comments = _comments(request.POST)
        """What was typed and not stored yet, by the entry's number: it stays in its box."""
        self.ticked = {number_of(text) for text in request.POST.getlist("selected")}
        self.errors = {}

    def respond(self):
        """Show the queue, after having done what was asked."""
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if self.request.method == "POST":
            if not self.may_publish:
                raise PermissionDenied
            self._act()
            if not (self.comments or self.ticked or self.errors):
                return redirect(self.request.get_full_path())
        return self._show()

    def _act(self):
        data = self.request.POST
        if "refuse" in data:
            self._do(refuse_entry, data["refuse"], "rendue à ses rédacteurs, avec votre commentaire")
        elif "publish" in data:
            self._do(publish_entry, data["publish"], "mise en ligne")
        elif "publish-selected" in data:
            self._publish_selection()

    def _do(self, operation, text, done):
        """Publish or refuse one entry, as it was shown."""
        number = number_of(text) or NO_ENTRY
        comment = self.comments.get(number, "") if operation is refuse_entry else ""
        provenance = Provenance(Origin.FORM, self.request.user, comment=comment)
        try:
            _check(comment)
            outcome = operation(number, provenance, base=self._shown(number))
        except (EntryError, Entry.DoesNotExist) as refusal:
            messages.error(self.request, str(refusal))
            if operation is refuse_entry:
                self.errors[number] = str(refusal)
            return
        self._forget(number)
        if outcome.changed:
            self.model_admin.log_change(self.request, outcome.entry, outcome.version.get_action_display())
        messages.success(self.request, f"Fiche {reference(number)} {done}.")

    def _publish_selection(self):
        selected = Entry.objects.filter(pk__in=self.ticked - {None}).values_list("pk", flat=True)
        bases = {number: self._shown(number) for number in selected}
        self.ticked = set()
        if not bases:
            messages.warning(self.request, "Rien n’a été publié : cochez d’abord les fiches à publier.")
            return
        report = change_many(bases, publish_entry, "Publication depuis la relecture", self.request.user)
        tell(self.request, "Publication", report)
        for outcome in report.changed:
            self._forget(outcome.entry.pk)

    def _forget(self, number):
        """Keep nothing that was typed about an entry that is dealt with."""
        self.comments.pop(number, None)
        self.ticked.discard(number)

    def _shown(self, number):
        """Return the version that the reviewer has read."""
        return number_of(self.request.POST.get(f"version-{number}", "")) or NO_VERSION

    def _show(self):
        queue = Entry.objects.to_review()
        filters = ReviewFilters(self.request.GET, queue)
        found = filters.qs.select_related("head__author", "head__returns_to__author", "live").defer(
            "answer", "search_text"
        )
        page = Paginator(found.order_by("head__created_at", "pk"), PER_PAGE).get_page(self.request.GET.get("page"))
        items = [self._item(entry) for entry in page]
        total = queue.count()
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "opts": Entry._meta,
            "title": f"À relire ({total})",
            "total": total,
            "page": page,
            "items": items,
            "filters": filters,
            "may_publish": self.may_publish,
            "errors": self.errors,
            "lost_comments": self._lost({item["entry"].pk for item in items}),
            "comment_max_length": COMMENT_MAX_LENGTH,
        }
        self.request.current_app = self.model_admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/review.html", context)

    def _item(self, entry):
        head, live = entry.head, entry.live
        shown = {"differences": differences(live, head, head)} if live else _whole(head)
        return {
            "entry": entry,
            "submitter": person(head.original.author),
            "comment": self.comments.get(entry.pk, ""),
            "error": self.errors.get(entry.pk, ""),
            # A tick is for the text that was shown, not for one that somebody has written since.
            "ticked": entry.pk in self.ticked and self._shown(entry.pk) == head.number,
            **shown,
        }

    def _lost(self, shown):
        """Return the comments whose entries wait no more: they were not stored, and are not to vanish."""
        return [(reference(number), text) for number, text in self.comments.items() if number not in shown]


def refusal_of(entry):
    """Return who refused the latest text and why; none once it was submitted again, or took another way."""
    refusal = read_entry_states([entry.pk])[entry.pk][-1].refusal
    version = Version.objects.select_related("author").get(pk=refusal) if refusal else None
    return {"version": version, "author": person(version.author)} if version else None


def _comments(data):
    typed = {number_of(name.removeprefix(_COMMENT)): data[name] for name in data if name.startswith(_COMMENT)}
    texts = {number: one_line_end(text).strip() for number, text in typed.items() if number}
    return {number: text for number, text in texts.items() if text}


def _check(comment):
    if "\0" in comment:
        raise EntryError("Le commentaire contient un caractère invisible illisible ; retapez-le.")
    if len(comment) > COMMENT_MAX_LENGTH:
        raise EntryError(
            f"Le commentaire dépasse {COMMENT_MAX_LENGTH} caractères (il en a {len(comment)}) ; raccourcissez-le."
        )


def _whole(head):
    return {"differences": None, "answer": answer_html(head.answer), "filing": filing_rows(head.filing)}


def review(model_admin, request):
    """Answer with the texts that wait for a reviewer."""
    return ReviewPage(model_admin, request).respond()
