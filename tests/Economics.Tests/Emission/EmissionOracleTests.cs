using Dtao.Economics.Tests.Vectors;
using Dtao.Hosting.Conformance;
using Xunit;

namespace Dtao.Economics.Tests.Emission;

public class EmissionOracleTests
{
    /// <summary>Every golden vector of a block's emission; the count guards against a file that lost lines.</summary>
    [Theory]
    [InlineData("oracle-block-emission.jsonl", 900)]
    [InlineData("oracle-emission-shares.jsonl", 420)]
    [InlineData("oracle-coinbase.jsonl", 400)]
    public void OracleFile_EveryCase_IsEqualToTheLastBit(string file, int cases)
    {
        var report = VectorRunner.RunFile(VectorFiles.PathOf(file));

        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures.Take(3)));
        Assert.Equal(cases, report.Passed);
        Assert.Equal(0, report.SkippedCount);
    }
}
