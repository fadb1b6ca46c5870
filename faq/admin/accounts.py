"""Accounts: an administrateur looks after them, but makes nobody more powerful than the roles."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField

_CHECK_BOXES = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Roles are groups; single permissions and full powers are for superusers to give."""

    filter_horizontal = ()
    formfield_overrides = _CHECK_BOXES

    def get_readonly_fields(self, request, obj=None):
        """Show what happened, and to others than a superuser what only a superuser may give."""
        happened = ("last_login", "date_joined")
        return happened if request.user.is_superuser else (*happened, "is_superuser", "user_permissions")

    def has_change_permission(self, request, obj=None):
        """Keep a superuser's account, its password included, from everybody else."""
        beyond = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not beyond and super().has_change_permission(request, obj)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """What each role may do."""

    filter_horizontal = ()
    formfield_overrides = _CHECK_BOXES
