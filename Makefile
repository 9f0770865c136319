# Traceline's commands. `make` alone lists them. Those that a newcomer meets first install what they need, or
# say what is missing.

SHELL := /bin/sh
TARGET := $(or $(CARGO_TARGET_DIR),target)
export TRACELINE_SITE_ROOT ?= $(CURDIR)/target/site

.DEFAULT_GOAL := help
.PHONY: help run dev sandbox test check release size fmt clean-data

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: ## build and start Traceline with a sandbox Jira beside it, on http://127.0.0.1:3000
	@scripts/need.sh rust cc
	@cargo xtask build
	@exec $(TARGET)/debug/traceline dev

dev: ## the same, rebuilt at each change
	@scripts/need.sh rust cc
	@cargo xtask dev

sandbox: ## start the sandbox Jira alone
	@scripts/need.sh rust cc
	@cargo build --features ssr --bin traceline
	@exec $(TARGET)/debug/traceline sandbox

test: ## run all tests, on SQLite and PostgreSQL and in the browser
	@scripts/need.sh rust cc postgres chromium npm tours
	@scripts/test.sh

check: ## formatting, lints for both targets, house rules
	@scripts/need.sh rust-tools cc
	@echo "check: formatting"
	@cargo fmt --all --check
	@echo "check: lints, browser part"
	@cargo clippy --quiet --features hydrate --target wasm32-unknown-unknown --lib -- -D warnings
	@echo "check: lints, server and tests"
	@cargo clippy --quiet --features ssr --all-targets -- -D warnings
	@echo "check: lints, build tool"
	@cargo clippy --quiet --profile xtask --package xtask --all-targets --all-features -- -D warnings
	@echo "check: house rules"
	@cargo test --quiet --features ssr --test integration tidy::

release: ## one optimised binary with the web assets inside
	@scripts/need.sh rust cc
	@cargo xtask build --dist
	@cargo xtask size
	@echo "release: $(TARGET)/dist/traceline"

size: ## size of the browser part against its budget
	@cargo xtask build --assets
	@cargo xtask size

fmt: ## format the code
	@cargo fmt --all

clean-data: ## remove ./data, everything that `make run` stored
	@echo "clean-data: removing ./data"
	@rm -rf data
