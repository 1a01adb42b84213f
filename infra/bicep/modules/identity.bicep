metadata description = 'Who the silos are for Azure: an identity that only pods of their service account can take on.'

@description('Begins the name.')
param name string

@description('The region.')
param location string

@description('Tags.')
param tags object

@description('The cluster\'s issuer of tokens.')
param issuer string

@description('Namespace of the silos.')
param kubernetesNamespace string

@description('Service account of the silos.')
param kubernetesServiceAccount string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-silo'
  location: location
  tags: tags

  resource ofServiceAccount 'federatedIdentityCredentials' = {
    name: 'kubernetes'
    properties: {
      issuer: issuer
      subject: 'system:serviceaccount:${kubernetesNamespace}:${kubernetesServiceAccount}'
      audiences: ['api://AzureADTokenExchange']
    }
  }
}

output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
