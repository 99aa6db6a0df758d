# Martlet's commands; `make` alone lists them. Everything is made inside the clone.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The tracking store of the notebooks and of `make quickstart`. Notebooks run in their own folder, so a
# relative path becomes an absolute one.
STORE := $(or $(TRACKING_URI),tracking.db)
export TRACKING_URI := $(if $(findstring :,$(STORE))$(filter /%,$(STORE)),,$(CURDIR)/)$(STORE)
# The kernelspec in .venv comes before one that the user has installed.
export JUPYTER_PREFER_ENV_PATH := 1

SWIFT := $(if $(MARTLET_TOOLCHAIN),$(MARTLET_TOOLCHAIN)/bin/swift,swift)
BIN := .build/release
SWIFT_SOURCES := Package.swift Sources Tests
LAB_ARGS := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

# MARK: What users need

.PHONY: quickstart
quickstart: build .venv-quickstart kernelspec ## Set everything up, execute the first notebook, compare its runs
	@scripts/quickstart.sh

.PHONY: lab
lab: build .venv-quickstart kernelspec ## Open JupyterLab with the Swift kernel
	.venv/bin/jupyter lab $(LAB_ARGS) --ServerApp.root_dir="$(CURDIR)" notebooks/quickstart.ipynb

.PHONY: build
build: packages toolchain ## Build martlet, martlet-kernel, martlet-worker and track-cli into .build/release
	$(SWIFT) build -c release

# MARK: What developers need

.PHONY: test
test: test-packages toolchain .venv-quickstart .venv-test ## Set everything up and run every test
	@scripts/test.sh

.PHONY: check
check: lint test ## The whole gate: lint, build, tests

.PHONY: lint
lint: toolchain ## Check format, layers and file sizes
	$(SWIFT) format lint --strict --parallel -r $(SWIFT_SOURCES)
	@.ci/check-layers.sh
	@.ci/check-file-size.sh

.PHONY: format
format: toolchain ## Format the Swift sources
	$(SWIFT) format --in-place --parallel -r $(SWIFT_SOURCES)

.PHONY: bench-kernel
bench-kernel: build .venv-quickstart .venv-test kernelspec ## Measure the kernel beside ipykernel
	.venv/bin/python benchmarks/kernel.py
	.venv/bin/python benchmarks/session.py
	.venv/bin/python benchmarks/tensor_cells.py

.PHONY: bench-faults
bench-faults: build .venv-quickstart .venv-test kernelspec ## Have 1,000 random faults in one session, and time interrupts
	.venv/bin/python benchmarks/faults.py
	.venv/bin/python benchmarks/interrupts.py

.PHONY: bench-arrays
bench-arrays: build .venv-quickstart .venv-test ## Measure tensors beside NumPy, and JAX and PyTorch if installed
	.venv/bin/python benchmarks/arrays.py --loaded

.PHONY: bench-tracking
bench-tracking: build .venv-mlflow ## Measure the tracking store and server beside MLflow's
	.venv-mlflow/bin/python benchmarks/tracking.py

.PHONY: compare-mlflow
compare-mlflow: build .venv-mlflow ## Send raw requests to MLflow's server and ours, and tell where the answers differ
	.venv-mlflow/bin/python Tests/compatibility/compare.py

.PHONY: clean
clean: ## Remove what was built; the tracking store stays
	rm -rf .build .venv .venv-mlflow

# MARK: The steps of the set-up

.PHONY: packages
packages:
	@scripts/packages.sh

.PHONY: test-packages
test-packages:
	@scripts/packages.sh test

.PHONY: toolchain
toolchain:
	@scripts/toolchain.sh

.PHONY: .venv-quickstart
.venv-quickstart: packages
	@scripts/python.sh quickstart

.PHONY: .venv-test
.venv-test: packages
	@scripts/python.sh test

.PHONY: .venv-mlflow
.venv-mlflow: packages
	@VENV=$@ scripts/python.sh bench-tracking

.PHONY: kernelspec
kernelspec: build .venv-quickstart
	@$(BIN)/martlet kernel install --prefix .venv
