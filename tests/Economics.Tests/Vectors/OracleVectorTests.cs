using Dtao.Hosting.Conformance;
using Xunit;

namespace Dtao.Economics.Tests.Vectors;

public class OracleVectorTests
{
    /// <summary>Every golden vector of the reference, to the last bit; the count guards against a file that lost lines.</summary>
    [Theory]
    [InlineData("oracle-fixedmath.jsonl", 1500)]
    [InlineData("oracle-safefloat.jsonl", 700)]
    [InlineData("oracle-sharepool.jsonl", 500)]
    [InlineData("oracle-balancer.jsonl", 1560)]
    [InlineData("oracle-swap.jsonl", 1400)]
    [InlineData("oracle-moving-price.jsonl", 500)]
    [InlineData("oracle-epoch.jsonl", 420)]
    [InlineData("oracle-epoch-math.jsonl", 520)]
    [InlineData("oracle-dividends.jsonl", 500)]
    public void OracleFile_EveryCase_IsEqualToTheLastBit(string file, int cases)
    {
        var report = VectorRunner.RunFile(VectorFiles.PathOf(file));

        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures.Take(3)));
        Assert.Equal(0, report.SkippedCount);
        Assert.Equal(cases, report.Passed);
    }
}
