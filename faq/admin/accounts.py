"""« Comptes »: administrateurs manage accounts, but give nobody more powers than the roles have."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import (
    PasswordResetForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField, OuterRef, Subquery

from faq.admin.display import format_moment, moment_column
from faq.admin.lists import BoundedAdminMixin
from faq.models import Version
from faq.services.roles import MANAGER, is_last_manager

_CHECK_BOXES = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
_PERSON = ("first_name", "last_name", "email")
_POWERS = ("is_superuser", "user_permissions")
"""Fields that only superusers see and change."""

admin.site.unregister([User, Group])


class PasswordLinkForm(PasswordResetForm):
    """Django's form that sends the link; the link names the site as configured, not as the request spells it."""

    def save(self, **options):
        """Send the link to each account that has this address."""
        site = urlsplit(settings.SITE_URL)
        super().save(**{**options, "domain_override": site.netloc, "use_https": site.scheme == "https"})


class PasswordNote(ReadOnlyPasswordHashWidget):
    """Whether an account has a password, and the link to the form that changes it."""

    template_name = "admin/faq/password_note.html"


class AccountForm(UserChangeForm):
    """The form of an account."""

    password = ReadOnlyPasswordHashField(label="Mot de passe", widget=PasswordNote)

    def clean(self):
        """Refuse to shut out the last person who manages accounts: nobody could let anybody in again."""
        cleaned = super().clean()
        stays = cleaned.get("is_active") and MANAGER in {group.name for group in cleaned.get("groups", ())}
        if not stays and is_last_manager(self.instance):
            raise forms.ValidationError(
                "C’est le dernier compte ouvert qui gère les comptes\u00a0: donnez d’abord le rôle "
                f"«\u00a0{MANAGER}\u00a0» à quelqu’un d’autre."
            )
        return cleaned


@admin.register(User)
class AccountAdmin(BoundedAdminMixin, UserAdmin):
    """Accounts, whose roles are groups; only superusers give single permissions and full powers."""

    signed_in_at = moment_column("last_login", "dernière connexion")
    created_at = moment_column("date_joined", "créé le")
    list_display = ("username", "full_name", "email", "roles", "is_active", "last_sign_in", "last_change")
    list_filter = ("groups", "is_active")
    search_fields = ("username", *_PERSON)
    form = AccountForm
    actions = ("send_password_link",)
    filter_horizontal = ()
    formfield_overrides = _CHECK_BOXES
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Personne", {"fields": _PERSON}),
        ("Accès", {"fields": ("is_active", "groups")}),
        ("Pouvoirs hors des rôles", {"fields": _POWERS, "classes": ("collapse",)}),
        ("Dates", {"fields": ("signed_in_at", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", *_PERSON, "groups", "usable_password", "password1", "password2")}),)
    readonly_fields = ("signed_in_at", "created_at")

    def get_queryset(self, request):
        """Return the accounts with their roles and the date of their last change to an entry."""
        versions = Version.objects.filter(author=OuterRef("pk")).order_by("-pk")
        accounts = super().get_queryset(request).prefetch_related("groups")
        return accounts.annotate(changed_at=Subquery(versions.values("created_at")[:1]))

    def get_fieldsets(self, request, obj=None):
        """Return the groups of fields; powers beyond the roles are for superusers alone."""
        groups = super().get_fieldsets(request, obj)
        return [group for group in groups if request.user.is_superuser or group[1]["fields"] != _POWERS]

    def has_change_permission(self, request, obj=None):
        """Return whether the account may be changed: only superusers may change one of a superuser, or its password."""
        beyond = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not beyond and super().has_change_permission(request, obj)

    @admin.action(description="Envoyer un lien pour choisir un mot de passe", permissions=["change"])
    def send_password_link(self, request, queryset):
        """Send the people a link by which each chooses a password: a new account needs no other."""
        if not settings.SENDS_MAIL:
            self.message_user(
                request, "Ce site n’envoie pas de courriels\u00a0: choisissez un mot de passe vous-même.", "error"
            )
            return
        accounts = [account for account in queryset if self.has_change_permission(request, account)]
        reachable = [account for account in accounts if account.is_active and account.email]
        for account in reachable:
            send_password_link(request, account)
        left = sorted(account.username for account in set(queryset) - set(reachable))
        if reachable:
            several = "s" if len(reachable) > 1 else ""
            self.message_user(request, f"{len(reachable)} lien{several} envoyé{several}, à ouvrir avant demain.")
        if left:
            names = ", ".join(left)
            self.message_user(request, f"Rien n’est parti pour {names}\u00a0: sans adresse, ou fermé.", "warning")

    @admin.display(description="nom", ordering="last_name")
    def full_name(self, account):
        """Return the first and the last name."""
        return account.get_full_name()

    @admin.display(description="rôles")
    def roles(self, account):
        """Return the names of the roles."""
        names = sorted(group.name for group in account.groups.all())
        return ", ".join(names) or ("tous les pouvoirs" if account.is_superuser else "aucun")

    @admin.display(description="dernière connexion", ordering="last_login")
    def last_sign_in(self, account):
        """Return the day and the time of the last sign-in."""
        return format_moment(account.last_login) if account.last_login else "jamais"

    @admin.display(description="dernier enregistrement", ordering="changed_at")
    def last_change(self, account):
        """Return the day and the time of the last version of an entry that the account wrote."""
        return format_moment(account.changed_at) if account.changed_at else "aucun"


@admin.register(Group)
class RoleAdmin(BoundedAdminMixin, GroupAdmin):
    """Roles and their permissions."""

    filter_horizontal = ()
    formfield_overrides = _CHECK_BOXES


class _InvitationForm(PasswordLinkForm):
    """Django's form that sends the link, for one account, with or without a password."""

    def __init__(self, account):
        super().__init__({"email": account.email})
        self.account = account

    def get_users(self, email):
        """Return the account alone: others may have the same address."""
        return [self.account]


def send_password_link(request, account):
    """Send a person the link by which a password is chosen."""
    form = _InvitationForm(account)
    if form.is_valid():
        form.save(
            request=request,
            email_template_name="admin/password_reset/invitation.txt",
            subject_template_name="admin/password_reset/subject.txt",
        )
