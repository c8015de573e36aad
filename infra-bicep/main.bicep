// Everything FunctionsMonitor needs in Azure, in one resource group of its own. `azd up` deploys it, or
//   az deployment sub create --location <region> --template-file infra-bicep/main.bicep --parameters infra-bicep/parameters/prod.bicepparam
// No key opens anything here: the app signs in everywhere as one user-assigned identity, and app/grants.bicep lists all that it may do.

targetScope = 'subscription'

@description('Part of every name, and the name of the azd environment.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of all resources.')
param location string

@description('Sizes: dev costs little and stops at one copy of everything; prod survives the loss of a zone.')
@allowed(['dev', 'prod'])
param profile string = 'dev'

@description('Closes storage, App Configuration and PostgreSQL to the internet: the app reaches them through a virtual network. Deploying the app and its schema then needs a machine inside that network.')
param privateNetworking bool = false

@description('Makes the core flags in App Configuration. For the first deployment only: a later one would put back what an operator has turned. With private networking they are made from inside the network (README).')
param createFlags bool = true

@description('Object id of who deploys: becomes the Entra administrator of PostgreSQL, makes the schema, and may change flags. azd knows it as AZURE_PRINCIPAL_ID.')
param deployerObjectId string

@description('Sign-in name of the same.')
param deployerName string

@allowed(['User', 'Group', 'ServicePrincipal'])
param deployerType string = 'User'

@description('Address from which the schema of PostgreSQL is made, when it is not closed to the internet anyway.')
param deployerAddress string = ''

@description('Who gets alerts; nobody when empty, and the alerts are seen in the portal only.')
param alertEmail string = ''

@description('How many instances may run at once. Each of them may hold connections to PostgreSQL.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = profile == 'prod' ? 100 : 8

var tags = { 'azd-env-name': environmentName, application: 'functionsmonitor' }
var suffix = toLower(uniqueString(subscription().id, environmentName, location))

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  scope: group
  params: { name: 'id-functionsmonitor-${suffix}', location: location, tags: tags }
}

module network 'app/network.bicep' = if (privateNetworking) {
  scope: group
  params: { suffix: suffix, location: location, tags: tags }
}

module monitoring 'app/monitoring.bicep' = {
  scope: group
  params: { suffix: suffix, location: location, tags: tags, profile: profile }
}

module storage 'app/storage.bicep' = {
  scope: group
  params: {
    name: take('stfm${suffix}', 24)
    location: location
    tags: tags
    profile: profile
    endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
    dnsZoneIds: network.?outputs.storageDnsZoneIds ?? {}
  }
}

module appConfiguration 'app/app-configuration.bicep' = {
  scope: group
  params: {
    name: 'appcs-functionsmonitor-${suffix}'
    location: location
    tags: tags
    profile: profile
    endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
    dnsZoneId: network.?outputs.appConfigurationDnsZoneId ?? ''
  }
}

module postgres 'app/postgres.bicep' = {
  scope: group
  params: {
    name: 'psql-functionsmonitor-${suffix}'
    location: location
    tags: tags
    profile: profile
    administratorObjectId: deployerObjectId
    administratorName: deployerName
    administratorType: deployerType
    deployerAddress: deployerAddress
    subnetId: network.?outputs.databaseSubnetId ?? ''
    dnsZoneId: network.?outputs.databaseDnsZoneId ?? ''
  }
}

module grants 'app/grants.bicep' = {
  scope: group
  params: {
    appPrincipalId: identity.outputs.principalId
    deployerObjectId: deployerObjectId
    deployerType: deployerType
    storageName: storage.outputs.name
    appConfigurationName: appConfiguration.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
  }
}

module flags 'app/flags.bicep' = if (createFlags && !privateNetworking) {
  scope: group
  // Written as who deploys, who may do so by a grant only.
  dependsOn: [grants]
  params: { storeName: appConfiguration.outputs.name }
}

module app 'app/function-app.bicep' = {
  scope: group
  // The app starts with what it may do, not before.
  dependsOn: [grants]
  params: {
    name: 'func-functionsmonitor-${suffix}'
    location: location
    tags: union(tags, { 'azd-service-name': 'app' })
    profile: profile
    maximumInstances: maximumInstances
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    identityName: identity.outputs.name
    storageName: storage.outputs.name
    packagesContainer: storage.outputs.packagesContainer
    appConfigurationEndpoint: appConfiguration.outputs.endpoint
    databaseHost: postgres.outputs.host
    databaseName: postgres.outputs.databaseName
    applicationInsightsConnectionString: monitoring.outputs.applicationInsightsConnectionString
    subnetId: network.?outputs.appSubnetId ?? ''
  }
}

module alerts 'app/alerts.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = app.outputs.name
output FUNCTION_APP_URL string = app.outputs.url
output DASHBOARD_URL string = '${app.outputs.url}/dashboard'
output STORAGE_ACCOUNT_NAME string = storage.outputs.name
output APP_CONFIGURATION_ENDPOINT string = appConfiguration.outputs.endpoint
output POSTGRES_HOST string = postgres.outputs.host
output POSTGRES_DATABASE string = postgres.outputs.databaseName
output APP_IDENTITY_NAME string = identity.outputs.name
output APP_IDENTITY_CLIENT_ID string = identity.outputs.clientId
