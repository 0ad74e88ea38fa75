# Every target is a command of `python3 -m dev`; what it needs is made on first use,
# below the folder .odoo. Settings: make TARGET NAME=value

PYTHON ?= python3
export DB DEMO MODULES ARGS PORT ODOO_SRC

RUN = @$(PYTHON) -m dev

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-upstream lint bench shell db pot readme wheel clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  DB=name DEMO=1 MODULES=a,b PORT=8070 ARGS='…' ODOO_SRC=/path PYTHON=python3.12"

demo: ## Make the demo database afresh and play one customer's need in it
	$(RUN) demo

serve: ## Run Odoo on the demo database (DB=name, PORT=8069)
	$(RUN) serve

test: ## Run the tests (ARGS='tests/test_x.py -k word')
	$(RUN) test

test-upstream: ## Run the tests of the modules that the addon extends
	$(RUN) test-upstream

lint: ## Check code, data, translations, packaging and containers
	$(RUN) lint

bench: ## Measure speed; results below .odoo
	$(RUN) bench

shell: ## Open Odoo's shell, or run a script: make -s shell DB=name < script.py
	$(RUN) shell

db: ## Make a fresh database: make db DB=name [DEMO=1] [MODULES=a,b]
	$(RUN) db

pot: ## Update the translation template and the translations
	$(RUN) pot

readme: ## Write the addon's README.rst from its fragments
	$(RUN) readme

wheel: ## Build the installable package below .odoo/dist
	$(RUN) wheel

clean: ## Stop the private database server and remove .odoo
	$(RUN) clean
