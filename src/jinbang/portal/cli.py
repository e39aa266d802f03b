"""The command line. This half runs before Django: it chooses the home folder, which the settings read, and hands over.

`commands` holds the commands themselves.
"""

import gc
import os
import sqlite3
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import django
from django.db import OperationalError, connection

from config.env import Environment, SettingError, read_environment
from jinbang.kernel.crypto import KeyRing

ROOT: Final = Path(__file__).resolve().parents[3]
VAR: Final = ROOT / "var"
LOCAL: Final = "local"
HOMES: Final = {"demo": "demo", "rehearse": "rehearsal"}
DATABASE: Final = "jinbang.sqlite3"
WORLD: Final = "world.json"
"""What a demo world leaves in its home when it is built."""


def main() -> None:
    """Run one command. What whoever runs it can mend by themselves is said in a sentence and not as a fault of ours."""
    try:
        _run()
    except SettingError as fault:
        sys.exit(f"设置有误，没有开始：{fault}")
    except OperationalError as fault:
        if connection.connection is not None:
            raise
        sys.exit(
            f"连不上数据库：{fault}\n请检查 JINBANG_DATABASE_URL 写得对不对、数据库有没有运行，然后重新运行这条命令。"
        )


def _run() -> None:
    """Run one command. The demo and rehearsals live in folders of their own, unless JINBANG_HOME says otherwise."""
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    home, is_demo = home_of(command, read_environment(), var=VAR)
    if is_demo:
        os.environ["JINBANG_HOME"], os.environ["JINBANG_DEMO"] = str(home), "1"
    if command == "make-keys":
        make_key_ring()
        return
    _loaded(command).cli()


def _loaded(command: str) -> ModuleType:
    """Load the program and a command. What is loaded stays to the end: a third of a start was looking it through."""
    gc.disable()
    django.setup()
    commands = import_module("jinbang.portal.commands")
    commands.find_command(command)
    gc.freeze()
    gc.enable()
    return commands


def home_of(command: str, environment: Environment, *, var: Path) -> tuple[Path, bool]:
    """Return in which folder a command runs, and whether that is a demo.

    A world that was built as a demo stays one, whoever serves it. `serve` serves it where nothing else was set up.
    """
    home = environment.text("JINBANG_HOME")
    if home:
        return Path(home), command in HOMES or (Path(home) / WORLD).exists()
    demo = var / HOMES["demo"]
    if command == "serve" and (demo / WORLD).exists() and not environment.text("JINBANG_DATABASE_URL"):
        return (var / LOCAL, False) if _has_tables(var / LOCAL / DATABASE) else (demo, True)
    return var / HOMES.get(command, LOCAL), command in HOMES


def _has_tables(path: Path) -> bool:
    """Whether an installation was set up there; a refused command may have left an empty file."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


def make_key_ring() -> None:
    """Make the key ring of an installation, once. Without one a production process does not even start."""
    environment = read_environment()
    home, _is_demo = home_of("make-keys", environment, var=VAR)
    path = Path(environment.text("JINBANG_KEY_RING", str(home / "key_ring.json")))
    if path.exists():
        sys.exit(f"{path} 已存在，没有改动：丢了旧密钥，已加密的资料就再也打不开。")
    path.parent.mkdir(parents=True, exist_ok=True)
    KeyRing.generate().save(path)
    sys.stdout.write(f"已生成 {path}。请立即异地备份。\n")


if __name__ == "__main__":
    main()
