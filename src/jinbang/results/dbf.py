"""Reading DBF files (dBASE III and later, FoxPro), in which offices still exchange rosters. Pure.

Cells are bytes as they stand in the file: which encoding they are in, `tables` settles. Deleted records are left out.
The format: https://www.dbase.com/Knowledgebase/INT/db7_file_fmt.htm and its older forms, which share this layout.
"""

import struct
from dataclasses import dataclass
from typing import Final

from jinbang.results.errors import TableUnreadable

VERSIONS: Final = frozenset({0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5})
PLAIN_KINDS: Final = frozenset(b"CNFDL")
"""Character, number, float, day, yes or no. Whatever else a file has (memo, picture) cannot be a mark or a number."""
_HEADER: Final = struct.Struct("<B3sIHH20x")
_FIELD: Final = struct.Struct("<11sc4xBB14x")
_FIELDS_END: Final = 0x0D
_DELETED: Final = ord("*")
_END: Final = 0x1A
_MONTHS_MAX, _DAYS_MAX = 12, 31


@dataclass(frozen=True)
class _Field:
    name: bytes
    kind: int
    at: int
    length: int


def is_dbf(content: bytes) -> bool:
    """Whether the first bytes are a DBF header: a known version, a day of its last change, sizes that fit the file."""
    if len(content) <= _HEADER.size or content[0] not in VERSIONS:
        return False
    _, changed, _, header_bytes, record_bytes = _HEADER.unpack_from(content)
    return bool(
        changed[1] <= _MONTHS_MAX
        and changed[2] <= _DAYS_MAX
        and _HEADER.size < header_bytes <= len(content)
        and record_bytes > 1
    )


def read(content: bytes) -> list[list[bytes]]:
    """Return the names of the columns, then each record that is not deleted. Refuses a file cut short."""
    _, _, count, header_bytes, record_bytes = _HEADER.unpack_from(content)
    fields = _fields(content[_HEADER.size : header_bytes], record_bytes=record_bytes)
    end = header_bytes + count * record_bytes
    if not fields or len(content) < end or content[end : end + 1] not in {b"", bytes([_END])}:
        raise TableUnreadable
    rows = [[field.name for field in fields]]
    rows.extend(
        [content[start + f.at : start + f.at + f.length].strip(b" \x00") for f in fields]
        for start in range(header_bytes, end, record_bytes)
        if content[start] != _DELETED
    )
    return rows


def _fields(described: bytes, *, record_bytes: int) -> list[_Field]:
    fields: list[_Field] = []
    at = 1  # the first byte of a record says whether it is deleted
    for start in range(0, len(described) - _FIELD.size + 1, _FIELD.size):
        if described[start] == _FIELDS_END:
            break
        name, kind, length, decimals = _FIELD.unpack_from(described, start)
        width = length + 256 * decimals if kind == b"C" else length  # long text keeps its high byte in the decimals
        if kind[0] in PLAIN_KINDS:
            fields.append(_Field(name.split(b"\x00", 1)[0].strip(), kind[0], at, width))
        at += width
    if at != record_bytes:
        raise TableUnreadable
    return fields
