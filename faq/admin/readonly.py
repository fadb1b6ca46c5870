"""Admins of tables from which nobody deletes, or that nobody writes."""


class UndeletableMixin:
    """A mixin for a ModelAdmin whose rows nobody deletes, not even a superuser."""

    def has_delete_permission(self, request, obj=None):
        """Return that nobody deletes a row."""
        return False


class ReadOnlyMixin(UndeletableMixin):
    """A mixin for a ModelAdmin whose table nobody writes by hand, not even a superuser."""

    actions = None

    def has_add_permission(self, request):
        """Return that nobody adds a row."""
        return False

    def has_change_permission(self, request, obj=None):
        """Return that nobody changes a row."""
        return False
