// A place to try things: cheap, one copy of everything, on the internet for identities only.
using '../main.bicep'

param environmentName = 'functionsmonitor-dev'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param profile = 'dev'
param maximumInstances = 5
param deployerObjectId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerName = readEnvironmentVariable('DEPLOYER_NAME', '')
param deployerType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
