"""Concepts: the words of general French that stand for one another where a sentence is reworded.

A verb and the noun of its action are one concept too. Words of the field are not listed: two of them are two things.
"""

import zlib

from faq.domain.text import Token, stem
from faq.domain.text.tokens import COMMON_WEIGHT

_FAMILIES = """
an ans annee annees
accepter acceptation admettre
accorder accord consentir consentement
acheter achat acquerir acquisition
acheminer acheminement transmettre transmission transmis envoyer envoi expedier expedition parvenir transferer transfert
achever achevement terminer terminaison finir cloturer cloture
aider aide assister assistance support
ajouter ajout completer remplir renseigner
alerter alerte prevenir avertir avertissement informer notifier notification signaler signalement indiquer alarme
analyser analyse examiner examen etudier etude
annuler annulation abandonner abandon
appartenir incomber devoir doit doivent devra devront falloir faut convenir convient charge oblige obligation
appliquer application
attribuer attribution affecter affectation
arriver arrivee recevoir reception recu
autoriser autorisation permettre permet permettent permission droit
arbitrer arbitrage trancher decider decision
bloquer blocage empecher
changer changement modifier modification evoluer evolution
choisir choix selectionner selection opter
commencer commencement debuter debut demarrer demarrage
comprendre comporter inclure contenir
conserver conservation garder maintenir
consulter consultation lire lecture visualiser visualisation
copier copie dupliquer duplicata
corriger correction rectifier rectification
courriel mail mel
creer creation
declarer declaration annoncer annonce
delai terme
delivrer delivrance fournir fourniture remettre remise donner procurer
demander demande requete solliciter sollicitation reclamer
deployer deploiement
deposer depot
detruire destruction supprimer suppression effacer effacement retirer retrait
diffuser diffusion partager partage
echouer echec rater
ecran affichage afficher
employer emploi utiliser utilisation usage recourir recours servir sert
enregistrer enregistrement sauvegarder sauvegarde
etape phase
fichier dossier document
frais depense cout
geste action
groupe equipe
habilitation droits permissions
imprimer impression
inscrire inscription
installer installation
instruction consigne
lancer lancement executer execution
manquer manque defaut absence absent absente manquant manquante
missionner mission tache
mettre mise
montant somme
necessiter necessaire requerir requis exiger exige imposer impose
obtenir obtention recuperer recuperation
ordinateur poste
ouvrir ouverture
parametrer parametrage configurer configuration regler reglage
payer paiement regler verser versement acquitter
posseder detenir disposer dispose
preparer preparation
procedure demarche
publier publication
realiser realisation effectuer accomplir proceder
redemarrer redemarrage relancer relance
refuser refus rejeter rejet
rejoindre integrer integration
remplacer remplacement substituer substitution
rendre restituer restitution
renouveler renouvellement
repondre reponse retour
reprendre reprise
responsable responsabilite
reunir rassembler regrouper
signer signature
situer trouver trouve figurer
stocker stockage
suspendre suspension interrompre interruption geler
telecharger telechargement
transformer transformation convertir conversion
utile precieux
verifier verification controler controle assurer
fermer fermeture
perdre perte
ecart difference divergence
rapidement vite
immediatement aussitot
prealable prealablement avance
toujours constamment
seulement uniquement exclusivement exclusion
possible possibilite pouvoir peut peuvent pourra pouvez
"""


def _build() -> dict[int, tuple[int, int]]:
    known: dict[str, str] = {}
    for line in _FAMILIES.replace("\n\n", "\n").strip().splitlines():
        words = line.split()
        for word in words:
            known.setdefault(stem(word), words[0])
    return {zlib.crc32(key.encode()): (zlib.crc32(f"={name}".encode()), COMMON_WEIGHT) for key, name in known.items()}


_CONCEPTS = _build()


def concept(token: Token) -> tuple[int, int]:
    """Return the hash of what a token means, and its weight: equal for words that stand for one another."""
    return _CONCEPTS.get(token.key_hash) or (token.key_hash, token.weight)
