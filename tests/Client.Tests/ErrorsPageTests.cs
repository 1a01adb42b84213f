using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Dtao.Client;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Xunit;

namespace Dtao.Client.Tests;

public sealed partial class ErrorsPageTests
{
    [Fact]
    public void ErrorsPage_EveryCode_StandsThereWithItsNumberAndAdvice()
    {
        var rows = Row().Matches(File.ReadAllText(PagePath())).ToDictionary(row => row.Groups["name"].Value, row => row);
        var expected = Enum.GetValues<LedgerError>().Where(code => code != LedgerError.None)
            .Select(code => (Name: code.ToString(), Number: (int)code, Advice: Advice.For(code)))
            .Concat(Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None)
                .Select(code => (Name: code.ToString(), Number: (int)code, Advice: Advice.For(code))))
            .ToArray();

        Assert.Equal(expected.Length, rows.Count);
        foreach (var (name, number, advice) in expected)
        {
            Assert.True(rows.TryGetValue(name, out var row), $"{name} is missing.");
            Assert.Equal(number.ToString(System.Globalization.CultureInfo.InvariantCulture), row.Groups["code"].Value);
            Assert.Equal(advice, row.Groups["advice"].Value);
        }
    }

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "reference", "errors.md");

    [GeneratedRegex(@"^\| (?<code>\d+) \| `(?<name>\w+)` \|(?: (?:yes, with the same id|no) \|)? (?<advice>.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
