# Thin: every target calls a script. `make` alone lists the targets.
# Variables given on the command line (make local JOBS=8 MAX=3) reach the scripts as environment variables.
.DEFAULT_GOAL := help
SHELL := bash
TSX := node_modules/.bin/tsx
export PATH := $(CURDIR)/.muster/bin:$(PATH)
# The SDK is pinned, so its remark on what later versions will need is noise on every run.
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED := true

.PHONY: help setup check test local ami promote deploy diff destroy secrets bench clean

help: ## This list.
	@scripts/help $(MAKEFILE_LIST)

setup: ## Install what the other targets need, after listing it; they call it themselves. DRY_RUN=1 lists only
	@scripts/setup

check: setup ## Format, lint, types, dependency rules, shell scripts.
	@scripts/check

test: setup ## All tests with coverage. Without root, tests that need it are skipped and counted.
	@scripts/test

local: setup ## The whole system on this machine, no AWS account. JOBS=8 MAX=3 JOBS_FILE=jobs.yaml KEEP=1
	@$(TSX) local/run/main.ts

ami: setup ## Bake an image on AWS and promote it. ENV=dev IMAGE=runner PINS=file BUILDER_FROM=10.0.0.0/8
	@$(TSX) scripts/ami.ts

promote: setup ## Make an existing image the current one (also: roll back). ENV=dev IMAGE=runner AMI=ami-…
	@$(TSX) scripts/promote.ts

deploy: setup ## Create or change the fleets on AWS; asks first. ENV=dev APPROVE=dev
	@$(TSX) scripts/deploy.ts

diff: setup ## Show what a deploy would change. ENV=dev
	@$(TSX) scripts/diff.ts

destroy: setup ## Drain the fleets, then remove everything; asks first. ENV=dev APPROVE=dev
	@$(TSX) scripts/destroy.ts

secrets: setup ## Store a token, read from a prompt or standard input. ENV=dev FLEET=linux or ACCOUNT=main
	@$(TSX) scripts/secrets.ts

bench: setup ## Benchmarks: synthesis, scaler, boot.
	@scripts/bench

clean: ## Undo what setup and local did to this machine, after listing it.
	@scripts/clean
