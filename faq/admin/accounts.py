"""« Comptes »: administrateurs manage accounts, but give nobody more powers than the roles have."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField

from faq.admin.lists import BoundedAdminMixin

_CHECK_BOXES = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(BoundedAdminMixin, UserAdmin):
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

    def save_model(self, request, obj, form, change):
        """Store the account; one with a role is staff, or the sign-in page would blame its password."""
        obj.is_staff = obj.is_staff or bool(form.cleaned_data.get("groups"))
        super().save_model(request, obj, form, change)


@admin.register(Group)
class RoleAdmin(BoundedAdminMixin, GroupAdmin):
    """Roles and their permissions."""

    filter_horizontal = ()
    formfield_overrides = _CHECK_BOXES
