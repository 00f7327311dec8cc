# Everything this project does has one name here. `make help` lists it.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help

.PHONY: help setup run test check lint types format bench lock clean browser
help: ## list what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/pyvenv.cfg:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

web/static/built/manifest.json: package-lock.json web/assets.py $(wildcard web/static/src/*) | $(VENV)/.runtime
	$(BIN)/python -m web.assets

# Compiled once, here, so that a start need not, whatever PYTHONDONTWRITEBYTECODE says.
$(VENV)/.compiled: $(shell find archive web -name '*.py') | $(VENV)/.runtime
	$(BIN)/python -m compileall -q archive web
	@touch $@

setup: $(VENV)/.runtime $(VENV)/.compiled web/static/built/manifest.json ## prepare .venv (with the archive command) and the page assets

run: setup ## serve the program with its demo station at http://127.0.0.1:8000 (PORT= to change)
	@PORT=$(PORT) $(BIN)/archive demo serve

browser: $(VENV)/.dev
	@$(BIN)/python -m tests.browser

test: setup $(VENV)/.dev browser ## set up and pass all tests
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

format: $(VENV)/.dev ## put the code in its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types ## format, lint, imports, types, house rules
	$(BIN)/python -m pytest -q tests/house_rules

bench: setup $(VENV)/.dev ## measure, beside the yardsticks, into bench/results/
	$(BIN)/python -m bench

lock: $(VENV)/.dev ## pin versions and hashes anew
	$(BIN)/uv pip compile pyproject.toml --group build --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet -o requirements-dev.lock

clean: ## remove what can be made again (never data/)
	rm -rf $(VENV) node_modules web/static/built build *.egg-info .mypy_cache .ruff_cache .pytest_cache
