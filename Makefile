# One command for each need. `make demo` and `make test` need nothing but Python 3.11 or later.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PINS := --universal --python-version 3.11 --generate-hashes --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links

# Where the environment forbids to write bytecode, every process that starts would compile a thousand modules again.
unexport PYTHONDONTWRITEBYTECODE

BENCH ?=
IMAGE ?=

.PHONY: demo test test-deep test-faults test-cluster test-install test-image test-offline wheel soak bench browser coverage check format pins rulebook sbom schema screenshots node web clean

demo: .venv/demo.stamp web  ## the hub with a synthetic county, on http://127.0.0.1:8000
	$(BIN)/hub demo

test: .venv/test.stamp web browser  ## every test
	$(BIN)/python -m tests.npm
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-deep: .venv/test.stamp  ## the nets under the read side with finer meshes: every caller asks every document, and 2,000 more
	HUB_TEST_EVERY=1 HUB_TEST_EXAMPLES=2000 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder tests/compile

bench: .venv/demo.stamp  ## how fast the hub is, beside its limits and its peers; options in BENCH, as BENCH=--growth
	$(BIN)/hub bench $(BENCH)

test-faults: .venv/test.stamp  ## processes killed, networks cut, disks full, under load: some minutes, loopback only
	$(BIN)/python -m pytest -m fault tests/faults

test-offline: .venv/test.stamp web browser  ## the journeys where there is no network but loopback (Linux, as root)
	$(BIN)/python -m tests.npm
	$(BIN)/python -m tests.offline $(BIN)/python -m pytest tests/browser tests/journeys

test-install: .venv/test.stamp web  ## the wheel in a bare environment serves all that it carries
	$(BIN)/python -m tests.installed

test-image: .venv/test.stamp  ## the Dockerfile's steps in a root of debootstrap's, and its hub there (Linux, as root); options in IMAGE
	$(BIN)/python -m tests.image $(IMAGE)

test-cluster: .venv/test.stamp  ## three nodes under Patroni, the leader killed three times under load: some minutes, loopback only, as root
	$(BIN)/python -m pytest -s -m cluster tests/cluster

wheel: .venv/test.stamp web  ## the hub as a wheel with all that it serves, in build/wheel
	rm -rf build/wheel
	$(BIN)/python -m uv build --wheel --no-build-isolation --quiet -o build/wheel .
	@ls build/wheel/*.whl

soak: .venv/test.stamp  ## half an hour at 80 % of capacity, with flat memory; HUB_SOAK_S=60 for a try
	$(BIN)/python -m pytest -s -m soak tests/soak

browser:  ## find a Chromium, or install Debian's where that may be done; without one its tests are skipped, saying so
	@command -v chromium chromium-browser google-chrome >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	     && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	|| echo "no Chromium here, and none could be installed: the tests of the page will be skipped"

coverage: .venv/test.stamp  ## every branch of the law is taken by some paragraph of the rule book
	$(BIN)/python -m coverage run -m pytest tests/law
	$(BIN)/python -m coverage report

check: .venv/test.stamp node  ## format, lint, floors, types, drift of what is generated, breaking changes that nobody told
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/basedpyright
	$(BIN)/python -m schema | diff - schema/schema.graphql
	$(BIN)/python -m schema.documents
	$(BIN)/python -m tests.npm breaking-changes.mjs
	$(BIN)/python -m hub.rulebook tests/law | diff - hub/law/rulebook.md

format: .venv/test.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/demo.stamp  ## write schema/schema.graphql from the types
	$(BIN)/python -m schema > schema/schema.graphql.new && mv schema/schema.graphql.new schema/schema.graphql

rulebook: .venv/test.stamp  ## write hub/law/rulebook.md from tests/law
	$(BIN)/python -m hub.rulebook tests/law > hub/law/rulebook.md.new && mv hub/law/rulebook.md.new hub/law/rulebook.md

screenshots: .venv/test.stamp web browser  ## the README's pictures of the main pages, from a demo of its own
	$(BIN)/python -m tests.browser.screenshots

node: .venv/demo.stamp  ## find Node, or have it from PyPI where there is none new enough
	$(BIN)/python -m hub.web.graphiql_page --has-node || $(PIP) install --require-hashes -r requirements-web.txt

web: node  ## build GraphiQL and the pages' style sheet, if their sources have changed
	$(BIN)/python -m hub.web.graphiql_page
	$(BIN)/python -m hub.web.pages.style

pins: .venv/test.stamp  ## write the pinned, hashed requirements from the .in files
	$(BIN)/uv pip compile $(PINS) requirements.in -o requirements.txt
	$(BIN)/uv pip compile $(PINS) requirements-traces.in -c requirements.txt -o requirements-traces.txt
	$(BIN)/uv pip compile $(PINS) requirements-dev.in -c requirements.txt -c requirements-traces.txt -o requirements-dev.txt
	$(BIN)/uv pip compile $(PINS) requirements-web.in -o requirements-web.txt

sbom: .venv/test.stamp node  ## what the hub is made of, as CycloneDX, in build/sbom
	mkdir -p build/sbom
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o build/sbom/python.cdx.json
	$(BIN)/cyclonedx-py requirements requirements-traces.txt --output-reproducible -o build/sbom/python-traces.cdx.json
	$(BIN)/python -m hub.web.npm hub/web/graphiql > build/sbom/graphiql.cdx.json
	$(BIN)/python -m hub.web.npm hub/web/pages/assets > build/sbom/pages.cdx.json

clean:
	rm -rf .venv .hub build hub/web/graphiql/node_modules hub/web/graphiql/dist hub/web/pages/assets/node_modules hub/web/pages/assets/dist tests/node/node_modules

.venv/demo.stamp: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "the hub needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

.venv/test.stamp: .venv/demo.stamp requirements-dev.txt
	$(PIP) install --require-hashes -r requirements-dev.txt
	touch $@
