// Every test hosts a network of its own: side by side they would only share the cores.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
