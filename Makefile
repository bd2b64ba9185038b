# The commands of the project; `make help` lists them. Each is a line over CMake presets and scripts.
PRESET ?= release
JOBS ?= $(shell nproc)
.PHONY: help deps build demo run test check-long package bench format lint clean
help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
deps: ## install what build, tests and demo need (Debian 12, apt)
	@scripts/deps.sh
build: deps ## build build/tocsin and build/tocsin-agent (release)
	@scripts/build.sh $(PRESET) $(JOBS) tocsin tocsin-agent
demo: build ## break a real application and watch the outage carried to its review; ONCE=1 ends by itself
	@scripts/demo.sh
run: build ## start the server alone, in ./data, on 127.0.0.1:4566
	@build/tocsin serve --dev --data data --listen 127.0.0.1:4566
test: deps ## everything CI runs
	@scripts/test.sh
check-long: deps ## what takes longer: TSan, kill campaigns, long loads
	@scripts/check_long.sh
package: build ## Debian packages and the bill of materials, into build/packages
	@scripts/deps.sh package
	@packaging/build_packages.sh build/$(PRESET) build/packages
bench: build ## measure against the peers; figures go to docs/performance
	@bench/run.sh
format: ## clang-format over the tree
	@scripts/format.sh
lint: ## clang-tidy over the tree
	@scripts/lint.sh
clean: ## remove build output
	@rm -rf build
