using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>validators</c>: who validates, what they keep, and what stake with them has earned.</summary>
internal static class ValidatorsCommand
{
    private const int CountDefault = 64;

    private static readonly (string Name, TimeSpan Span)[] s_windows = [("1 h", TimeSpan.FromHours(1)), ("1 d", TimeSpan.FromDays(1)), ("7 d", TimeSpan.FromDays(7))];

    public static Command Create(CliContext context)
    {
        var netuid = ValueOptions.Netuid("--netuid", "Validators of this subnet and what its alpha earned; root when left out", false);
        var count = new Option<int?>("--count") { Description = $"How many to show, those with the most weight; {CountDefault} when left out." };
        var command = new Command("validators", "Validators with take, stake, and what stake with them has earned.") { netuid, count };
        command.Validators.Add(result =>
        {
            if (result.GetValue(count) is < 1) result.AddError("--count is at least 1.");
        });
        return ReadCommand.Complete(command, context, async (parsed, client, isJson, token) =>
        {
            var number = parsed.GetValue(netuid) ?? NetUid.Root;
            var validators = await client.GetValidatorsAsync(number, [.. s_windows.Select(window => window.Span)], parsed.GetValue(count) ?? CountDefault, token);
            if (validators is null)
            {
                context.Error.WriteLine($"There is no subnet {number}. {Advice.For(LedgerError.SubnetNotExists)}");
                return ExitCode.Refused;
            }

            if (isJson) Printer.Json(context, ToJson(number, validators));
            else Print(context, number, validators);
            return ExitCode.Done;
        });
    }

    private static void Print(CliContext context, NetUid netuid, IReadOnlyList<ValidatorInfo> validators)
    {
        Printer.Table(
            context,
            netuid.IsRoot ? "Validators on root" : $"Validators on subnet {netuid}",
            [
                new("Hotkey"), new("Name"), new("Owner"), new("Take", true), new(netuid.IsRoot ? "Stake (τ)" : "Stake (α)", true), new("Alpha value (τ)", true),
                new("Weight (τ)", true), new("Nominators", true), .. s_windows.Select(window => new Column($"APY {window.Name}", true)),
            ],
            validators.Select(info => new[]
            {
                Shown.Account(info.Hotkey), Shown.Name(info.Hotkey), info.Facts is { } facts ? Shown.Account(facts.Owner) : "-", Shown.PerCent(info.Take),
                AmountText.FormatGrouped(info.Stake.Rao), AmountText.FormatGrouped(info.AlphaValue.Rao), AmountText.FormatGrouped(info.Weight.Rao),
                info.Nominators.ToString(CultureInfo.InvariantCulture),
            }.Concat(info.Yields.Select(yield => yield is { IsWhole: true } ? YieldText.YearPerCent(yield.YearPpm) : "-")).ToArray()));
        context.Output.WriteLine(netuid.IsRoot
            ? "APY: dividends put aside for one root TAO on all subnets, in TAO at the prices of their time, after take, over a year; not compounded. '-': the history is shorter."
            : "APY: what pools paid to one alpha, after take, staked on and compounded over a year. A change of its price is not in it. '-': the history is shorter.");
    }

    private static JsonObject ToJson(NetUid netuid, IReadOnlyList<ValidatorInfo> validators) => new()
    {
        ["netuid"] = netuid.Value,
        ["validators"] = new JsonArray([.. validators.Select(info => new JsonObject
        {
            ["hotkey"] = Shown.Account(info.Hotkey),
            ["owner"] = info.Facts is { } facts ? Shown.Account(facts.Owner) : null,
            ["take"] = info.Take.Parts,
            ["stake_rao"] = Shown.Rao(info.Stake.Rao),
            ["root_stake_rao"] = Shown.Rao(info.RootStake.Rao),
            ["alpha_value_rao"] = Shown.Rao(info.AlphaValue.Rao),
            ["weight_rao"] = Shown.Rao(info.Weight.Rao),
            ["validator_permit"] = info.HasPermit,
            ["nominators"] = info.Nominators,
            ["earned"] = new JsonArray([.. s_windows.Select((window, place) => ToJson(window.Span, info.Yields[place]))]),
        })]),
    };

    private static JsonObject ToJson(TimeSpan window, Yield? yield) => new()
    {
        ["window_seconds"] = window.Ticks / TimeSpan.TicksPerSecond,
        ["is_whole"] = yield?.IsWhole ?? false,
        ["after_block"] = yield?.From.ToString(),
        ["to_block"] = yield?.To.ToString(),
        ["milliseconds"] = yield?.Milliseconds,
        ["earned_rao_per_whole"] = yield is null ? null : Shown.Rao(yield.RaoPerWhole),
        ["apy_ppm"] = yield?.YearPpm,
    };
}
