# `make run` to ask, `make test` to check. Everything is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
# A process a core, a file a process, in the order of conftest.py.
PYTEST = $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

.PHONY: run test check install lock train format picture bench compare endure clean

run: .venv/.installed
	$(BIN)/probqa build
	$(BIN)/probqa serve

test: .venv/.installed-dev node_modules/.installed
	$(PYTEST)

check: .venv/.installed-dev node_modules/.installed
	$(BIN)/python scripts/lock.py --check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST)

# The exact versions and hashes of all that is installed; needs the network.
lock: .venv/.installed-dev
	$(BIN)/python scripts/lock.py

format: .venv/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The rooms of docs/architecture.md, from the table in tests/house/test_doors.py.
picture: .venv/.installed-dev
	$(BIN)/python scripts/draw_house.py

# Both models, from the questions: hours on two cores (training/README.md).
train: .venv/.installed-dev
	$(BIN)/python -m pip install --quiet --require-hashes --requirement locks/train.txt
	$(BIN)/python training/train.py

bench: .venv/.installed-dev
	$(BIN)/python benchmarks/speed.py

compare: .venv/.installed-dev
	$(BIN)/python benchmarks/compare.py

# Kills, losses of power, swaps under readers, and many people while reports are added: about an hour.
endure: .venv/.installed-dev
	$(BIN)/python benchmarks/kills.py
	$(BIN)/python benchmarks/swaps.py --swaps 1000 --readers 32
	$(BIN)/python benchmarks/visitors.py --visitors 200 --questions 10 --seconds 600 --changes 3
	$(BIN)/python benchmarks/visitors.py --visitors 1000 --questions 1 --seconds 120

install: .venv/.installed

.venv/.installed: pyproject.toml $(wildcard locks/*.txt) scripts/install.py
	$(PYTHON) scripts/install.py
	touch $@

.venv/.installed-dev: pyproject.toml $(wildcard locks/*.txt) scripts/install.py
	$(PYTHON) scripts/install.py --dev
	touch $@ .venv/.installed

# axe-core, for the accessibility tests, which are skipped without it.
node_modules/.installed: package.json
	@if npm install --no-package-lock --ignore-scripts --no-audit --no-fund; then touch $@; \
	else echo "No axe-core without npm: the tests that need it are skipped"; fi

clean:
	rm -rf .venv node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis
