# Two commands do everything on a machine with Python 3.11+ and make: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null)

.PHONY: run test fuzz ui lint format bench lock docs clean

run: $(STAMP)
	$(BIN)/klimat refresh

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile -q

# New examples for the properties, until so many seconds are spent; `make test` draws the same ones every day.
SECONDS ?= 300
fuzz: $(STAMP)
	$(BIN)/python -m klimat_pipeline_tests.support.fuzz $(SECONDS)

ui: $(STAMP)
	$(BIN)/klimat ui

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python -m benchmarks

docs: $(STAMP)
	$(BIN)/python -m klimat_pipeline.contracts.dictionary docs/data_dictionary.md

# The environment: made anew whenever the lock changes. uv where it is at hand, else venv and pip.
$(STAMP): requirements.lock pyproject.toml
	@echo "setting up $(VENV) (once; a minute or two)"
ifdef UV
	uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	VIRTUAL_ENV=$(VENV) uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(VENV) uv pip install --quiet --no-deps --no-build-isolation -e .
else
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
endif
	@# A plain `dagster dev` finds the runs of `make run` through this file; a DAGSTER_HOME that is set wins.
	@test -e .env || echo 'DAGSTER_HOME=$${DAGSTER_HOME:-$(CURDIR)/data/dagster}' > .env
	@touch $@

# Needs uv. Writes no index address; installs with plain pip too.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf data/intermediate data/published data/snapshots/fetched
