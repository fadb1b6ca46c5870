"""Clauses and wordings about health care software, all invented, of which answers are made."""

NAMED = """Convergence;Gazelle;Pro Santé Connect;Mon espace santé;MSSanté;le DMP;l'Annuaire Santé;la DRIMbox;le RIS;
le DPI;le SGL;la PFI;le LGC;le LGO;le DUI;le ROR;l'INSi;l'IGC-Santé;l'e-CPS;la carte CPS;Industriels Santé Connect;
le CERT Santé"""
"""Products and services: an answer is about one of them."""

ACTORS = """l'éditeur;le médecin;le pharmacien;l'administrateur;le biologiste;le radiologue;la sage-femme;
l'infirmier;le directeur;le secrétaire;le patient;l'intégrateur;le gestionnaire;le chirurgien-dentiste;l'hébergeur;
l'exploitant;le psychologue;le kinésithérapeute;le fabricant;le distributeur"""

VERBS = """vérifier;transmettre;enregistrer;relire;corriger;archiver;dater;signer;télécharger;compléter;consulter;
imprimer;comparer;annuler;dupliquer;exporter;partager;verrouiller;classer;numéroter;commenter;remplacer;renommer;
recopier;chiffrer;parapher;traduire;restaurer;préparer;contrôler;ranger;publier;supprimer;réclamer;tamponner;
rapprocher;ressaisir;versionner;conserver;résumer"""

OBJECTS = """la fiche d'admission;le bordereau d'envoi;le compte rendu opératoire;la lettre de sortie;
l'accord de groupement;le journal des accès;la grille tarifaire;le plan de reprise;le schéma des flux;
la note de version;l'extrait Kbis;le jeu d'essai;la courbe de glycémie;le carnet de vaccination;la feuille de soins;
le relevé d'incidents;la charte graphique;le modèle d'ordonnance;l'arborescence des menus;
la table des correspondances;le certificat de décès;le dossier transfusionnel;la cartographie applicative;
le registre des traitements;l'étiquette du tube;la demande d'examen;le protocole de soins;l'avenant au contrat;
le planning des gardes;la pancarte infirmière;le contrat de maintenance;l'inventaire des postes;
la liste des allergies;le formulaire de consentement;la facture d'acompte;le rapport d'audit;la sauvegarde nocturne;
le mandat de représentation;la clé de chiffrement;le fichier de paramétrage;la synthèse de séjour;
le scénario de recette;l'attestation d'assurance;le tableau des écarts;le dictionnaire des codes;
la déclaration de conformité;l'organigramme;le procès-verbal;la capture d'écran;l'arrêté de nomination;
le volet social;la fiche de poste;le manuel d'installation;le script de migration;la nomenclature des actes;
le bulletin de paie;la maquette des écrans;l'historique des échanges;le cahier de liaison;la prescription de sortie;
le devis détaillé;l'engagement de confidentialité;le calendrier des livraisons;la plaquette d'information;
le reçu de dépôt;la trame d'entretien;la consigne de tri;le dossier de presse;l'index des termes;
la photographie de la plaie;le tracé de l'électrocardiogramme;la pile logicielle;l'autorisation parentale;
le plan de formation"""

OWNERS = """du service de cardiologie;de l'antenne locale;des urgences;du plateau de radiothérapie;de la maternité;
de l'an dernier;du site voisin;de la garde de nuit;du troisième étage;des soins palliatifs;
de la crèche hospitalière;du pôle logistique;de l'accueil de jour;des consultations externes;du centre antipoison;
de la banque du sang;du foyer de vie;de la lingerie;de l'unité de sommeil;du cabinet principal;de la permanence;
du groupement régional;de la filiale;des archives centrales;du lot numéro quatre;de la direction des achats;
du comité d'éthique;de la cellule qualité;de l'hôtel hospitalier;de la chambre stérile;du quai de livraison;
du standard téléphonique;de la tournée du matin;du dépôt de pharmacie;de l'école d'infirmières;
de l'atelier de prothèses;du camion de dépistage;de la salle de réveil;du secteur de gériatrie;
de la convention collective;de la campagne de vaccination;du club des usagers;de la commission des menus;
du chantier;de l'essai clinique;du réseau périnatal;de l'équipe mobile;de la plateforme de tri;
du registre des cancers;de la réunion hebdomadaire;du stock tampon;de la messagerie interne;du contrat cadre;
de la zone de confinement;du laboratoire de garde;de l'antenne pédiatrique;de la pharmacie centrale;
du parc automobile;de la cuisine;du jardin"""

