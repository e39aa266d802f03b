"""`jinbang authority` and `jinbang staff`: who an installation belongs to and who works there.

Whoever holds the machine gives out the first accounts, so these act as the program itself. Passwords are printed once.
"""

from datetime import date

import click

from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions, staffing
from jinbang.people.labels import authority_kind_label, role_label
from jinbang.people.models import Authority
from jinbang.people.queries import authorities_below
from jinbang.people.staffing import Held, Member
from jinbang.people.states import AuthorityKind, Role
from jinbang.portal.commands.answers import answered, day
from jinbang.sittings.queries import get_authority

SIGN_IN = "/desk/sign-in/"


# ---------------------------------------------------------------- authorities
@click.group(help="机构：国家、省、市、考点。")
def authority() -> None:
    """Gather the commands of authorities."""


@authority.command("add", help="增设机构。代码用 GB/T 2260 数字，国家一级写 cn。")
@click.argument("code")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in AuthorityKind]), help="层级。")
@click.option("--under", help="上级机构的代码；国家一级不写。")
@click.option("--organisation", default="", help="单位名称，例如“山西省人事考试中心”。")
@click.option("--phone", default="", help="咨询电话，页面上会显示。")
@click.option("--address", default="", help="地址。")
@answered
def authority_add(*, code: str, name: str, kind: str, under: str | None, **letterhead: str) -> None:
    """Add one authority below another."""
    added = actions.create_authority(
        code=code,
        name=name,
        kind=AuthorityKind(kind),
        parent=get_authority(under) if under else None,
        by=SYSTEM,
        now=clock.now(),
        **letterhead,
    )
    click.echo(_authority_line(added))


@authority.command("list", help="列出全部机构。")
def authority_list() -> None:
    """Print the tree."""
    for one in authorities_below(""):
        click.echo(_authority_line(one))


def _authority_line(one: Authority) -> str:
    indent = "  " * (one.path.count("/") - 1)
    facts = (one.name, str(authority_kind_label(one.kind)), one.organisation, one.phone)
    return f"{indent}{one.code}  " + "  ".join(fact for fact in facts if fact)


# ---------------------------------------------------------------- staff
@click.group(help="工作人员。")
def staff() -> None:
    """Gather the commands of staff."""


@staff.command("add", help="开设工作人员账号，打印一次性密码。账号任职以后才能办理业务。")
@click.argument("username")
@click.argument("name")
@answered
def staff_add(*, username: str, name: str) -> None:
    """Open an account and print its one-time password, once."""
    password = staffing.take_on(username=username, display_name=name, by=SYSTEM, now=clock.now())
    _hand_over(username, password)


@staff.command("renew", help="密码或第二道验证丢失时，发新的一次性密码；旧密码、验证器和登录全部作废。")
@click.argument("username")
@answered
def staff_renew(*, username: str) -> None:
    """Let somebody in anew."""
    _hand_over(username, staffing.let_in_anew(username=username, by=SYSTEM, now=clock.now()))


def _hand_over(username: str, password: str) -> None:
    click.echo(f"登录名 {username}  一次性密码 {password}")
    click.echo(f"密码只显示这一次，请当面交给本人。首次登录（{SIGN_IN}）时须换成自己的密码，并绑定验证器。")


@staff.command("appoint", help="任命：在一个机构（含其下级）担任一个岗位。")
@click.argument("username")
@click.option("--at", "code", required=True, help="机构代码。")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="岗位。")
@click.option("--unit", required=True, help="处室。共同签发的两人须属于不同处室。")
@click.option("--from", "starts_on", type=day, help="起始日期；不写则从今天起。")
@click.option("--until", "ends_on", type=day, help="最后一天；不写则一直有效。")
@answered
def staff_appoint(
    *, username: str, code: str, role: str, unit: str, starts_on: date | None, ends_on: date | None
) -> None:
    """Give a member of staff a role."""
    place, account = get_authority(code), staffing.get_member(username)
    actions.appoint(
        account=account,
        authority=place,
        role=Role(role),
        unit=unit,
        starts_on=starts_on or clock.today(),
        ends_on=ends_on,
        by=SYSTEM,
        now=clock.now(),
    )
    click.echo(f"{account.display_name}：{place.name} {role_label(role)}（{unit}）")


@staff.command("list", help="列出全部工作人员、任职和登录准备情况。")
def staff_list() -> None:
    """Print who works here."""
    for member in staffing.members(today=clock.today()):
        click.echo(f"{member.username}  {member.name}  {_standing(member)}")
        for held in member.appointments:
            click.echo(f"    {_held_line(held)}")


def _standing(member: Member) -> str:
    if not member.is_active:
        return "已停用"
    if member.must_replace_password:
        return "尚未用一次性密码登录"
    return "已绑定第二道验证" if member.has_second_factor else "尚未绑定第二道验证"


def _held_line(held: Held) -> str:
    until = f"至 {held.ends_on}" if held.ends_on else "起"
    return (
        f"{held.authority_code} {held.authority_name}  {held.role.value} {role_label(held.role)}"
        f"（{held.unit}）  {held.starts_on} {until}"
    )
