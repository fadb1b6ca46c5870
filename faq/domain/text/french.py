"""Lists of French words, and of this field's, that are compared in a special way; all without case and accents."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words("""
    a ai ainsi alors apres as au aucunement auquel auquelle aura auraient aurait aurez auront aussi autre autres aux
    auxquels auxquelles avaient avait avant avec avez avoir avons ayant bien c ca car ce ceci cela celle celles celui
    ces cet cette ceux chacun chacune chaque chez ci comme comment d dans de deja depuis des desquels desquelles dont
    du duquel durant egalement elle elles en encore enfin ensuite entre es est et etaient etait etant ete etes etre eu
    eux fait faire fois font fut hors ici il ils j je jusqu jusque l la le lequel laquelle lesquels lesquelles les leur
    leurs lors lorsqu lorsque lui m ma mais me meme memes mes moi moins mon n ne no nos notre nous on ont or ou outre
    par parmi pendant peu peut peuvent plus plusieurs pour pourra pourront pourquoi puis puisqu puisque qu quand quant
    que quel quelle quelles quelqu quelque quelques quels qui quoi quoiqu quoique s sa sauf se selon sera seraient
    serait serez seront ses seul seule seuls si soi soient soit somme sommes son sont sous suis sur t ta tandis tant te
    tel telle telles tels tes toi ton tous tout toute toutes tres tu un une va vers via voici voila vont vos votre vous
    vu y etc dit dite ailleurs ainsi toutefois cependant neanmoins notamment enfin donc lorsque afin lieu
""")

NEGATIONS = _words("pas non jamais aucun aucune sans ni nullement aucunement")

COMMON_WORDS = _words("""
    acceder acces adresse aide aider ajouter appeler assistance besoin cadre cas ci-dessous ci-dessus cliquer
    complement complementaire concerner connaitre consultez consulter contact contacter contactez correspondre demande
    demander detail devoir devez devra devront disponible disposer disposition dispose document dossier doit doivent
    ecrire ecrivez effectuer effet ensemble envoyer equipe etape exemple existe faut formulaire general guide hesitez
    information informations interroger invitons inviter joindre lien ligne liste merci mettre mise mode moyen
    necessaire numerique obtenir partie permet permettre permettent plateforme portail possibilite possible pouvez
    pouvoir precision precisions prendre present presente presenter prevoir procedure proposer proposons question
    questions recommande rendez renseignement renvoyer reponse reponses rubrique sante savoir service services site
    souhaitez souhaiter suivant suivante suivantes suivants support telephone trouver trouverez type utile utiliser
    veuillez voir % € lundi mardi mercredi jeudi vendredi samedi dimanche ouvert date jour regulierement verifier
    dedie ressource demarche retrouver
""")
"""Words that nearly every answer of a help page may hold: sharing them says little about two answers."""

ROLES = _words("""
    acheteur administrateur aidant anesthesiste assistant auditeur beneficiaire biologie biologiste chirurgien citoyen
    client clinique dentaire dentiste destinataire developpeur directeur distributeur editeur ehpad emetteur employeur
    exploitant fabricant fournisseur gestionnaire hebergeur hopital imagerie industriel infirmier instructeur
    integrateur kinesitherapeute laboratoire maieutique manipulateur medecin medicosocial medecinedeville officine
    operateur orthophoniste orthoptiste paramedical parent patient pediatre pharmacie pharmacien podologue praticien
    preleveur prescripteur prestataire psychiatre psychologue radiologie radiologue redacteur relecteur remplacant
    sagefemme secretaire soustraitant tuteur usager vaccinateur
""")
"""People that an answer addresses, and their fields of work: two of them never mean the same, however near."""

UNITS = _words("""
    % € an ans annee jour mois semaine heure minute seconde trimestre semestre euro centime ko mo go to octet caractere
    chiffre lettre fois page exemplaire fichier piece poste essai tentative point pixel ouvre calendaire h min ms
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre kilometre metre pourcent
""")

LABELS = _words("""
    addendum alerte annexe arrete article bloc cas cerfa champ chapitre circulaire code couloir critere decret erreur
    etape exigence fiche figure formulaire groupe jalon message module motif n niveau norme numero onglet palier
    paragraphe partie phase port preuve procedure profil question reference reglement regle rejet rubrique scenario
    section segment serie statut table tableau test ticket tome transaction version volet vague categorie classe type
