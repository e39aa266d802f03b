"""Ending with one's parent where it is gone already. Whole installations are killed in `portal/test_orphans.py`."""

import signal
import subprocess
import sys

import pytest

GOES_ON = "import sys; from jinbang.kernel.parents import end_with; end_with(int(sys.argv[1])); print('goes on')"
OF_NO_POOL = "from jinbang.kernel.parents import end_with_parent; end_with_parent(); print('goes on')"


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_parent_that_was_gone_before_its_child_asked_is_noticed_at_once(*, is_gone: bool) -> None:
    script = GOES_ON if is_gone else f"import os, sys; sys.argv.append(os.getppid()); {GOES_ON}"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    words = [sys.executable, "-c", script, *([str(gone.pid)] if is_gone else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == ((-signal.SIGKILL, "") if is_gone else (0, "goes on\n"))


def test_what_is_no_process_of_a_pool_watches_nobody() -> None:
    done = subprocess.run([sys.executable, "-c", OF_NO_POOL], capture_output=True, text=True, check=True)
    assert done.stdout == "goes on\n"
