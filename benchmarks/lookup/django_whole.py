"""The other counterpart: Django and PostgreSQL with everything on that our answer has on.

`startproject`'s middlewares (the view is exempt from CSRF, whose token a crowd of bodies has none of); a proof of work
that is good once, and misses counted per network and per number, both remembered where every process sees them: in
Django's cache over PostgreSQL, as the rest of our own site does it; a sealed record read through the ORM and opened by
our own seal; a page of the same parts filled in by Django's templates; and a line of log. So the two differ in how they
are built, and in nothing that they do. The database need not write to disk before it answers, as ours does not.
"""

import json
import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.lookup.django_settings import configure

CACHE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "bench_cache",
    "OPTIONS": {"MAX_ENTRIES": 1_000_000},
}
configure(
    apps=("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"),
    middlewares=(
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ),
    urls=__name__,
    cache=CACHE,
)

from django import forms  # after the settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from benchmarks.lookup.world import HEADER, RELEASE, entry_of, opened_home, proof_key
from jinbang.kernel.masking import mask_document, mask_name, mask_ticket
from jinbang.lookup.cards import Shorthand
from jinbang.lookup.challenge import LIFETIME_SECONDS, ProofOfWork
from jinbang.lookup.query_form import Typed
from jinbang.lookup.result_page import LEADS, result_facts
from jinbang.lookup.sealing import QueryInputs
from jinbang.lookup.server import new_receipt
from jinbang.lookup.shell import FILE_NAME, MAIN_SLOT, TITLE_SLOT
from jinbang.results.states import Overall

LOCATOR_BYTES = 32
MISSES_MAX = 200
MAIN = """<div class="govuk-grid-row"><div class="govuk-grid-column-two-thirds">
<article class="jb-result" data-overall="{{ overall_code }}">
<section class="jb-golden" aria-labelledby="overall"><p class="jb-panel__exam">{{ title }}</p>
<h1 class="jb-golden__word" id="overall">{{ overall }}</h1><p>{{ lead }}</p></section>
<h2 class="govuk-heading-m">各科成绩</h2><ul class="jb-subjects">{% for line in subjects %}
<li class="jb-subject" data-subject="{{ line.name }}" data-mark="{{ line.mark }}" data-status="{{ line.status }}"
 data-pass-mark="{{ line.pass_mark }}"><h3 class="jb-subject__name">{{ line.name }}</h3>
<p class="jb-subject__mark">{% if line.mark %}<strong>{{ line.mark }}</strong> 分{% else %}无分数{% endif %}</p>
<p class="jb-subject__status">{{ line.status }}</p>
{% if line.pass_mark %}<p class="jb-subject__detail">合格标准 {{ line.pass_mark }} 分</p>{% endif %}
</li>{% endfor %}</ul>
<section class="jb-identity" aria-label="考生信息">
<input class="jb-reveal" type="checkbox" id="reveal" autocomplete="off">
<label class="jb-reveal__label" for="reveal">显示完整的姓名和号码</label><dl class="jb-facts">{% for fact in facts %}
<div><dt>{{ fact.label }}</dt><dd><span class="jb-masked">{{ fact.masked }}</span>
<span class="jb-full">{{ fact.full }}</span></dd></div>{% endfor %}</dl></section>
<h2 class="govuk-heading-m">有效期与说明</h2><ul class="govuk-list govuk-list--bullet">{% for note in notes %}
<li>{{ note }}</li>{% endfor %}</ul>
<h2 class="govuk-heading-m">对成绩有疑问</h2><p class="govuk-body">姓名、号码有误，或者分数与您的情况明显不符的，
请联系{{ desk.name }}并告知下面的回执编号。工作人员会核查是否漏登或错登。</p>
<form method="post" action="/lookup/{{ release }}/picture">
<input type="hidden" name="ticket_number" value="{{ typed.ticket_number }}">
<input type="hidden" name="document_number" value="{{ typed.document_number }}">
<input type="hidden" name="name" value="{{ typed.name }}"><input type="hidden" name="receipt" value="{{ receipt }}">
<button type="submit" class="govuk-button govuk-button--secondary">存为图片</button></form>
<p class="govuk-body-s">回执编号：{{ receipt }}</p><p class="govuk-body-s">{{ desk.name }}，{{ desk.phone }}</p>
</article></div></div>"""


