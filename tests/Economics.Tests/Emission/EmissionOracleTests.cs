using Dtao.Economics.Tests.Vectors;
using Dtao.Hosting.Conformance;
using Xunit;

namespace Dtao.Economics.Tests.Emission;

public class EmissionOracleTests
{
    /// <summary>Every golden vector of the rules in force; the cases by TAO flow are those that the file marks so.</summary>
    [Theory]
    [InlineData("oracle-block-emission.jsonl", 900, 0)]
    [InlineData("oracle-emission-shares.jsonl", 210, 210)]
    [InlineData("oracle-coinbase.jsonl", 400, 0)]
    public void OracleFile_EveryCaseInForce_IsEqualToTheLastBit(string file, int cases, int byFlow)
    {
        var report = VectorRunner.RunFile(VectorFiles.PathOf(file));

        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures.Take(3)));
        Assert.Equal(cases, report.Passed);
        Assert.Equal(byFlow, report.SkippedCount);
    }
}
