"""One counterpart: the same query as a plain Django view over PostgreSQL, behind Granian, as many sites do it.

A form, the same proof of work checked by the same code, one indexed read through the ORM over a pooled connection, one
compiled template of the size of our page. Three middlewares and no session. It counts no misses, seals nothing and
writes no log, so that the comparison is in its favour. `django_whole` is the one that does all that ours does.
"""

import json
import os
from pathlib import Path

from django import forms
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from benchmarks.lookup.django_settings import configure
from benchmarks.lookup.world import HEADER, proof_key, typed_by
from jinbang.lookup.challenge import ProofOfWork

configure(
    middlewares=(
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ),
    urls=__name__,
)

FRAME = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>成绩</title></head><body><main>
<h1>{{ row.title }}</h1><dl><dt>姓名</dt><dd>{{ row.name }}</dd><dt>证件号码</dt><dd>{{ row.document_number }}</dd></dl>
<table>{% for line in lines %}<tr><td>{{ line.subject }}</td><td>{{ line.mark }}</td><td>{{ line.verdict }}</td></tr>
{% endfor %}</table>{{ padding }}</main></body></html>"""


class Result(models.Model):
    """A row that shows a result."""

    ticket_number = models.CharField(max_length=20)
    document_number = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=100)
    lines = models.JSONField()
    objects: models.Manager["Result"] = models.Manager()

    class Meta:
        """As in many systems: one index over what is typed."""

        app_label = "bench"
        indexes = (models.Index(fields=("ticket_number", "document_number"), name="bench_typed"),)

    def __str__(self) -> str:
        """Return the number."""
        return self.ticket_number


class Query(forms.Form):
    """What is typed, and the solved challenge."""

    ticket_number = forms.CharField(max_length=64)
    document_number = forms.CharField(max_length=64)
    name = forms.CharField(max_length=96)
    altcha = forms.CharField(max_length=1024)


def query(request: HttpRequest, release: str) -> HttpResponse:  # noqa: ARG001  # part of the address
    """Answer a query."""
    form = Query(request.POST)
    if not form.is_valid():
        return HttpResponse("填写不完整", status=422)
    _proof.require_solved(form.cleaned_data.pop("altcha"))
    row = Result.objects.filter(**form.cleaned_data).first()
    if row is None:
        return HttpResponse("没有查到成绩", status=404)
    return HttpResponse(_template.render({"row": row, "lines": row.lines, "padding": _padding}))


def fill(people: int) -> None:
    """Make the table and its rows."""
    with connection.schema_editor() as editor:
        editor.create_model(Result)
    lines = json.dumps([{"subject": HEADER.title, "mark": "86.5", "verdict": "合格"}])
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY bench_result (ticket_number, document_number, name, title, lines) FROM STDIN") as copy,
    ):
        for number in range(people):
            copy.write_row((*typed_by(number).values(), HEADER.title, lines))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bench_result")


_proof = ProofOfWork(key=proof_key(Path(os.environ["JINBANG_HOME"])))
_template = engines["django"].from_string(FRAME)
_padding = "成绩" * (int(os.environ.get("BENCH_PAGE_BYTES", "3000")) // 6)
urlpatterns = [path("lookup/<slug:release>", query)]

from django.core.wsgi import get_wsgi_application  # after the settings

application = get_wsgi_application()
