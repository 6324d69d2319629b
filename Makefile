# Two commands do everything on a machine with Python 3.11+ and make: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# `make UV=` does without it.
UV := $(shell command -v uv 2>/dev/null)

.PHONY: run test fuzz same ui lint format bench kills distributed readers odbc frictionless soak upgrade audit sbom lock docs clean

run: $(STAMP)
	$(BIN)/klimat refresh

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -q

# Whether what is published now is what lies in BASE, value for value: make same BASE=../other/data
same: $(STAMP)
	@test -n "$(BASE)" || { echo "say what to compare with: make same BASE=folder of a publication" >&2; exit 2; }
	$(BIN)/klimat same "$(BASE)"

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
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python -m benchmarks

docs: $(STAMP)
	$(BIN)/python -m klimat_pipeline.contracts.dictionary docs/data_dictionary.md
	$(BIN)/python -m klimat_pipeline.contracts.swedish_tables docs/sv/tabeller.md
	$(BIN)/python -m klimat_pipeline.configuration.guide docs/sv/redigera.md
	$(BIN)/python -m klimat_pipeline.configuration.schemas data/schemas
	$(BIN)/python -m klimat_pipeline.contracts.expectations docs/expectations
	$(BIN)/python -m klimat_pipeline_tests.faults.document docs/faults.md

# Kills refreshes at random moments of every phase: make kills KILLS=200.
KILLS ?= 20
kills: $(STAMP)
	$(BIN)/python -m klimat_pipeline_tests.support.kills $(KILLS)

# Runs on two Celery workers, one of them killed, against one process, byte for byte: make distributed MUNICIPALITIES=290
MUNICIPALITIES ?= 20
distributed: $(STAMP)
	$(BIN)/python -m klimat_pipeline_tests.support.distributed $(MUNICIPALITIES)

# Readers of the mart that was published last, while it is published again and again: make readers SECONDS=60 PUBLISHES=50
PUBLISHES ?= 50
readers: $(STAMP)
	$(BIN)/python -m klimat_pipeline_tests.support.beside $(SECONDS) $(PUBLISHES)

# Needs ODBC's drivers: apt-get install unixodbc odbc-postgresql libsqliteodbc
odbc: $(STAMP)
	$(BIN)/python -m pytest -q -n 0 klimat_pipeline_tests/pipeline/odbc.py

# The data packages by the standard's own validator: the mart whole (minutes), the detailed tables by their first rows.
FRICTIONLESS = uvx --from 'frictionless[parquet]>=5.18,<6' --with pandas frictionless validate --trusted
PACKAGES ?= data/published/parquet
frictionless:
	$(FRICTIONLESS) $(PACKAGES)/mart/latest/datapackage.json
	$(FRICTIONLESS) --limit-rows 300 $(PACKAGES)/latest/datapackage.json

# Simulated nights, with faults, releases and edits: make soak NIGHTS=500.
NIGHTS ?= 500
soak: $(STAMP)
	$(BIN)/python -m klimat_pipeline_tests.support.soak $(NIGHTS)

# Upgrade from a former commit and roll back, in one data folder and a PostgreSQL of its own: make upgrade FROM=v1.0
upgrade: $(STAMP)
	@test -n "$(FROM)" || { echo "say what to upgrade from: make upgrade FROM=tag or commit" >&2; exit 2; }
	$(BIN)/python -m klimat_pipeline_tests.support.upgrade "$(FROM)"

# Known holes in what is locked, and a bill of materials (CycloneDX). Both need uv and, for the former, the advisories.
audit:
	uvx --from 'pip-audit>=2.9,<3' pip-audit --strict --require-hashes --disable-pip -r requirements.lock

sbom:
	mkdir -p build
	uvx --from 'cyclonedx-bom>=7,<8' cyclonedx-py requirements requirements.lock --of JSON -o build/sbom.cyclonedx.json

# Where the system keeps its certificates, for a pip that does not look there by itself: 24.2 and newer do.
define SYSTEM_CERTIFICATES
import ssl, pathlib, pip
paths = ssl.get_default_verify_paths()
kept = [paths.cafile, paths.capath if paths.capath and any(pathlib.Path(paths.capath).iterdir()) else None]
old = tuple(int(part) for part in pip.__version__.split(".")[:2]) < (24, 2)
print(next(filter(None, kept), "") if old else "")
endef
export SYSTEM_CERTIFICATES

# A proxy that inspects TLS is known to the system only. The second name is that of older versions.
WITH_UV = export UV_SYSTEM_CERTS=$${UV_SYSTEM_CERTS:-1} UV_NATIVE_TLS=$${UV_NATIVE_TLS:-1} VIRTUAL_ENV=$(VENV); \
  "$(UV)" venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
  "$(UV)" pip install --quiet --require-hashes -r requirements.lock && \
  "$(UV)" pip install --quiet --no-deps --no-build-isolation -e .

# --clear: what uv leaves has no pip. The variable of the certificates is the one that yields to pip's own settings.
# --no-compile: pip compiles on one processor; COMPILE does on all, once and for everybody. Where Python is told to write
# no bytecode (PYTHONDONTWRITEBYTECODE, or a read-only place) every start would else compile 10 s of libraries again.
PIP_INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --quiet --no-compile
WITH_PIP = $(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)' && \
  $(PYTHON) -m venv --clear $(VENV) && \
  export REQUESTS_CA_BUNDLE="$${REQUESTS_CA_BUNDLE:-$${CURL_CA_BUNDLE:-$$($(BIN)/python -c "$$SYSTEM_CERTIFICATES")}}" && \
  $(PIP_INSTALL) --require-hashes -r requirements.lock && \
  $(PIP_INSTALL) --no-deps --no-build-isolation -e .

COMPILE = $(BIN)/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib > /dev/null; \
  $(BIN)/python -m compileall -q klimat_pipeline klimat_pipeline_tests > /dev/null || true

# The environment: made anew whenever the lock changes. uv where it is at hand, else, or where it fails, venv and pip.
$(STAMP): requirements.lock pyproject.toml
	@echo "setting up $(VENV) (once; a minute or two)"
ifneq ($(UV),)
	@{ $(WITH_UV); } || { echo "uv failed; setting up with venv and pip in its place" >&2; $(WITH_PIP); }
else
	@$(WITH_PIP)
endif
	@$(COMPILE)
	@# A plain `dagster dev` finds the runs of `make run` through this file; a DAGSTER_HOME that is set wins.
	@test -e .env || echo 'DAGSTER_HOME=$${DAGSTER_HOME:-$(CURDIR)/data/dagster}' > .env
	@touch $@

# Needs uv. Writes no index address; installs with plain pip too.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf data/intermediate data/published data/snapshots/fetched
