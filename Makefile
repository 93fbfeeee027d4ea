# Two commands do everything: `make run` and `make test`. Both make the virtual environment first.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One more than there are processors: some tests only wait, for slow clients and for servers that start.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.PHONY: run test check format coverage screenshots bench faults fuzz protections clean

run: $(VENV)/installed ## start the panel; ARGS="--listen 0.0.0.0:8765" and the like are passed on
	$(BIN)/python app.py $(ARGS)

test: check ## all checks and all tests
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) $(ARGS)

coverage: $(VENV)/installed-for-tests ## all tests, and which lines none of them reached; half as long again
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --cov --cov-report=term-missing:skip-covered $(ARGS)

check: $(VENV)/installed-for-tests ## style, types, templates and the one-way rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports

format: $(VENV)/installed-for-tests ## put Python into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(VENV)/installed-for-tests ## make the README's pictures anew
	PYTHONPATH=.:tests $(BIN)/python tests/screenshots.py

bench: $(VENV)/installed ## 500 satellites against one primary, on this machine only; three minutes
	PYTHONPATH=. $(BIN)/python bench/satellites.py

faults: $(VENV)/installed-for-tests ## power cuts, kills, failing disks and slow clients, in full; ten minutes
	SYNC_PANEL_CRASHES=5000 SYNC_PANEL_KILLS=500 SYNC_PANEL_SLOW_CLIENTS=600 \
	  $(BIN)/python -m pytest --timeout=3600 tests/faults $(ARGS)

fuzz: $(VENV)/installed-for-tests ## 1,000 sequences of actions and 10,000 requests; ten minutes
	SYNC_PANEL_FUZZ=1000 SYNC_PANEL_REQUESTS=10000 $(BIN)/python -m pytest --timeout=3600 \
	  tests/faults/test_permissions.py tests/web/test_any_input.py $(ARGS)

protections: $(VENV)/installed-for-tests ## take one protection away at a time, and see its test fail; five minutes
	PYTHONPATH=.:tests $(BIN)/python tests/protections.py

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-for-tests: $(VENV)/installed requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	touch $@

clean: ## remove what make made; the data folder stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage
