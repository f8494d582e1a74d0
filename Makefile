# Everything runs in .venv, which is made from the locks when it is missing or older than they are.
# Nothing here is needed to use jobreport: README.md gives the commands without make.
.DEFAULT_GOAL := report
.PHONY: report bench test test-dear test-slow test-browser simulation nightly mutants sample lint audit lab form lock dist release help

PY := $(if $(filter Windows_NT,$(OS)),.venv/Scripts/python.exe,.venv/bin/python)
UV := $(shell command -v uv 2>/dev/null)
# The first Python that is new enough; `make report PYTHON=/path/to/python` overrules it.
PYTHON = $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# uv where it is there (and reaches the registry), else pip.
install = $(if $(UV),"$(UV)" pip install --quiet --python $(PY) --compile-bytecode $(1) || )$(PY) -m pip install --quiet $(1)
unexport PYTHONDONTWRITEBYTECODE  # what a worker has compiled, the others need not
PYTEST = $(PY) -m pytest -n auto --maxprocesses 4

report: .venv/.report  ## make both reports: outputs/ishoej and outputs/demo
	$(PY) -m jobreport run params/ishoej.yml
	$(PY) -m jobreport run params/demo.yml

test: .venv/.test  ## run the default tests
	$(PYTEST)

test-dear: .venv/.test  ## run the dear tests, which the default ones leave out and CI runs: whole reports, kernels, attacks
	$(PYTEST) -m "dear and not slow and not verapdf and not browser and not simulation"

test-slow: .venv/.test  ## run the slow tests and the checks with veraPDF (needs a JDK)
	$(PYTEST) -m "slow or verapdf"

test-browser: .venv/.test .venv/.lab  ## check the web page, JupyterLab and the form in a browser (needs Node.js and Chromium)
	npm install --silent --no-package-lock --prefix tests/accessibility
	npm install --silent --no-package-lock --prefix tests/browser
	$(PYTEST) -m browser

simulation: .venv/.test  ## draw many made-up countries anew and hold what tests/simulation keeps against them
	$(PYTEST) -m simulation

nightly:  ## all that .ci/run leaves out: slow, veraPDF, browser, simulation (.ci/nightly)
	.ci/nightly

mutants: .venv/.test  ## change the program one place at a time and see whether a test fails (ROOM=release: one folder)
	$(PY) -m mutmut run --max-children 2 $(if $(ROOM),"jobreport.$(ROOM).*") ; $(PY) -m mutmut results

sample: .venv/.test  ## the same for mutants drawn from each folder, with the share killed and its interval (EACH=60 SEED=1 ROOM=release)
	$(PY) tests/mutants.py --each $(or $(EACH),60) --seed $(or $(SEED),1) $(ROOM)

bench: .venv/.test  ## time reports beside the plain loop of papermill and nbconvert (25 minutes, on an idle machine)
	$(PY) tests/benchmarks/reports.py --write

lint: .venv/.test  ## check style and types
	$(PY) -m ruff check
	$(PY) -m mypy

audit: .venv/.test  ## check locks and licences and, where a database can be reached, known vulnerabilities
	$(PY) tests/supply.py

lab: .venv/.lab  ## open JupyterLab on notebooks/
	JUPYTER_CONFIG_PATH=notebooks/.jupyter $(PY) -m jupyterlab

form: .venv/.lab  ## make a report by filling in a form in the browser
	$(PY) -m jobreport form

lock:  ## resolve the three locks anew from pyproject.toml
	$(call compile,requirements.lock,--group build)
	$(call compile,notebooks/requirements.lock,--extra lab,requirements.lock)
	$(call compile,tests/requirements.lock,--extra test --extra sql,requirements.lock notebooks/requirements.lock)

dist: .venv/.report  ## build the wheel and the source archive into dist/
	$(PY) -m hatchling build --directory $(or $(DIST),dist)

release: .venv/.report  ## write a version and its date where they stand (VERSION=0.2.0, DATE=2026-12-01 or today); then commit and tag
	$(PY) tests/release.py $(VERSION) $(DATE)
	$(call install,--no-deps --no-build-isolation --editable .)

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

# $(1) lock, $(2) what it holds, $(3) locks that go before it: their pins bind it, and it repeats none of them.
define compile
	$(PY) -m uv pip compile pyproject.toml $(2) --quiet --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-emit-index-url --no-header --no-annotate $(addprefix --constraint ,$(3)) \
		$(if $(3),$$(sed -n 's/^\([a-z0-9._-]*\)==[^;]*$$/--no-emit-package \1/p' $(3))) --output-file $(1)
endef

$(PY):
	@test -n "$(PYTHON)" || { echo "jobreport needs Python 3.11 or newer, and none was found."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.report: requirements.lock pyproject.toml | $(PY)
	$(call install,--require-hashes -r requirements.lock)
	$(call install,--no-deps --no-build-isolation --editable .)
	$(PY) -m compileall -q jobreport
	@touch $@

.venv/.test: tests/requirements.lock .venv/.report
	$(call install,--no-deps --require-hashes -r tests/requirements.lock)
	@touch $@

.venv/.lab: notebooks/requirements.lock .venv/.report
	$(call install,--no-deps --require-hashes -r notebooks/requirements.lock)
	@touch $@
