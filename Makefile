# Needs Python 3.11 or later, make and a C library; everything else comes from here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPEC := examples/breast-cancer/experiment.yaml
REPORT := $(SPEC:.yaml=)

# Compiled bytecode makes every import three times as fast, so it is written whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE
# What runs is the environment made here, not what the caller's points to.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint types layers tests bench clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: $(VENV)/.installed  ## run the first example and say where its report lies
	@if .ci/packages pdf $(PYTHON); then formats="html pdf"; else formats=html; echo "going on without the PDF" >&2; fi; \
	set --; for format in $$formats; do set -- "$$@" -o $(REPORT).$$format; done; \
	$(BIN)/reportgen run $(SPEC) "$$@" >/dev/null; status=$$?; \
	for format in $$formats; do \
	    [ $$status -gt 1 ] || echo "$$format: $(CURDIR)/$(REPORT).$$format"; \
	done; exit $$status

test: lint types layers tests  ## run every check and every test

lint: $(VENV)/.installed-test  ## check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test  ## check the types
	$(BIN)/mypy

layers: $(VENV)/.installed-test  ## check which module may import which
	$(BIN)/lint-imports

tests: $(VENV)/.installed-test  ## run the tests alone
	@.ci/packages test $(PYTHON)
	$(BIN)/python -m pytest -n 2 --dist loadscope

bench: $(VENV)/.installed-test  ## measure speed and size against their targets
	@.ci/packages test $(PYTHON)
	$(BIN)/python -m tests.benchmarks

clean:  ## remove the environment, the caches and the reports of the examples
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	rm -f examples/*/experiment.html examples/*/experiment.pdf examples/*/experiment.json examples/*/experiment.md
	find reportgen templates examples tests -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that was cut off half way has no pip; it is made anew.
$(BIN)/pip:
	@.ci/packages venv $(PYTHON)
	@echo "making $(VENV): a minute or two, and 1.5 GB"
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/pip
	@$(BIN)/python -m pip install --quiet --compile --disable-pip-version-check -c constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/pip
	@$(BIN)/python -m pip install --quiet --compile --disable-pip-version-check -c constraints.txt --editable '.[test]'
	@touch $(VENV)/.installed $@
