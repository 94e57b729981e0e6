# Board's front door. `make help` lists the targets.
#
# Setting up needs python3 (3.11 or newer) with pip, and nothing else: uv comes into .tools/ by
# pip and makes the virtual environment itself, so the venv module may be missing and the system's
# Python may be marked "externally managed".

PYTHON ?= python3
PORT ?= 8000
TESTS ?= tests
WORKERS ?= auto

BIN := .venv/bin
UV_VERSION := 0.13.9
UV := .tools/uv-$(UV_VERSION)/bin/uv

# uv takes the Python that is here, trusts the certificates that the machine trusts (a company's own
# among them), and does not mention that it copies between file systems.
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS ?= true
export UV_LINK_MODE ?= copy

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench setup format lint types layers templates locked settings reformat catalogue lock wheel clean

help: ## Show this list
	@echo "Board. Usage: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-12s %s\n", $$1, $$2 }'

run: .venv/.run ## Set up and serve with sample content on http://127.0.0.1:8000 (PORT=8010 for another port)
	@BOARD_PORT=$(PORT) $(BIN)/board demo
	@BOARD_PORT=$(PORT) exec $(BIN)/board serve

test: .venv/.dev ## Set up and run the whole test suite (TESTS=tests/ballots for a part of it)
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 $(TESTS)

check: format lint types layers templates locked settings ## Check format, lint, types, import layers, templates, locks and the settings page

bench: .venv/.dev ## Measure speed (QUICK=1 for a short look; BENCH="--only reads" for a part)
	@$(BIN)/python -m tests.bench $(if $(QUICK),--quick) $(BENCH)

setup: .venv/.dev ## Only set up, with what developers need

format: .venv/.dev ## Check the Python format
	@$(BIN)/ruff format --check .

lint: .venv/.dev ## Check for faults that ruff knows
	@$(BIN)/ruff check .

types: .venv/.dev ## Check the types
	@$(BIN)/mypy

layers: .venv/.dev ## Check that imports go downward only
	@$(BIN)/lint-imports

templates: .venv/.dev ## Check the templates for faults that djlint knows
	@$(BIN)/djlint --lint templates 2>/dev/null

locked: .venv/.dev ## Check that the locks hold what pyproject.toml asks for
	@$(BIN)/python -m pytest -q --noconftest tests/house/test_lock.py

settings: .venv/.dev ## Check that docs/settings.md tells what board/config.py says
	@$(BIN)/python -m pytest -q --noconftest tests/house/test_settings_page.py

reformat: .venv/.dev ## Put Python files and templates into format, mend what ruff can, write docs/settings.md
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@$(BIN)/djlint --reformat --quiet templates || true
	@$(BIN)/board settings --markdown > docs/settings.md

# A text that changed is new, never guessed from the former one; dates are left out, so that only texts make a difference.
catalogue: .venv/.dev ## Collect every text, bring the catalogues of translations up to date
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F pyproject.toml -k _l --add-location=file --width=110 --project=Board -o build/messages.pot .
	@$(BIN)/pybabel -q update -i build/messages.pot -d board/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=110

# The locks name no package registry, so that they work with whichever one a machine uses. To move
# every library to its newest allowed version: make lock UPGRADE=--upgrade
LOCK = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --custom-compile-command "make lock" $(UPGRADE)

lock: $(UV) ## Write both lock files anew from pyproject.toml (UPGRADE=--upgrade moves every version)
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --group dev --constraints requirements.lock --output-file requirements-dev.lock

wheel: $(UV) ## Build a wheel into dist/
	@$(UV) build --wheel --out-dir dist

clean: ## Remove what set-up and checks made (instance/ stays)
	rm -rf .venv .tools dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Set-up is done again only when pyproject.toml or a lock changes. It compiles Board too, so that the first start is quick,
# and every start where Python may not write what it compiled (PYTHONDONTWRITEBYTECODE).
COMPILE = $(BIN)/python -m compileall -q board

.venv/.run: pyproject.toml requirements.lock $(BIN)/python
	@echo "Installing what Board needs …"
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode --no-deps -r requirements.lock -e .
	@$(COMPILE)
	@touch $@

.venv/.dev: pyproject.toml requirements-dev.lock $(BIN)/python
	@echo "Installing what Board and its developers need …"
	@$(UV) pip install --quiet --exact --python $(BIN)/python --compile-bytecode --no-deps -r requirements-dev.lock -e .
	@$(COMPILE)
	@touch .venv/.run $@

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv

$(UV):
	@command -v $(PYTHON) >/dev/null 2>&1 \
	  || { echo "Board needs Python 3.11 or newer, and there is no $(PYTHON) here. Install it, or name yours: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Board needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 \
	  || { echo "Board needs pip to set itself up, and $(PYTHON) has none. On Debian or Ubuntu: apt-get install python3-pip"; exit 1; }
	@echo "Fetching uv, which sets Board up …"
	@rm -rf .tools
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action=ignore --target .tools/uv-$(UV_VERSION) uv==$(UV_VERSION)
