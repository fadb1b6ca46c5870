"""Admins that only show their tables."""


class ReadOnlyMixin:
    """A mixin for a ModelAdmin whose table nobody writes by hand, not even a superuser."""

    actions = None

    def has_add_permission(self, request):
        """Return that nobody adds a row."""
        return False

    def has_change_permission(self, request, obj=None):
        """Return that nobody changes a row."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Return that nobody deletes a row."""
        return False
