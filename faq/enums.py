"""The choices that tables hold, with their French labels."""

from django.db.models import TextChoices


class EntryStatus(TextChoices):
    """The state of an entry, or of one version of its text, on its way to the public."""

    DRAFT = "draft", "brouillon"
    IN_REVIEW = "in_review", "en relecture"
    PUBLISHED = "published", "publiée"
    ARCHIVED = "archived", "archivée"


class Action(TextChoices):
    """The operation that left a version."""

    CREATED = "created", "création"
    EDITED = "edited", "modification"
    REVERTED = "reverted", "retour à une version"
    SUBMITTED = "submitted", "soumission"
    REFUSED = "refused", "refus"
    RECALLED = "recalled", "reprise"
    PUBLISHED = "published", "publication"
    WITHDRAWN = "withdrawn", "retrait"
    ARCHIVED = "archived", "archivage"
    RESTORED = "restored", "restauration"
    ABANDONED = "abandoned", "abandon du brouillon"
    MERGED = "merged", "fusion"
    ABSORBED = "absorbed", "fusion dans une autre fiche"
    UNDONE = "undone", "annulation"
    REFILED = "refiled", "reclassement"


class VerificationKind(TextChoices):
    """The occasion on which somebody confirmed what the public reads."""

    CHECKED = "checked", "vérification"
    PUBLISHED = "published", "publication"
    MERGED = "merged", "fusion"


class Origin(TextChoices):
    """The path by which a write came in."""

    FORM = "form", "formulaire"
    LIST_EDIT = "list_edit", "saisie en liste"
    BULK_ACTION = "bulk_action", "action groupée"
    DUMP_IMPORT = "dump_import", "import d’une extraction"
    CURATION = "curation", "import de curation"
    TABLE = "table", "import d’un tableau"
    MERGE = "merge", "fusion"
    SCHEDULE = "schedule", "planification"
    TAXONOMY = "taxonomy", "taxonomie"
    COMMAND = "command", "commande"


class BatchKind(TextChoices):
    """The kind of operation that a batch is."""

    DUMP_IMPORT = "dump_import", "import d’une extraction"
    CURATION = "curation", "import de curation"
    TABLE = "table", "import d’un tableau"
    BULK_ACTION = "bulk_action", "action groupée"
    ACTION = "action", "action sur une fiche"
    MERGE = "merge", "fusion"
    CHECK = "check", "vérification"
    TAXONOMY = "taxonomy", "taxonomie"
    UNDO = "undo", "annulation d’un lot"


class DumpVerdict(TextChoices):
    """The verdict of an import on one answer of a dump."""

    NEW = "new", "nouvelle"
    KNOWN = "known", "déjà connue"
    LOOKS_LIKE = "looks_like", "ressemble à une autre"
    CHANGED = "changed", "changée depuis la dernière édition"
    EMPTY = "empty", "vide"
    VANISHED = "vanished", "disparue depuis la dernière édition"


class DumpChoice(TextChoices):
    """The choice of an editor on an answer whose text no entry has: the entry that its passage belongs to."""

    CREATE = "create", "nouvelle fiche, en brouillon"
    KEEP = "keep", "rattacher à la fiche, sans la changer"
    PROPOSE = "propose", "proposer ce texte à la fiche, en brouillon"


class UploadPurpose(TextChoices):
    """The kind of import that a file was sent for."""

    DUMP = "dump", "extraction"
    TABLE = "table", "tableau"


class PairKind(TextChoices):
    """The relation of two entries, see `faq.domain.duplicates`."""

    EXACT = "exact", "identiques"
    NEAR = "near", "presque identiques"
    CONTAINS = "contains", "l’une contient l’autre"
    CONFLICT = "conflict", "se contredisent"
    SIBLINGS = "siblings", "voisines, pas un doublon"


class PairCause(TextChoices):
    """The kind of difference that tells two otherwise equal entries apart, see `faq.domain.duplicates`."""

    NUMBER = "number", "chiffre"
    CODE = "code", "code"
    VAGUE = "vague", "vague"
    ENTITY = "entity", "nom"
    ROLE = "role", "rôle"
    NEGATION = "negation", "négation"
    OPPOSITE = "opposite", "mots opposés"
    QUESTION = "question", "même question, réponses différentes"


class Decision(TextChoices):
    """The decision of an editor on a pair."""

    DUPLICATE = "duplicate", "doublon, à fusionner"
    VARIANT = "variant", "variante voulue"
    RELATED = "related", "à relier"
    UNRELATED = "unrelated", "sans rapport"


class PageSlug(TextChoices):
    """The pages that the law asks of a public site, by their address, with the name that the footer gives them."""

    ACCESSIBILITY = "accessibilite", "Accessibilité"
    LEGAL = "mentions-legales", "Mentions légales"
    PERSONAL_DATA = "donnees-personnelles", "Données personnelles"


class Headers(TextChoices):
    """The names that the columns of a table bear in its first row."""

    STABLE = "stable", "noms stables, pour les programmes"
    FRENCH = "french", "en français"


class NotificationKind(TextChoices):
    """The kinds of event that a person is told of."""

    REFUSED = "refused", "un de mes textes est refusé"
    ASSIGNED = "assigned", "une fiche m’est attribuée"
    MENTIONED = "mentioned", "une note me cite"
    PLAN_FAILED = "plan_failed", "une de mes planifications échoue"
    REVIEW_DUE = "review_due", "une fiche dont je réponds est à revoir"
    SUBMITTED = "submitted", "un texte attend une relecture"


class Delivery(TextChoices):
    """The way in which a person is told of one kind of event."""

    IMMEDIATE = "immediate", "tout de suite"
    DAILY = "daily", "une fois par jour"
    NEVER = "never", "jamais"


class WorkKind(TextChoices):
    """The kinds of work of one person, by their names in addresses, as « Mon travail » calls them."""

    REFUSED = "refusees", "Refusées, à reprendre"
    ASSIGNED = "attribuees", "Attribuées à moi"
    MENTIONED = "notes", "Notes qui me citent"
    PLAN_FAILED = "planifications", "Mes planifications en échec"
    TO_REVIEW = "relecture", "À relire par moi"
    DRAFTS = "brouillons", "Mes brouillons"
    REVIEW_DUE = "echeances", "À revoir par moi"


class FormKind(TextChoices):
    """The forms whose unsaved fields are kept on the server."""

    ENTRY = "entry", "fiche"
    QUESTIONS = "questions", "saisie des questions"
    REVIEW = "review", "commentaires de relecture"
    MERGE = "merge", "fusion"
    PAGE = "page", "page du site"
    INBOX = "inbox", "suivi des retours"
    NOTE = "note", "note entre rédacteurs"
