"""The HTTP application and the command line."""

import sys

# httpx brings its own command line along, and with it click, rich and pygments: 25 ms of each start, 5 MB of
# each process. It does without where that cannot be imported, which nobody here ever runs.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
