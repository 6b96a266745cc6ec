# The daily commands.  `scripts/test` makes .venv; VENV=... names another environment.
VENV ?= .venv
PYTHON := $(VENV)/bin/python

.PHONY: help check format test quick gate docs demo

help:   ## list these commands
	@sed -n 's/^\([a-z]*\): *## /\1	/p' Makefile | expand -t 10

check:  ## every check, as CI runs them (makes .venv)
	scripts/test

format:  ## format and lint
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

test:   ## all tests and doctests
	$(PYTHON) -m pytest tests quotes

quick:  ## the tests that load no model
	$(PYTHON) -m pytest -m "not model" tests quotes

gate:   ## the accuracy gate, with every case that is not right
	$(PYTHON) scripts/eval/evaluate.py --cases

docs:   ## run the samples, draw the picture, write docs/commands.md
	$(PYTHON) scripts/update_docs.py

demo:   ## install the core and ask one question
	scripts/demo
