using System.CommandLine;

namespace Dtao.Cli.Options;

/// <summary>How a command answers.</summary>
internal sealed class OutputOptions
{
    private readonly Option<bool> _json = ValueOptions.Flag("--json", "Print JSON: amounts as integer rao in strings, accounts as SS58.", "--json-output", "--json-out");

    public void AddTo(Command command) => command.Add(_json);

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);
}
