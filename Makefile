# Thin: every target calls a script. `make` alone lists the targets.
# Variables given on the command line (make local JOBS=8 MAX=3) reach the scripts as environment variables.
.DEFAULT_GOAL := help
SHELL := bash
TSX := node_modules/.bin/tsx
export PATH := $(CURDIR)/.muster/bin:$(PATH)
# The SDK is pinned, so its remark on what later versions will need is noise on every run.
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED := true

.PHONY: help setup check bundle test local ami images promote rollback runner-image nightly housekeeping bump deploy diff post-diff propose-bump pipeline-policy destroy secrets hours history simulate soak status pause resume hold release bench clean

help: ## This list.
	@scripts/help $(MAKEFILE_LIST)

setup: ## Install what the other targets need, after listing it; they call it themselves. DRY_RUN=1 lists only
	@scripts/setup

check: setup ## Format, lint, types, dependency rules, shell scripts.
	@scripts/check

bundle: setup ## Bundle the action that starts a runner for GitHub; what comes of it is committed.
	@$(TSX) scripts/bundle-action.ts

test: setup ## All tests with coverage. Without root, tests that need it are skipped and counted.
	@scripts/test

local: setup ## The whole system on this machine, no AWS account. JOBS=8 MAX=3 FLEETS=circleci|gitlab|nomad|all JOBS_FILE=jobs.yaml KEEP=1
	@$(TSX) local/run/main.ts

ami: setup ## Bake an image on AWS, boot it to prove it, promote it. ENV=dev IMAGE=runner PINS=file BUILDER_FROM=10.0.0.0/8
	@$(TSX) scripts/ami.ts

images: setup ## Show the versions of each image, and why each stays. ENV=dev IMAGE=runner
	@$(TSX) scripts/images.ts

promote: setup ## Make a version of an image the current one. ENV=dev IMAGE=runner VERSION=20261121-031502 or AMI=ami-… PROOF=none
	@$(TSX) scripts/promote.ts

rollback: setup ## Make the version current that was promoted before. ENV=dev IMAGE=runner
	@$(TSX) scripts/rollback.ts

runner-image: setup ## Build, push and promote the container image of GitHub's runners. ENV=dev VERSION=… or ROLLBACK=1 BUILDER=podman
	@$(TSX) scripts/runner-image.ts

nightly: setup ## Renew every image, the runners' container image too; what CodeBuild runs at night. ENV=dev IMAGES=runner,githubEcs
	@$(TSX) scripts/nightly.ts

housekeeping: setup ## Say which images nothing needs; remove them with APPROVE=dev. ENV=dev IMAGE=runner
	@$(TSX) scripts/housekeeping.ts

bump: setup ## Raise the pinned versions and checksums from the vendors' feeds. DRY_RUN=1 ONLY=NODE,GO
	@$(TSX) scripts/bump.ts

deploy: setup ## Create or change the fleets on AWS; asks first. ENV=dev APPROVE=dev
	@$(TSX) scripts/deploy.ts

diff: setup ## Show what a deploy would change. ENV=dev
	@$(TSX) scripts/diff.ts

post-diff: setup ## In a pipeline: show the diff in a comment on the pull or merge request. ENV=stg TARGET=develop
	@$(TSX) scripts/post-diff.ts

propose-bump: setup ## In a pipeline: propose what make bump has changed. TARGET=develop
	@$(TSX) scripts/propose-bump.ts

pipeline-policy: setup ## Print what a role of a pipeline may do. ENV=stg ROLE=diff, ROLE=deploy or ROLE=nightly
	@$(TSX) scripts/pipeline-policy.ts

destroy: setup ## Drain the fleets, then remove everything; asks first. ENV=dev APPROVE=dev
	@$(TSX) scripts/destroy.ts

secrets: setup ## Store a token, read from a prompt or standard input. ENV=dev FLEET=linux, ACCOUNT=main or WEBHOOK=main
	@$(TSX) scripts/secrets.ts

hours: setup ## Show when fleets open and close next, and the hours that saves. ENV=dev FLEET=linux
	@$(TSX) scripts/hours.ts

history: setup ## Write the jobs of the last days as a trace for make simulate, read from the CI. ENV=dev FLEET=linux DAYS=7 OUT=file.csv
	@$(TSX) scripts/history.ts

simulate: setup ## What a fleet, or all of a config, would cost and how long jobs would wait, beside other policies. ENV=dev FLEET=linux TRACE=file.csv JOBS=10000 BURST=10-60 FAULTS=usual ADVISE=1 JSON=1
	@$(TSX) scripts/simulate.ts

soak: setup ## Random fleets, jobs and faults in virtual time: no job killed, nothing left. JOBS=100000 SEED=1
	@$(TSX) scripts/soak.ts

status: setup ## Show what each fleet has, wants and why, and what it saved. ENV=dev FLEET=linux SAVINGS_DAYS=7
	@$(TSX) scripts/status.ts

pause: setup ## Close a fleet until make resume; running jobs finish. ENV=dev FLEET=linux
	@$(TSX) scripts/pause.ts

resume: setup ## Let a paused fleet follow its queue again. ENV=dev FLEET=linux
	@$(TSX) scripts/resume.ts

hold: setup ## Keep an instance for a look at it: no more jobs, and nothing ends it. ENV=dev INSTANCE=i-…
	@$(TSX) scripts/hold.ts

release: setup ## Let a held instance go. ENV=dev INSTANCE=i-…
	@$(TSX) scripts/release.ts

bench: setup ## Benchmarks: synthesis, scaler, boot.
	@scripts/bench

clean: ## Undo what setup and local did to this machine, after listing it.
	@scripts/clean
