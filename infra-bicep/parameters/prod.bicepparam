// Zone-redundant, closed to the internet behind the app, and somebody is told.
using '../main.bicep'

param environmentName = 'functionsmonitor-prod'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param profile = 'prod'
param privateNetworking = true
param maximumInstances = 100
param deployerObjectId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerName = readEnvironmentVariable('DEPLOYER_NAME', '')
param deployerType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
