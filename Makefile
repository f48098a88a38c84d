# One command for each need. `make demo` and `make test` need nothing but Python 3.11 or later.
PYTHON ?= python3
BIN := .venv/bin
CONSTRAINTS := --universal --python-version 3.11 --generate-hashes --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: demo test check bench browser pins rulebook schema clean

.venv/demo.stamp: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "the hub needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/test.stamp: .venv/demo.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

pins:  ## write the pinned, hashed requirements from the .in files
	$(BIN)/python -m uv pip compile $(CONSTRAINTS) requirements.in -o requirements.txt
	$(BIN)/python -m uv pip compile $(CONSTRAINTS) requirements-dev.in -c requirements.txt -o requirements-dev.txt
