#!/bin/sh
# How the container starts: the database first, and only then the port.
set -eu

# Replicas that start at once wait for each other here. Where it fails, nothing is served.
python -m qfa_http.migrate

exec uvicorn qfa_http.main:app \
    --host "${NETWORK_HOST:-0.0.0.0}" --port "${NETWORK_PORT:-8000}" --workers "${WEB_CONCURRENCY:-1}" \
    --timeout-graceful-shutdown 30 --ws none --no-access-log --no-server-header
