"""One form and one context with every component of the house in it: for looking at, and for the tests that look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms

from jinbang.kernel.clock import SHANGHAI

NOW = datetime(2026, 5, 8, 9, 0, tzinfo=SHANGHAI)


class EveryField(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label="姓名",
        help_text="与证件上的完全一致。",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    ticket_number = forms.CharField(label="准考证号", max_length=20)
    number = forms.IntegerField(label="工作年限", min_value=0, max_value=60)
    born = forms.DateField(label="出生日期")
    opens = forms.DateTimeField(label="开始时间", required=False)
    level = forms.ChoiceField(label="级别", choices=[("", "请选择"), ("junior", "初级"), ("middle", "中级")])
    track = forms.ChoiceField(
        label="报考方式", choices=[("whole", "考全科"), ("exempt", "免试部分科目")], widget=forms.RadioSelect
    )
    subjects = forms.MultipleChoiceField(
        label="科目",
        help_text="可以多选。",
        choices=[("a", "建设工程造价管理基础知识"), ("b", "建设工程计量与计价实务（安装工程）")],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    photo = forms.FileField(label="照片", help_text="JPG，不超过 20 KB。")
    password = forms.CharField(label="密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    agree = forms.BooleanField(label="我已阅读并承诺遵守", help_text="提交后内容将锁定。")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


@dataclass(frozen=True)
class Change:
    """One line of a timeline."""

    label: str
    at: datetime
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Column:
    """A column whose cells are numbers."""

    label: str
    is_number: bool = True


def context() -> dict[str, Any]:
    """Return what `style_guide.html` shows."""
    return {
        "form": EveryField({"name": "", "track": "whole", "level": "middle", "ticket_number": "26140100123"}),
        "fresh": EveryField(),
        "now": NOW,
        "until": NOW + timedelta(days=3, hours=4, minutes=5, seconds=6),
        "rows": [
            ("姓名", "买买提·吐尔逊"),
            ("证件号码", "1401**********0013"),
            {"key": "考点", "value": ["太原市第五中学", "太原市迎泽区青年路"], "url": "#", "action": "更换"},
            ("备注", ""),
        ],
        "changes": [
            Change("提交报名", NOW - timedelta(days=6)),
            Change("审核退回", NOW - timedelta(days=5), by="周", reason="照片不符合要求，请上传本人近期免冠正面照片。"),
            Change("审核通过", NOW - timedelta(days=3)),
        ],
        "columns": ["科目", Column("满分"), Column("合格标准"), Column("成绩")],
        "table": [["建设工程造价管理基础知识", 100, 60, "86.5"], ["建设工程计量与计价实务", 100, 60, "72"]],
    }
