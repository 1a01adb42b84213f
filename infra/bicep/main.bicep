metadata description = 'A cluster of silos on AKS, and the storage account that holds their ledger.'

targetScope = 'resourceGroup'

@description('Begins the name of every resource: lower-case letters and digits.')
@minLength(3)
@maxLength(10)
param name string = 'dtao'

@description('The region of everything.')
param location string = resourceGroup().location

@description('How the account is copied. Only ways that copy before a write is answered: a ledger that comes back from a copy of some minutes ago would have lost what was acknowledged.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string = 'Standard_ZRS'

@description('Keeps the account from being deleted until the lock is taken off.')
param locksStorage bool = true

@description('Version of Kubernetes, such as 1.33; empty takes the region\'s default.')
param kubernetesVersion string = ''

@description('Uptime tier of the cluster\'s control plane.')
@allowed(['Free', 'Standard', 'Premium'])
param controlPlaneTier string = 'Standard'

@description('Machines for silos. A silo with the resources of infra/kubernetes takes half of one of the default size.')
@minValue(2)
@maxValue(50)
param siloNodes int = 3

@description('Size of these machines.')
param siloNodeSize string = 'Standard_D8s_v5'

@description('Size of the machines of the cluster\'s own services.')
param systemNodeSize string = 'Standard_D2s_v5'

@description('Availability zones to spread machines over; empty in a region without zones.')
param zones string[] = ['1', '2', '3']

@description('Address ranges (CIDR) from which the control plane may be reached; empty lets everybody try, and still asks for a login.')
param controlPlaneClients string[] = []

@description('Object ids of the Entra groups that administer the cluster.')
param administratorGroups string[] = []

@description('Namespace of the silos, as in infra/kubernetes.')
param kubernetesNamespace string = 'dtao'

@description('Service account of the silos, as in infra/kubernetes.')
param kubernetesServiceAccount string = 'dtao-silo'

@description('How long logs are kept, in days.')
@minValue(30)
@maxValue(730)
param logDays int = 30

@description('Tags of every resource.')
param tags object = {}

// Names are given here and not handed back by the modules, so that a preview of changes knows them.
var networkName = '${name}-network'
var subnetName = 'nodes'

module logs 'modules/logs.bicep' = {
  params: {
    name: name
    location: location
    kubernetesNamespace: kubernetesNamespace
    days: logDays
    tags: tags
  }
}

module network 'modules/network.bicep' = {
  params: {
    name: networkName
    subnetName: subnetName
    location: location
    tags: tags
  }
}

module cluster 'modules/cluster.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    kubernetesVersion: kubernetesVersion
    tier: controlPlaneTier
    networkName: networkName
    subnetName: subnetName
    subnetId: network.outputs.subnetId
    workspaceId: logs.outputs.workspaceId
    collectionRuleId: logs.outputs.ruleId
    siloNodes: siloNodes
    siloNodeSize: siloNodeSize
    systemNodeSize: systemNodeSize
    zones: zones
    controlPlaneClients: controlPlaneClients
    administratorGroups: administratorGroups
  }
}

module identity 'modules/identity.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    issuer: cluster.outputs.oidcIssuer
    kubernetesNamespace: kubernetesNamespace
    kubernetesServiceAccount: kubernetesServiceAccount
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    sku: storageSku
    isLocked: locksStorage
    subnetId: network.outputs.subnetId
    siloPrincipalId: identity.outputs.principalId
    workspaceId: logs.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    readerPrincipalId: cluster.outputs.kubeletPrincipalId
  }
}

@description('For `az aks get-credentials`.')
output clusterName string = cluster.outputs.name

@description('DTAO_STORAGE__TABLEENDPOINT of infra/kubernetes/silo.env.')
output tableEndpoint string = storage.outputs.tableEndpoint

@description('DTAO_STORAGE__BLOBENDPOINT of infra/kubernetes/silo.env.')
output blobEndpoint string = storage.outputs.blobEndpoint

@description('The annotation azure.workload.identity/client-id of infra/kubernetes/service-account.yaml.')
output siloClientId string = identity.outputs.clientId

@description('Where the silo\'s image goes: `newName` in infra/kubernetes/kustomization.yaml is this name with /dtao-silo.')
output registry string = registry.outputs.loginServer
