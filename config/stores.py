"""Where sealed snapshots lie on their way to the lookup nodes: a folder, or a bucket that speaks S3."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

S3: Final = "s3"
_IN_MEMORY_MAX: Final = 16 << 20  # of a file that is pulled; the rest lies in a temporary one


def snapshot_store(address: str, *, default: Path) -> dict[str, Any]:
    """Return the entry of `STORAGES` for `/path/to/folder` or `s3://bucket/prefix`, or for the default folder.

    A bucket needs the package `django-storages[s3]` on the worker and on each node that pulls. Keys, region and another
    service's address are given as its client reads them (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL_S3`, …). Refuses, with
    `ValueError`, an address without a bucket and any other scheme.
    """
    parts = urlsplit(address)
    if not parts.scheme:
        location = address or str(default)
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": location}}
    if parts.scheme != S3 or not parts.netloc:
        message = f"{address}: a store is /path/to/folder or s3://bucket/prefix"
        raise ValueError(message)
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "file_overwrite": False,
        "default_acl": None,  # whatever the bucket says
        "max_memory_size": _IN_MEMORY_MAX,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