PLACES = """dans l'onglet Échanges;depuis la page d'accueil;sur le poste du secrétariat;dans le menu Paramètres;
en bas de l'écran;dans la corbeille de rejet;depuis une tablette;sur le serveur de recette;dans la zone réservée;
au guichet des admissions;dans le bandeau supérieur;depuis le tableau de bord;dans le répertoire partagé;
sur la borne d'accueil;dans la file d'attente;depuis le réseau interne;au moyen du lecteur;dans la fenêtre de garde;
sur l'imprimante du service;dans l'espace de dépôt;par la passerelle locale;dans le coffre numérique;
au chevet du malade;depuis le bloc opératoire;dans la salle de repos"""

THINGS = """la connexion;le lecteur;la session;l'antivirus;le nom d'usage;la facture;le poste de garde;
le paramétrage;le serveur;l'adresse postale;la signature;le mandat;l'horloge;le fichier joint;le contrat;l'examen;
la langue d'affichage;le disque dur;le code postal;le tuteur;l'ordonnance;la base locale;le test unitaire;
l'imprimante;le stagiaire;la photographie;l'équipe de nuit;le badge;la passerelle;le pare-feu;l'onduleur;la balance;
le brancardier;la caisse centrale;le traducteur;l'agenda;le bracelet;la consigne écrite;le devis;l'étalonnage;
la file d'attente;le greffier;l'habilitation;l'intérimaire;la jauge;le kiosque;la livraison;le miroir de disque;
la navette;l'ordonnancier;le pilulier;la quittance;le rayonnage;le scanner;la tablette;l'urne;le vaguemestre;
la version de secours;le wagon de tests;le zonage"""

HITCHES = """fait défaut;arrive en retard;change de main;pose question;reste en attente;dépasse la limite;
manque à l'appel;sort du cadre;prête à confusion;date de l'an passé;tombe en panne;ne répond plus;semble incohérent;
revient deux fois;perd son étiquette;attend une décision;exige un accord;contredit le registre;échappe au contrôle;
relève d'un autre site;double de volume;dort depuis un mois;gêne le passage;heurte un plafond;ignore la consigne;
porte une rature;quitte la liste;ressort en anomalie;traverse la cour;vieillit mal"""

OUTCOMES = """repart au début;passe à l'orange;devient prioritaire;figure au journal;sert de preuve;prend le relais;
garde sa place;rejoint les archives;cède la priorité;attend le lendemain;déclenche une alerte;perd ses droits;
retrouve son rang;fait foi;gagne une journée;monte d'un cran;descend à la réserve;ferme à minuit;ouvre un ticket;
suit la filière courte;redémarre en silence;reçoit un tampon;bascule en secours;tient lieu de reçu;
couvre la période;entre en vigueur;remplace le brouillon;renvoie un accusé;coûte un jeton;libère un créneau"""

REASONS = """afin d'éviter une double saisie;pour que le correspondant s'y retrouve;car l'inspecteur le demandera;
par égard pour la vie privée;pour accélérer le paiement;afin que chacun garde la main;car le journal fait foi;
pour ne pas bloquer les soins;en vue du prochain contrôle;afin de tenir les plafonds;car le réseau est parfois lent;
pour mémoire;dans l'intérêt du malade;afin de prouver la date;car le fabricant l'impose;pour limiter les rejets;
en prévision des congés;afin de lever un doute;pour soulager le standard;car la loi le prévoit;
pour faciliter la relecture;afin de réduire les coûts;par mesure de prudence;car plusieurs équipes s'en servent"""

MANNERS = """avec soin;sans tarder;une fois par semaine;à tête reposée;en présence d'un témoin;
le matin de préférence;page par page;à deux;au fil de l'eau;hors des heures d'affluence;à voix haute;
ligne après ligne;avant midi;en fin de mois;sous son propre compte;dès réception;après chaque mise à jour;
avant toute relance;par écrit;à distance"""

