// One account: the host's own state, the app's package, the buffer (blobs) and the breaker state (tables).

param name string
param location string
param tags object
param profile string

@description('Where private endpoints go; empty leaves the account on the internet, for identities only.')
param endpointSubnetId string

@description('Private DNS zones by service: blob, table.')
param dnsZoneIds object

var private = !empty(endpointSubnetId)
var services = ['blob', 'table']

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  // What is acknowledged is in here: in prod in three zones.
  sku: { name: profile == 'prod' ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: private ? 'Deny' : 'Allow', bypass: 'AzureServices' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // A segment is deleted right after its flush: keeping deleted blobs would keep, and bill, every event a second time.
      deleteRetentionPolicy: { enabled: false }
    }

    resource packages 'containers' = {
      name: 'packages'
    }
  }
}

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for service in (private ? services : []): {
    name: 'pe-${name}-${service}'
    location: location
    tags: tags
    properties: {
      subnet: { id: endpointSubnetId }
      privateLinkServiceConnections: [
        { name: service, properties: { privateLinkServiceId: account.id, groupIds: [service] } }
      ]
    }
  }
]

resource endpointNames 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (service, i) in (private ? services : []): {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: service, properties: { privateDnsZoneId: dnsZoneIds[service] } }]
    }
  }
]

output name string = account.name
output packagesContainer string = account::blobs::packages.name
