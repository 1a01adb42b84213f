using 'main.bicep'

param name = 'dtao'
param administratorGroups = []
