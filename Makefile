# The commands of the project. Each sets up what it needs; none needs another first.
# Prerequisites: git, make, Python 3.11 or newer with venv.

PYTHON ?= python3
UV := .tools/bin/uv
RUN := .venv/bin/
PORT ?= 8800
STATE ?= .state
INPUT ?=
TARGET ?=
export UV_PYTHON_DOWNLOADS = never
export UV_PYTHON_PREFERENCE = only-system

NPM := $(or $(shell command -v npm),$(CURDIR)/.tools-npm/bin/npm)
BUILT := src/fabriek/web/built/staticfiles.json
LOOKS := assets/build.py $(wildcard assets/css/*.css src/fabriek/*/static/*/*.svg src/fabriek/*/static/*/*.js)
WORDS := $(wildcard src/fabriek/*/locale/nl/LC_MESSAGES/django.po)

.DEFAULT_GOAL := help
.PHONY: help setup parts assets demo serve test test-all check bench pictures format clean

help: ## Show what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(UV): deploy/uv.txt
	@rm -rf .tools && $(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r deploy/uv.txt
	@touch $(UV)

.venv/.ready: $(UV) uv.lock pyproject.toml $(wildcard packages/*/pyproject.toml)
	@$(UV) sync --frozen --quiet --compile-bytecode --python $(PYTHON)
	@touch $@

.venv-node/.ready: $(UV) uv.lock
	@UV_PROJECT_ENVIRONMENT=.venv-node $(UV) sync --frozen --quiet --compile-bytecode --python $(PYTHON) --only-group node
	@touch $@

parts:
	@sh deploy/parts.sh

.tools-npm/bin/npm: $(UV) deploy/npm.txt
	@$(UV) venv --quiet --clear --python $(PYTHON) .tools-npm
	@$(UV) pip install --quiet --python .tools-npm/bin/python --require-hashes -r deploy/npm.txt
	@touch $@

assets/node_modules/.ready: assets/package-lock.json $(if $(findstring .tools-npm,$(NPM)),.tools-npm/bin/npm)
	@cd assets && "$(NPM)" ci --silent
	@touch $@

$(BUILT): .venv/.ready assets/node_modules/.ready $(LOOKS) $(WORDS)
	@$(RUN)python assets/build.py
	@$(RUN)python -m fabriek.web.words compile
	@FABRIEK_STATE=$$(mktemp -d) DJANGO_SETTINGS_MODULE=fabriek.processes.settings \
		$(RUN)django-admin collectstatic --clear --no-input --verbosity 0 \
		-i account -i ext -i 'htm*-4*' -i htmx-2.js
	@touch $@

assets: $(BUILT) ## Build the looks and the words of the pages

setup: .venv/.ready .venv-node/.ready $(BUILT) parts ## Install what the factory needs

demo: setup ## From nothing to a documented model: INPUT=table.csv TARGET=column for your own
	@$(RUN)python demo/run.py $(if $(INPUT),--input "$(INPUT)" --target "$(TARGET)")

serve: setup ## Leave a factory running at http://127.0.0.1:PORT
	@FABRIEK_STATE=$(STATE) $(RUN)fabriek-server serve --port $(PORT)

test: setup ## The tests on SQLite and the local engine (at most 12 minutes)
	@$(RUN)python -m pytest -n 2 --dist loadgroup -q -m "not slow and not real"

test-all: setup ## All tests, with every real part (at most 45 minutes)
	@$(RUN)python -m pytest -n 2 --dist loadgroup -q

check: .venv/.ready $(BUILT) ## Style, types, the house's floors (at most 2 minutes)
	@$(RUN)ruff check .
	@$(RUN)ruff format --check .
	@$(RUN)lint-imports --no-cache
	@FABRIEK_STATE=$$(mktemp -d) $(RUN)mypy
	@$(RUN)python -m pytest -q tests/house

pictures: setup ## Take the pictures of the pages in docs/ again
	@FABRIEK_SCREENSHOTS=$(CURDIR)/docs/pictures/pages $(RUN)python -m pytest -q tests/browser/test_pictures.py

bench: setup ## Speed against a peer in the same run; results in benchmarks/results/
	@$(RUN)python -m benchmarks

format: .venv/.ready ## Put the code in its usual shape
	@$(RUN)ruff check --fix --quiet . ; $(RUN)ruff format --quiet .

clean: ## Remove what the other commands made
	@rm -rf .venv .venv-node .tools .tools-npm .state assets/node_modules src/fabriek/web/built .mypy_cache .ruff_cache .pytest_cache
