"""The version that a build is stamped with."""

from __future__ import annotations

import pytest
from packaging.version import Version

from image.version import SOURCE, stamped, version_of

REVISION = "0123456789abcdef0123456789abcdef01234567"


def test_a_build_says_the_version_of_its_source_and_the_commit() -> None:
    assert version_of(REVISION, '__version__ = "1.2.3"\n') == "1.2.3+g0123456789ab"


def test_two_commits_never_say_the_same() -> None:
    assert version_of(REVISION, SOURCE.read_text()) != version_of("f" + REVISION[1:], SOURCE.read_text())


def test_a_package_installer_takes_it_for_a_version_as_it_stands() -> None:
    version = version_of(REVISION, SOURCE.read_text())

    assert str(Version(version)) == version


def test_what_is_stamped_is_the_version_alone_however_often() -> None:
    source = SOURCE.read_text()
    once = stamped(source, "1.2.3+gabc")

    assert stamped(once, "9.9.9") == stamped(source, "9.9.9")
    assert len(set(once.splitlines()) - set(source.splitlines())) == 1
    assert version_of(REVISION, once) == "1.2.3+g0123456789ab"


@pytest.mark.parametrize("version", ["", "latest", '1.0"\nimport os', "1.0+g-1", "$(id)"])
def test_what_is_no_version_is_stamped_on_nothing(version: str) -> None:
    with pytest.raises(ValueError, match="a version is like"):
        stamped(SOURCE.read_text(), version)


@pytest.mark.parametrize("revision", ["", "main", "0123456", "0123456789ab; id"])
def test_what_is_no_revision_makes_no_version(revision: str) -> None:
    with pytest.raises(ValueError, match="a revision is"):
        version_of(revision, SOURCE.read_text())
