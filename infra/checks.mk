# Checks of infra/ that need more than .venv; the Makefile includes this.
CHECKOV := .venv-checkov
.PHONY: infra-policy

$(CHECKOV)/.installed: infra/checks/checkov.txt
	@echo "Installing checkov into $(CHECKOV), which takes less than a minute …"
	@$(PYTHON) -m venv $(CHECKOV)
	@echo '*' >$(CHECKOV)/.gitignore
	@$(CHECKOV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# With the sizes of prd: dev and staging leave out standby, zones and second region on purpose, and differ in nothing else.
infra-policy: $(CHECKOV)/.installed ## scan infra/ by policy; exceptions stand beside what they except
	$(CHECKOV)/bin/checkov --directory infra --framework terraform --var-file infra/environments/prd.tfvars \
	    --quiet --compact --skip-download
