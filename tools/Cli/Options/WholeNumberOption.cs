using System.CommandLine;
using System.Globalization;

namespace Dtao.Cli.Options;

/// <summary>An option that is a whole number within bounds.</summary>
internal static class WholeNumberOption
{
    public static Option<ulong?> Create(string name, string description, ulong min, ulong max) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? string.Empty : result.Tokens[^1].Value;
            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
            result.AddError($"{name} is a whole number of {min} to {max}, not '{text}'.");
            return null;
        },
    };
}
