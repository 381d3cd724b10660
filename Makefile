# Everything sets up what it needs: a virtual environment in .venv, from the lock files.
.PHONY: demo test lint bench docs lock clean

OFFING = .venv/bin/offing
DEMO ?= demo

demo: ## set up, then build, run and report the embedded example
	@scripts/setup.sh requirements.lock
	@$(OFFING) demo $(DEMO)

test: lint ## set up, then check style, types, import order, and run the tests
	.venv/bin/pytest -n 2 --dist loadfile

lint:
	@scripts/setup.sh requirements-dev.lock
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

bench: ## print the figures of docs/accuracy.md; OFFING_DATA names the folder with the labelled sets
	@scripts/setup.sh requirements-dev.lock
	$(OFFING) bench all $(if $(OFFING_DATA),--data $(OFFING_DATA))

docs: ## write the pages and pictures that are made from the program itself
	@scripts/setup.sh requirements-dev.lock
	.venv/bin/python scripts/make_docs.py

lock: ## pin the dependencies again (needs uv)
	scripts/lock.sh

clean:
	rm -rf .venv build dist $(DEMO)
