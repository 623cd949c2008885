"""Files that are what they were when somebody looked at them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec


class UnusableModelFile(ValueError):
    """The file that *setting* names cannot be used; the *issue* goes on from its name, and holds no value."""

    def __init__(self, setting: str, issue: str) -> None:
        super().__init__(f"{setting} {issue}")
        self.setting = setting
        self.issue = issue


class PinnedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file, the SHA-256 of what it has to hold, in hexadecimal, and the settings that say so."""

    path: Path
    sha256: str
    path_setting: str
    sha256_setting: str

    def read(self) -> bytes:
        """
        Return what the file holds.

        What is returned is what was checked: nobody can change the file in between.
        Raises UnusableModelFile if it cannot be read, or holds anything else.
        """
        try:
            content = self.path.read_bytes()
        except OSError:
            raise UnusableModelFile(self.path_setting, "does not name a file that can be read.") from None
        if hashlib.sha256(content).hexdigest() != self.sha256.strip().lower():
            raise UnusableModelFile(self.sha256_setting, f"is not the SHA-256 of {self.path_setting}.")
        return content
