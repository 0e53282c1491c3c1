# Needs Python 3.11 or newer (with venv), git and make; everything else is installed beside the code.
PYTHON ?= python3
ARGS ?=
RUNNER = $(PYTHON) -m acorn.runner

.PHONY: help up down test bench screens shell logs lock
.DEFAULT_GOAL := help

help:
	@echo "make up       install and start everything, print the address; Ctrl-C stops it"
	@echo "make down     stop everything from another terminal; the data is kept"
	@echo "make test     every check and test; ARGS='-k orders' goes to pytest"
	@echo "make bench    measure the speed; ARGS='…' goes to the bench"
	@echo "make screens  photograph the main pages"
	@echo "make shell    a Python prompt inside the running installation"
	@echo "make logs     follow the logs"
	@echo "make lock     write the lock files anew from pyproject.toml and package.json"

up:
	@exec $(RUNNER) up

down:
	@exec $(RUNNER) down

test:
	@exec $(RUNNER) test $(ARGS)

bench:
	@exec $(RUNNER) bench $(ARGS)

screens:
	@exec $(RUNNER) screens $(ARGS)

shell:
	@exec .venv/bin/python manage.py shell

logs:
	@exec $(RUNNER) logs

lock:
	@exec $(RUNNER) lock
