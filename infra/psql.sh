#!/usr/bin/env bash
# Runs SQL on the database of the chosen workspace, from inside its network; --help explains.
set -euo pipefail

usage() {
    cat <<'HELP'
psql.sh FILE.sql [NAME=VALUE …]
psql.sh -c 'SELECT …'

The database can be reached from its virtual network only. This starts a container there, with psql, for as long as
the SQL takes; prints what psql says, ends with psql's status and deletes the container. You are who you are in
`az login`: a member of the operators' group (TF_VAR_operators_group_name), under which the database knows you.

NAME=VALUE is for :"NAME" and :'NAME' in the file. SQL begins in the database qfa.
HELP
}

case ${1:-} in
    '' | --help | -h) usage && exit ;;
    -c) sql=${2:?-c wants SQL} && shift 2 ;;
    *) sql=$(<"$1") && shift ;;
esac
for assignment in "$@"; do
    sql="\\set ${assignment%%=*} '${assignment#*=}'"$'\n'"$sql"
done

here=$(dirname "$0")
output() { terraform -chdir="$here" output -raw "$1"; }
host=$(output database_host) group=$(output resource_group) subnet=$(output operations_subnet_id)
registry=$(output registry_host) location=$(output location) database=$(output database_name)
name=ci-psql-$(date +%s)

# Both tokens are of an hour, and are seen by whoever may look at this machine's processes meanwhile.
password=$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)
registry_password=$(az acr login --name "${registry%%.*}" --expose-token --query accessToken --output tsv)

# shellcheck disable=SC2329 # the trap calls it
remove() {
    az container delete --resource-group "$group" --name "$name" --yes --output none ||
        echo "psql.sh: the container $name in $group is still there; it knows a token of yours for an hour" >&2
}
trap remove EXIT
az container create --output none --name "$name" --resource-group "$group" --location "$location" \
    --subnet "$subnet" --image "$registry/tools/postgres:17-alpine" --os-type Linux --cpu 1 --memory 1 \
    --restart-policy Never --registry-login-server "$registry" \
    --registry-username 00000000-0000-0000-0000-000000000000 --registry-password "$registry_password" \
    --environment-variables "SQL=$sql" "PGHOST=$host" "PGDATABASE=$database" PGSSLMODE=require \
    "PGUSER=${TF_VAR_operators_group_name:?wants the name of the operators\' group}" \
    --secure-environment-variables "PGPASSWORD=$password" \
    --command-line "/bin/sh -c 'printf %s \"\$SQL\" | psql --no-psqlrc --set ON_ERROR_STOP=1'"

# Print one property of how the container is.
state() {
    az container show --resource-group "$group" --name "$name" --output tsv \
        --query "containers[0].instanceView.currentState.$1"
}
until [[ $(state state) == Terminated ]]; do
    ((SECONDS < 600)) || { echo "psql.sh: the SQL does not end" >&2 && exit 1; }
    sleep "${PSQL_POLL_SECONDS:-3}"
done
az container logs --resource-group "$group" --name "$name"
exit "$(state exitCode)"
