# Two commands are enough: `make run` and `make test`. All others are for who works on it.
PYTHON ?= python3
PY := .venv/bin/python
BIN := .venv/bin

.PHONY: run test test-browser walks check install documents env-example rehearse bench clean

run: install                 ## everything at http://127.0.0.1:8080, and on Telegram with a token
	$(BIN)/palabre serve

test: install-test           ## everything that needs no browser: SQLite and a real PostgreSQL
	$(BIN)/pytest -q -n auto --dist worksteal --ignore tests/browser

test-browser: install-test   ## the pages in Chromium
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt -e '.[browser]'
	$(BIN)/pytest -q tests/browser

walks: install-test          ## 10,000 random walks through each flow, which takes minutes
	PALABRE_WALKS=10000 $(BIN)/pytest -q -n auto tests/dialogue/test_properties.py -k walker

check: install-test          ## form, types, arrows between packages, flows and catalogues
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/palabre check
	$(BIN)/palabre rehearse

install: .venv/installed
install-test: .venv/installed-test

.venv/installed: pyproject.toml constraints.txt
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt -e .
	touch $@

.venv/installed-test: pyproject.toml constraints.txt
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt -e '.[test,documents]'
	touch .venv/installed $@

documents: install-test      ## the PDFs of the consultation's documents
	$(PY) -m bot.documents flows/ess/documents

env-example: install         ## .env.example out of the settings table
	$(PY) -c "from bot.settings.table import example; print(example(), end='')" > .env.example

rehearse: install            ## play all rehearsals
	$(BIN)/palabre rehearse

bench: install               ## the speed, as ratios
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt -e '.[bench]'
	$(BIN)/palabre bench

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
