"""The templates of the style guide stand beside the site's own while the portal is tested."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings


@pytest.fixture
def style_guide(settings: Settings) -> None:
    """Let `style_guide.html` be found."""
    engine: dict[str, Any] = dict(django_settings.TEMPLATES[0])
    engine["DIRS"] = [*engine["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = [engine]
