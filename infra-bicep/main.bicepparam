// What `azd up` deploys with; azd sets the variables.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'functionsmonitor')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param deployerObjectId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerName = readEnvironmentVariable('DEPLOYER_NAME', '')
param deployerType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
param deployerAddress = readEnvironmentVariable('DEPLOYER_ADDRESS', '')
param profile = readEnvironmentVariable('FUNCTIONSMONITOR_PROFILE', 'dev')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param privateNetworking = bool(readEnvironmentVariable('FUNCTIONSMONITOR_PRIVATE', 'false'))
param createFlags = bool(readEnvironmentVariable('FUNCTIONSMONITOR_CREATE_FLAGS', 'true'))
