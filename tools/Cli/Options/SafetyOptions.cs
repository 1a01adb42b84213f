using System.CommandLine;
using Dtao.Cli.Commands;

namespace Dtao.Cli.Options;

/// <summary>How far a price may move while a stake is bought, sold, or swapped.</summary>
internal sealed class SafetyOptions
{
    private readonly Option<bool> _safe = ValueOptions.Flag("--safe", "Set a limit price from --tolerance; this is so unless --no-safe is given.", "--safe-staking");
    private readonly Option<bool> _noSafe = ValueOptions.Flag("--no-safe", "Take any price.", "--no-safe-staking", "--unsafe");
    private readonly Option<bool> _allowPartial = ValueOptions.Flag(
        "--allow-partial-stake", "Do what is possible within the tolerance and leave the rest.", "--partial", "--allow-partial");

    private readonly Option<ulong?> _tolerance = ValueOptions.Amount("--tolerance", "How far the price may move, as a fraction: 0.005 is half a per cent, the default", "--rate-tolerance");

    public void AddTo(Command command)
    {
        command.Add(_safe);
        command.Add(_noSafe);
        command.Add(_tolerance);
        command.Add(_allowPartial);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_safe) && result.GetValue(_noSafe)) result.AddError("Give either --safe or --no-safe.");
        });
    }

    public bool IsSafe(ParseResult parsed) => !parsed.GetValue(_noSafe);

    /// <summary>In parts of 10^9.</summary>
    public ulong Tolerance(ParseResult parsed) => parsed.GetValue(_tolerance) ?? SafePrice.ToleranceDefault;

    public bool AllowPartial(ParseResult parsed) => parsed.GetValue(_allowPartial);
}
