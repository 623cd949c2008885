#!/usr/bin/env bash
# Creates, once for all environments, what Terraform cannot create for itself; --help explains.
set -euo pipefail

usage() {
    cat <<'HELP'
bootstrap.sh --suffix SUFFIX --operators GROUP [--location westeurope] [--dry-run]

Creates what all environments share and what Terraform needs before it can run:

  rg-qfa-shared                    with the two below
    stqfaSUFFIX                    Terraform's state: no shared keys, no public blobs, versions and deleted
                                   blobs kept for 30 days; a container for each environment
    crqfaSUFFIX                    the registry of images, without an admin user; with tools/postgres, for psql.sh
  rg-qfa-dev, -staging, -prd       empty; Terraform fills them
  resource providers               registered, because pipelines may not

and lets the members of the Entra group GROUP (its display name) write the state and pull images.

  --suffix SUFFIX     3 to 8 lower case letters and digits, a letter first; makes names unique in all of Azure
  --operators GROUP   must exist: az ad group create --display-name GROUP --mail-nickname qfa-operators
  --location PLACE    where everything is
  --dry-run           print the commands instead of running them; needs neither az nor a login

Run it as an Owner of the subscription that `az account show` names. It can be run again at any time: what exists
is left or set to the above, nothing is deleted. It says what it does on standard error, and on standard output, at
the end, what Terraform wants to be told.
HELP
}

environments=(dev staging prd)
providers=(
    Microsoft.ContainerInstance Microsoft.ContainerRegistry Microsoft.DBforPostgreSQL Microsoft.Insights
    Microsoft.KeyVault Microsoft.ManagedIdentity Microsoft.Network Microsoft.OperationalInsights Microsoft.Storage
    Microsoft.Web
)
psql_image=docker.io/library/postgres:17-alpine

die() {
    echo "bootstrap.sh: $*" >&2
    exit 2
}

suffix='' operators='' location=westeurope dry_run=false
while (($#)); do
    case $1 in
        --suffix | --operators | --location)
            (($# > 1)) || die "$1 wants a value"
            declare "${1#--}=$2"
            shift 2
            ;;
        --dry-run) dry_run=true && shift ;;
        --help | -h) usage && exit ;;
        *) die "there is no $1; see --help" ;;
    esac
done
[[ $suffix =~ ^[a-z][a-z0-9]{2,7}$ ]] || die "--suffix wants 3 to 8 lower case letters and digits, a letter first"
[[ $operators ]] || die "--operators wants the name of an Entra group"

# Run a command that changes something.
run() {
    printf '+ %s\n' "$(printf '%q ' "$@")" >&2
    $dry_run || "$@" --output none
}

# Print what a query finds; in a dry run, its name in capitals.
ask() {
    local name=$1
    shift
    if $dry_run; then echo "$name"; else "$@" --output tsv; fi
}

# Say whether something is there already; in a dry run nothing is.
exists() {
    ! $dry_run && "$@" --output none 2>/dev/null
}

shared=rg-qfa-shared account=stqfa$suffix registry=crqfa$suffix
subscription=$(ask SUBSCRIPTION az account show --query id)
operators_id=$(ask OPERATORS-ID az ad group show --group "$operators" --query id)

create_groups() {
    local group
    for group in "$shared" "${environments[@]/#/rg-qfa-}"; do
        run az group create --name "$group" --location "$location" --tags application=qfa managed-by=bootstrap
    done
}

register_providers() {
    local provider
    for provider in "${providers[@]}"; do
        run az provider register --namespace "$provider"
    done
}

create_state_account() {
    local environment
    run az storage account create --name "$account" --resource-group "$shared" --location "$location" \
        --kind StorageV2 --sku Standard_GZRS --https-only true --min-tls-version TLS1_2 \
        --allow-shared-key-access false --allow-blob-public-access false --allow-cross-tenant-replication false
    run az storage account blob-service-properties update --account-name "$account" --resource-group "$shared" \
        --enable-versioning true --enable-change-feed true \
        --enable-delete-retention true --delete-retention-days 30 \
        --enable-container-delete-retention true --container-delete-retention-days 30
    for environment in "${environments[@]}"; do
        run az storage container-rm create --name "tfstate-$environment" --storage-account "$account" \
            --resource-group "$shared" --public-access off
    done
}

create_registry() {
    if ! exists az acr show --name "$registry" --resource-group "$shared"; then
        run az acr create --name "$registry" --resource-group "$shared" --location "$location" \
            --sku Standard --admin-enabled false
    fi
    run az acr update --name "$registry" --admin-enabled false --anonymous-pull-enabled false
    run az acr import --name "$registry" --source "$psql_image" --image tools/postgres:17-alpine --force
}

let_operators_in() {
    run az role assignment create --assignee-object-id "$operators_id" --assignee-principal-type Group \
        --role "Storage Blob Data Contributor" --scope "$account_id"
    run az role assignment create --assignee-object-id "$operators_id" --assignee-principal-type Group \
        --role AcrPull --scope "$registry_id"
}

account_id=/subscriptions/$subscription/resourceGroups/$shared/providers/Microsoft.Storage/storageAccounts/$account
registry_id=/subscriptions/$subscription/resourceGroups/$shared/providers/Microsoft.ContainerRegistry/registries/$registry

create_groups
register_providers
create_state_account
create_registry
let_operators_in

cat <<SETTINGS
# Read this before Terraform runs, with what only you know filled in at the end.
export ARM_SUBSCRIPTION_ID=$subscription
export STATE_ACCOUNT=$account
export TF_VAR_name_suffix=$suffix
export TF_VAR_operators_group_id=$operators_id
export TF_VAR_operators_group_name='$operators'
export TF_VAR_registry_id=$registry_id
export TF_VAR_state_account_id=$account_id
export TF_VAR_github_repository=…   # owner/name
export TF_VAR_alert_emails='["…"]'
export TF_VAR_llm_model=…           # provider/model, docs/settings.md
SETTINGS
