"""The dated rows of the catalogue. Files seed them; from then on the rows are the truth. No personal data."""

from functools import cached_property

from django.db import models

from jinbang.catalogue.programme import Programme
from jinbang.kernel.ids import new_id


class ProgrammeVersion(models.Model):
    """One version of one programme, insert-only. A sitting pins it, and its hash says what was pinned."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    effective_from = models.DateField()
    sha256 = models.CharField(max_length=64)  # of the canonical form of `content`
    content = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        """The same content of a programme stands once."""

        constraints = (models.UniqueConstraint(fields=["code", "sha256"], name="catalogue_content_once"),)
        indexes = (models.Index(fields=["code", "effective_from", "loaded_at"], name="catalogue_in_force"),)

    def __str__(self) -> str:
        """Name the programme and the day its version begins."""
        return f"{self.name} {self.effective_from.isoformat()}"

    @cached_property
    def programme(self) -> Programme:
        """The version as the typed whole that other phases read. Found by its content, once per row held."""
        from jinbang.catalogue.seeds import programme_from_content  # noqa: PLC0415  # pydantic: roles start without it

        return programme_from_content(self.content)
