// Silos of a cluster judge each other by time: no other test of this program may take it from them.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Dtao.AzuriteKit.AzuriteFixture))]
