# Commands for developers. The first one creates .venv and installs packages; later ones need no network.
VENV := .venv
PY := $(VENV)/bin/python
LOG := $(VENV)/install.log
ARGS ?=
# The number of processes that run tests, each with servers of its own. Use WORKERS=0 for a debugger.
WORKERS ?= 2
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist worksteal --durations 10
# Tests start the code hundreds of times, so it should not be compiled each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo demo-story demo-data screenshots test test-all understanding planting mutants check bench guard faults cluster growth attack gateways clean lock outdated licences sbom secrets dist

help:
	@echo 'make run         start everything here, in the foreground: phone at http://127.0.0.1:8000/simulator (PORT=8100 make run)'
	@echo 'make demo        play a scripted complaint, with each screen and text as a phone shows it'
	@echo 'make demo-story  play six weeks of three complaints in half a minute (DATABASE_URL: on PostgreSQL)'
	@echo 'make demo-data   three months of sample data for the console, in about five minutes (ARGS="--sessions 2000": in less than one)'
	@echo 'make screenshots take the pictures of the console in docs/pictures, from sample data (ARGS=path of another database)'
	@echo 'make test        run the tests (make test ARGS="tests/flows -k paging" for some of them)'
	@echo 'make test-all    run them at full length, as CI does: both databases, every example, more kills'
	@echo 'make understanding measure how well texts are understood, with 645 that nobody who wrote the keywords has seen'
	@echo 'make planting    plant faults of meaning in copies of flows, and count what `flask flows check` finds'
	@echo 'make mutants     change flows/understanding in 120 places, one at a time, and see whether a test notices (ARGS=a folder)'
	@echo 'make check       run ruff, and mypy strict'
	@echo 'make bench       measure server CPU per hop, beside a constant Flask view, a Node peer and the least that Python takes'
	@echo 'make guard       fail where a turn, a hop, a filing or a claim costs a quarter more than recorded (ARGS=--record)'
	@echo 'make faults      1,000 kills on each database while other things fail as well (docs/engineers/fault-tests.md)'
	@echo 'make growth      what every operation costs among 10,000 complaints and a million (10 GB of disk)'
	@echo 'make attack      each attack on a running service while callers file, and what their hops took (ARGS="stalled_bodies")'
	@echo 'make gateways    real Kannel and real Jasmin carry texts both ways (Debian: kannel, rabbitmq-server; ARGS=kannel: one of them)'
	@echo 'make cluster     nginx, PostgreSQL, Redis with sentinels: each part killed in turn while people call (docs/engineers/cluster-trial.md)'
	@echo 'make secrets     search every file that git knows for keys and passwords'
	@echo 'make lock        write requirements.lock and requirements-dev.lock (ARGS=--upgrade: the newest versions in the ranges)'
	@echo 'make outdated    list packages with newer versions'
	@echo 'make licences    list the licence of each package; fail on one that pyproject.toml does not allow'
	@echo 'make sbom        write a list of the packages as CycloneDX to build/sbom.json'
	@echo 'make dist        build and check a wheel and a source distribution of what git tracks, in dist/'
	@echo 'make clean       remove .venv and caches; your data in var/ stays'

run: $(VENV)/.run
	@exec $(PY) -m gateway.development.processes.launcher

demo: $(VENV)/.run
	@exec $(PY) -m gateway.development.demo

demo-story: $(VENV)/.run
	@exec $(PY) -m gateway.development.story

demo-data: $(VENV)/.run
	@exec $(PY) -m gateway.development.demodata $(ARGS)

screenshots: $(VENV)/.dev
	@exec $(PY) -m tests.browser.screenshots $(ARGS)

test: $(VENV)/.dev
	@exec $(PYTEST) $(ARGS)

test-all: $(VENV)/.dev
	@exec $(PYTEST) --all --reruns 1 $(ARGS)

understanding: $(VENV)/.dev
	@exec $(PY) -m tests.understanding $(ARGS)

planting: $(VENV)/.dev
	@exec $(PY) -m tests.planted_faults $(ARGS)

mutants: $(VENV)/.dev
	@exec $(PY) -m tests.mutants $(ARGS)

check: $(VENV)/.dev
	@$(PY) -m ruff check .
	@$(PY) -m mypy

