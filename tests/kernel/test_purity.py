"""The kernel stands alone: it imports neither Django nor any phase."""

import subprocess
import sys

PROBE = """
import pkgutil, importlib, sys
import jinbang.kernel
names = [found.name for found in pkgutil.walk_packages(jinbang.kernel.__path__, "jinbang.kernel.")]
for name in names:
    importlib.import_module(name)
strangers = [name for name in sys.modules if name.split(".")[0] == "django"]
strangers += [name for name in sys.modules if name.startswith("jinbang.") and not name.startswith("jinbang.kernel")]
print(len(names), strangers)
"""


def test_the_kernel_imports_neither_django_nor_a_phase() -> None:
    ran = subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True, env=_environment())
    count, strangers = ran.stdout.split(maxsplit=1)
    assert int(count) >= 18
    assert strangers.strip() == "[]"


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(path for path in sys.path if path)}
