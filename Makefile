# Needs python3 (3.11 or newer), pip, make and git; everything else is fetched into ignored folders.

PYTHON ?= python3
VENV   := .venv
TOOLS  := .tools
BIN    := $(VENV)/bin

# A uv on the PATH is used when there is one that works; otherwise pip puts one into .tools.
UV     := $(or $(shell uv --version >/dev/null 2>&1 && command -v uv),$(TOOLS)/bin/uv)
ASSETS := graphql/explorer/assets
ROOMS  := core ports adapters graphql/api graphql/server

export UV_PYTHON_DOWNLOADS := never

# Three at a time, each file in one process: what a file's tests share is set up once.
TEST := $(BIN)/pytest --numprocesses=3 --dist=loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup run test check audit faults security browser bench benchquick lock licences schema clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# Python may be told to keep nothing that it compiled (PYTHONDONTWRITEBYTECODE): then every start would compile it all.
setup: $(VENV)/.installed $(ASSETS)/.installed ## install everything that running and testing need
	@$(BIN)/python -m compileall -q $(ROOMS)

run: setup ## serve the API with a demo provider at http://127.0.0.1:8000
	@$(BIN)/fiador demo --if-empty
	@$(BIN)/fiador serve

test: setup ## run the tests
	@$(TEST)

check: setup ## lint, types, import rules, schema, licences, known vulnerabilities, then the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/fiador schema --check
	$(BIN)/python .ci/licences.py --check
	$(BIN)/python .ci/audit.py
	$(TEST)

audit: setup ## look for known vulnerabilities in the locked dependencies
	@$(BIN)/python .ci/audit.py

faults: setup ## crashes, outages and load for long (some twenty minutes); the short form is part of the tests
	@$(BIN)/pytest tests/faults --long -v --numprocesses=2 --dist=load --ignore tests/faults/test_sustained.py $(if $(SEED),--seed $(SEED))
	@$(BIN)/pytest tests/faults/test_sustained.py --long -v $(if $(SEED),--seed $(SEED))

security: setup ## attack the service for long (some half an hour); the short form is part of the tests
	@$(TEST) tests/security --long

browser: setup ## install Chromium (Debian) when it is missing, then run the browser tests
	@.ci/chromium
	@$(BIN)/pytest tests/browser

bench: setup ## measure against hand-written routes, on SQLite and PostgreSQL (some forty minutes, 10 GB of disk)
	@$(BIN)/python -m benchmarks $(BENCH)

benchquick: setup ## the same with little data and short rounds (some minutes)
	@$(BIN)/python -m benchmarks --size 20000 --seconds 2 --rounds 2 $(BENCH)

lock: $(UV) ## pin the dependencies after a change in pyproject.toml
	@$(UV) pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock
	@$(UV) pip compile pyproject.toml --extra postgres --universal --python-version 3.11 --constraint requirements.lock \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.service.lock

licences: setup ## write docs/licences.md from the lock and what is installed
	@$(BIN)/python .ci/licences.py

schema: setup ## write schema.graphql from the code
	@$(BIN)/fiador schema > $(VENV)/schema.graphql && mv $(VENV)/schema.graphql schema.graphql

clean: ## remove what set-up and the tools made (the data in .fiador and .benchmarks stay)
	find $(ROOMS) -name __pycache__ -prune -exec rm -rf {} +
	rm -rf $(VENV) $(TOOLS) $(ASSETS) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(TOOLS)/bin/uv:
	@echo "setup: fetching uv"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target $(TOOLS) uv

# The interpreter goes by its real path: a version manager's shim would be resolved anew inside the venv.
$(BIN)/python: | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "setup: Python 3.11 or newer is needed")'
	@echo "setup: making $(VENV)"
	@$(UV) venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python $(UV)
	@echo "setup: installing the locked dependencies"
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(ASSETS)/.installed: graphql/explorer/package-lock.json graphql/explorer/fetch | $(UV)
	@echo "setup: fetching the explorer's assets"
	@UV="$(UV)" PYTHON="$(PYTHON)" graphql/explorer/fetch
	@touch $@