bench: $(VENV)/.dev
	@exec $(PY) -m benchmarks.hop $(ARGS)

guard: $(VENV)/.dev
	@exec $(PY) -m benchmarks.guard $(ARGS)

faults: $(VENV)/.dev
	@exec $(PY) -m tests.faults $(ARGS)

growth: $(VENV)/.dev
	@exec $(PY) -m tests.growth $(ARGS)

attack: $(VENV)/.dev
	@exec $(PY) -m tests.attacks $(ARGS)

gateways: $(VENV)/.dev
	@exec $(PY) -m tests.gateways $(ARGS)

cluster: $(VENV)/.dev
	@exec $(PY) -m tests.cluster $(ARGS)

secrets: $(PY)
	@$(PY) .ci/secret_scan.py

# One lock for every Python, system and processor: it marks lines that apply only to some of them.
LOCK := -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

lock: $(VENV)/.dev
	@$(PY) $(LOCK) $(ARGS) --output-file requirements.lock requirements.txt
	@$(PY) $(LOCK) $(ARGS) --constraints requirements.lock --output-file requirements-dev.lock requirements-dev.txt
	@git diff --stat -- requirements.lock requirements-dev.lock

outdated: $(VENV)/.dev
	@$(PY) -m pip list --outdated --disable-pip-version-check

licences: $(VENV)/.dev
	@$(PY) -m piplicenses --packages $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/\1/p' requirements.lock)

sbom: $(VENV)/.dev
	@mkdir -p build
	@$(PY) -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json requirements.lock
	@echo 'Written: build/sbom.json'

# From a copy of what git tracks, as it is here now: setuptools packs whatever else lies beside the sources.
SOURCES := build/sources
dist: $(VENV)/.dev
	rm -rf $(SOURCES) dist
	@mkdir -p $(SOURCES)
	@git ls-files -z | tar --null --files-from - --create | tar --directory $(SOURCES) --extract
	@$(PY) -m build --no-isolation --outdir dist $(SOURCES)
	@$(PY) -m twine check --strict dist/*

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The newest Python that we support. A name that exists but does not run (a version manager's shim) is skipped.
$(PY):
	@for python in python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo 'Python 3.11, 3.12 or 3.13 is needed and was not found: install one and run make again.' >&2; exit 1; fi; \
	if ! $$found -c 'import ensurepip, sqlite3, ssl' 2>/dev/null; then \
	  echo "$$found lacks venv, sqlite3 or ssl. On Debian or Ubuntu: apt-get install $$found-venv. Then run make again." >&2; exit 1; fi; \
	rm -rf $(VENV); \
	if ! problem=$$($$found -m venv $(VENV) 2>&1); then \
	  echo "Cannot make $(VENV) here: $$(echo "$$problem" | tail -n 1). Is the folder writable?" >&2; exit 1; fi

define install
	@echo 'Installing into $(VENV) (once) ...'
	@if ! touch $(LOG) 2>/dev/null; then echo 'Cannot write in $(VENV). Make the folder writable, or copy the project to a folder of your own.' >&2; exit 1; fi
	@if ! $(PY) -m pip install --disable-pip-version-check --no-input --prefer-binary --require-hashes -r $(1) >$(LOG) 2>&1; then \
	  if grep -qiE 'failed building wheel|command .*(gcc|cc|cargo|rustc).* failed|no such file.*(gcc|cc)' $(LOG); then \
	    echo 'A package has no binary for this Python and could not be compiled. Use Python 3.11-3.13 on x86_64 or arm64, or install a compiler (Debian: apt-get install build-essential python3-dev). See $(LOG)' >&2; \
	  elif grep -qiE 'do not match the hashes|hashes are required' $(LOG); then \
	    echo 'A package does not match its lock and was not installed. Run make again, and if you get the same message, tell us (SECURITY.md). See $(LOG)' >&2; \
	  elif grep -qiE 'connection|temporary failure|no matching distribution|timed out|network' $(LOG); then \
	    echo 'Packages could not be downloaded. The first run needs the package index. See $(LOG), then run make again.' >&2; \
	  else echo "Packages could not be installed: $$(grep -i error $(LOG) | tail -n 1) See $(LOG)" >&2; fi; \
	  exit 1; fi
endef

$(VENV)/.run: requirements.lock $(PY)
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(PY)
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.run $@
