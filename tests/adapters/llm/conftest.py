"""Fixtures of the language-model tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.provider import FakeProvider


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """A provider of this test's own."""
    with FakeProvider() as fake:
        yield fake
