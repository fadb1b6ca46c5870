"""The one page that says what an action on entries would do, and asks; it answers the form that asked for the action.

It carries the fields of that form, so that the same page does what is confirmed, and shows what was typed if it is not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from faq.admin.entries.action_effects import ActionEffects, describe_effects
from faq.admin.entries.actions import EntryAction
from faq.admin.entries.differences import Differences
from faq.admin.pages import AdminPage
from faq.enums import Origin
from faq.services.bulk import BulkReport, change_many, change_one
from faq.services.versions import Outcome, Provenance, lock_entries

SEEN = "seen"
"""The field with which the button sends back the mark of what was shown."""
_ROWS_SHOWN = 100
Done = TypeVar("Done")
_NOT_CARRIED = ("csrfmiddlewaretoken", SEEN)


@dataclass(frozen=True, slots=True)
class ConfirmButton:
    """A button of the page: the name and value that do the action, and its label."""

    name: str
    value: str
    label: str


class ConfirmationPage(AdminPage):
    """The page; the view that asks gives it its effects and buttons."""

    template_name = "admin/faq/entry/confirmation.html"
    body_class = "confirmation-page"
    breadcrumb = "Confirmer"

    def show(
        self,
        effects: ActionEffects,
        buttons: Sequence[ConfirmButton],
        *,
        differences: Differences | None = None,
        comes_back: bool = False,
    ) -> HttpResponse:
        """Show what would happen; `comes_back` says that the page behind shows again what was typed."""
        self.effects = effects
        sent = self.request.POST
        mark = sent.get(SEEN, "")
        pressed = {button.name for button in buttons}
        carried = [(name, value) for name, values in sent.lists() for value in values]
        return self.render(
            effects=effects,
            difference=effects.compare(mark) if effects.is_marked_by(mark) else None,
            rows=effects.changed[:_ROWS_SHOWN],
            more=len(effects.changed[_ROWS_SHOWN:]),
            left=effects.left[:_ROWS_SHOWN],
            more_left=len(effects.left[_ROWS_SHOWN:]),
            differences=differences,
            buttons=buttons,
            carried=[(name, value) for name, value in carried if name not in pressed and name not in _NOT_CARRIED],
            seen_field=SEEN,
            comes_back=comes_back,
            address=self.request.get_full_path(),
        )

    def get_title(self) -> str:
        """Return the question that the button answers."""
        return self.effects.title


def show_confirmation(
    model_admin: ModelAdmin,
    request: HttpRequest,
    effects: ActionEffects,
    buttons: Sequence[ConfirmButton],
    *,
    differences: Differences | None = None,
    comes_back: bool = False,
) -> HttpResponse:
    """Return the page in answer to a form."""
    page = ConfirmationPage(model_admin=model_admin)
    page.setup(request)
    return page.show(effects, buttons, differences=differences, comes_back=comes_back)


def has_to_ask(request: HttpRequest, effects: ActionEffects) -> bool:
    """Return whether what would happen has not been shown yet, or not as it is by now."""
    if not effects.changed or not request.user.has_perm(effects.action.right):
        # The service says why nothing can be done.
        return False
    sent = request.POST.get(SEEN, "")
    return effects.compare(sent) is not None if effects.is_marked_by(sent) else effects.asks


@transaction.atomic
def do_or_describe(
    request: HttpRequest,
    action: EntryAction,
    bases: Mapping[int, int | None],
    write: Callable[[], Done],
    *,
    notes: Sequence[str] = (),
    is_bulk: bool = True,
) -> Done | ActionEffects:
    """Do what is asked for; return instead what it would do, where that has to be confirmed first.

    `write` applies the action to the entries of `bases`. Raises what it raises, and Entry.DoesNotExist.
    """
    # Nothing comes between what is compared with the page and what is done.
    lock_entries(bases)
    effects = describe_effects(action, bases, is_bulk=is_bulk, notes=notes)
    return effects if has_to_ask(request, effects) else write()


def change_or_describe(
    request: HttpRequest, action: EntryAction, bases: Mapping[int, int | None], label: str, notes: Sequence[str] = ()
) -> BulkReport | ActionEffects:
    """Apply an action to several entries as one batch, or return what it would do."""
    label = f"{action.noun} {label}"
    return do_or_describe(
        request, action, bases, lambda: change_many(bases, action.write, label, request.user), notes=notes
    )


def change_one_or_describe(
    request: HttpRequest, action: EntryAction, number: int, base: int, *, comment: str = "", notes: Sequence[str] = ()
) -> Outcome | ActionEffects:
    """Apply an action to one entry, as a batch of its own, or return what it would do."""
    provenance = Provenance(Origin.FORM, request.user, comment=comment)

    def write() -> Outcome:
        return change_one(lambda told: action.write(number, told, base=base), action.noun, provenance)

    return do_or_describe(request, action, {number: base}, write, notes=notes, is_bulk=False)
