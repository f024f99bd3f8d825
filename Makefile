# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
IMAGE ?=
export IMAGE
export LC_ALL := C.UTF-8
unexport PYTHONDONTWRITEBYTECODE

PYTHON := /usr/bin/python3

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: setup ## start a container on this machine (IMAGE=path/to/docker-save.tar for one of your own)
	@tools/play started

.PHONY: down
down: setup ## take that container away again, with its image, link and rules
	@tools/play absent

.PHONY: setup
setup:
	@tools/packages run
	@tools/venv .venv $(PYTHON) run

.PHONY: test
test: setup-test ## run every check: lint, sanity, units, the tests on the real kernel, virtual machines (as root)
	@$(PYTHON) tools/check.py all

.PHONY: test-quick
test-quick: setup-check ## run lint, sanity and units
	@$(PYTHON) tools/check.py quick

.PHONY: lint
lint: setup-check ## run the linters and type checks
	@$(PYTHON) tools/check.py lint

.PHONY: sanity
sanity: setup-check ## run ansible-test sanity
	@$(PYTHON) tools/check.py sanity

.PHONY: units
units: setup-check ## run the unit tests on the system's Python and the oldest that targets may have
	@$(PYTHON) tools/check.py units

.PHONY: behaviour
behaviour: setup-test ## run the tests on the real kernel, in a sandbox (as root)
	@$(PYTHON) tools/check.py behaviour

.PHONY: integration
integration: setup-test ## run the modules' integration targets, in a sandbox (as root)
	@$(PYTHON) tools/check.py integration

CELL ?=
.PHONY: matrix
matrix: setup-test ## test each cell of the support matrix whose Pythons are here (CELL=name for one; as root)
	@tools/venv .cache/venv-nox $(PYTHON) matrix
	@.cache/venv-nox/bin/nox $(if $(CELL),--session $(CELL))

.PHONY: test-bare
test-bare: ## try make run and make test-quick in bare Debian 12 and 13 (as root; downloads them)
	@tests/bare --also test-quick bookworm trixie

.PHONY: crash
crash: setup-test ## break runs at every call, not at some of them as make test does (as root; takes an hour)
	@DAEMONLESS_FAULT_STRIDE=1 tests/sandbox .venv/bin/python -m pytest --quiet tests/behaviour/faults

SOAK_CYCLES ?= 500
.PHONY: soak
soak: setup-test ## make, drift, mend and remove a container over and over (SOAK_CYCLES=500; as root)
	@SOAK_CYCLES=$(SOAK_CYCLES) tests/sandbox .venv/bin/python -m pytest --quiet tests/behaviour/faults/test_soak.py

SCENARIO ?= default
.PHONY: test-vm
test-vm: ## run a Molecule scenario in virtual machines (SCENARIO=default or engines; as root)
	@tools/packages vm
	@tools/venv .cache/venv-vm $(PYTHON) run vm
	@tools/test-vm $(SCENARIO)

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: ## feed made-up images to what reads them (FUZZ_SECONDS=60 for each of four targets; as root)
	@tools/packages fuzz
	@tools/venv .cache/venv-fuzz $(PYTHON) run fuzz
	@tests/sandbox .cache/venv-fuzz/bin/python tests/fuzz/fuzz.py $(FUZZ_SECONDS)

.PHONY: test-example
test-example: ## run the example of Molecule on containers, in a sandbox (as root)
	@tools/packages test
	@tools/venv .cache/venv-vm $(PYTHON) run vm
	@tools/test-example

.PHONY: bench-image
bench-image: setup ## time image_unpack against engines and tar, where installed (as root; makes 1.2 GB once)
	@.venv/bin/python benchmarks/image_unpack.py

.PHONY: bench-start
bench-start: setup ## time what starts a container with a network, without Ansible (as root)
	@.venv/bin/python benchmarks/container_start.py

OPTIONS ?=
.PHONY: bench-fleet
bench-fleet: ## time fleets of containers against engines and plain kernel calls (OPTIONS=--help; as root)
	@tools/packages bench
	@tools/engine
	@tools/venv .cache/venv-bench $(PYTHON) bench
	@.cache/venv-bench/bin/python benchmarks/fleet.py $(OPTIONS)

.PHONY: probes
probes: setup-test ## put the probes of docs/security.md to this project, Docker and Podman (as root)
	@PATH="$(CURDIR)/.cache/engine/usr/sbin:$(CURDIR)/.cache/engine/usr/bin:$$PATH" PYTHONPATH=tests/support:tests/probes \
		.venv/bin/python tests/probes/table.py

.PHONY: bench-info
bench-info: setup-test ## time container_info with 500 containers, in a sandbox (as root)
	@tests/sandbox .venv/bin/python benchmarks/container_info.py

.PHONY: docs
docs: setup-check ## make the site of the documentation in .cache/docs/html, without a network
	@tools/docs

.PHONY: picture
picture: setup-test ## make docs/pictures/run.svg anew, of a real run in a sandbox (as root)
	@tests/sandbox .venv/bin/python tools/picture.py docs/pictures/run.svg

.PHONY: format
format: setup-check ## format the Python files
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

.PHONY: clean
clean: ## remove what these targets made in the checkout
	rm -rf .venv .cache .mypy_cache .ruff_cache tests/output

.PHONY: setup-check setup-test
setup-check:
	@tools/packages check
	@tools/venv .venv $(PYTHON) run dev docs
setup-test:
	@tools/packages test
	@tools/engine & engine=$$!; tools/venv .venv $(PYTHON) run dev docs && wait $$engine
