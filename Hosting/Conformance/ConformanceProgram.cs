namespace Dtao.Hosting.Conformance;

/// <summary>Runs vector files or folders of them and prints what passed, failed, and could not be run, and why.</summary>
public static class ConformanceProgram
{
    private const int FailuresShownMax = 3;

    private const string LiteralReason = "a literal vector file: each kind has its own shape and is run by the tests of Economics";

    /// <returns>0 when nothing failed, 1 when something did, 2 when there was nothing to run.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (arguments.Count == 0)
        {
            output.WriteLine("usage: conformance FILE-OR-FOLDER...");
            return 2;
        }

        int passed = 0, failed = 0, skipped = 0;
        foreach (var argument in arguments)
        {
            foreach (var path in Expand(argument))
            {
                var report = RunOne(path, isNamed: path == argument);
                Print(report, output);
                passed += report.Passed;
                failed += report.Failures.Count;
                skipped += report.SkippedCount;
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 ? 0 : 1;
    }

    private static IEnumerable<string> Expand(string argument) => Directory.Exists(argument)
        ? Directory.EnumerateFiles(argument)
            .Where(path => Path.GetExtension(path) is ".jsonl" or ".json")
            .Order(StringComparer.Ordinal)
        : [argument];

    private static VectorReport RunOne(string path, bool isNamed)
    {
        try
        {
            if (KeyVectors.IsOne(path)) return KeyVectors.RunFile(path);
            if (!isNamed && Path.GetExtension(path) == ".json")
                return new(Path.GetFileName(path), "literal", 0, [], new Dictionary<string, int> { [LiteralReason] = 1 });
            return VectorRunner.RunFile(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(Path.GetFileName(path), "unknown", 0, [new(0, $"cannot be read: {fault.Message}", "")], new Dictionary<string, int>());
        }
    }

    private static void Print(VectorReport report, TextWriter output)
    {
        output.WriteLine($"{report.Name} ({report.Topic}): {report.Passed} passed, {report.Failures.Count} failed, {report.SkippedCount} skipped");
        foreach (var failure in report.Failures.Take(FailuresShownMax))
        {
            output.WriteLine($"  line {failure.Line}: {failure.Reason}");
            if (failure.Case.Length > 0) output.WriteLine($"    given {failure.Case}");
        }

        if (report.Failures.Count > FailuresShownMax) output.WriteLine($"  and {report.Failures.Count - FailuresShownMax} more");
        foreach (var (reason, count) in report.Skipped) output.WriteLine($"  {count} skipped: {reason}");
    }
}
