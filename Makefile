# Every command that people and CI use. `make` alone lists them.
# Needs a Python of 3.11 or newer and make; everything else is installed into .venv.

PORT ?= 8000
DEMO ?= 1
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	{ echo "$$name"; break; }; done)

# Relative, so that a path with spaces does no harm.
VENV := .venv
IN_VENV := $(VENV)/bin/python
PIP := $(IN_VENV) -m pip --disable-pip-version-check --quiet
SOURCES := config core accounts audit sources claims verification demo verify
# No index address gets into the locks, so that they work with any index.
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
BROWSER := $(shell command -v chromium-headless-shell chromium 2>/dev/null)
# The tests' servers keep their data apart, and do not wait for the disk. Images of containers like to
# forbid compiled files: each process that a test starts would then compile the whole project again.
TEST_SETTINGS := CORROBORATE_VAR=var/test CORROBORATE_FAST_DISK=1 PYTHONDONTWRITEBYTECODE=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test journeys screenshots lint types contracts fix schema check docs lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/run.stamp ## install what the product needs

setup-dev: $(VENV)/dev.stamp ## install what developers and CI need too

run: $(VENV)/run.stamp ## serve everything with the demonstration (PORT=8000, DEMO=0 without it)
	@exec $(IN_VENV) manage.py up --port $(PORT) $(if $(filter-out 0 no,$(DEMO)),--demo)

test: $(VENV)/dev.stamp ## run the whole suite on servers of its own (ARGS= for pytest)
	@$(TEST_SETTINGS) $(IN_VENV) -m pytest -n auto --dist loadgroup $(if $(BROWSER),,-m "not journey") $(ARGS)
	@$(if $(BROWSER),,echo "No chromium here, so the browser journeys were left out. On Debian: apt install chromium-headless-shell")

journeys: $(VENV)/dev.stamp ## drive a real browser through the story (needs chromium)
	@$(TEST_SETTINGS) $(IN_VENV) -m pytest -n auto --dist loadgroup -m journey $(ARGS)

screenshots: $(VENV)/dev.stamp ## take the pictures of docs/images anew (needs chromium)
	@WRITE_SCREENSHOTS=1 $(TEST_SETTINGS) $(IN_VENV) -m pytest -m journey tests/journeys/test_screenshots.py $(ARGS)

lint: $(VENV)/dev.stamp ## style, templates, spelling
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .
	$(VENV)/bin/djlint --quiet --lint templates
	$(IN_VENV) -m codespell_lib .

types: $(VENV)/dev.stamp ## mypy, strict
	$(IN_VENV) -m mypy $(SOURCES)

contracts: $(VENV)/dev.stamp ## who may import whom, and migrations that match the models
	$(VENV)/bin/lint-imports
	$(TEST_SETTINGS) $(IN_VENV) manage.py makemigrations --check --dry-run

fix: $(VENV)/dev.stamp ## let the tools repair what they can
	$(IN_VENV) -m ruff check --fix .
	$(IN_VENV) -m ruff format .

schema: $(VENV)/dev.stamp ## write the API's document that the tests compare with
	@$(TEST_SETTINGS) $(IN_VENV) -W ignore manage.py spectacular --format openapi-json --validate --fail-on-warn --file tests/api/openapi.json

check: lint types contracts test ## everything before a commit

docs: $(VENV)/run.stamp ## write docs/method.md anew, its numbers worked out by the scorer
	@$(IN_VENV) -m demo.method

lock: $(VENV)/dev.stamp ## compile the requirements again
	$(PIP) install uv
	$(VENV)/bin/uv $(COMPILE) requirements/run.in -o requirements/run.lock
	$(VENV)/bin/uv $(COMPILE) -c requirements/run.lock requirements/dev.in -o requirements/dev.lock

clean: ## remove the virtual environment, caches and the tests' data; var/ with your data stays
	rm -rf $(VENV) var/test .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements/run.lock $(VENV)/pip.stamp
	@echo "Installing $<"
	@$(PIP) install --require-hashes -r requirements/run.lock
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/pip.stamp
	@echo "Installing $<"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

# An old pip misreads new wheels' tags, so it is renewed before anything is installed with it.
$(VENV)/pip.stamp:
	@test -n "$(PYTHON)" || { \
		echo "No Python of 3.11 or newer found. Install one, or name it: make PYTHON=/path/to/python3"; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; \
		exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@$(PIP) install --upgrade pip
	@touch $@
