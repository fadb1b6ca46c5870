"""The effects of an action on entries, told before it is done: how many are live, planned or refused, which stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from faq.admin.display import pluralize_count
from faq.admin.entries.action_sentences import SENTENCES, EntryEffect
from faq.admin.entries.actions import EntryAction
from faq.admin.entries.citations import get_citing_references
from faq.admin.shown_effects import build_mark, compare_with_mark
from faq.enums import Action
from faq.models import Entry, Version
from faq.selectors.entry_states import read_entry_states
from faq.selectors.published import load_taxonomy
from faq.services.content import Content, content_of

_ENDS_CITATIONS = (Action.WITHDRAWN, Action.ARCHIVED)
"""Actions after which the links of other entries lead to nothing."""


@dataclass(frozen=True, slots=True)
class ActionEffects:
    """The effects of an action on entries, and the entries that it leaves alone."""

    action: EntryAction
    effects: Sequence[EntryEffect]
    is_bulk: bool
    """Whether entries were chosen together, and none of them looked at alone."""
    notes: Sequence[str] = field(default=())
    """More sentences, about what was typed."""

    @property
    def changed(self) -> list[EntryEffect]:
        """The entries that the action changes."""
        return [effect for effect in self.effects if not (effect.left or effect.is_done)]

    @property
    def left(self) -> list[EntryEffect]:
        """The entries that it cannot change."""
        return [effect for effect in self.effects if effect.left]

    @property
    def unchanged(self) -> list[EntryEffect]:
        """The entries that are as wanted already."""
        return [effect for effect in self.effects if effect.is_done and not effect.left]

    @property
    def sentences(self) -> list[str]:
        """The effect, counted."""
        counted = [
            (sum(sentence.holds(effect) for effect in self.changed), sentence)
            for sentence in SENTENCES[self.action.action]
        ]
        told = [pluralize_count(number, sentence.one, sentence.several) for number, sentence in counted if number]
        return [*self.notes, *told]

    @property
    def asks(self) -> bool:
        """Whether somebody is to confirm: drafts with nothing at stake go straight."""
        if not self.changed:
            return False
        if self.notes or (self.is_bulk and any(effect.is_delicate for effect in self.changed)):
            return True
        asking = [sentence for sentence in SENTENCES[self.action.action] if sentence.asks]
        return any(sentence.holds(effect) for sentence in asking for effect in self.changed)

    @property
    def title(self) -> str:
        """The question that the button answers."""
        one = len(self.effects) == 1
        what = self.effects[0].entry.reference if one else pluralize_count(len(self.changed), "fiche", "fiches")
        return f"{self.action.name_with(what)} ?"

    @property
    def mark(self) -> str:
        """The mark of what is shown, which the button sends back."""
        return f"{self.action.name} {build_mark(self._lines)}"

    def is_marked_by(self, mark: str) -> bool:
        """Return whether a mark is of the same action: another button of the page asks for another one."""
        return mark.partition(" ")[0] == self.action.name

    def compare(self, mark: str) -> tuple[list[str], int] | None:
        """Return what another mark does not hold, and how much of its own is gone; None for the same."""
        return compare_with_mark(self._lines, mark.partition(" ")[2])

    @property
    def _lines(self) -> list[str]:
        return [*self.notes, *(effect.line for effect in self.effects if not effect.is_done)]


def describe_effects(
    action: EntryAction,
    bases: Mapping[int, int | None],
    *,
    is_bulk: bool,
    notes: Sequence[str] = (),
    content: Content | None = None,
) -> ActionEffects:
    """Return what an action would do to entries, in a number of queries that does not depend on theirs.

    `bases` gives, per entry, the number of the version that was seen, where known; `content` is the text that a form
    saves with the action, which may be stale or incomplete: its service decides.
    """
    entries = list(Entry.objects.filter(pk__in=bases).select_related("head", "live").order_by("pk"))
    prefetch_related_objects(entries, "schedules", *(["alias"] if action.action == Action.RESTORED else []))
    refusals = _read_refusals(entries)
    citing = get_citing_references(entries) if action.action in _ENDS_CITATIONS else {}
    taxonomy = load_taxonomy()
    effects = [
        EntryEffect(
            entry,
            list(entry.schedules.all()),
            refusals.get(entry.pk),
            citing.get(entry.pk, ()),
            content or content_of(entry.head),
            "" if content else action.find_obstacle(entry, bases[entry.pk], taxonomy) or "",
            (content is None or content == content_of(entry.head)) and action.has_reached(entry),
        )
        for entry in entries
    ]
    return ActionEffects(action, effects, is_bulk, notes)


def _read_refusals(entries: Sequence[Entry]) -> dict[int, Version]:
    """Return the versions that refused the latest texts of entries, in two queries."""
    states = read_entry_states(entry.pk for entry in entries)
    pointers = {number: own[-1].refusal for number, own in states.items() if own[-1].refusal}
    versions = Version.objects.in_bulk(pointers.values())
    return {number: versions[pointer] for number, pointer in pointers.items()}
