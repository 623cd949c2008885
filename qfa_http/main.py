"""The application that `uvicorn qfa_http.main:app` serves, made from the environment."""

from __future__ import annotations

import os
import sys

from qfa_http.app import create_app
from qfa_http.container import build_container
from qfa_http.logs import configure_logging
from qfa_http.memory import give_back_large_blocks
from qfa_http.settings import SettingsError, read_settings
from qfa_http.start import require_key_source
from qfa_http.stop import CleanExit
from qfa_http.warm import Warmed

# The event loop gets its turn within a millisecond of asking, not five, while threads look for names.
sys.setswitchinterval(0.001)
give_back_large_blocks()

try:
    _settings = read_settings(os.environ)
    configure_logging(_settings.logging)
    require_key_source(_settings)
    _container = build_container(_settings)
    app = CleanExit(Warmed(create_app(_container), _container.anonymizer().check))
except SettingsError as error:
    sys.exit(f"qfa: {error}")
