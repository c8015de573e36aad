// What somebody must know without looking. Each rule reads a metric that the app publishes (docs/operations.md, "Metrics"), and its
// description says where to look next.

param suffix string
param location string
param tags object
param workspaceId string

@description('Who is told; nobody when empty.')
param email string

var rules = [
  {
    name: 'flush-overdue'
    severity: 1
    description: 'No flush has got through for too long: events wait in the buffer. See GET /health and GET /metrics/flush.'
    query: 'AppMetrics | where Name == "functionsmonitor.flush.overdue" | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
    threshold: 900
  }
  {
    name: 'buffer-age'
    severity: 2
    description: 'The oldest event in the buffer is more than an hour old; at 24 hours ingest answers 429. See GET /status.'
    query: 'AppMetrics | where Name == "functionsmonitor.buffer.oldest_age" | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
    threshold: 3600
  }
  {
    name: 'breaker-open'
    severity: 2
    description: 'A circuit breaker is open or isolated. See GET /metrics/resilience: which, since when and why.'
    query: 'AppMetrics | where Name == "functionsmonitor.breaker.blocking" | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
    threshold: 0
  }
  {
    name: 'dead-letters'
    severity: 3
    description: 'Events could not be stored as they are and are kept as dead letters. See GET /dead-letters.'
    query: 'AppMetrics | where Name == "functionsmonitor.events.dead_lettered" | summarize Value = sum(Sum) by bin(TimeGenerated, 5m)'
    threshold: 0
  }
  {
    name: 'ledger-out-of-balance'
    severity: 1
    description: 'accepted = stored + duplicates + dead + pending does not hold, or a segment is missing. See GET /metrics/ledger.'
    query: 'AppMetrics | where Name == "functionsmonitor.ledger.unbalanced" | summarize Value = min(Min) by bin(TimeGenerated, 15m)'
    threshold: 0
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-functionsmonitor-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'fnmonitor'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'alert-${rule.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'FunctionsMonitor: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      // The tables appear with the first telemetry; the rule must not fail to deploy for that.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'Value'
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: empty(email) ? {} : { actionGroups: [people.id] }
    }
  }
]
