using Dtao.Hosting.Conformance;
using Xunit;

namespace Dtao.Economics.Tests.Vectors;

/// <summary>The runner of vector files on files that are wrong, unknown, or both.</summary>
public sealed class VectorRunnerTests : IDisposable
{
    private const string Header = """{"header":true,"topic":"safefloat"}""";
    private const string Good = """{"f":"new","a":"1e0","r":"1000000000000000000000e-21","u64":"1"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"f":"new","a":"1e0","r":"2e0"}""", "r: expected 2e0, got 1000000000000000000000e-21")]
    [InlineData("""{"f":"new","r":"2e0"}""", "malformed case: a is missing")]
    [InlineData("""{"f":"new","a":"x","r":"2e0"}""", "malformed case: a is not mantissa, e, exponent")]
    [InlineData("""{"f":"new","a":"-1e0","r":"2e0"}""", "malformed case: a is -1, not a number in the range of UInt128")]
    [InlineData("""{"f":["new"],"a":"1e0"}""", "malformed case: f is neither text nor number")]
    [InlineData("""{"f":"gt","a":"9999999999999999999999e0","b":"1e0","r":true}""", "the rule threw InvalidOperationException")]
    [InlineData("""[1]""", "the line is not an object")]
    [InlineData("""{"f":"new",""", "the line is not JSON")]
    public void Run_BadCase_FailsWithItsReasonAndGoesOn(string line, string reason)
    {
        var report = VectorRunner.Run("x", [Header, Good, line, Good]);

        var failure = Assert.Single(report.Failures);
        Assert.Equal((2, 3, line), (report.Passed, failure.Line, failure.Case));
        Assert.StartsWith(reason, failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("""{"topic":"swap"}""")]
    [InlineData("""{"header":true,"topic":7}""")]
    [InlineData("""[]""")]
    public void Run_NoHeader_FailsOnce(string first)
    {
        var report = VectorRunner.Run("x", [first]);

        Assert.Equal((0, 1, 0), (report.Passed, report.Failures.Count, report.SkippedCount));
    }

    [Theory]
    [InlineData("weather", "no such topic here: weather")]
    [InlineData("safefloat", "no such function here: sqrt")]
    public void Run_NothingToRunItWith_IsSkippedWithItsReason(string topic, string reason)
    {
        var report = VectorRunner.Run("x", [$$"""{"header":true,"topic":"{{topic}}"}""", """{"f":"sqrt"}""", """{"f":"sqrt"}"""]);

        Assert.Equal((0, 0), (report.Passed, report.Failures.Count));
        Assert.Equal(2, Assert.Contains(reason, report.Skipped));
    }

    [Fact]
    public void Program_FolderWithAFailure_PrintsItAndExitsWithOne()
    {
        Write("any-name.jsonl", Header, Good, """{"f":"new","a":"3e0","r":"2e0"}""");
        Write("literal.json", "{}");
        Write("notes.txt", "not a vector");

        var (code, lines) = Run(_folder);

        Assert.Equal(1, code);
        Assert.Equal("any-name.jsonl (safefloat): 1 passed, 1 failed, 0 skipped", lines[0]);
        Assert.Contains(lines, line => line.Contains("given {\"f\":\"new\",\"a\":\"3e0\"", StringComparison.Ordinal));
        Assert.Equal("1 passed, 1 failed, 1 skipped", lines[^1]);
    }

    [Fact]
    public void Program_EverythingPasses_ExitsWithZero()
    {
        Write("a.jsonl", Header, Good);

        var (code, lines) = Run(Path.Combine(_folder, "a.jsonl"));

        Assert.Equal(0, code);
        Assert.Equal("1 passed, 0 failed, 0 skipped", lines[^1]);
    }

    [Fact]
    public void Program_MissingFile_IsAFailure()
    {
        var (code, lines) = Run(Path.Combine(_folder, "absent.jsonl"));

        Assert.Equal(1, code);
        Assert.Equal("0 passed, 1 failed, 0 skipped", lines[^1]);
    }

    [Fact]
    public void Program_NoArguments_SaysHow() => Assert.Equal(2, ConformanceProgram.Run([], new StringWriter()));

    private void Write(string name, params string[] lines) => File.WriteAllLines(Path.Combine(_folder, name), lines);

    private static (int Code, string[] Lines) Run(string argument)
    {
        var output = new StringWriter();
        var code = ConformanceProgram.Run([argument], output);
        return (code, output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
