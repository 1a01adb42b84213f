using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary><c>root list</c>, <c>root claimable</c>, and <c>root get-claim-type</c>.</summary>
internal static class RootViewCommands
{
    public static Command List(CliContext context) => ReadCommand.Complete(new Command("list", "Hotkeys with stake on root."), context, async (_, client, isJson, token) =>
    {
        var validators = await client.GetRootValidatorsAsync(token);
        var prices = (await client.GetSubnetsAsync(token)).ToDictionary(subnet => subnet.Netuid, subnet => subnet.Pool.PriceBits);
        if (isJson)
        {
            Printer.Json(context, new JsonObject { ["validators"] = new JsonArray([.. validators.Select(ToJson)]) });
            return ExitCode.Done;
        }

        Printer.Table(
            context,
            "Root",
            [new("Hotkey"), new("Name"), new("Owner"), new("Stake (τ)", true), new("Stakers", true), new("Take", true), new("Subnets paying", true), new("Claim rate (τ per τ)", true)],
            validators.Select(info => new[]
            {
                Shown.Account(info.Hotkey), Shown.Name(info.Hotkey), info.Facts is { } facts ? Shown.Account(facts.Owner) : "-", AmountText.FormatGrouped(info.Stake.Rao),
                info.Positions.ToString(CultureInfo.InvariantCulture), Shown.PerCent(info.Take), info.Rates.BySubnet.Count.ToString(CultureInfo.InvariantCulture),
                AmountText.Format(ValueOf(info.Rates, prices)),
            }));
        context.Output.WriteLine("Claim rate: what one root TAO on the hotkey has earned since the beginning, claimed or not, at today's prices.");
        return ExitCode.Done;
    });

    public static Command Claimable(CliContext context)
    {
        var coldkey = ValueOptions.Wallet("The wallet that owns the root stake");
        return ReadCommand.Complete(new Command("claimable", "Root dividends that a wallet could claim now.") { coldkey }, context, async (parsed, client, isJson, token) =>
        {
            var account = parsed.GetValue(coldkey)!.Value;
            var claims = await client.GetRootClaimsAsync(account, token);
            if (isJson) Printer.Json(context, ToJson(account, claims));
            else Print(context, account, claims);
            return ExitCode.Done;
        });
    }

    public static Command GetClaimType(CliContext context)
    {
        var coldkey = ValueOptions.Wallet("The wallet that owns the root stake");
        return ReadCommand.Complete(new Command("get-claim-type", "What becomes of a wallet's root dividends.") { coldkey }, context, async (parsed, client, isJson, token) =>
        {
            var account = parsed.GetValue(coldkey)!.Value;
            var claims = await client.GetRootClaimsAsync(account, token);
            if (isJson)
            {
                Printer.Json(context, new JsonObject { ["coldkey"] = Shown.Account(account), ["claim_type"] = TypeToJson(claims.Type), ["block"] = claims.Block.ToString() });
                return ExitCode.Done;
            }

            context.Output.WriteLine($"{Shown.Account(account)}: {TypeOf(claims.Type)}");
            return ExitCode.Done;
        });
    }

    private static void Print(CliContext context, AccountId coldkey, RootClaimInfo claims)
    {
        var total = claims.Claims.Where(claim => claim.IsClaimable).Aggregate(Tao.Zero, (sum, claim) => sum.AddSaturating(claim.Value));
        Printer.Table(
            context,
            $"Root claims of {Shown.Account(coldkey)}, block {claims.Block}",
            [new("Netuid", true), new("Name"), new("Hotkey"), new("Root stake (τ)", true), new("Owed (α)", true), new("Value (α x τ/α)", true), new("Claimable")],
            claims.Claims.Select(claim => new[]
            {
                claim.Subnet.Netuid.ToString(), claim.Subnet.Name, Shown.Account(claim.Row.Hotkey), AmountText.FormatGrouped(claim.Row.RootStake.Rao),
                Shown.Alpha(claim.Row.Owed.Rao, claim.Subnet.Symbol), Shown.Tao(claim.Value.Rao),
                claim.IsClaimable ? "yes" : $"from {AmountText.Format(claim.Threshold.Rao)}",
            }),
            ["Total", string.Empty, string.Empty, string.Empty, string.Empty, Shown.Tao(total.Rao), string.Empty]);
        context.Output.WriteLine($"Claim type: {TypeOf(claims.Type)}. Values are at the spot price; a sale lowers it. {(claims.IsPicked ? "Blocks may claim by themselves." : "Blocks do not claim by themselves.")}");
    }

    private static string TypeOf(RootClaimType type) => type.Kind switch
    {
        RootClaimKind.Keep => "Keep (as alpha)",
        RootClaimKind.KeepSubnets => $"KeepSubnets {string.Join(",", type.Subnets)} (as alpha there, swapped into root stake elsewhere)",
        _ => "Swap (into root stake)",
    };

    private static JsonObject TypeToJson(RootClaimType type) => new()
    {
        ["kind"] = type.Kind.ToString(),
        ["netuids"] = new JsonArray([.. type.Subnets.Select(netuid => JsonValue.Create(netuid.Value))]),
    };

    private static JsonObject ToJson(AccountId coldkey, RootClaimInfo claims) => new()
    {
        ["coldkey"] = Shown.Account(coldkey),
        ["claim_type"] = TypeToJson(claims.Type),
        ["picked_automatically"] = claims.IsPicked,
        ["claims"] = new JsonArray([.. claims.Claims.Select(claim => new JsonObject
        {
            ["netuid"] = claim.Subnet.Netuid.Value,
            ["hotkey"] = Shown.Account(claim.Row.Hotkey),
            ["root_stake_rao"] = Shown.Rao(claim.Row.RootStake.Rao),
            ["owed_rao"] = Shown.Rao(claim.Row.Owed.Rao),
            ["threshold_rao"] = Shown.Rao(claim.Threshold.Rao),
            ["claimable"] = claim.IsClaimable,
            ["value_rao"] = Shown.Rao(claim.Value.Rao),
        })]),
        ["block"] = claims.Block.ToString(),
    };

    private static JsonObject ToJson(RootValidatorInfo info) => new()
    {
        ["hotkey"] = Shown.Account(info.Hotkey),
        ["owner"] = info.Facts is { } facts ? Shown.Account(facts.Owner) : null,
        ["stake_rao"] = Shown.Rao(info.Stake.Rao),
        ["stakers"] = info.Positions,
        ["take"] = info.Take.Parts,
        ["claim_rates"] = new JsonArray([.. info.Rates.BySubnet.Select(rate => new JsonObject
        {
            ["netuid"] = rate.Key.Value,
            ["alpha_rao_per_root_tao"] = Shown.Rao(AmountText.ValueRao(AmountText.RaoPerWhole, Shown.PriceBits(rate.Value))),
        })]),
    };

    /// <summary>Rao of TAO, floored for each subnet.</summary>
    private static ulong ValueOf(ClaimRates rates, Dictionary<NetUid, UInt128> prices)
    {
        var sum = Tao.Zero;
        foreach (var (netuid, rate) in rates.BySubnet)
        {
            var alpha = AmountText.ValueRao(AmountText.RaoPerWhole, Shown.PriceBits(rate));
            sum = sum.AddSaturating(new Tao(AmountText.ValueRao(alpha, prices.GetValueOrDefault(netuid))));
        }

        return sum.Rao;
    }
}
