#!/bin/sh
# The name that PostgreSQL knows its administrator by, which azd does not tell.
set -eu

[ -n "${DEPLOYER_NAME:-}" ] && exit 0
case ${AZURE_PRINCIPAL_TYPE:-User} in
    ServicePrincipal) name=$(az ad sp show --id "$AZURE_PRINCIPAL_ID" --query displayName --output tsv) ;;
    *) name=$(az ad signed-in-user show --query userPrincipalName --output tsv) ;;
esac
azd env set DEPLOYER_NAME "$name"
