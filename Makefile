# Every command of the project. « make help » lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PORT ?= 8000
PY := .venv/bin/python
MANAGE := $(PY) manage.py

# A name on the PATH may be a version manager's shim that runs nothing: an interpreter is chosen by running it.
WANTED := import sys; sys.exit(sys.version_info < (3, 11))
FIND_PYTHON = for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$candidate" -c "$(WANTED)" >/dev/null 2>&1 && echo "$$candidate" && break; done; true

# Values that prove the production settings complete; they open nothing.
PROD_CHECK = key="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')"; \
	SECRET_KEY="$$key" VOTE_KEY="$$key" ALLOWED_HOSTS=faq.example.org DATABASE_URL=postgres://faqcms@db.example.org/faqcms

.PHONY: help run setup test quick quality bench evaluate fuzz lock messages environment

help: ## affiche cette liste
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

run: environment ## installe, remplit et sert le site de démonstration (PORT=8000)
	@$(PY) tools/port.py $(PORT)
	@$(MANAGE) load_demo --address http://127.0.0.1:$(PORT)/
	@$(MANAGE) runserver 127.0.0.1:$(PORT)

setup: environment ## installe tout ce que demandent le site et les tests, puis s’arrête
	@$(PY) -m tools.browser

test: setup ## lance toute la suite sur SQLite et sur PostgreSQL, côte à côte (ARGS="…" : pour pytest)
	@$(PY) -m tests.run $(ARGS)

quick: environment ## lance ce qui est rapide, sur SQLite et sans navigateur (ARGS="--lf" : pour pytest)
	@env -u DATABASE_URL -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -n 2 \
		-m "not e2e and not slow" $(ARGS)

quality: environment ## vérifie style, imports, types, gabarits, migrations, réglages de production
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports
	$(PY) -m mypy
	.venv/bin/djlint --lint --quiet faq feedback
	$(MANAGE) makemigrations --check --dry-run
	@echo "manage.py check --deploy --settings faqcms.settings.prod"
	@$(PROD_CHECK) $(MANAGE) check --deploy --fail-level WARNING --settings faqcms.settings.prod

bench: environment ## mesure les temps de réponse, à côté de façons naïves
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@$(PY) -m tests.benchmarks

evaluate: environment ## mesure doublons (ARGS="--answers 2000 --seed 1"), notations, suggestions, masquage et recherche
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@$(PY) -m tests.evaluation.duplicates $(ARGS)
	@$(PY) -m tests.evaluation.notations
	@$(PY) -m tests.evaluation.suggestions
	@for half in tuned unread; do $(PY) -m tests.evaluation.masking tests/evaluation/data/masking_$$half.tsv || exit 1; done
	@$(PY) -m tests.evaluation.search $(wildcard tests/evaluation/data/queries_*.csv)

fuzz: environment ## essaie chaque lecteur de texte sur 100 000 textes (ARGS="--cases 100000 --seed 1")
	@DJANGO_SETTINGS_MODULE=faqcms.settings.test $(PY) -m tests.fuzzing $(ARGS)

lock: environment ## verrouille les dépendances avec leurs empreintes (ARGS=--upgrade : les met à jour)
	@for name in base prod s3 dev bench; do .venv/bin/uv pip compile --quiet --generate-hashes --universal --no-header \
		--python-version 3.11 $(ARGS) --output-file requirements/$$name.txt requirements/$$name.in || exit 1; done

messages: environment ## compile nos traductions des textes de Django, après un changement du fichier .po
	@$(PY) -m tools.messages

environment:
	@python="$$($(FIND_PYTHON))"; \
	if [ -z "$$python" ]; then \
		echo "Il faut Python 3.11 ou plus récent. Sur Debian ou Ubuntu : sudo apt-get install python3 python3-venv" >&2; \
		exit 1; \
	fi; \
	"$$python" tools/environment.py