TURNS = (
    # Each group holds wordings of one statement; a paraphrase takes another of the same group.
    (
        "Il faut {do} {place}, {why}.",
        "{place_c}, on doit {do} {why}.",
        "Pensez à {do} {place} : c'est utile {why}.",
    ),
    (
        "{cond_c}, {result}.",
        "{result_c} {cond}.",
        "Il arrive que {result} : c'est le cas {cond}.",
    ),
    (
        "{actor_c} peut {do} {manner}, puis {do2}.",
        "Rien n'empêche {actor} de {do} {manner} et, ensuite, de {do2}.",
        "Pour {do2}, {actor} commencera par {do} {manner}.",
    ),
    (
        "Commencez par {do} ; {result} ensuite.",
        "La première étape consiste à {do}, après quoi {result}.",
        "On débute en prenant le temps de {do} : alors seulement {result}.",
    ),
    (
        "{actor_c} est chargé de {do} {place} {cond}.",
        "C'est à {actor} de {do} {place}, notamment {cond}.",
        "{cond_c}, la tâche de {do} {place} revient à {actor}.",
    ),
    (
        "Mieux vaut {do} {manner} que {do2} {place}.",
        "Plutôt que de {do2} {place}, choisissez de {do} {manner}.",
        "Préférez {do} {manner} au fait de {do2} {place}.",
    ),
    (
        "Avant de {do}, prenez le temps de {do2} {why}.",
        "Prenez le temps de {do2} {why} avant de {do}.",
        "{do_c} vient après : il s'agit d'abord de {do2} {why}.",
    ),
    (
        "Un essai à blanc permet de {do} {manner} : {result}.",
        "Faites un essai à blanc, ce qui aide à {do} {manner} ; {result}.",
        "Grâce à un essai à blanc, on peut {do} {manner} et {result}.",
    ),
    (
        "L'usage veut que {actor} vienne {do} {place} {manner}.",
        "D'ordinaire, {actor} se charge de {do} {place} {manner}.",
        "Il est d'usage, pour {actor}, de {do} {manner} {place}.",
    ),
    (
        "Deux gestes suffisent : {do} {place}, puis {do2} {manner}.",
        "Il suffit de {do} {place} et de {do2} {manner}.",
        "On s'en tient à deux gestes, {do} {place} puis {do2} {manner}.",
    ),
)

SUBJECTS = (
    # {x} is what the answer is about: siblings are made by naming another.
    "Cette consigne vaut pour {x} seulement, en vague {vague}, dès lors qu'il faut {do}.",
    "Avec {x} et en vague {vague}, vous pouvez {do} {manner}.",
    "Pour {x}, il est prévu en vague {vague} de {do} {place}.",
    "Au sujet de {x}, la vague {vague} demande de {do}, {cond}.",
    "Dans {x}, la vague {vague} du programme apporte le moyen de {do} {manner}.",
    "En vague {vague}, {x} sert à {do} et à {do2}.",
)
ERRORS = (
    "L'erreur {code} apparaît {cond}.",
    "Le service renvoie le code {code} lorsqu'on tente de {do}.",
    "Un rejet {code} oblige à {do} {place}.",
    "Le formulaire {code} est à joindre avant de {do}.",
)
AUDIENCES = (
    "Seul {role} est en droit de {do} {manner}.",
    "La main revient à {role} pour {do}.",
    "Un message prévient {role} qu'il reste à {do}.",
    "C'est {role} qui doit {do} {place}.",
)
DEADLINES = (
    "Vous avez {n} jours pour {do} {place}.",
    "Comptez {n} semaines avant de {do}.",
    "Tous les {n} mois, il convient de {do} {manner}.",
    "La remise est plafonnée à {n} % quand on choisit de {do}.",
    "Après {n} ans, rien n'oblige à {do} {manner}.",
)
RULES = (
    ("Il est obligatoire de {do} {place}.", "Il n'est pas obligatoire de {do} {place}."),
    ("Le recours à un prestataire est admis pour {do}.", "Le recours à un prestataire n'est pas admis pour {do}."),
    ("{cond_c}, on peut encore {do}.", "{cond_c}, on ne peut jamais {do}."),
    ("Un nouvel essai est possible avant de {do}.", "Aucun nouvel essai n'est possible avant de {do}."),
    ("Les frais engagés pour {do} sont remboursés.", "Les frais engagés pour {do} ne sont pas remboursés."),
    ("On peut {do} avec interruption de service.", "On peut {do} sans interruption de service."),
)
FORMATS = (
    ("au format PDF", "au format XML"),
    ("au format CSV", "au format JSON"),
    ("en CDA R2 N1", "en CDA R2 N3"),
    ("sur le port 443", "sur le port 8443"),
    ("au niveau 1", "au niveau 3"),
    ("en version 2.5", "en version 2.3.1"),
)
"""Short values, each with another."""
OUTPUTS = ("On peut {do} {value}.", "Il est d'usage de {do} {value}.", "L'outil permet de {do} {value}.")

BOILERPLATE = (
    "Pour plus d'informations, consultez la rubrique d'aide du portail ou écrivez à support@example.org.",
    "Pour toute question, vous pouvez contacter l'assistance par téléphone ou au moyen du formulaire de contact.",
    "N'hésitez pas à joindre notre équipe si vous avez besoin d'aide complémentaire.",
    "Vous trouverez le détail de la démarche sur la page dédiée : https://www.example.org/aide/demarches.",
    "Retrouvez l'ensemble des documents utiles dans la rubrique Ressources du site.",
    "Nous vous invitons à consulter le guide disponible en ligne pour toute précision.",
    "Le service d'assistance est ouvert du lundi au vendredi, de 9 h à 18 h.",
    "Cette page est mise à jour régulièrement ; merci de vérifier la date indiquée en bas.",
)

SYNONYMS = """vérifier/contrôler transmettre/envoyer enregistrer/sauvegarder corriger/rectifier
télécharger/récupérer compléter/remplir consulter/lire annuler/abandonner partager/diffuser remplacer/substituer
préparer/apprêter supprimer/effacer conserver/garder signaler/indiquer faut/convient utile/précieux peut/pourra
puis/ensuite ensuite/après demande/requête avis/message dossier/fichier file/queue courriel/mél
rappel/avertissement numéro/identifiant valeur/donnée voyant/témoin copie/duplicata trace/empreinte
poste/ordinateur accès/entrée journal/registre page/vue rendez-vous/créneau alerte/alarme brouillon/ébauche
droits/permissions support/assistance lien/raccourci courrier/pli sauvegarde/archive tâche/mission étape/phase
geste/action consigne/instruction règle/norme procédure/démarche délai/terme dépôt/remise réponse/retour
montant/somme dépense/charge déclaration/annonce essai/test frais/coûts reprise/migration sortie/production
fichier/document échange/transfert temps/moment usage/habitude service/unité main/responsabilité écran/affichage
menu/panneau serveur/machine réseau/liaison équipe/groupe contrôle/examen prudence/précaution relance/rappel
réception/arrivée témoin/tiers bloque/empêche perdue/rompue échoue/rate absente/manquante illisible/floue
ancienne/vieille change/évolue suspendue/gelée réservé/bloqué gardée/maintenue adressé/expédié conservé/stocké
refusée/rejetée déplacé/reporté"""

FILLERS = """ainsi;notamment;désormais;souvent;parfois;clairement;ailleurs;autrement;couramment;davantage;doucement;
également;globalement;habituellement;immédiatement;largement;localement;longtemps;manuellement;mensuel;nettement;
normalement;pareillement;particulier;pleinement;précédent;prochain;progressif;rapidement;récemment;réellement;
régional;secondaire;sensible;simplement;spontané;successif;supplémentaire;temporaire;tranquille;unique;usuel;
volontiers;ordinaire;pratique;courant;naturel;central;initial;minutieux;attentif;ponctuel;annexe;provisoire;habituel"""


def listed(text: str) -> tuple[str, ...]:
    """Return the items between the semicolons of a text."""
    return tuple(item.strip() for item in text.split(";"))
