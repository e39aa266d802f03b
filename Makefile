# Jinbang: `make demo` runs the main job, `make test` proves it. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help demo test test-programs test-journeys test-journeys-sqlite test-journeys-postgresql test-setup check bench bench-lookup bench-peak soak lock messages

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -q
SHARED := -n 2 --dist loadfile --no-loadscope-reorder
unexport PYTHONDONTWRITEBYTECODE # tests start the program hundreds of times: it is compiled once, whatever the shell says

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: ## set up, build the demo world and serve it on http://localhost:8000 (REBUILD=1 makes the world anew)
	@scripts/environment runtime
	@$(BIN)/jinbang demo $(if $(REBUILD),--rebuild)

test: test-setup ## set up everything and run all tests on SQLite and PostgreSQL, in the small size (CHECKED=1: without those of `make check`)
	@$(MAKE) --no-print-directory -k test-programs test-journeys

test-programs: # one after the other: beside each other they push each other out of the caches, and cost a sixth more
	$(PYTEST) $(SHARED) -m "not journey and not soak" $(if $(CHECKED),--ignore=tests/house)
	$(PYTEST) $(SHARED) -m "not journey and not soak" --database=postgresql --ignore=tests/house \
		--ignore=tests/kernel --ignore=tests/results/test_two_people.py --ignore-glob=tests/*/test_effort.py

test-journeys: # three at once and a fourth, for they wait a good deal
	@$(MAKE) --no-print-directory -k -j2 test-journeys-sqlite test-journeys-postgresql

test-journeys-sqlite:
	$(PYTEST) $(SHARED) -n 3 tests/journeys -m "journey and not soak"

test-journeys-postgresql: # what it says is shown when it has ended
	@scripts/later $(PYTEST) tests/journeys -m "journey and not soak" -k on_every_database --database=postgresql

test-setup:
	@scripts/test-packages
	@scripts/environment development

check: test-setup ## lint, types, import contracts and the tests about the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(PYTEST) tests/house

bench: ## measure, as ratios to something real in the same run; writes benchmarks/RESULTS.md
	@scripts/environment development
	$(BIN)/python -m benchmarks

bench-lookup: ## measure release day beside nginx and Django (PEOPLE=3000000, COMPARE=10000000 or 0)
	@scripts/test-packages nginx-light wrk
	@scripts/environment development
	$(BIN)/python -m benchmarks.lookup $(if $(PEOPLE),--people $(PEOPLE)) $(if $(COMPARE),--compare $(COMPARE))

bench-peak: ## a province's first minutes in an open loop: nginx with TLS, a burst, people who come back (SECONDS=60, SHARE=1.0)
	@scripts/test-packages nginx-light
	@scripts/environment development
	$(BIN)/python -m benchmarks.lookup.peak --write $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SHARE),--share $(SHARE))

soak: test-setup ## the tests that have two sizes (tests/tiers.py) in the nightly one, what is too long for `make test`, and all others without a replay
	@scripts/lighthouse
	$(PYTEST) $(SHARED) --tier nightly -m "tiered or soak"
	$(PYTEST) $(SHARED) --built-anew -m "not journey and not soak"
	$(PYTEST) $(SHARED) --tier nightly -m tiered --database=postgresql --ignore=tests/house --ignore=tests/kernel \
		--ignore=tests/results/test_two_people.py

lock: ## renew requirements/*.txt (needs uv)
	for name in runtime development node; do uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header -q requirements/$$name.in -o requirements/$$name.txt; done

messages: ## renew the list of texts on screen, locale/django.pot
	@scripts/messages
