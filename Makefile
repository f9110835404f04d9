# Everything starts here: `make` lists what there is.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup
COVERED := --cov --cov-append --cov-report= --cov-fail-under=0
# Small cases of the compiled loops, run without the compiler so that their lines are counted.
KERNELS := tests/unit/matching -m "not slow"

.DEFAULT_GOAL := help
.PHONY: help env demo test test-long test-all check up down lock clean

help: ## Cette liste / this list
	@echo "Binôme · make CIBLE [ARGS=\"…\"]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

env: ## Crée .venv d'après requirements.lock / builds .venv with the command binome
	@exec $(PYTHON) -m deploy.devstack.bootstrap

demo: env ## Tout Binôme tourne devant vous (ARGS="--people 300 --exit --json out.json") / the demonstration
	@exec $(BIN)/binome demo $(ARGS)

test: env ## Les tests courants, sur de vrais serveurs (ARGS="-k motif") / the everyday tests, on real servers
	@$(BIN)/python -m deploy.devstack.programs
	@exec $(PYTEST) -m "not slow and not resilience and not browser" $(ARGS)

test-long: env ## Les tests longs, que `make test` laisse de côté / the long tests, which `make test` leaves out
	@$(BIN)/python -m deploy.devstack.programs
	@exec $(PYTEST) -m "slow or resilience or browser" $(ARGS)

test-all: env ## Tous les tests et leur couverture / every test, with coverage
	@$(BIN)/python -m deploy.devstack.programs
	@rm -f .coverage .coverage.*
	@$(PYTEST) --hypothesis-profile=full $(COVERED) $(ARGS)
	@NUMBA_DISABLE_JIT=1 $(PYTEST) -q $(COVERED) $(KERNELS)
	@$(BIN)/coverage report

check: env ## Style, types, frontières, contrats / lint, types, layers, contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.architecture
	$(BIN)/binome contracts --check

up: env ## Démarre tous les services et les laisse tourner / starts all services and leaves them running
	@exec $(BIN)/binome up $(ARGS)

down: env ## Arrête tout / stops everything
	@exec $(BIN)/binome down $(ARGS)

lock: ## Refait tous les verrous (ARGS=--upgrade pour monter les versions) / locks again
	@exec $(PYTHON) -m deploy.devstack.lock $(ARGS)

clean: ## Retire ce qui a été construit et les données locales, sauf ce qui tourne / removes what was built
	@exec $(PYTHON) -m deploy.devstack.clean
