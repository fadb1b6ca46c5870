"""Why the system refuses a file, in French: Python passes its English words on."""

import errno

from django.core.management.base import CommandError

_REASONS = {
    errno.ENOENT: "rien ne porte ce nom",
    errno.ENOTDIR: "un élément du chemin n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.EACCES: "vous n’en avez pas le droit",
    errno.EPERM: "vous n’en avez pas le droit",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOSPC: "il n’y a plus de place",
    errno.EDQUOT: "votre quota est épuisé",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.EIO: "le disque répond par une erreur",
    errno.ELOOP: "les liens tournent en rond",
}


def reason(error: OSError) -> str:
    """Return why the system refused; by the name of its error where that is a rare one."""
    return _REASONS.get(error.errno or 0) or f"erreur {errno.errorcode.get(error.errno or 0, 'inconnue')}"


def unreadable(path: object, error: OSError) -> CommandError:
    """Return what a command says of a file that it cannot read."""
    return CommandError(f"{path} : fichier illisible ({reason(error)}). Vérifiez son nom et vos droits.")
