"""Roles as groups, and the check that every service makes before it writes."""

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

Author = User | None
"""The author of a write; None is the system itself (commands run by an operator), which may do everything."""

_READ = {
    "faq.view_batch",
    "faq.view_couloir",
    "faq.view_dispositif",
    "faq.view_dump",
    "faq.view_entry",
    "faq.view_entryalias",
    "faq.view_failedsearch",
    "faq.view_mediafile",
    "faq.view_offertype",
    "faq.view_pair",
    "faq.view_passage",
    "faq.view_product",
    "faq.view_publication",
    "faq.view_reviewevent",
    "faq.view_schedule",
    "faq.view_seealso",
    "faq.view_sitepage",
    "faq.view_synonymgroup",
    "faq.view_theme",
    "faq.view_verification",
    "faq.view_version",
}
_WRITE_DRAFTS = {
    "faq.add_entry",
    "faq.change_entry",
    "faq.submit_entry",
    "faq.check_entry",
    "faq.add_mediafile",
    "faq.delete_mediafile",
    "faq.add_theme",
    "faq.decide_pair",
    "faq.add_synonymgroup",
    "faq.change_synonymgroup",
}
_PUBLISH = {
    "faq.publish_entry",
    "faq.merge_entry",
    "faq.archive_entry",
    "faq.undo_batch",
    "faq.add_dump",
    "faq.change_sitepage",
}
_ADMINISTER = (
    {
        f"{label}.{verb}_{model}"
        for label, models in (
            ("faq", ("couloir", "dispositif", "offertype", "product", "theme")),
            ("auth", ("user", "group")),
        )
        for model in models
        for verb in ("add", "change", "view")
    }
    | {"faq.view_mail", "faq.change_mail"}
    | {
        # Only what was never used, and it can be brought back.
        f"faq.delete_{model}"
        for model in ("couloir", "dispositif", "offertype", "product", "theme")
    }
)

_VERBS = {"add": "ajouter", "change": "modifier", "delete": "supprimer", "view": "consulter"}

MANAGER = "administrateur"
"""The role that manages accounts."""
ROLES = {
    "rédacteur": _READ | _WRITE_DRAFTS,
    "relecteur": _READ | _WRITE_DRAFTS | _PUBLISH,
    "analyste": _READ,
    MANAGER: _READ | _WRITE_DRAFTS | _PUBLISH | _ADMINISTER,
}
"""Group names and the permissions that they hold at least; an operator may grant more."""


def install_roles(**signal: Any) -> None:
    """Create the roles' groups and grant what they lack. Takes nothing away, so it can run after every migration."""
    for name, permissions in ROLES.items():
        grant(name, permissions)


def grant(role: str, permissions: set[str]) -> None:
    """Add permissions, named « app.codename », to a role; those whose tables do not exist yet are passed over."""
    group, _ = Group.objects.get_or_create(name=role)
    named = Q()
    for permission in permissions:
        app, codename = permission.split(".")
        named |= Q(content_type__app_label=app, codename=codename)
    group.permissions.add(*Permission.objects.filter(named))


def may_enter(user: User | AnonymousUser) -> bool:
    """Return whether an account opens the admin: any right lets in, however it was given."""
    return user.is_active and (user.is_staff or bool(user.get_all_permissions()))


def is_last_manager(user: User) -> bool:
    """Return whether an account is the only open one that has the role to manage accounts, or every power."""
    managers = User.objects.filter(Q(groups__name=MANAGER) | Q(is_superuser=True), is_active=True)
    return managers.filter(pk=user.pk).exists() and not managers.exclude(pk=user.pk).exists()


def people() -> QuerySet[User]:
    """Return the accounts that open the admin, as `may_enter` says of one."""
    has_rights = Q(groups__permissions__isnull=False) | Q(user_permissions__isnull=False)
    admitted = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True) | has_rights, is_active=True)
    return User.objects.filter(pk__in=admitted.values("pk")).order_by("last_name", "first_name", "username")


def require(author: Author, permission: str) -> None:
    """Raise PermissionDenied, with a French message, unless the author holds the permission."""
    if author is None or author.has_perm(permission):
        return
    app, codename = permission.split(".")
    right = Permission.objects.get(content_type__app_label=app, codename=codename)
    raise PermissionDenied(f"Votre rôle ne le permet pas. Il faudrait le droit : « {_build_permission_name(right)} ».")


def _build_permission_name(right: Permission) -> str:
    """Name a permission; Django stores the names of its own four in English."""
    verb, _, _ = right.codename.partition("_")
    model = right.content_type.model_class()
    if verb not in _VERBS or model is None or right.codename != f"{verb}_{right.content_type.model}":
        return right.name
    return f"Peut {_VERBS[verb]} : {model._meta.verbose_name_plural}"
