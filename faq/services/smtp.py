"""A connection to a mail server that knows whether a mail may have left when something went wrong."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class DeliveryUncertain(Exception):
    """The server had the text of a mail and did not answer: nobody knows whether it will deliver it."""


class _CautiousMixin:
    """A mixin for smtplib's connections that tells a failure after the text of a mail from one before."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the text of a mail. Raises DeliveryUncertain, and SMTPDataError where the server takes none."""
        try:
            return super().data(msg)  # type: ignore[misc, no-any-return]
        except smtplib.SMTPDataError:
            raise
        except OSError as failure:
            raise DeliveryUncertain(str(failure)) from failure


class _CautiousSMTP(_CautiousMixin, smtplib.SMTP):
    pass


class _CautiousSMTPOverTLS(_CautiousMixin, smtplib.SMTP_SSL):
    pass


class CautiousEmailBackend(EmailBackend):
    """Django's connection to a mail server, which raises DeliveryUncertain where a mail may have left."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The class of the connection."""
        return _CautiousSMTPOverTLS if self.use_ssl else _CautiousSMTP
