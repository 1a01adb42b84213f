metadata description = 'Where the cluster\'s machines get the silo\'s image from.'

@description('Begins the name.')
param name string

@description('The region.')
param location string

@description('Tags.')
param tags object

@description('The identity of the machines.')
param readerPrincipalId string

// Built-in roles have the same id everywhere.
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: '${name}${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    adminUserEnabled: false
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, 'machines', acrPull)
  scope: registry
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
  }
}

output loginServer string = registry.properties.loginServer
