// Where the app's own telemetry goes.

param suffix string
param location string
param tags object
param profile string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-functionsmonitor-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: profile == 'prod' ? 90 : 30
    // A loop that logs must not cost a month's money in a night.
    workspaceCapping: { dailyQuotaGb: profile == 'prod' ? 10 : 1 }
    features: { disableLocalAuth: true }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-functionsmonitor-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

output workspaceId string = workspace.id
output applicationInsightsName string = applicationInsights.name
// Names the place; without a grant it opens nothing.
output applicationInsightsConnectionString string = applicationInsights.properties.ConnectionString
