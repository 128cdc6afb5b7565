# Everything a newcomer needs: `make run` opens the program, `make test` tests it.
# Needs Python 3.11 or newer (with venv), make and git; all else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run demo test check lint soak bench shots snapshots lock packages clean help

help:            ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

run: $(VENV)/run.stamp  ## Set up and open Strongroom
	@$(BIN)/python -m strongroom $(ARGS)

demo: $(VENV)/run.stamp ## Set up and open a throw-away organisation
	@$(BIN)/python -m strongroom demo $(ARGS)

test: $(VENV)/test.stamp ## Set up and run every test
	@$(BIN)/python -m pytest -n $${JOBS:-6} --dist loadgroup -m "not soak" $(ARGS)

lint: $(VENV)/test.stamp ## Spelling, style, types, walls
	@$(BIN)/codespell
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo >$(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }
	@$(BIN)/python tests/walls/names.py

check: lint test ## Everything that must hold before a change lands

soak: $(VENV)/test.stamp ## The long tests that need a clock, and examples by chance
	@$(BIN)/python -m pytest -m soak -s $(ARGS)
	@CHANCE=1 $(BIN)/python -m pytest -n $${JOBS:-6} -m "not soak" $$(grep -rl "^from hypothesis" --include=test_*.py tests)

bench: $(VENV)/test.stamp ## Ratios measured in one run
	@$(BIN)/python -m bench

shots: $(VENV)/test.stamp ## Draw the pictures in docs/pictures (needs tmux)
	@$(BIN)/python -m tests.stories.shots docs/pictures

snapshots: $(VENV)/test.stamp ## Keep anew what screens and commands show
	@RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q -n $${JOBS:-6} -k "not test_laws" $(wildcard tests/*/snapshots) $(ARGS)
	@RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q $(wildcard tests/*/snapshots/test_laws.py)

packages:        ## Debian packages that the tests drive the program with (as root)
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  python3-venv tmux oathtool openssh-client openssh-server openssh-tests zbar-tools poppler-utils fonts-dejavu-core \
	  postgresql-common zsh fish screen mosh
	@# Only PostgreSQL's programs are wanted: without this its package makes a cluster and starts it.
	sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 postgresql-client-15

lock: $(VENV)/test.stamp ## Resolve the dependencies anew into the two lock files
	@$(PIP) install 'uv>=0.9,<1'
	@for group in "requirements.lock" "requirements-dev.lock --group dev"; do set -- $$group; out=$$1; shift; \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate pyproject.toml --group build $$@ -o $$out; done

clean:           ## Remove what was set up
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Strongroom needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

# The stamps are files so that an unchanged lock costs nothing at the next start.
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up Strongroom in $(VENV) (once) ..." >&2
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) # was stopped half-way
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo "Setting up the tests in $(VENV) (once) ..." >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
