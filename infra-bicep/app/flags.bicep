// The eight core flags at their defaults: feature flags for the booleans, key-values for the rest. Only a first deployment makes them: a
// later one would put back what an operator has turned since.

param storeName string

var switches = [
  { id: 'MONITORING_USE_ADAPTER', enabled: true, description: 'Broadcast accepted events to live subscribers.' }
  { id: 'MONITORING_DUAL_MODE', enabled: false, description: 'Both live adapters, whatever the type says.' }
  { id: 'MONITORING_ENABLE_VALIDATION', enabled: true, description: 'Validate events.' }
  {
    id: 'MONITORING_VALIDATION_STRICT'
    enabled: false
    description: 'Reject invalid events instead of storing them marked.'
  }
  { id: 'MONITORING_METRICS_PERSISTENCE', enabled: true, description: 'Flush; when off, segments stay in the buffer.' }
]

var values = [
  { key: 'MONITORING_ADAPTER_TYPE', value: 'realtime' }
  { key: 'MONITORING_METRICS_FLUSH_INTERVAL', value: '300' }
  { key: 'MONITORING_BATCH_SIZE', value: '100' }
]

resource store 'Microsoft.AppConfiguration/configurationStores@2024-06-01' existing = {
  name: storeName
}

resource featureFlags 'Microsoft.AppConfiguration/configurationStores/keyValues@2024-06-01' = [
  for item in switches: {
    parent: store
    // ~2F is the slash of .appconfig.featureflag/NAME.
    name: '.appconfig.featureflag~2F${item.id}'
    properties: {
      contentType: 'application/vnd.microsoft.appconfig.ff+json;charset=utf-8'
      value: string({
        id: item.id
        description: item.description
        enabled: item.enabled
        conditions: { client_filters: [] }
      })
    }
  }
]

resource keyValues 'Microsoft.AppConfiguration/configurationStores/keyValues@2024-06-01' = [
  for item in values: {
    parent: store
    name: 'FunctionsMonitor:${item.key}'
    properties: { value: item.value }
  }
]
