#!/bin/sh
# The schema of PostgreSQL, and what the app may do there. Runs as who deploys, the server's Entra administrator, and needs dotnet, az and psql.
# With private networking it must run inside the network; from outside it says so and leaves it to you.
set -eu

host=${POSTGRES_HOST:?is set by the deployment}
database=${POSTGRES_DATABASE:?is set by the deployment}
app=${APP_IDENTITY_NAME:?is set by the deployment}
user=${DEPLOYER_NAME:?is set by preprovision.sh}

PGPASSWORD=$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)
export PGPASSWORD PGSSLMODE=verify-full PGSSLROOTCERT=system PGCONNECT_TIMEOUT=15 PGHOST="$host" PGUSER="$user"

if ! psql --dbname "$database" --command 'SELECT 1' >/dev/null; then
    echo "PostgreSQL does not answer from here. Without private networking: azd env set DEPLOYER_ADDRESS <this machine's address>, and azd provision." >&2
    echo "With it: run infra-bicep/hooks/postprovision.sh from a machine in the network, with the values of 'azd env get-values'." >&2
    exit 1
fi

# As who deploys: the owner of the schema is who may change it, and the app is not.
Postgres__Host="$host" Postgres__Database="$database" Postgres__Username="$user" \
    dotnet run --configuration Release --project src/FunctionsMonitor.Local -- migrate
dotnet run --configuration Release --project src/FunctionsMonitor.Local -- migrate --roles |
    psql --dbname "$database" --set ON_ERROR_STOP=1 --single-transaction --quiet

# The database "postgres" has the function that makes a role of a managed identity.
psql --dbname postgres --set ON_ERROR_STOP=1 --set app="$app" --quiet <<'SQL'
SELECT pgaadauth_create_principal(:'app', false, false)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'app');
SQL
psql --dbname "$database" --set ON_ERROR_STOP=1 --set app="$app" --quiet <<'SQL'
GRANT monitoring_ingest TO :"app";
SQL

# A later deployment must not put back the flags that an operator has turned since.
if command -v azd >/dev/null; then
    azd env set FUNCTIONSMONITOR_CREATE_FLAGS false
fi
