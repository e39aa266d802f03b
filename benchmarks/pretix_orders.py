"""Orders in pretix, the ticket shop, for comparison: run by an interpreter that has pretix, never by ours.

It builds a shop with one event and one product in a database of its own, prints `ready`, and from then on answers each
line on the standard input by placing that many orders, each with a cart of its own, and printing how many were placed.
The carts are filled before the clock starts, as our applications are filled in before they are submitted.
"""

import os
import pathlib
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="pretix-bench-"))
CONFIG = """[pretix]
instance_name=bench
url=http://localhost
datadir={folder}
[database]
backend=sqlite3
name={folder}/db.sqlite3
"""


def prepare() -> Any:
    """Make the database, a shop and an event on sale."""
    (FOLDER / "pretix.cfg").write_text(CONFIG.format(folder=FOLDER), encoding="utf-8")
    os.environ["PRETIX_CONFIG_FILE"] = str(FOLDER / "pretix.cfg")
    os.environ["DATA_DIR"] = str(FOLDER)
    # Its settings for tests make the tables without replaying ten years of migrations, and run its tasks in place.
    os.environ["DJANGO_SETTINGS_MODULE"] = "pretix.testutils.settings"
    import django  # noqa: PLC0415  # the settings must be chosen first
    from django.conf import settings  # noqa: PLC0415  # the same

    settings.DEBUG = False
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  # the same

    call_command("migrate", run_syncdb=True, verbosity=0, stdout=sys.stderr)
    # Mails, webhooks and notifications are a worker's there as here: they are left out of both sides.
    from celery.app.task import Task  # noqa: PLC0415  # the same

    Task.apply_async = lambda *_args, **_options: None
    return _event()


def _event() -> Any:
    from django.utils.timezone import now  # noqa: PLC0415  # the same
    from django_scopes import scopes_disabled  # noqa: PLC0415  # the same
    from pretix.base.models import Event, Organizer  # noqa: PLC0415  # the same

    with scopes_disabled():
        organizer = Organizer.objects.create(name="bench", slug="bench")
        event = Event.objects.create(
            organizer=organizer,
            name="bench",
            slug="bench",
            currency="CNY",
            date_from=now() + timedelta(days=30),
            live=True,
        )
        item = event.items.create(name="examination", default_price=Decimal("50.00"))
        quota = event.quotas.create(name="places", size=None)
        quota.items.add(item)
        event.settings.set("payment_manual__enabled", value=True)
        event.settings.set("mail_send_order_placed", value=False)
        return event


def fill_carts(event: Any, count: int) -> list[int]:
    """Put one ticket into each of so many carts."""
    from django.utils.timezone import now  # noqa: PLC0415  # the same
    from pretix.base.models import CartPosition  # noqa: PLC0415  # the same

    item = event.items.get()
    expires = now() + timedelta(hours=1)
    return [
        CartPosition.objects.create(
            event=event, cart_id=f"bench-{number}", item=item, price=Decimal("50.00"), expires=expires, datetime=now()
        ).pk
        for number in range(count)
    ]


def place(event: Any, carts: list[int]) -> int:
    """Place an order for each cart by the path that the shop itself takes."""
    from pretix.base.services.orders import _perform_order  # noqa: PLC0415  # the same

    payment: dict[str, Any] = {
        "id": "bench",
        "provider": "manual",
        "max_value": None,
        "min_value": None,
        "multi_use_supported": False,
        "info_data": {},
    }
    for cart in carts:
        _perform_order(event, [dict(payment)], [cart], "bench@example.org", "en", None, sales_channel="web")
    return len(carts)


def main() -> None:
    """Prepare, then serve lines until the standard input ends."""
    event = prepare()
    from django_scopes import scope  # noqa: PLC0415  # the same

    with scope(organizer=event.organizer):
        for line in _lines("ready"):
            carts = fill_carts(event, int(line))
            for _ in _lines("filled", once=True):
                print(place(event, carts), flush=True)  # noqa: T201  # the answer


def _lines(word: str, *, once: bool = False) -> Iterator[str]:
    while True:
        print(word, flush=True)  # noqa: T201  # the protocol
        line = sys.stdin.readline()
        if not line:
            return
        yield line
        if once:
            return


if __name__ == "__main__":
    main()
