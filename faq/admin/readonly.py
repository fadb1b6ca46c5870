"""Pages that show and never change."""


class ReadOnly:
    """A mix-in for a ModelAdmin: even a superuser only looks."""

    actions = None

    def has_add_permission(self, request):
        """Nobody adds by hand."""
        return False

    def has_change_permission(self, request, obj=None):
        """Nobody changes."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes."""
        return False
