metadata description = 'The network of the cluster\'s machines. Pods have addresses of their own, which nobody outside reaches.'

@description('The name.')
param name string

@description('Name of the machines\' subnet.')
param subnetName string

@description('The region.')
param location string

@description('Tags.')
param tags object

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: ['10.20.0.0/16']
    }
    subnets: [
      {
        name: subnetName
        properties: {
          addressPrefix: '10.20.0.0/22'
          // The account takes requests from here and from nowhere else.
          serviceEndpoints: [
            {
              service: 'Microsoft.Storage'
            }
          ]
        }
      }
    ]
  }
}

output subnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, subnetName)