class Sealed(models.Model):
    """A row that holds a sealed record at its locator."""

    locator = models.BinaryField(max_length=LOCATOR_BYTES, unique=True)
    record = models.BinaryField()
    objects: models.Manager["Sealed"] = models.Manager()

    class Meta:
        """Part of no real app."""

        app_label = "bench"

    def __str__(self) -> str:
        """Return the locator."""
        return bytes(self.locator).hex()


class Query(forms.Form):
    """What is typed, and the solved challenge."""

    ticket_number = forms.CharField(max_length=64)
    document_number = forms.CharField(max_length=64)
    name = forms.CharField(max_length=96)
    altcha = forms.CharField(max_length=1024)


@csrf_exempt
@require_POST
def query(request: HttpRequest, release: str) -> HttpResponse:
    """Answer a query."""
    began = time.perf_counter()
    response = _answered(request, release)
    seconds = time.perf_counter() - began
    _log.info(json.dumps({"event": "request", "route": "query", "status": response.status_code, "us": seconds * 1e6}))
    return response


def _answered(request: HttpRequest, release: str) -> HttpResponse:
    form = Query(request.POST)
    if not form.is_valid():
        return HttpResponse("填写不完整", status=422)
    solution = form.cleaned_data.pop("altcha")
    _proof.require_solved(solution)
    if not cache.add(f"used:{solution.rpartition('.')[2]}", 1, LIFETIME_SECONDS):
        return HttpResponse("验证码已经用过", status=422)
    typed = Typed(**form.cleaned_data)
    inputs = QueryInputs.typed(**form.cleaned_data)
    counted = [f"network:{request.META['REMOTE_ADDR']}", f"n:{inputs.ticket_number}", f"n:{inputs.document_number}"]
    if max(cache.get_many(counted).values(), default=0) > MISSES_MAX:
        return HttpResponse("请填写图片验证码", status=422)
    locator, key = _seal.find(inputs)
    row = Sealed.objects.filter(locator=locator).first()
    if row is None:
        for name in counted:
            cache.set(name, cache.get(name, 0) + 1, 3600)
        return HttpResponse("没有查到成绩", status=404)
    card = _shorthand.decode(_seal.open_with(key, bytes(row.record)))
    facts = dict(result_facts(HEADER, card, typed=typed, receipt=new_receipt()))
    shown = [
        {"label": "姓名", "masked": mask_name(typed.name), "full": typed.name},
        {"label": "准考证号", "masked": mask_ticket(typed.ticket_number), "full": typed.ticket_number},
        {"label": "证件号码", "masked": mask_document(typed.document_number), "full": typed.document_number},
    ]
    own = {"release": release, "typed": typed, "facts": shown, "desk": HEADER.desk, "lead": LEADS[Overall.PASSED]}
    return HttpResponse(_template.render({**facts, **own}))


def fill(people: int) -> None:
    """Make the table and its rows, from the snapshot that ours reads."""
    call_command("createcachetable", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Sealed)
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY bench_sealed (locator, record) FROM STDIN") as copy,
    ):
        for number in range(people):
            locator = _seal.locator(entry_of(number).inputs)
            copy.write_row((locator, _generation.record(locator)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bench_sealed")


_home = Path(os.environ["JINBANG_HOME"])
_snapshots, _seal = opened_home(_home)
_generation = _snapshots.current(RELEASE, now=datetime.now(UTC))
_shorthand = Shorthand(HEADER)
_proof = ProofOfWork(key=proof_key(_home))
_frame = (_home / "snapshots" / FILE_NAME).read_text(encoding="utf-8")
_template = engines["django"].from_string(_frame.replace(TITLE_SLOT, "成绩 - {{ title }}").replace(MAIN_SLOT, MAIN))
_log = logging.getLogger("bench.access")
urlpatterns = [path("lookup/<slug:release>", query)]
application = get_wsgi_application()
