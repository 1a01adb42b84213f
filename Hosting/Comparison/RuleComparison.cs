using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;
using Dtao.Hosting.Scenarios;

namespace Dtao.Hosting.Comparison;

/// <summary>An operation that the two rule sets answer differently.</summary>
/// <param name="Number">Its place among the scenario's operations, from 1.</param>
public sealed record ComparedOperation(int Number, BlockNumber Block, AccountId Signer, Call Call, LedgerError First, LedgerError Second);

/// <summary>An account at the end of both runs.</summary>
public sealed record AccountDifference(AccountId Account, AccountWorth First, AccountWorth Second)
{
    /// <summary>What the second rule set leaves it with beyond the first, in rao of TAO.</summary>
    public Int128 Rao => (Int128)Second.Rao - (Int128)First.Rao;
}

/// <summary>How many operations were accepted and refused.</summary>
/// <param name="OnlyFirst">Refused under the first rule set and accepted under the second.</param>
/// <param name="OnlySecond">Refused under the second rule set and accepted under the first.</param>
/// <param name="OtherReason">Refused by both, for different reasons; counted in <paramref name="Both"/> too.</param>
public readonly record struct RefusalCounts(int Accepted, int Both, int OnlyFirst, int OnlySecond, int OtherReason);

/// <summary>The same operations under two rule sets, each on a sequential model of its own.</summary>
public sealed class RuleComparison
{
    private RuleComparison(Scenario scenario, RuleRun first, RuleRun second) => (Scenario, First, Second) = (scenario, first, second);

    public Scenario Scenario { get; }

    public RuleRun First { get; }

    public RuleRun Second { get; }

    /// <summary>Operations that only one of the rule sets refuses, in their order.</summary>
    public IEnumerable<ComparedOperation> OneSided => Operations().Where(operation => (operation.First == LedgerError.None) != (operation.Second == LedgerError.None));

    public RefusalCounts Counts
    {
        get
        {
            var counts = default(RefusalCounts);
            foreach (var operation in Operations())
            {
                counts = (operation.First == LedgerError.None, operation.Second == LedgerError.None) switch
                {
                    (true, true) => counts with { Accepted = counts.Accepted + 1 },
                    (true, false) => counts with { OnlySecond = counts.OnlySecond + 1 },
                    (false, true) => counts with { OnlyFirst = counts.OnlyFirst + 1 },
                    _ => counts with { Both = counts.Both + 1, OtherReason = counts.OtherReason + (operation.First == operation.Second ? 0 : 1) },
                };
            }

            return counts;
        }
    }

    /// <summary>Every subnet that one of the runs ends with, ascending.</summary>
    public IReadOnlyList<NetUid> Subnets =>
        [.. First.Last.Subnets.Concat(Second.Last.Subnets).Select(subnet => subnet.Netuid).Distinct().Order()];

    /// <summary>The accounts that end with another worth, the greatest difference first; equal ones by name.</summary>
    public IReadOnlyList<AccountDifference> Accounts =>
    [
        .. First.Last.Accounts.Keys.Union(Second.Last.Accounts.Keys)
            .Select(account => new AccountDifference(account, First.Last.Worth(account), Second.Last.Worth(account)))
            .Where(account => account.Rao != 0)
            .OrderByDescending(account => Int128.Abs(account.Rao))
            .ThenBy(account => Scenario.Aliases.Name(account.Account), StringComparer.Ordinal),
    ];

    /// <param name="every">Blocks between two samples; null: so many that there are about <see cref="RuleRun.SamplesDefault"/> samples.</param>
    /// <exception cref="ScenarioFormatException">The scenario cannot be compared.</exception>
    public static RuleComparison Run(Scenario scenario, RuleSet first, RuleSet second, ulong? every, CancellationToken cancellationToken)
    {
        var between = every ?? Math.Max(1, RuleRun.BlocksOf(scenario) / RuleRun.SamplesDefault);
        return new(scenario, RuleRun.Of(scenario, first, between, cancellationToken), RuleRun.Of(scenario, second, between, cancellationToken));
    }

    private IEnumerable<ComparedOperation> Operations()
    {
        var number = 0;
        foreach (var (_, signer, call) in Scenario.Steps)
        {
            if (call is null) continue;
            var (first, second) = (First.Outcomes[number], Second.Outcomes[number]);
            number++;
            yield return new(number, first.Block, signer, call, first.Error, second.Error);
        }
    }
}
