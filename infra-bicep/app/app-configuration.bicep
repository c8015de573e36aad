// The store of flags; flags.bicep fills it.

param name string
param location string
param tags object
param profile string

@description('Where the private endpoint goes; empty leaves the store on the internet, for identities only.')
param endpointSubnetId string
param dnsZoneId string

var private = !empty(endpointSubnetId)

resource store 'Microsoft.AppConfiguration/configurationStores@2024-06-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'standard' }
  properties: {
    disableLocalAuth: true
    // So that this template, which signs in as who deploys, can write the flags.
    dataPlaneProxy: { authenticationMode: 'Pass-through', privateLinkDelegation: private ? 'Enabled' : 'Disabled' }
    enablePurgeProtection: profile == 'prod'
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    softDeleteRetentionInDays: profile == 'prod' ? 7 : 1
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = if (private) {
  name: 'pe-${name}'
  location: location
  tags: tags
  properties: {
    subnet: { id: endpointSubnetId }
    privateLinkServiceConnections: [
      { name: 'configurationStores', properties: { privateLinkServiceId: store.id, groupIds: ['configurationStores'] } }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: 'configurationStores', properties: { privateDnsZoneId: dnsZoneId } }]
    }
  }
}

output name string = store.name
output endpoint string = store.properties.endpoint
