using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Comparison;

namespace Dtao.Cli.Commands;

/// <summary>A comparison of rule sets as tables and as JSON.</summary>
internal static class RulesReport
{
    /// <summary>How many accounts, and how many operations, are named.</summary>
    public const int NamedMax = 8;

    public static void Print(CliContext context, RuleComparison comparison)
    {
        var (first, second) = (comparison.First, comparison.Second);
        Printer.Table(
            context,
            $"Subnets after block {first.Last.Block}, {comparison.Scenario.Name}",
            [
                new("Netuid", true), new($"Share {first.Rules.Name}", true), new($"Share {second.Rules.Name}", true), new($"Price {first.Rules.Name}", true),
                new($"Price {second.Rules.Name}", true), new($"TAO in pool {first.Rules.Name}", true), new($"TAO in pool {second.Rules.Name}", true),
            ],
            comparison.Subnets.Select(netuid => Row(netuid, first.Last.Subnet(netuid), second.Last.Subnet(netuid))));
        Printer.Table(
            context,
            "Accounts that differ most: free TAO, stake, and unclaimed root dividends, in TAO at the price of each run",
            [new("Account"), new(first.Rules.Name, true), new(second.Rules.Name, true), new("Difference", true)],
            comparison.Accounts.Take(NamedMax).Select(account => new[]
            {
                Name(comparison, account.Account), Shown.Amount((Int128)account.First.Rao), Shown.Amount((Int128)account.Second.Rao), Shown.Amount(account.Rao),
            }));
        PrintOperations(context, comparison);
        context.Output.WriteLine($"Issuance: {Shown.Tao(first.Last.TotalIssuance.Rao)} under {first.Rules.Name}, {Shown.Tao(second.Last.TotalIssuance.Rao)} under {second.Rules.Name}.");
    }

    public static JsonObject ToJson(RuleComparison comparison)
    {
        var counts = comparison.Counts;
        return new()
        {
            ["scenario"] = comparison.Scenario.Name,
            ["first"] = comparison.First.Rules.Name,
            ["second"] = comparison.Second.Rules.Name,
            ["operations"] = new JsonObject
            {
                ["accepted"] = counts.Accepted,
                ["refused_by_both"] = counts.Both,
                ["refused_for_other_reasons"] = counts.OtherReason,
                ["refused_by_first_only"] = counts.OnlyFirst,
                ["refused_by_second_only"] = counts.OnlySecond,
                ["one_sided"] = new JsonArray([.. comparison.OneSided.Take(NamedMax).Select(operation => new JsonObject
                {
                    ["number"] = operation.Number,
                    ["block"] = operation.Block.ToString(),
                    ["signer"] = Name(comparison, operation.Signer),
                    ["call"] = operation.Call.Kind.ToString(),
                    ["first_error"] = ErrorOf(operation.First),
                    ["second_error"] = ErrorOf(operation.Second),
                })]),
            },
            ["accounts"] = new JsonArray([.. comparison.Accounts.Select(account => new JsonObject
            {
                ["account"] = Name(comparison, account.Account),
                ["first"] = Worth(account.First),
                ["second"] = Worth(account.Second),
                ["difference_rao"] = account.Rao.ToString(CultureInfo.InvariantCulture),
            })]),
            ["samples"] = new JsonObject
            {
                ["first"] = new JsonArray([.. comparison.First.Samples.Select(Sample)]),
                ["second"] = new JsonArray([.. comparison.Second.Samples.Select(Sample)]),
            },
        };
    }

    /// <summary>The scenario's name of an account, or its address.</summary>
    public static string Name(RuleComparison comparison, AccountId account)
    {
        var name = comparison.Scenario.Aliases.Name(account);
        return name == account.ToString() ? Shown.Account(account) : name;
    }

    private static void PrintOperations(CliContext context, RuleComparison comparison)
    {
        var counts = comparison.Counts;
        var (first, second) = (comparison.First.Rules.Name, comparison.Second.Rules.Name);
        Printer.Facts(context, "Operations",
        [
            ("Accepted under both", Count(counts.Accepted)),
            ("Refused under both", Count(counts.Both)),
            ("  of them for different reasons", Count(counts.OtherReason)),
            ($"Refused under {first} only", Count(counts.OnlyFirst)),
            ($"Refused under {second} only", Count(counts.OnlySecond)),
        ]);
        if (counts.OnlyFirst + counts.OnlySecond == 0) return;
        Printer.Table(
            context,
            "The first that one rule set refuses and the other accepts",
            [new("Number", true), new("Block", true), new("Signer"), new("Call"), new(first), new(second)],
            comparison.OneSided.Take(NamedMax).Select(operation => new[]
            {
                Count(operation.Number), operation.Block.ToString(), Name(comparison, operation.Signer), operation.Call.Kind.ToString(),
                ErrorOf(operation.First) ?? "accepted", ErrorOf(operation.Second) ?? "accepted",
            }));
    }

    private static string[] Row(NetUid netuid, SubnetSample? first, SubnetSample? second) =>
    [
        netuid.ToString(),
        Of(first, subnet => AmountText.FormatPartsPerMillion(subnet.SharePpm)), Of(second, subnet => AmountText.FormatPartsPerMillion(subnet.SharePpm)),
        Of(first, subnet => AmountText.FormatPrice(subnet.Price.Bits)), Of(second, subnet => AmountText.FormatPrice(subnet.Price.Bits)),
        Of(first, subnet => AmountText.FormatGrouped(subnet.TaoReserve.Rao)), Of(second, subnet => AmountText.FormatGrouped(subnet.TaoReserve.Rao)),
    ];

    /// <summary>A subnet may be there under one rule set only.</summary>
    private static string Of(SubnetSample? subnet, Func<SubnetSample, string> text) => subnet is null ? "none" : text(subnet);

    private static JsonObject Sample(NetworkSample sample) => new()
    {
        ["block"] = sample.Block.ToString(),
        ["minted_rao"] = Shown.Rao(sample.Minted.Rao),
        ["total_issuance_rao"] = Shown.Rao(sample.TotalIssuance.Rao),
        ["subnets"] = new JsonArray([.. sample.Subnets.Select(subnet => new JsonObject
        {
            ["netuid"] = subnet.Netuid.Value,
            ["emission_rao"] = Shown.Rao(subnet.Emission.Rao),
            ["share_ppm"] = Shown.Rao(subnet.SharePpm),
            ["price"] = AmountText.FormatPrice(subnet.Price.Bits),
            ["tao_in_rao"] = Shown.Rao(subnet.TaoReserve.Rao),
            ["alpha_in_rao"] = Shown.Rao(subnet.AlphaReserve.Rao),
            ["alpha_out_rao"] = Shown.Rao(subnet.AlphaOutstanding.Rao),
        })]),
    };

    private static JsonObject Worth(AccountWorth worth) => new()
    {
        ["free_rao"] = Shown.Rao(worth.Free.Rao),
        ["staked_rao"] = worth.Staked.ToString(CultureInfo.InvariantCulture),
        ["owed_rao"] = worth.Owed.ToString(CultureInfo.InvariantCulture),
        ["rao"] = worth.Rao.ToString(CultureInfo.InvariantCulture),
    };

    private static string? ErrorOf(LedgerError error) => error == LedgerError.None ? null : error.ToString();

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
