"""The demo world: built once by rehearsal, kept with its logins and five sample queries, shown as JSON on request.

Its clock starts at the instant the world was built, so that what was released yesterday stays released yesterday.
"""

import json
from typing import Any, Final

import click
from django.core.management import call_command
from rich.console import Console

from jinbang.people.adapters import current_code_of
from jinbang.people.queries import get_account
from jinbang.portal.demo_record import FORM, find_record, record_path

PEOPLE: Final = 4_000


def ensure_built(*, rebuild: bool, people: int) -> None:
    """Build the world where it is missing or unwanted. The description is written last: it says that all is there.

    A world that an earlier version built is brought to the tables of this one, which takes a moment where it has them.
    """
    if find_record() is not None and not rebuild:
        call_command("migrate", verbosity=0)
        return
    from jinbang.portal.rehearsal.world import build_world  # noqa: PLC0415  # every phase: only to build, not to serve

    record_path().unlink(missing_ok=True)
    console = Console()
    console.print("正在建立演示世界：合成的考生，真实的流程。")
    facts = build_world(people=people, console=console)
    record_path().write_text(json.dumps({"form": FORM, **facts}, ensure_ascii=False, indent=1), encoding="utf-8")
    record_path().chmod(0o600)


def shown(*, port: int) -> dict[str, Any]:
    """Return what `jinbang demo --show` prints: address, logins, sample queries with what each must show."""
    record = _record()
    url = f"http://localhost:{port}"
    samples = [{**sample, "url": f"{url}{sample['path']}"} for sample in record["samples"]]
    for sample in samples:
        del sample["path"]
    return {"url": url, "logins": record["logins"], "samples": samples}


def code_of(username: str) -> str:
    """Return a staff login's code of this moment."""
    for login in _record()["logins"]:
        if login["username"] == username and login["totp_secret"]:
            return current_code_of(get_account(username))
    raise click.ClickException(f"演示世界里没有名为 {username} 的工作人员。用 jinbang demo --show 查看全部登录名。")


def introduce(*, port: int) -> None:
    """Print addresses, logins and samples for whoever started the demo."""
    facts = shown(port=port)
    console = Console(highlight=False)
    console.print(f"\n[bold]金榜演示[/bold]  {facts['url']}")
    console.print(
        f"  成绩查询  {facts['url']}/lookup/\n  工作台    {facts['url']}/desk/\n  本机信箱  {facts['url']}/outbox/\n"
    )
    console.print("[bold]登录[/bold]（工作人员还需动态口令：jinbang demo --code 用户名）")
    for login in facts["logins"]:
        extra = f"  签名口令 {login['signing_passphrase']}" if login.get("signing_passphrase") else ""
        console.print(f"  {login['role']:<18} {login['username']:<10} {login['password']}{extra}")
    console.print("\n[bold]示例查询[/bold]")
    for sample in facts["samples"]:
        fields = sample["fields"]
        console.print(f"  {sample['sitting']}\n    {sample['url']}")
        typed = "  ".join(fields[name] for name in ("name", "document_number", "ticket_number"))
        console.print(f"    {typed}  → {sample['expected']['overall']}")
    console.print("\n按 Ctrl+C 停止。\n")


def _record() -> dict[str, Any]:
    record = find_record()
    if record is None:
        raise click.ClickException("还没有演示世界。请先运行 make demo（或 jinbang demo --build-only）。")
    return record
