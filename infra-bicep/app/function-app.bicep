// The app on Flex Consumption. Its settings name places and one identity; none is a secret. No MONITORING_* flag is among them: an app setting
// is an environment variable, and would win over App Configuration for good.

param name string
param location string
param tags object
param profile string
param maximumInstances int
param identityId string
param identityClientId string
param identityName string
param storageName string
param packagesContainer string
param appConfigurationEndpoint string
param databaseHost string
param databaseName string
param applicationInsightsConnectionString string

@description('Delegated to Microsoft.App/environments; empty runs the app outside of any network.')
param subnetId string

@description('NCRONTAB: how often the timer asks whether a flush is due. The flush itself is due by MONITORING_METRICS_FLUSH_INTERVAL.')
param flushSchedule string = '*/30 * * * * *'

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: profile == 'prod' }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstances
        // Instances that are always there take the first request of a quiet hour without a cold start; two, as zone redundancy asks.
        alwaysReady: profile == 'prod' ? [{ name: 'http', instanceCount: 2 }] : []
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packagesContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
    siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled', http20Enabled: true }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: {
      AzureWebJobsStorage__accountName: storageName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      AzureWebJobsDisableHomepage: 'true'
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identityClientId}'
      MetricsFlushSchedule: flushSchedule
      Postgres__Host: databaseHost
      Postgres__Database: databaseName
      Postgres__Username: identityName
      Postgres__ClientId: identityClientId
      // All instances together must stay below what the server takes: about 50 for the smallest, 850 for two cores of General Purpose.
      Postgres__MaxPoolSize: profile == 'prod' ? '8' : '4'
      AppConfiguration__Endpoint: appConfigurationEndpoint
      AppConfiguration__ClientId: identityClientId
    }
  }

  // Deployment by user name and password, which this app has no use for.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
