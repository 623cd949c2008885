"""Azure's command line on somebody's machine, logged in, as far as azure-identity asks it for tokens."""

from __future__ import annotations

import json
import time
from pathlib import Path


def pretend_az_login(folder: Path, token: str) -> str:
    """Write an `az` that hands out *token*, and return the folder to put first in PATH."""
    programs = folder / "programs-of-azure"
    programs.mkdir()
    answer = json.dumps({"accessToken": token, "expires_on": int(time.time()) + 3600, "tokenType": "Bearer"})
    program = programs / "az"
    program.write_text(f"#!/bin/sh\n[ \"$1 $2\" = 'account get-access-token' ] && echo '{answer}'\n")
    program.chmod(0o755)
    return str(programs)
