# The two commands of the README are `make demo` and `make test`; both set up everything they need.
PYTHON ?= python3
JOBS   ?= 2
BIN    := .venv/bin
READY  := .venv/.ready
# One BLAS thread per process: the arrays are small and the processes are many.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help env demo test test-all lint lock clean
.DEFAULT_GOAL := help

help:  ## this list
	@echo "hel-fpga: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'

env: $(READY)  ## create .venv with pinned versions; install Icarus Verilog where that is allowed

$(READY): requirements.lock pyproject.toml .ci/system-packages
	@bash .ci/system-packages $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: env  ## the RTL learns digits under Verilator, bit-equal to golden; then the 85F bitstream
	$(BIN)/python -m hel.pages.demo

test: env  ## every test that is not marked slow
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not slow"

test-all: env  ## every test
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: env  ## ruff, its format too, and mypy
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

lock: env  ## rewrite requirements.lock from the versions in .venv
	$(BIN)/python -m pip --disable-pip-version-check freeze --exclude-editable > requirements.lock

clean:  ## remove build products (not .venv)
	rm -rf build .mypy_cache .pytest_cache .ruff_cache
