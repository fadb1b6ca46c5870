"""The sentences that say what an action does to entries, by what is at stake for each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from faq.admin.display import format_moment
from faq.enums import Action, EntryStatus
from faq.models import Entry, Schedule, Version
from faq.services.content import Content, content_of


@dataclass(frozen=True, slots=True)
class EntryEffect:
    """One entry before an action: what is at stake, or why it stays as it is."""

    entry: Entry
    plans: Sequence[Schedule]
    refusal: Version | None
    """The version that refused the latest text."""
    citing: Sequence[str]
    """References of the entries that cite it, or that it is linked with by « Voir aussi »."""
    content: Content
    """The text that the action is about."""
    left: str = ""
    """Why the action leaves it alone, in French."""
    is_done: bool = False
    """Whether it is as wanted already."""

    @property
    def is_live(self) -> bool:
        """Whether the public reads the entry."""
        return self.entry.live_id is not None

    @property
    def waits(self) -> bool:
        """Whether its latest text waits for a reviewer."""
        return self.entry.head.status == EntryStatus.IN_REVIEW

    @property
    def is_refused_unchanged(self) -> bool:
        """Whether nothing of the text was changed since its refusal."""
        return self.refusal is not None and content_of(self.refusal) == self.content

    def is_planned(self, action: Action) -> bool:
        """Whether an operation is planned; a failed plan waits for an editor, and is one too."""
        return any(plan.action == action for plan in self.plans)

    @property
    def is_delicate(self) -> bool:
        """Whether somebody reads it, planned something for it, or refused it."""
        return self.is_live or bool(self.plans) or self.refusal is not None or bool(self.citing)

    @property
    def traits(self) -> str:
        """The facts that one needs before deciding."""
        told = ["en ligne"] if self.is_live else []
        if self.waits:
            told.append("modification en relecture" if self.is_live else "en relecture")
        elif self.entry.has_draft:
            told.append("brouillon en cours")
        told += [
            f"{plan.get_action_display()} {'en échec' if plan.failed_at else f'prévue le {format_moment(plan.due_at)}'}"
            for plan in self.plans
        ]
        told += [f"texte refusé : « {self.refusal.comment} »"] if self.refusal else []
        told += [f"citée par {', '.join(self.citing)}"] if self.citing else []
        return ", ".join(told)

    @property
    def line(self) -> str:
        """Everything that the page says of it, and by which a later state is told apart."""
        told = f"laissée telle quelle, {self.left}" if self.left else self.traits or "brouillon"
        return f"{self.entry.reference} (version {self.entry.head.number}) : {told}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The effect on the entries that have something in common."""

    holds: Callable[[EntryEffect], bool]
    one: str
    several: str
    asks: bool = True
    """Whether it is asked before one entry is changed."""


def _is_new(effect: EntryEffect) -> bool:
    return not effect.is_live


def _has_draft(effect: EntryEffect) -> bool:
    return effect.entry.has_draft


def _is_refused(effect: EntryEffect) -> bool:
    return effect.refusal is not None


def _is_cited(effect: EntryEffect) -> bool:
    return bool(effect.citing)


def _is_planned_to_go_live(effect: EntryEffect) -> bool:
    return effect.is_planned(Action.PUBLISHED)


def _is_planned_to_be_withdrawn(effect: EntryEffect) -> bool:
    return effect.is_planned(Action.WITHDRAWN)


