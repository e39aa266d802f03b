"""`jinbang serve` as it would be if it told its roles nothing of itself: the twin of a test."""

import subprocess
from typing import Any

from jinbang.portal import cli


class Untold(subprocess.Popen[bytes]):
    """A role without the words that name its parent."""

    def __init__(self, words: list[str], **options: Any) -> None:  # noqa: ANN401  # whatever a process may be given
        """Leave them out."""
        super().__init__(words[: words.index("--parent")], **options)


if __name__ == "__main__":
    subprocess.Popen = Untold  # type: ignore[misc,assignment]  # the point of it
    cli.main()
