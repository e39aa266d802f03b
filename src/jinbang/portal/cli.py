"""The command line. This half runs before Django: it chooses the home folder, which the settings read, and hands over.

`commands` holds the commands themselves.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import django

from config.env import read_environment
from jinbang.kernel.crypto import KeyRing

ROOT: Final = Path(__file__).resolve().parents[3]
HOMES: Final = {"demo": ROOT / "var" / "demo", "rehearse": ROOT / "var" / "rehearsal"}


def main() -> None:
    """Run one command. The demo and rehearsals live in folders of their own, unless JINBANG_HOME says otherwise."""
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    if command in HOMES:
        os.environ.setdefault("JINBANG_HOME", str(HOMES[command]))
        os.environ["JINBANG_DEMO"] = "1"
    if command == "make-keys":
        make_key_ring()
        return
    django.setup()
    import_module("jinbang.portal.commands").cli()


def make_key_ring() -> None:
    """Make the key ring of an installation, once. Without one a production process does not even start."""
    environment = read_environment()
    home = Path(environment.text("JINBANG_HOME", str(ROOT / "var" / "local")))
    path = Path(environment.text("JINBANG_KEY_RING", str(home / "key_ring.json")))
    if path.exists():
        sys.exit(f"{path} 已存在，没有改动：丢了旧密钥，已加密的资料就再也打不开。")
    path.parent.mkdir(parents=True, exist_ok=True)
    KeyRing.generate().save(path)
    sys.stdout.write(f"已生成 {path}。请立即异地备份。\n")


if __name__ == "__main__":
    main()
