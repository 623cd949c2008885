#!/usr/bin/env bash
# Plan infra/ for $ENVIRONMENT into $RUNNER_TEMP/plan; show it in the summary, and put its SHA-256 among the outputs.
#   plan.sh [--read-only]     neither lock the state nor make a workspace, for an identity that may only read
# $INFRA is Terraform's variables in JSON: {"shared": {…}, "dev": {…}, …}; an environment's own go before shared ones.
set -euo pipefail
cd "$(dirname "$0")/../../infra"

lock=-lock-timeout=5m make=(-or-create)
if [[ ${1:-} == --read-only ]]; then
    lock=-lock=false make=()
fi
[[ $ENVIRONMENT =~ ^(dev|staging|prd)$ ]] || { echo "plan.sh: no environment: $ENVIRONMENT" >&2 && exit 2; }

jq --arg environment "$ENVIRONMENT" --arg repository "$GITHUB_REPOSITORY" \
    '.shared + (.[$environment] // {}) + {github_repository: $repository}' <<< "$INFRA" > pipeline.auto.tfvars.json
account=$(jq --raw-output '.state_account_id | split("/") | last' pipeline.auto.tfvars.json)

terraform init -input=false -no-color \
    -backend-config="storage_account_name=$account" -backend-config="container_name=tfstate-$ENVIRONMENT"
terraform workspace select "${make[@]}" "$ENVIRONMENT"
terraform plan -input=false -no-color "$lock" -var-file="environments/$ENVIRONMENT.tfvars" -out="$RUNNER_TEMP/plan"
terraform show -no-color "$RUNNER_TEMP/plan" > "$RUNNER_TEMP/plan.txt"

{
    echo "### $ENVIRONMENT"
    echo '```'
    head --bytes=900000 "$RUNNER_TEMP/plan.txt" # a summary holds 1 MiB
    echo '```'
} >> "$GITHUB_STEP_SUMMARY"
sha256=$(sha256sum "$RUNNER_TEMP/plan.txt")
echo "sha256=${sha256%% *}" >> "$GITHUB_OUTPUT"
