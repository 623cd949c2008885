# The commands of this project; `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
.DEFAULT_GOAL := help
include infra/checks.mk
.PHONY: help install demo run test check lint format bench bench-privacy bench-corpus bench-http bench-usage reference lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "QFA needs Python 3.11 or newer: make install PYTHON=python3.12"; exit 1; }
	@echo "Installing into $(VENV), which takes about a minute …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[service,postgres,azure,telemetry,embeddings,e5,onnx,dev]'
	@touch $@

install: $(VENV)/.installed ## make a .venv with everything

demo: install ## analyse the sample corpus over HTTP on the embedded defaults
	@$(BIN)/python -m integrations.demo

run: install ## serve on the embedded defaults until Ctrl-C
	@$(BIN)/qfa serve

test: install ## run every test
	$(BIN)/python -m pytest

lint: install ## format, lint, types, imports; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## everything that CI runs

format: install ## format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install ## measure the anonymiser and the look-up of keys; prints tables
	@$(BIN)/python -m benchmarks.privacy
	@$(BIN)/python -m benchmarks.keys

bench-http: install ## measure the HTTP service: latency, throughput, cold start, memory; takes a quarter of an hour
	@$(BIN)/python -m benchmarks.http
	@$(BIN)/python -m benchmarks.http_bodies

bench-usage: install ## measure reports of usage on up to a million LLM calls; takes some minutes
	@$(BIN)/python -m benchmarks.usage --embedded

bench-privacy: install ## measure what the anonymiser finds, by language, origin and kind, and how fast
	@$(BIN)/python -m benchmarks.privacy_report

bench-corpus: install ## measure hierarchical analyses of 1,000 to 100,000 records; takes some minutes
	@$(BIN)/python -m benchmarks.hierarchical

reference: install ## write docs/reference.md anew from the docstrings
	@$(BIN)/python docs/reference.py

lock: install ## make the locks of the image anew
	@image/lock.sh

clean: ## remove what was made here
	rm -rf $(VENV) $(CHECKOV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
