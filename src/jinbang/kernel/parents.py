"""Ending with whoever began a process, however that one ended: an orphan holds a port, a database and keys.

A parent that is killed tells nobody, so the child has to notice. There are two kinds of child: one that became another
program asks the system to be killed, one of `multiprocessing` watches the pipe that it shares with its parent. Both
also notice a parent that was gone before they asked. Called by every role, by Granian's workers and by the processes
that seal snapshots.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Final

DRAIN_SECONDS: Final = 5.0
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


def end_with(parent: int) -> None:
    """Have this process killed when its parent is gone. It holds for whatever program this process becomes.

    Linux alone knows of it; elsewhere nothing is asked for, and whoever kills a parent has to look for its children.
    """
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it was gone already
        os.kill(os.getpid(), signal.SIGKILL)


def end_with_parent() -> None:
    """End this process of `multiprocessing` when its parent is gone; what has begun has a few seconds to finish.

    Granian's workers are such processes. In any other nothing happens.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)  # Granian lets what has begun finish
        time.sleep(DRAIN_SECONDS)
        os._exit(1)  # somebody holds a connection open

    threading.Thread(target=watch, name="parent", daemon=True).start()
