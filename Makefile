# Every target uses .venv: `make install` puts what runs into it, the targets that test add their tools.
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/.installed
STAMP := .venv/.installed-with-tools
UV := uv>=0.9,<1
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --generate-hashes --upgrade
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run backup restore screenshots install lock format check lint test demo bench soak mutants clean

help:
	@echo "make run          Rollcall in the browser, with a sample shop to practise on; Ctrl-C stops it"
	@echo "make backup       save data/ to a new folder in backup/, while Rollcall runs (FOLDER=… for another place)"
	@echo "make restore      put a backup into an empty data/: make restore BACKUP=backup/…"
	@echo "make install      make .venv from requirements.lock, exact versions"
	@echo "make demo         load real shop data, build a segment, fill an audience in the stand-in"
	@echo "make test         every test that must pass on every change"
	@echo "make check        format, lint, types, import contracts, tests"
	@echo "make bench        speed and memory, figures for docs/benchmarks.md"
	@echo "make soak         long runs with crashes and faults"
	@echo "make mutants      break operators and compiler on purpose, see that tests notice"
	@echo "make screenshots  pictures of every page in build/screenshots, and the README's"
	@echo "make lock         work out the two lock files again from requirements*.txt"

run: $(RUNTIME)
	@$(BIN)/python run.py

backup: $(RUNTIME)
	@$(BIN)/python -m core backup $(if $(FOLDER),"$(FOLDER)")

restore: $(RUNTIME)
	@test -n "$(BACKUP)" || { echo "Say which one: make restore BACKUP=backup/…" >&2; exit 1; }
	@$(BIN)/python -m core restore "$(BACKUP)"

install: $(RUNTIME)

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Rollcall needs Python 3.11 or newer, and '$(PYTHON)' is not. Name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@df -Pk . | awk 'NR == 2 && $$4 < 1200000 { exit 1 }' || \
	  { echo "Rollcall needs 1.2 GB of free disk for .venv, and there is less. Free some, then try again." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(UV)'

$(RUNTIME): requirements.lock | $(BIN)/uv
	@echo "Installing into .venv …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

$(STAMP): requirements-dev.lock | $(BIN)/uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@ $(RUNTIME)

lock: $(BIN)/uv
	$(LOCK) requirements.txt -o requirements.lock
	$(LOCK) requirements-dev.txt -o requirements-dev.lock

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

test: $(STAMP)
	@$(BIN)/python -m tests.prepare
	$(PYTEST)

demo: $(STAMP)
	@$(BIN)/python -m tests.demo

bench: $(STAMP)
	$(BIN)/python -m tests.bench

soak: $(STAMP)
	@$(BIN)/python -m tests.prepare
	$(PYTEST) -m soak -n 0 --timeout 0

mutants: $(STAMP)
	$(BIN)/python -m tests.mutants

screenshots: $(STAMP)
	@$(BIN)/python -m tests.prepare
	@$(BIN)/python -m tests.e2e.screenshots

clean:
	rm -rf build .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
