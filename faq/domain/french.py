"""Words of French, and of this trade, that count otherwise than the rest. All without case and accents."""

import re


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

NEGATIONS = _words("pas non jamais aucun aucune sans ni nul nulle nullement rien aucunement point")

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
    veuillez voir
""")
"""Words that nearly every answer of a help page may hold: two answers that share them share little."""

ROLES = _words("""
    acheteur administrateur anesthesiste assistant auditeur biologiste cadre centre chirurgien client clinique coiffeur
    correspondant dentiste developpeur directeur distributeur editeur employeur etablissement exploitant fabricant
    fournisseur gestionnaire hebergeur hopital industriel infirmier infirmiere instructeur integrateur interne
    kinesitherapeute laboratoire manipulateur medecin nourrisson officine operateur orthophoniste orthoptiste patient
    patiente pediatre pharmacien pharmacie podologue praticien preleveur prescripteur prestataire professionnel
    psychiatre psychologue radiologue radiologie remplacant representant responsable secretaire sage-femme
    sages-femmes maieutique titulaire tuteur usager utilisateur vaccinateur visiteur auteur destinataire emetteur
    redacteur relecteur imagerie biologie dentaire paramedical paramedicaux medico-social ville ehpad cabinet
    mandataire sous-traitant aidant parent citoyen beneficiaire assure directrice medecins medical
""") - _words("cadre centre interne medical responsable ville coiffeur")
"""Who an answer speaks to or of, and their places of work: two answers alike for two of them are two answers."""

UNITS = _words("""
    % € an ans annee annees anneesee jour jours mois semaine semaines heure heures minute minutes seconde secondes
    trimestre trimestres semestre semestres euro euros centime centimes ko mo go to octets caracteres chiffres lettres
    fois pages exemplaires fichiers pieces postes essais tentatives points dpi px pixels ouvre ouvres calendaires
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre h min ms
    gigaoctets megaoctets kilometres metres pourcent
""") - _words("dpi")
MONTHS = _words("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre")

LABELS = _words("""
    addendum alerte annexe arrete article bloc cas cerfa champ chapitre circulaire code couloir critere decret
    demande directive erreur etape exigence fiche figure flux formulaire groupe jalon jeu ligne lot message module
    motif niveau norme n no numero onglet page paragraphe partie phase point port preuve procedure profil question
    reference reglement regle rejet ressource rubrique scenario section segment serie statut table tableau test
    ticket tome transaction version volet vague palier categorie classe type modele format annee
""")
"""Nouns that a number after them names one of: « erreur 905 » is another thing than « erreur 906 »."""

NUMBERS = {
    word: number
    for number, words in enumerate(
        """zero;;deux;trois;quatre;cinq;six;sept;huit;neuf;dix dizaine;onze;douze douzaine;treize;quatorze;quinze
        quinzaine;seize;;;;vingt vingtaine""".split(";")
    )
    for word in words.split()
} | {"trente": 30, "trentaine": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "centaine": 100,
     "mille": 1000}  # fmt: skip

OPPOSITES = {
    word: (subject, side, text)
    for subject, pairs in enumerate(
        (
            # Opposed facts about one thing.
            """obligatoire/facultatif possible/impossible autorise/interdit accepte/refuse accepte/rejete gratuit/payant
            toujours/jamais minimum/maximum minimal/maximal avant/apres inclus/exclu automatique/manuel oui/non
            ouvert/ferme valide/invalide actif/inactif public/prive augmente/diminue definitif/provisoire
            complet/partiel immediat/differe visible/masque visible/invisible suffisant/insuffisant
            obligatoire/optionnel obligatoirement/facultativement necessaire/inutile requis/facultatif""",
            # Two things.
            """premier/dernier premiere/derniere test/production entrant/sortant envoi/reception emission/reception
            importer/exporter import/export activer/desactiver activation/desactivation ajouter/supprimer
            ajout/suppression creation/suppression creer/supprimer source/consommatrice interne/externe
            nominative/organisationnelle nominative/applicative organisationnelle/applicative ouverture/fermeture
            emetteur/destinataire serveur/organisation serveur/client connexion/deconnexion achat/vente
            commande/revocation renouvellement/revocation mineur/majeur papier/electronique""",
        )
    )
    for pair in pairs.split()
    for side, text in enumerate(pair.split("/"))
    for word in (text,)
}
NAMES = re.compile(
    r"(?i)\b(?:mon\s+espace\s+sant[eé]|(?:pro|industriels?)\s+sant[eé]\s+connect|annuaire\s+sant[eé]|carte\s+vitale"
    r"|cert[\s-]sant[eé]|igc[\s-]sant[eé]|sages?[\s-]femmes?|m[eé]dico[\s-]social\w*|sous[\s-]traitants?"
    r"|m[eé]decine\s+de\s+ville)\b"
)
"""Names of several words: one token each."""
