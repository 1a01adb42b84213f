metadata description = 'The ledger\'s account: tables and blobs, for the silos\' identity alone. It has no keys that anybody could use.'

@description('Begins the name.')
param name string

@description('The region.')
param location string

@description('Tags.')
param tags object

@description('How it is copied.')
param sku string

@description('Whether a lock keeps it from being deleted.')
param isLocked bool

@description('The subnet from which it is reached.')
param subnetId string

@description('The silos\' identity.')
param siloPrincipalId string

@description('Where logs go.')
param workspaceId string

// Built-in roles have the same id everywhere. Silos make their tables and their container themselves, so the roles hold for the account.
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: take('${name}${uniqueString(resourceGroup().id)}', 24)
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'None'
      defaultAction: 'Deny'
      virtualNetworkRules: [
        {
          id: subnetId
          action: 'Allow'
        }
      ]
    }
  }

  resource tables 'tableServices' = {
    name: 'default'
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // A mistake of whoever runs it can be taken back for a week. The ledger itself needs none of it.
      deleteRetentionPolicy: {
        enabled: true
        days: 7
      }
      containerDeleteRetentionPolicy: {
        enabled: true
        days: 7
      }
    }
  }
}

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [tableDataContributor, blobDataContributor]: {
    name: guid(account.id, 'silo', role)
    scope: account
    properties: {
      principalId: siloPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'holds-the-ledger'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'The ledger is in this account and nowhere else.'
  }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-logs'
  scope: account::tables
  properties: {
    workspaceId: workspaceId
    // Every read and write of a busy ledger would be a line: only what changes the account's shape, and figures.
    logs: [
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

output tableEndpoint string = account.properties.primaryEndpoints.table
output blobEndpoint string = account.properties.primaryEndpoints.blob
