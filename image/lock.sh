#!/bin/sh
# Make requirements.lock and image/build.lock anew, after a change of pyproject.toml or constraints.txt.
# Universal: the hashes are those of every platform and Python, of which the image takes one.
set -eu
cd "$(dirname "$0")/.."

UV=0.13.9
# What an image serves with. Left out: dev, and the embedders that want a model of several hundred MB (e5, onnx).
EXTRAS="service postgres azure embeddings"

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet "uv==$UV"

compile() {
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes \
        --no-annotate --custom-compile-command image/lock.sh "$@"
}

set --
for extra in $EXTRAS; do
    set -- "$@" --extra "$extra"
done
compile "$@" --constraints constraints.txt --output-file requirements.lock pyproject.toml
compile --output-file image/build.lock image/build.in
