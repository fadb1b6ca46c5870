"""A real SMTP server on the loopback, which refuses, hangs or hangs up as a test asks."""

import asyncio
import contextlib
import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class MailServer:
    """The mails that a server received, and its faults: none, until a test asks for some."""

    def __init__(self) -> None:
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.recipient_reply = ""
        """Its answer to the address of a recipient, such as « 550 … »; empty: it takes it."""
        self.text_reply = ""
        """Its answer to the text of a mail, which it does not take then."""
        self.hangs_at = ""
        """« RCPT » or « DATA »: where it takes what is sent and says no more."""
        self.hangs_up = False
        """Whether it takes the text of a mail, and closes the connection without a word."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Take a recipient, or fail."""
        if self.hangs_at == "RCPT":
            await asyncio.sleep(60)
        if self.recipient_reply:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Take the text of a mail, or fail."""
        if self.text_reply:
            return self.text_reply
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.hangs_up:
            server.transport.abort()
        if self.hangs_at == "DATA":
            await asyncio.sleep(60)
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what it received."""
        return [message["Message-ID"] for message in self.messages]


def find_free_port() -> int:
    """Return a port of the loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(server: MailServer) -> Iterator[MailServer]:
    """Run the server."""
    server.port = find_free_port()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(controller.loop)])
        controller.stop()
        assert not any(thread.name == "aiosmtpd" for thread in threading.enumerate())
