"""People in front of the admin, as in the tests of its pages."""

from tests.faq.admin.conftest import analyste, redacteur, relecteur, sign_in

__all__ = ["analyste", "redacteur", "relecteur", "sign_in"]
