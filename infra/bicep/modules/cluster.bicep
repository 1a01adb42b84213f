metadata description = 'The Kubernetes cluster: machines for silos, network policies that are enforced, identities for pods.'

@description('Begins the name.')
param name string

@description('The region.')
param location string

@description('Tags.')
param tags object

@description('Version of Kubernetes; empty takes the region\'s default.')
param kubernetesVersion string

@description('Uptime tier of the control plane.')
param tier string

@description('The network of the machines.')
param networkName string

@description('Its subnet.')
param subnetName string

@description('The same; it is there when this module begins.')
param subnetId string

@description('Where logs go.')
param workspaceId string

@description('What is collected of the pods\' output.')
param collectionRuleId string

@description('How many machines for silos.')
param siloNodes int

@description('Their size.')
param siloNodeSize string

@description('Size of the machines of the cluster\'s own services.')
param systemNodeSize string

@description('Availability zones; empty where there are none.')
param zones string[]

@description('Who may reach the control plane; empty is everybody.')
param controlPlaneClients string[]

@description('Object ids of administrators\' groups.')
param administratorGroups string[]

// Built-in roles have the same id everywhere.
var networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7'

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: networkName

  resource subnet 'subnets' existing = {
    name: subnetName
  }
}

resource controlPlane 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-control-plane'
  location: location
  tags: tags
}

resource joinsSubnet 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(network::subnet.id, controlPlane.id, networkContributor)
  scope: network::subnet
  properties: {
    principalId: controlPlane.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', networkContributor)
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: '${name}-aks'
  location: location
  tags: tags
  sku: {
    name: 'Base'
    tier: tier
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${controlPlane.id}': {}
    }
  }
  properties: {
    dnsPrefix: name
    kubernetesVersion: empty(kubernetesVersion) ? null : kubernetesVersion
    // Only Entra identities, with Azure's roles.
    disableLocalAccounts: true
    enableRBAC: true
    aadProfile: {
      managed: true
      enableAzureRBAC: true
      adminGroupObjectIDs: administratorGroups
    }
    apiServerAccessProfile: empty(controlPlaneClients)
      ? null
      : {
          authorizedIPRanges: controlPlaneClients
        }
    // A pod shows the token of its service account and gets that of the identity.
    oidcIssuerProfile: {
      enabled: true
    }
    securityProfile: {
      workloadIdentity: {
        enabled: true
      }
    }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      // Enforces the policies of infra/kubernetes/network-policy.yaml.
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      podCidr: '10.244.0.0/16'
      serviceCidr: '10.21.0.0/16'
      dnsServiceIP: '10.21.0.10'
      loadBalancerSku: 'standard'
    }
    addonProfiles: {
      omsagent: {
        enabled: true
        config: {
          logAnalyticsWorkspaceResourceID: workspaceId
          useAADAuth: 'true'
        }
      }
    }
    autoUpgradeProfile: {
      upgradeChannel: 'patch'
      nodeOSUpgradeChannel: 'NodeImage'
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 2
        vmSize: systemNodeSize
        osType: 'Linux'
        osSKU: 'AzureLinux'
        type: 'VirtualMachineScaleSets'
        availabilityZones: empty(zones) ? null : zones
        vnetSubnetID: subnetId
        nodeTaints: ['CriticalAddonsOnly=true:NoSchedule']
      }
      {
        name: 'silos'
        mode: 'User'
        count: siloNodes
        vmSize: siloNodeSize
        osType: 'Linux'
        osSKU: 'AzureLinux'
        type: 'VirtualMachineScaleSets'
        availabilityZones: empty(zones) ? null : zones
        vnetSubnetID: subnetId
        upgradeSettings: {
          // One machine more at a time, and time enough for its silos to hand over.
          maxSurge: '1'
          drainTimeoutInMinutes: 10
        }
      }
    ]
  }
  dependsOn: [
    joinsSubnet
  ]
}

resource collects 'Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01' = {
  name: 'containers'
  scope: cluster
  properties: {
    dataCollectionRuleId: collectionRuleId
  }
}

output name string = cluster.name
output oidcIssuer string = cluster.properties.oidcIssuerProfile.issuerURL
output kubeletPrincipalId string = cluster.properties.identityProfile.kubeletidentity.objectId
