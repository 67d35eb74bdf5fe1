# `make demo` and `make test` need Python 3.11 or later, make, and the package registry; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYWB := $(VENV)/pywb
VALIDATORS := $(VENV)/validators
RWP := $(VENV)/replaywebpage
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
PROGRAMS := BACKISSUE_PYWB=$(CURDIR)/$(PYWB) BACKISSUE_VALIDATORS=$(CURDIR)/$(VALIDATORS)
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.PHONY: demo test test-install test-long test-sweep test-replaywebpage lint clean
.DELETE_ON_ERROR:

demo: $(VENV)/.run
	$(BIN)/backissue demo

test: $(VENV)/.dev $(PYWB)/.run $(VALIDATORS)/.run
	$(PROGRAMS) $(BIN)/python -m pytest -n 2 -m "not long and not sweep"

test-long: $(VENV)/.dev $(PYWB)/.run $(VALIDATORS)/.run
	$(PROGRAMS) $(BIN)/python -m pytest -n 2 -m long --timeout=1800

test-sweep: $(VENV)/.dev $(PYWB)/.run $(VALIDATORS)/.run
	$(PROGRAMS) $(BIN)/python -m pytest -n 2 -m sweep --timeout=10800

# A WACZ in ReplayWeb.page, in a browser. Only this needs npm.
test-replaywebpage: $(VENV)/.dev $(RWP)/.run
	BACKISSUE_REPLAYWEBPAGE=$(CURDIR)/$(RWP)/package $(BIN)/python -m pytest -m long \
	  tests/pipelines/exporting/test_replaywebpage.py

# What `pipx install` and `uv tool install` do: the wheel into an empty environment, without a compiler.
# What it needs comes first, each file compared with its hash.
test-install: $(VENV)/.dev
	rm -rf $(VENV)/install
	$(BIN)/python -m build --wheel --no-isolation --outdir $(VENV)/install >/dev/null
	$(PYTHON) -m venv $(VENV)/install/empty
	PIP_CONSTRAINT= CC=/bin/false CXX=/bin/false $(VENV)/install/empty/bin/python -m pip \
	  --disable-pip-version-check -qq install --only-binary :all: --require-hashes -r deploy/requirements.txt
	CC=/bin/false CXX=/bin/false $(VENV)/install/empty/bin/python -m pip \
	  --disable-pip-version-check -qq install --only-binary :all: $(VENV)/install/*.whl
	cd $(VENV)/install && empty/bin/backissue demo --quiet && empty/bin/backissue verify --quiet \
	  --library demo-library && empty/bin/backissue --version

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) demo-library build dist

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv is missing: on Debian and Ubuntu, apt install python3-venv"; exit 1; }
	touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml constraints.txt
	$(PIP) install --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) install --editable '.[dev]'
	touch $@

# pywb pins what we do not, and is GPL: a program that the tests and `backissue replay` start.
$(PYWB)/.run: $(VENV)/.made
	$(PYTHON) -m venv $(PYWB)
	PIP_CONSTRAINT= $(PYWB)/bin/python -m pip --disable-pip-version-check -qq install \
	  pywb==2.10.0 cdxj-indexer==1.5.0 'setuptools<80'
	touch $@

# The validators of releases pin what we do not (an old jsonschema), and drag in much that nothing else needs.
$(VALIDATORS)/.run: $(VENV)/.made
	$(PYTHON) -m venv $(VALIDATORS)
	PIP_CONSTRAINT= $(VALIDATORS)/bin/python -m pip --disable-pip-version-check -qq install \
	  frictionless==5.16.1 'mlcroissant[parquet]==1.1.1' cffconvert==2.0.0

# ReplayWeb.page is AGPL: a program that a browser runs in one test.
$(RWP)/.run:
	mkdir -p $(RWP)
	npm pack --silent --pack-destination $(RWP) replaywebpage@2.5.3
	tar -xzf $(RWP)/replaywebpage-2.5.3.tgz -C $(RWP)
	touch $@