""")
"""Nouns whose number is a name: « erreur 905 » is another thing than « erreur 906 »."""

JOINER = "\ue000"
"""Stands in the place of the blanks within a notation; private use, so that no text holds it."""

NUMBERS = {
    "zero": 0, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "dizaine": 10, "onze": 11, "douze": 12, "douzaine": 12, "treize": 13, "quatorze": 14, "quinze": 15,
    "quinzaine": 15, "seize": 16, "vingt": 20, "vingtaine": 20, "trente": 30, "trentaine": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "cent": 100, "centaine": 100, "mille": 1000,
}  # fmt: skip
"""« Un » is left out: it is an article far more often than a number."""

_SEP = rf"(?:-|\u2010|\u2011|{JOINER})"
_UNIT = "deux|trois|quatre|cinq|six|sept|huit|neuf"
_TO_19 = rf"dix(?:{_SEP}(?:sept|huit|neuf))?|onze|douze|treize|quatorze|quinze|seize"
_TO_99 = (
    rf"(?:(?:quatre{_SEP}vingts?|vingt|trente|quarante|cinquante|soixante)"
    rf"(?:{_SEP}(?:et{_SEP})?(?:{_TO_19}|{_UNIT}|une?)\b)?|{_TO_19}|{_UNIT})"
)
_TO_999 = rf"(?:(?:(?:{_UNIT}){_SEP})?cents?(?:{_SEP}(?:{_TO_99}|une?)\b)?|{_TO_99})"
SPELT_NUMBER = rf"(?:(?:{_TO_999}{_SEP})?mille(?:{_SEP}(?:{_TO_999}|une?)\b)?|{_TO_999})\b"
"""A number in words, as a pattern; blanks between them are JOINER."""

MONTHS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8, "septembre": 9,
    "octobre": 10, "novembre": 11, "decembre": 12, "janv": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "sept": 9,
    "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip

UNIT_SIGNS = {
    "%": "%", "€": "euro", "eur": "euro", "euro": "euro", "euros": "euro", "h": "heure", "heure": "heure",
    "heures": "heure", "j": "jour", "mn": "minute", "min": "minute", "s": "seconde", "sec": "seconde", "ko": "ko",
    "mo": "mo", "go": "go", "to": "to", "km": "kilometre", "m": "metre",
}  # fmt: skip
"""Units as they are written after a number, glued to it or not, and the word that each stands for."""

ALIASES = {
    "€": "euro",
    "eur": "euro",
    "euros": "euro",
    "mn": "minute",
    "min": "minute",
    "pourcent": "%",
    "pourcentage": "%",
}
"""Words and signs that stand for others wherever they are."""

OPPOSED_FACTS = _words("""
    obligatoire/facultatif obligatoire/optionnel obligatoirement/facultativement possible/impossible autorise/interdit
    accepte/refuse accepte/rejete gratuit/payant minimum/maximum minimal/maximal avant/apres inclus/exclu oui/non
    automatique/manuel automatiquement/manuellement ouvert/ferme valide/invalide actif/inactif public/prive
    augmenter/diminuer definitif/provisoire complet/partiel immediat/differe visible/masque visible/invisible
    suffisant/insuffisant necessaire/inutile requis/facultatif obligatoire/interdit permis/interdit
    conforme/nonconforme active/desactive autoriser/interdire compatible/incompatible
""")
"""Pairs of words that cannot both be true of one thing."""

OPPOSED_THINGS = _words("""
    premier/dernier test/production entrant/sortant envoi/reception emission/reception importer/exporter import/export
    activation/desactivation activer/desactiver ajouter/supprimer ajout/suppression creation/suppression
    creer/supprimer source/consommatrice interne/externe nominative/organisationnelle nominative/applicative
    organisationnelle/applicative ouverture/fermeture connexion/deconnexion serveur/organisation serveur/client
    renouvellement/revocation commande/revocation installation/desinstallation inscription/desinscription
""")
"""Pairs of words that name two different things."""

_E = r"(?:é|e\u0301?)"
_SANTE = rf"sant{_E}"
_APART = rf"[{JOINER}\u2010\u2011-]+"

NAMES = "|".join([
    rf"annuaire{JOINER}+{_SANTE}",
    rf"carte{JOINER}+vitale",
    rf"cert{_APART}{_SANTE}",
    rf"igc{_APART}{_SANTE}",
    rf"industriels?{JOINER}+{_SANTE}{JOINER}+connect",
    rf"m{_E}decine{JOINER}+de{JOINER}+ville",
    rf"m{_E}dico{_APART}social\w*",
    rf"mon{JOINER}+espace{JOINER}+{_SANTE}",
    rf"pro{JOINER}+{_SANTE}{JOINER}+connect",
    rf"sages?{_APART}femmes?",
    rf"sous{_APART}traitants?",
])  # fmt: skip
"""Names of several words that are one token each, as a pattern."""
NAME_BEGINNINGS = rf"annuaire|carte|cert|igc|industriels?|m{_E}decine|m{_E}dico|mon|pro|sages?|sous"
NAME_CONTINUATIONS = rf"{_SANTE}|vitale|de|social|espace|femmes?|traitants?"
"""The second words of these names."""