_OVERTAKEN_PLAN = Sentence(
    _is_planned_to_go_live,
    "publication planifiée ne pourra plus avoir lieu : elle porte sur la version d’avant. Planifiez-la de nouveau.",
    "publications planifiées ne pourront plus avoir lieu : elles portent sur les versions d’avant. "
    "Planifiez-les de nouveau.",
)
_PUBLIC_GOES_ON = Sentence(
    lambda effect: effect.is_live,
    "fiche est en ligne : le public continue de lire le même texte.",
    "fiches sont en ligne : le public continue de lire les mêmes textes.",
    asks=False,
)
_CITED = Sentence(
    _is_cited,
    "fiche est citée par d’autres : leurs liens ne mèneront plus à une réponse.",
    "fiches sont citées par d’autres : leurs liens ne mèneront plus à une réponse.",
)
SENTENCES: dict[Action | None, tuple[Sentence, ...]] = {
    None: (
        Sentence(
            lambda effect: True,
            "fiche est dite toujours exacte : elle quitte la file jusqu’à sa prochaine échéance.",
            "fiches sont dites toujours exactes : elles quittent la file jusqu’à leur prochaine échéance.",
        ),
        Sentence(
            _has_draft,
            "brouillon est en cours : c’est le texte en ligne que vous dites exact, pas le brouillon.",
            "brouillons sont en cours : ce sont les textes en ligne que vous dites exacts, pas les brouillons.",
        ),
        Sentence(
            _is_planned_to_be_withdrawn,
            "retrait planifié aura lieu comme prévu.",
            "retraits planifiés auront lieu comme prévu.",
        ),
    ),
    Action.PUBLISHED: (
        Sentence(_is_new, "fiche paraîtra sur le site.", "fiches paraîtront sur le site.", asks=False),
        Sentence(
            lambda effect: effect.is_live,
            "fiche est en ligne : son nouveau texte remplacera celui que lit le public.",
            "fiches sont en ligne : leurs nouveaux textes remplaceront ceux que lit le public.",
        ),
        Sentence(
            _is_refused,
            "texte a été refusé : il sera publié malgré le refus.",
            "textes ont été refusés : ils seront publiés malgré le refus.",
        ),
        Sentence(
            _is_planned_to_go_live,
            "publication planifiée sera abandonnée : elle a lieu maintenant.",
            "publications planifiées seront abandonnées : elles ont lieu maintenant.",
        ),
        Sentence(
            _is_planned_to_be_withdrawn,
            "retrait planifié aura lieu comme prévu.",
            "retraits planifiés auront lieu comme prévu.",
        ),
    ),
    Action.SUBMITTED: (
        _PUBLIC_GOES_ON,
        Sentence(
            lambda effect: effect.is_refused_unchanged,
            "texte a été refusé et n’a pas changé depuis : il sera soumis tel quel.",
            "textes ont été refusés et n’ont pas changé depuis : ils seront soumis tels quels.",
        ),
        _OVERTAKEN_PLAN,
    ),
    Action.REFUSED: (_PUBLIC_GOES_ON, _OVERTAKEN_PLAN),
    Action.RECALLED: (_PUBLIC_GOES_ON, _OVERTAKEN_PLAN),
    Action.WITHDRAWN: (
        Sentence(
            lambda effect: effect.is_live,
            "fiche est en ligne : le public ne la lira plus. Rien n’est supprimé.",
            "fiches sont en ligne : le public ne les lira plus. Rien n’est supprimé.",
        ),
        Sentence(
            _has_draft,
            "brouillon en cours devient le texte de sa fiche.",
            "brouillons en cours deviennent les textes de leurs fiches.",
        ),
        Sentence(
            _is_planned_to_be_withdrawn,
            "retrait planifié sera abandonné : il a lieu maintenant.",
            "retraits planifiés seront abandonnés : ils ont lieu maintenant.",
        ),
        _OVERTAKEN_PLAN,
        _CITED,
    ),
    Action.ARCHIVED: (
        Sentence(
            lambda effect: effect.is_live,
            "fiche est en ligne : le public ne la lira plus, et son adresse le dira.",
            "fiches sont en ligne : le public ne les lira plus, et leurs adresses le diront.",
        ),
        Sentence(
            lambda effect: effect.waits,
            "texte attend une relecture : il n’attendra plus.",
            "textes attendent une relecture : ils n’attendront plus.",
        ),
        Sentence(
            lambda effect: effect.entry.has_draft and not effect.waits,
            "brouillon en cours est archivé avec sa fiche.",
            "brouillons en cours sont archivés avec leurs fiches.",
        ),
        Sentence(
            _is_refused,
            "texte a été refusé : son commentaire reste dans l’historique.",
            "textes ont été refusés : leurs commentaires restent dans l’historique.",
        ),
        Sentence(
            lambda effect: bool(effect.plans),
            "fiche a une opération planifiée, qui sera abandonnée.",
            "fiches ont des opérations planifiées, qui seront abandonnées.",
        ),
        _CITED,
    ),
    Action.ABANDONED: (
        Sentence(
            _has_draft,
            "brouillon sera abandonné : il reste dans l’historique, et le public continue de lire le même texte.",
            "brouillons seront abandonnés : ils restent dans l’historique.",
        ),
        Sentence(
            lambda effect: effect.waits,
            "texte attend une relecture : il n’attendra plus.",
            "textes attendent une relecture : ils n’attendront plus.",
        ),
        Sentence(
            _is_planned_to_go_live,
            "publication planifiée sera abandonnée avec lui.",
            "publications planifiées seront abandonnées.",
        ),
    ),
    Action.REVERTED: (
        Sentence(
            lambda effect: effect.is_live,
            "fiche est en ligne : le public lira de nouveau son texte précédent.",
            "fiches sont en ligne : le public lira de nouveau leurs textes précédents.",
        ),
        Sentence(
            _has_draft,
            "brouillon en cours cessera d’être le texte de travail : il reste dans l’historique.",
            "brouillons en cours cesseront d’être les textes de travail : ils restent dans l’historique.",
        ),
        Sentence(
            _is_planned_to_go_live,
            "publication planifiée sera abandonnée.",
            "publications planifiées seront abandonnées.",
        ),
    ),
    Action.RESTORED: (
        Sentence(
            lambda effect: True,
            "fiche redeviendra un brouillon, à publier de nouveau.",
            "fiches redeviendront des brouillons, à publier de nouveau.",
            asks=False,
        ),
    ),
}
"""The effects of each action, in the order in which the page says them; the number stands before the words."""
