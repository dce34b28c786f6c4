# Everything the project needs, from nothing but Python 3.11+ and make. `make` alone explains itself.
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check lint types layers translations api locks bench wheel clean

ZAGUMI := .venv/bin/zagumi
PYTHON := .venv/bin/python
UV := .venv/bin/uv
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-header

# Behind an inspecting proxy only the system's certificates are right, and the installer would not look at them by itself.
ifneq ($(wildcard /etc/ssl/certs/*.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS ?= 1
endif

# The environment is as new as this stamp, whose name is a checksum of what it was made from.
STAMP := .venv/.made-from-$(shell cat pyproject.toml requirements/*.lock | cksum | tr ' ' '-')

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1 \t\2/p' Makefile | expand -t 20

setup: $(STAMP) ## Make .venv, the browser islands and the catalogues (repeat at will)
	@$(PYTHON) -m zagumi.prepare

$(STAMP):
	@python=$$(.ci/find-python) && \
	{ [ -x $(PYTHON) ] || { echo "Making .venv with $$python …"; $$python -m venv .venv; }; }
	@echo "Installing the pinned packages …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.lock
	@$(UV) pip install --quiet --require-hashes -r requirements/dev.lock
	@$(UV) pip install --quiet --no-build-isolation --no-deps --editable .
	@rm -f .venv/.made-from-* && touch $@

demo: setup ## Start the demonstration town in the browser (ARGS=--reset starts it afresh)
	@$(ZAGUMI) demo $(ARGS)

serve: setup ## Serve your own installation (ARGS="--port 8000")
	@$(ZAGUMI) serve $(ARGS)

test: setup ## Run every test (ARGS="tests/engine -k name" narrows it)
	@$(PYTHON) -m pytest -n 2 $(ARGS)

check: lint types layers translations api ## Judge the code without running it

lint: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

# Judging loads the platform's settings; it must not touch the data of an installation.
types api: export ZAGUMI_DATA_DIR := $(CURDIR)/.mypy_cache/data

types: setup
	$(PYTHON) -m mypy
	$(PYTHON) -m zagumi.islands --types

layers: setup
	.venv/bin/lint-imports

translations: setup
	$(PYTHON) -m zagumi.platform.catalogues --check

api: setup
	$(ZAGUMI) openapi --check

bench: setup ## Measure the planning engine beside its peers (ARGS="--full --data DIR" takes hours)
	@$(UV) pip install --quiet --require-hashes -r requirements/bench.lock
	@$(PYTHON) bench/run.py $(ARGS)

wheel: setup ## Build dist/*.whl and dist/*.tar.gz
	$(PYTHON) -m build --no-isolation --outdir dist .

locks: setup ## Bring requirements/*.lock in line with pyproject.toml (ARGS=--upgrade renews every version)
	$(LOCK) pyproject.toml --output-file requirements/run.lock $(ARGS)
	$(LOCK) pyproject.toml --extra cluster --constraint requirements/run.lock --output-file requirements/cluster.lock $(ARGS)
	$(LOCK) pyproject.toml --extra bench --constraint requirements/run.lock --output-file requirements/bench.lock $(ARGS)
	$(LOCK) pyproject.toml --extra cluster --group dev --constraint requirements/run.lock --output-file requirements/dev.lock $(ARGS)
	$(LOCK) --group installer --output-file requirements/installer.lock $(ARGS)

clean: ## Remove everything that can be made again
	rm -rf .venv dist build frontend/node_modules src/zagumi/platform/static/islands
	find src -name '*.mo' -delete
