#!/bin/sh
# Make requirements.lock, image/embedders.lock and image/build.lock anew, after a change of pyproject.toml or constraints.txt.
# Universal: the hashes are those of every platform and Python, of which the image takes one.
set -eu
cd "$(dirname "$0")/.."

UV=0.13.9
# What every image serves with, and what EMBEDDERS=yes adds.
EXTRAS="service postgres azure telemetry embeddings"
EMBEDDERS="e5 onnx"

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet "uv==$UV"

compile() {
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes \
        --no-annotate --custom-compile-command image/lock.sh "$@"
}

# compile_extras LOCK EXTRA …
compile_extras() {
    lock=$1
    shift
    for extra; do
        shift
        set -- "$@" --extra "$extra"
    done
    compile "$@" --constraints constraints.txt --output-file "$lock" pyproject.toml
}

# shellcheck disable=SC2086 # words
compile_extras requirements.lock $EXTRAS
# shellcheck disable=SC2086 # words
compile_extras image/embedders.lock $EMBEDDERS
compile --output-file image/build.lock image/build.in
