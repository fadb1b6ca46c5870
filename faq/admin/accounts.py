"""« Comptes »: administrateurs manage accounts, but give nobody more powers than the roles have."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField

_CHECK_BOXES = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts, whose roles are groups; only superusers give single permissions and full powers."""

    filter_horizontal = ()
    formfield_overrides = _CHECK_BOXES

    def get_readonly_fields(self, request, obj=None):
        """Return the dates, and for all but superusers the fields that only superusers may change."""
        happened = ("last_login", "date_joined")
        return happened if request.user.is_superuser else (*happened, "is_superuser", "user_permissions")

    def has_change_permission(self, request, obj=None):
        """Return whether the account may be changed: only superusers may change one of a superuser, or its password."""
        beyond = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not beyond and super().has_change_permission(request, obj)

    def save_related(self, request, form, formsets, change):
        """Give the staff status to an account with a role: the sign-in page would blame the password."""
        super().save_related(request, form, formsets, change)
        if form.instance.groups.exists() and not form.instance.is_staff:
            form.instance.is_staff = True
            form.instance.save(update_fields=["is_staff"])


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles and their permissions."""

    filter_horizontal = ()
    formfield_overrides = _CHECK_BOXES
