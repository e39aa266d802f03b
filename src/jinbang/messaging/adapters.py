"""Where messages leave the program: the protocol of a sender, the console as one, and the way of sign-in codes.

Personal data: a sender is given an address in clear. The console writes what was said and by which message, never to
whom; a demo keeps sign-in codes beside a masked number, because its outbox page is the only telephone it has.
"""

from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from jinbang.kernel import clock
from jinbang.kernel.masking import mask_email, mask_phone
from jinbang.messaging.models import ShownCode
from jinbang.messaging.states import Channel, MessageKind
from jinbang.people.adapters import console_sender

CODES_KEPT_MOST: Final = 50
_log: Final = structlog.get_logger(__name__)


class SendingFailed(Exception):
    """The gateway did not take a message. A fault of the outside: it is tried again later."""


@dataclass(frozen=True)
class Outgoing:
    """What a sender is given. `message_id` is the same at every attempt, so that a gateway can leave out a repeat."""

    message_id: UUID
    kind: MessageKind
    channel: Channel
    address: str = field(repr=False)
    subject: str
    text: str


class Sender(Protocol):
    """Anything that carries messages: the console, a mail server, a gateway for text messages."""

    def send(self, outgoing: Outgoing) -> None:
        """Carry one message, or raise `SendingFailed`."""


class ConsoleSender:
    """Writes each message to the log. The way of a house without a gateway.

    A demo has them all on its outbox page; its terminal says where to begin, and nothing should carry that away.
    """

    def send(self, outgoing: Outgoing) -> None:
        """Write the message without its address, and of a letter the title only: it may hold a reviewer's words."""
        if settings.JINBANG_DEMO:
            return
        _log.info(
            "message_sent",
            message=str(outgoing.message_id),
            kind=outgoing.kind.value,
            channel=outgoing.channel.value,
            text=outgoing.text if outgoing.channel is Channel.SMS else outgoing.subject,
        )


def code_sender(contact: str, text: str) -> None:
    """Send a code at once: what `JINBANG_CODE_SENDER` may name. A demo shows it on the outbox page as well.

    To an e-mail address it goes by the mail server of the settings, without any link: who clicks none is not phished.
    """
    if "@" in contact and not settings.JINBANG_DEMO:
        send_mail(_("金榜验证码"), text, None, [contact])
        return
    console_sender(contact, text)
    if not settings.JINBANG_DEMO:
        return
    masked = mask_email(contact) if "@" in contact else mask_phone(contact)
    ShownCode.objects.create(phone_masked=masked, text=text, at=clock.now())
    kept = ShownCode.objects.order_by("-id").values_list("pk", flat=True)[:CODES_KEPT_MOST]
    ShownCode.objects.exclude(pk__in=list(kept)).delete()
