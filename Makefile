# Each target works alone on a fresh clone and skips what is done. Needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test notebooks lab lint bench results

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11.")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

# Random encoder, baseline and two variants on decoded video clips, probed and compared in reports/main/main.html.
demo: setup
	$(BIN)/workbench report main -p preset=quick -p seeds=[0] --train-missing

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile

# The four notebooks, every cell, over the committed runs.
notebooks: setup
	$(BIN)/python -m pytest --nbmake --nbmake-timeout=900 -n 2 $(addprefix notebooks/,explore.ipynb compare.ipynb disentangle.ipynb retrieve.ipynb)

lab: setup
	$(BIN)/jupyter lab --ip=localhost notebooks/explore.ipynb

lint: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: setup
	$(BIN)/python -m bench

# The sections of results in README.md and reports/README.md, from the kept rows.
results: setup
	$(BIN)/python -m workbench.report.sections
