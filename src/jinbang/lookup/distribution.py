"""How a snapshot reaches the nodes: the worker offers it in `STORAGES["snapshots"]`, each node pulls it from there.

What is offered is sealed and its pointers are signed, so the store needs to be available and neither secret nor
trusted. A store has no atomic replace: files are never written twice, and each state of a release is a pointer with the
next number, of which the last one counts. What is half there is left for the next time. Used by the worker and by
`jinbang pull-snapshots`, never by a lookup process.
"""

import json
import logging
import re
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

from jinbang.kernel.crypto import key_ring
from jinbang.lookup import pointer, snapshot
from jinbang.lookup.errors import SnapshotDamaged
from jinbang.lookup.pointer import POINTER, Pointer, PointerKeys
from jinbang.lookup.snapshot import Publication

ALIAS: Final = "snapshots"
_NUMBERED: Final = re.compile(r"pointer-(\d{9})\.json")
_log: Final = logging.getLogger(__name__)


def store() -> Storage | None:
    """Return the store; None in the embedded default, where nodes read the very folder that the worker writes."""
    found = storages[ALIAS]
    if isinstance(found, FileSystemStorage) and Path(found.location) == Path(settings.JINBANG_SNAPSHOTS).resolve():
        return None
    return found


def pointer_keys() -> PointerKeys:
    """Return what this process believes a pointer by: the keys that its setting names, else its own key ring's."""
    named = settings.JINBANG_POINTER_KEYS
    return PointerKeys.of_text(named) if named else PointerKeys.of_ring(key_ring())


def offer(storage: Storage, folder: Path) -> list[str]:
    """Put into the store what this folder has and it has not; returns the releases whose state is new there."""
    offered = []
    for release in sorted(path.parent.name for path in folder.glob(f"*/{POINTER}")):
        content = (folder / release / POINTER).read_bytes()
        number, known = _newest(storage, release)
        if known == content:
            continue
        for publication in Pointer.parsed(content, release, keys=pointer_keys()).generations.values():
            _upload(storage, folder, publication)
        _save(storage, f"{release}/pointer-{number + 1:09d}.json", ContentFile(content))
        _sweep(storage, release, keep=number + 1, content=content)
        offered.append(release)
    return offered


def pull(storage: Storage, folder: Path, *, keys: PointerKeys) -> list[str]:
    """Bring this folder to the state of the store; returns the releases that changed.

    A state that is not signed, or older than the one here, is not taken. A file is checked against its checksum before
    the pointer names it, and the pointer is replaced atomically: a node sees the old state or the new one.
    """
    pulled = []
    for release in sorted(storage.listdir("")[0]):
        _number, content = _newest(storage, release)
        if content is None or content == _local(folder, release):
            continue
        state = _believed(content, release, keys, past=_number_here(folder, release, keys))
        if state is None or not all(_download(storage, folder, one) for one in state.generations.values()):
            continue
        (folder / release).mkdir(parents=True, exist_ok=True)
        pointer.write(folder, release, content=content)
        _forget_others(folder / release, {one.file for one in state.generations.values()})
        pulled.append(release)
    return pulled


def _believed(content: bytes, release: str, keys: PointerKeys, *, past: int) -> Pointer | None:
    """Return the state that a store offers, if the installation signed it and it is not before the one of `past`."""
    try:
        state = Pointer.parsed(content, release, keys=keys)
        state.require_not_before(past)
    except SnapshotDamaged as refusal:
        _log.error("the store's pointer of %s is not taken: %s", release, refusal.fields)  # the reason is all there is
        return None
    return state


def _number_here(folder: Path, release: str, keys: PointerKeys) -> int:
    try:
        return Pointer.read(folder, release, keys=keys).number
    except SnapshotDamaged:
        return 0  # nobody can have seen anything by it


def _upload(storage: Storage, folder: Path, publication: Publication) -> None:
    name = f"{publication.release}/{publication.file}"
    path = folder / name
    if storage.exists(name):
        if storage.size(name) == path.stat().st_size:
            return
        storage.delete(name)  # cut off when a worker died; nobody could pull it, its checksum is wrong
    with path.open("rb") as file:
        _save(storage, name, File(file))


def _save(storage: Storage, name: str, content: "File[bytes]") -> None:
    """Save under this very name: a store that chooses another has one already, by somebody who was faster."""
    saved = storage.save(name, content)
    if saved != name:
        storage.delete(saved)
        raise FileExistsError(name)


def _download(storage: Storage, folder: Path, publication: Publication) -> bool:
    path = folder / publication.release / publication.file
    if path.exists():
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".pulled-{secrets.token_hex(4)}")
    try:
        with storage.open(f"{publication.release}/{publication.file}", "rb") as source, draft.open("wb") as target:
            for chunk in source.chunks(1 << 20):
                target.write(chunk)
        if snapshot.checksum(draft) != publication.sha256:
            _log.error("snapshot %s is not whole in the store, or not what was published", publication.file)
            return False
        draft.chmod(0o440)
        draft.replace(path)
    except FileNotFoundError:
        _log.warning("snapshot %s is not in the store yet", publication.file)
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def _newest(storage: Storage, release: str) -> tuple[int, bytes | None]:
    """Return the last pointer of a release that is whole, with its number; 0 and None where there is none."""
    names = _names(storage, release)
    for number in sorted((int(found[1]) for name in names if (found := _NUMBERED.fullmatch(name))), reverse=True):
        with storage.open(f"{release}/pointer-{number:09d}.json", "rb") as file:
            content: bytes = file.read()
        try:
            json.loads(content)
        except ValueError:
            continue
        return number, content
    return 0, None


def _names(storage: Storage, release: str) -> list[str]:
    try:
        return list(storage.listdir(release)[1])
    except FileNotFoundError:
        return []


def _local(folder: Path, release: str) -> bytes | None:
    try:
        return (folder / release / POINTER).read_bytes()
    except FileNotFoundError:
        return None


def _sweep(storage: Storage, release: str, *, keep: int, content: bytes) -> None:
    """Remove what no pointer that counts names: earlier pointers, and files that were withdrawn or replaced."""
    wanted = {row["file"] for row in json.loads(content)["generations"]}
    for name in _names(storage, release):
        pointer = _NUMBERED.fullmatch(name)
        if (pointer and int(pointer[1]) < keep) or (name.endswith(".lmdb") and name not in wanted):
            storage.delete(f"{release}/{name}")


def _forget_others(place: Path, wanted: set[str]) -> None:
    for path in place.glob("*.lmdb"):
        if path.name not in wanted:
            path.unlink()
