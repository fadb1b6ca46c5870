"""The actions on entries that pages offer, for one or for many: their words, and the services that do them."""

from dataclasses import dataclass

from faq.domain.facets import Taxonomy
from faq.enums import Action
from faq.models import Entry
from faq.services import former_publications, verifications
from faq.services.bulk import Operation
from faq.services.conflicts import NO_VERSION
from faq.services.former_publications import get_former_publication, republish_former
from faq.services.verifications import find_check_obstacle
from faq.services.versions import Outcome, Provenance
from faq.services.workflow import (
    abandon_draft,
    archive_entry,
    find_obstacle,
    get_transition_right,
    has_reached,
    publish_entry,
    recall_entry,
    refuse_entry,
    restore_entry,
    submit_entry,
    withdraw_entry,
)


@dataclass(frozen=True, slots=True)
class EntryAction:
    """An action on entries, with its French words."""

    action: Action | None
    """The transition; None for what changes no version."""
    name: str
    """The name of its button, and of the action of the list."""
    verb: str
    noun: str
    """The word for it in the label of its batch."""
    done: str
    """The words of the message about an entry afterwards."""
    service: Operation | None = None

    def write(self, number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
        """Do it to one entry. Raises EntryError, PermissionDenied and Entry.DoesNotExist."""
        if self.service is None:
            raise TypeError(f"{self.name} changes no version")
        return self.service(number, provenance, base=base)

    def name_with(self, what: str) -> str:
        """Return the verb with what it is about, as « Archiver 3 fiches », « Retirer 3 fiches du site »."""
        has_object = self.action in (None, Action.REVERTED, Action.ABANDONED)
        if has_object:
            return f"{self.verb}\u00a0: {what}"
        verb, _, rest = self.verb.partition(" ")
        return f"{verb} {what} {rest}".strip()

    @property
    def right(self) -> str:
        """The permission that it needs."""
        if self.action is None:
            return verifications.RIGHT
        return former_publications.RIGHT if self.action == Action.REVERTED else get_transition_right(self.action)

    @property
    def button_name(self) -> str:
        """The name of its button on the page of an entry."""
        return f"_{self.name}"

    def find_obstacle(self, entry: Entry, base: int | None, taxonomy: Taxonomy) -> str | None:
        """Return why it leaves an entry alone, in French, or None; `base` is the version that was seen, where known."""
        if self.action is None:
            return find_check_obstacle(entry, base or NO_VERSION)
        if base is not None and base != entry.head.number:
            return f"modifiée entre-temps (version {entry.head.number}) : relisez-la d’abord"
        if self.has_reached(entry):
            return None
        if self.action == Action.REVERTED:
            return None if get_former_publication(entry) else "elle n’a pas d’autre version publiée"
        return find_obstacle(self.action, entry, taxonomy)

    def has_reached(self, entry: Entry) -> bool:
        """Return whether it would change nothing of an entry."""
        return self.action not in (None, Action.REVERTED) and has_reached(self.action, entry)


PUBLISH = EntryAction(Action.PUBLISHED, "publish", "Publier", "Publication", "mise en ligne", publish_entry)
SUBMIT = EntryAction(
    Action.SUBMITTED, "submit", "Soumettre", "Soumission à la relecture", "soumise à la relecture", submit_entry
)
REFUSE = EntryAction(
    Action.REFUSED, "refuse", "Refuser", "Refus", "rendue à ses rédacteurs, avec votre commentaire", refuse_entry
)
RECALL = EntryAction(
    Action.RECALLED, "recall", "Reprendre en brouillon", "Reprise", "reprise à la relecture, en brouillon", recall_entry
)
WITHDRAW = EntryAction(Action.WITHDRAWN, "withdraw", "Retirer du site", "Retrait", "retirée du site", withdraw_entry)
REVERT = EntryAction(
    Action.REVERTED,
    "revert",
    "Revenir à la version publiée précédente",
    "Retour à la version publiée précédente",
    "revenue à la version publiée précédente",
    republish_former,
)
ABANDON = EntryAction(
    Action.ABANDONED,
    "abandon",
    "Abandonner le brouillon",
    "Abandon du brouillon",
    "revenue au texte en ligne : son brouillon est abandonné",
    abandon_draft,
)
CHECK = EntryAction(None, "check", "Toujours exact", "Vérification", "dite toujours exacte")
ARCHIVE = EntryAction(Action.ARCHIVED, "archive", "Archiver", "Archivage", "archivée", archive_entry)
RESTORE = EntryAction(
    Action.RESTORED, "restore", "Restaurer en brouillon", "Restauration", "restaurée en brouillon", restore_entry
)
