#!/bin/sh
# Three keys, by what they open: ingest takes events and nothing else, read only reads, operate also flushes, replays, discards, and steers
# breakers. A function has keys of its own in Azure, so every function of a role gets one of the same name and value. Keys that are there are
# kept: a second deployment changes no client's key. A test holds these names against the app's endpoints.
set -eu

ingest="IngestEvents AllowWebhook"
read="ListEvents StreamEvents GetValidationMetrics GetAdapterMetrics GetResilienceMetrics GetLedger ListFlushes GetFlags
    GetHealth GetReadiness GetFlagsHealth GetStatus GetSummary ListDeadLetters GetDeadLetter GetReplay ListOperations
    GetOpenApi GetPlainDashboard"
operate="Flush ReplayDeadLetter ReplayDeadLetters CancelReplay DiscardDeadLetter IsolateBreaker ResetBreaker"

group=${AZURE_RESOURCE_GROUP:?is set by the deployment}
app=${FUNCTION_APP_NAME:?is set by the deployment}

value_of() { # function, key: its value, or nothing when it has none. An error ends the script: a new key would lock every client out.
    az functionapp function keys list --resource-group "$group" --name "$app" --function-name "$1" --query "$2" --output tsv
}

give() { # key, its value, functions ...
    key=$1 value=$2
    shift 2
    for function in "$@"; do
        az functionapp function keys set --resource-group "$group" --name "$app" --function-name "$function" \
            --key-name "$key" --key-value "$value" --output none
    done
}

key_for() { # key, a function that has it
    value=$(value_of "$2" "$1") || exit 1
    [ -n "$value" ] || value=$(openssl rand -hex 32)
    printf '%s' "$value"
}

ingest_key=$(key_for ingest IngestEvents)
read_key=$(key_for read GetHealth)
operate_key=$(key_for operate Flush)

# shellcheck disable=SC2086 # the lists are words
{
    give ingest "$ingest_key" $ingest
    give read "$read_key" $read
    give operate "$operate_key" $operate $read
}

echo "Keys ingest, read and operate are set. To read one:"
echo "  az functionapp function keys list -g $group -n $app --function-name GetHealth --query read -o tsv"
