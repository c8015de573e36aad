// The metrics store. Entra sign-in only: there is no password to leak, and no role that has one.

param name string
param location string
param tags object
param profile string
param administratorObjectId string
param administratorName string
param administratorType string

@description('Address from which the schema is made; nobody else outside of Azure gets as far as the sign-in. Empty: none.')
param deployerAddress string

@description('Delegated subnet; empty leaves the server on the internet, for Azure services and Entra identities only.')
param subnetId string
param dnsZoneId string

var private = !empty(subnetId)
var databaseName = 'functionsmonitor'

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: profile == 'prod'
    ? { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' }
    : { name: 'Standard_B1ms', tier: 'Burstable' }
  properties: {
    // The version that the tests run on.
    version: '15'
    authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Disabled', tenantId: tenant().tenantId }
    storage: { storageSizeGB: profile == 'prod' ? 128 : 32, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: profile == 'prod' ? 14 : 7, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: profile == 'prod' ? 'ZoneRedundant' : 'Disabled' }
    network: private
      ? { delegatedSubnetResourceId: subnetId, privateDnsZoneArmResourceId: dnsZoneId, publicNetworkAccess: 'Disabled' }
      : { publicNetworkAccess: 'Enabled' }
  }

  resource database 'databases' = {
    name: databaseName
    properties: { charset: 'UTF8', collation: 'C.utf8' }
    dependsOn: [administrator]
  }

  resource administrator 'administrators' = {
    name: administratorObjectId
    properties: { principalName: administratorName, principalType: administratorType, tenantId: tenant().tenantId }
  }

  // Refuses what is not TLS 1.2 or newer; TLS itself is required by the service.
  resource tls 'configurations' = {
    name: 'ssl_min_protocol_version'
    properties: { value: 'TLSv1.2', source: 'user-override' }
    dependsOn: [administrator, database]
  }

  // The app has no fixed address on Flex Consumption without a network of its own. Every caller still needs an Entra identity with a role.
  resource azureServices 'firewallRules' = if (!private) {
    name: 'AllowAllAzureServicesAndResourcesWithinAzureIps'
    properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
    dependsOn: [tls]
  }

  resource deployer 'firewallRules' = if (!private && !empty(deployerAddress)) {
    name: 'deployer'
    properties: { startIpAddress: deployerAddress, endIpAddress: deployerAddress }
    dependsOn: [azureServices]
  }
}

output host string = server.properties.fullyQualifiedDomainName
output databaseName string = databaseName
