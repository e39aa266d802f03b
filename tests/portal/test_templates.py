"""Every shared partial renders every shape it promises, and no page carries script or style in its text."""

import re
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from jinbang.kernel.errors import IllegalTransition
from jinbang.portal.problems import sentence_of
from tests.portal.style_guide import EveryField, context

ROOT = Path(__file__).resolve().parents[2] / "templates"
OURS = sorted([*ROOT.glob("*.html"), *(ROOT / "portal").rglob("*.html"), *(ROOT / "account").rglob("*.html"),
               *(ROOT / "allauth").rglob("*.html"), *(ROOT / "mfa").rglob("*.html")])  # fmt: skip


def shown(template: str, **extra: object) -> str:
    return render_to_string(template, {**context(), **extra}, request=RequestFactory().get("/exams/?year=2026"))


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_of_ours_carries_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or "application/json" in tag, tag


@pytest.mark.usefixtures("style_guide")
def test_the_style_guide_shows_every_component() -> None:
    html = shown("style_guide.html")
    for name in (
        "jb-golden",
        "jb-slate",
        "jb-awaiting",
        "jb-countdown",
        "jb-timeline",
        "govuk-summary-list",
        "jb-scroll",
    ):
        assert f'class="{name}' in html, name
    assert html.count("<h1") == 1


def test_every_error_leads_to_a_control_that_is_there() -> None:
    html = shown("_form.html")
    targets = re.findall(r'<li><a href="#([^"]+)"', html)
    assert len(targets) == len([name for name, errors in context()["form"].errors.items() if errors])
    for target in targets:
        assert f'id="{target}"' in html, target


def test_every_description_of_a_control_is_there() -> None:
    html = shown("_form.html")
    described = [name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()]
    assert described
    for name in described:
        assert f'id="{name}"' in html, name


def test_every_control_has_its_label_and_its_class() -> None:
    html = shown("_form.html", form=EveryField())
    for field in EveryField().visible_fields():
        assert str(field.label) in html
    assert 'type="date"' in html
    assert 'type="datetime-local"' in html
    assert 'autocomplete="name"' in html
    assert 'enctype="multipart/form-data"' in html
    controls = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    assert all("govuk-" in tag for tag in controls if 'type="hidden"' not in tag)


def test_a_browsers_date_picker_is_given_the_date_in_its_own_form() -> None:
    html = shown("_fields.html", form=EveryField(initial={"born": context()["now"].date()}))
    assert 'value="2026-05-08"' in html


def test_a_form_carries_a_submission_key_unless_it_is_told_not_to() -> None:
    assert 'name="submission_key"' in shown("_form.html")
    assert 'name="submission_key"' not in shown("_form.html", keyless=True)


def test_a_refusal_stands_above_the_form_in_its_own_words() -> None:
    html = shown("_form.html", form=EveryField(), refusal=IllegalTransition())
    assert sentence_of(IllegalTransition()) in html
    assert 'role="alert"' in html


def test_a_refusal_can_stand_without_a_form() -> None:
    assert sentence_of(IllegalTransition()) in shown("_refusal.html", refusal=IllegalTransition())
    assert shown("_refusal.html").strip() == ""


def test_what_people_typed_is_escaped() -> None:
    html = shown("_fields.html", form=EveryField({"name": '"><script>alert(1)</script>'}))
    assert "<script>alert" not in html


def test_a_summary_list_says_so_where_there_is_nothing() -> None:
    html = shown("_summary_list.html")
    assert "太原市第五中学<br>太原市迎泽区青年路" in html
    assert "无" in html
    assert ">更换<" in html


def test_a_table_sets_numbers_to_the_right_and_leads_where_a_cell_says() -> None:
    cell = {"text": "2026年度"}
    html = shown("_table.html", caption="各科成绩", rows=context()["table"])
    assert html.count("govuk-table__cell--numeric") == 6
    assert 'role="region"' in html
    assert "还没有人" in shown("_table.html", caption="名单", rows=[], empty="还没有人")
    assert cell["text"] in shown("_table.html", caption="考试", rows=[[cell["text"]]], columns=["考试"])


def test_turning_pages_keeps_the_rest_of_the_address() -> None:
    page = Paginator(range(100), 20).page(2)
    html = shown("_pagination.html", page=page)
    assert "year=2026&amp;page=3" in html
    assert "第 2 页，共 5 页" in html
    assert shown("_pagination.html", page=Paginator([], 20).page(1)).strip() == ""


def test_a_timeline_tells_what_when_and_why() -> None:
    html = shown("_timeline.html")
    assert html.index("提交报名") < html.index("审核退回") < html.index("审核通过")
    assert "照片不符合要求" in html
    assert "还没有记录" in shown("_timeline.html", changes=[])


def test_a_countdown_stands_still_without_scripts() -> None:
    html = shown("_countdown.html")
    assert re.search(r'data-unit="days">3<.*data-unit="hours">04<.*data-unit="minutes">05<', html, re.DOTALL)


def test_a_state_is_one_word_in_its_colour() -> None:
    assert 'govuk-tag--green">审核通过<' in shown("_state_tag.html", label="审核通过", colour="green")
    assert 'govuk-tag--grey">填写中<' in shown("_state_tag.html", label="填写中")


def test_a_notice_is_quiet_or_warns() -> None:
    assert "jb-note--info" in shown("_notice.html", body="请带证件。")
    assert "jb-note--warning" in shown("_notice.html", kind="warning", title="注意", body="即将截止。")
