# The two commands of the README are `make demo` and `make test`; both set up everything they need.
PYTHON ?= python3
JOBS   ?= 2
BIN    := .venv/bin
READY  := .venv/.ready
DOCS   := .venv/.docs-ready
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# One BLAS thread per process: the arrays are small and the processes are many.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help env docs-env docs demo test test-browser test-all lint lock clean
.DEFAULT_GOAL := help

help:  ## this list
	@echo "hel-fpga: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'

env: $(READY)  ## create .venv with pinned versions; install Icarus Verilog where that is allowed

$(READY): requirements.lock requirements.data.lock pyproject.toml .ci/system-packages
	@bash .ci/system-packages $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --quiet -r requirements.lock
	$(PIP) install --quiet --no-deps -r requirements.data.lock
	$(PIP) install --quiet --no-build-isolation --no-deps -e .
	@touch $@

docs-env: $(DOCS)  ## add what the documentation site, its notebook and the browser tests need

$(DOCS): $(READY) requirements.docs.lock
	@bash .ci/system-packages $(PYTHON) chromium
	$(PIP) install --quiet -r requirements.docs.lock
	@touch $@

docs: docs-env  ## the documentation site, in build/site; opens without a server
	$(BIN)/python -m hel.pages.site

demo: env  ## the RTL learns digits under Verilator, bit-equal to golden; then the 85F bitstream
	$(BIN)/python -m hel.pages.demo

test: env  ## every test that is not marked slow and opens no browser
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not slow and not browser"

test-browser: docs-env  ## the tests that build the site and open pages in headless Chromium
	$(BIN)/python -m pytest -m "browser and not slow"

test-all: docs-env  ## every test
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: env  ## ruff, its format too, and mypy
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

lock:  ## rewrite the locks with the newest versions that the extras dev and docs allow, and of the data packages
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet hatchling editables -e ".[dev]"
	build/lock/bin/pip freeze --exclude-editable > requirements.lock
	build/lock/bin/pip install --quiet -e ".[docs]"
	build/lock/bin/pip freeze --exclude-editable | grep -vxFf requirements.lock > requirements.docs.lock
	build/lock/bin/pip install --quiet --no-deps $$(sed 's/=.*//' requirements.data.lock)
	build/lock/bin/pip freeze --exclude-editable | grep -vxF -f requirements.lock -f requirements.docs.lock \
	  > build/lock/data && cp build/lock/data requirements.data.lock

clean:  ## remove build products (not .venv)
	rm -rf build .mypy_cache .pytest_cache .ruff_cache
