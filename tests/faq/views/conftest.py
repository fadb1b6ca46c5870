"""People who are signed in, in front of public addresses."""

from tests.faq.admin.conftest import sign_in

__all__ = ["sign_in"]
