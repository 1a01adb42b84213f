using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Dtao.Api.Configuration;
using Dtao.Api.Errors;
using Xunit;

namespace Dtao.Api.Tests.House;

/// <summary>What the page says of codes, settings, and bounds is what the code says.</summary>
public sealed partial class ApiPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Root(), "docs", "reference", "api.md"));

    [Fact]
    public void Errors_OfTheApi_AreThoseOfTheCode()
    {
        var rows = ErrorRow().Matches(s_page).Select(row => (Code: row.Groups[1].Value, Name: row.Groups[2].Value, Status: row.Groups[3].Value));

        Assert.Equal(Problem.OfApi.Select(problem => (Text(problem.Code), problem.Name, Text(problem.Status))), rows);
        Assert.Equal(Enum.GetValues<ApiError>().Where(error => error != ApiError.None), Problem.OfApi.Select(problem => (ApiError)problem.Code));
    }

    [Fact]
    public void Settings_OfTheApi_AreExplainedWithTheirDefaultsAndBounds()
    {
        Assert.All([.. ApiSettings.Names, .. ConnectionSettings.Names, .. TelemetrySettings.Names], name => Assert.Contains($"`{name}`", s_page, StringComparison.Ordinal));
        var unset = new ApiLimits();
        Assert.All(typeof(ApiLimits).GetProperties().Where(property => property.PropertyType == typeof(int)), property =>
        {
            var range = property.GetCustomAttribute<RangeAttribute>()!;
            var row = s_page.Split('\n').Single(line => line.StartsWith($"| `Api:{property.Name}` |", StringComparison.Ordinal));
            Assert.EndsWith($"| {Grouped(property.GetValue(unset)!)} | {Grouped(range.Minimum)} to {Grouped(range.Maximum)} |", row, StringComparison.Ordinal);
        });
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Grouped(object number) => ((int)number).ToString("N0", CultureInfo.InvariantCulture);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dtao.Orleans.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not run from within the repository.");
    }

    [GeneratedRegex(@"^\| (2\d{3}) \| `(\w+)` \| (\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();
}
