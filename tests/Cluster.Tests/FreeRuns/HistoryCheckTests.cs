using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Generated;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Dtao.Cluster.Tests.FreeRuns;

/// <summary>The check of free runs, held to account: a real history passes, and whatever is wrong with it is found.</summary>
public sealed class HistoryCheckTests
{
    private const ulong OneTao = 1_000_000_000;
    private static readonly AccountId s_ann = GeneratedNetwork.Staker(1);
    private static readonly AccountId s_ben = GeneratedNetwork.Staker(2);
    private static readonly NetUid s_one = new(1);
    private static readonly NetUid s_two = new(2);

    /// <summary>One after the other, so that the journals are the same at every run. A null makes a block.</summary>
    private static readonly (AccountId Signer, Call Call)?[] s_steps =
    [
        null,
        (s_ann, Buy(s_ann, s_one)),
        (s_ann, Buy(s_ann, s_two)),
        (s_ben, Buy(s_ben, s_two)),
        (s_ben, Buy(s_ben, s_one)),
        null,
        (s_ann, new Call { Kind = CallKind.Transfer, ToColdkey = s_ben, Amount = 2 * OneTao }),
        (s_ben, new Call { Kind = CallKind.SwapStake, Hotkey = HotkeyOf(s_ben), Netuid = s_one, ToNetuid = s_two, Amount = OneTao }),
        (s_ben, new Call { Kind = CallKind.SwapStake, Hotkey = HotkeyOf(s_ben), Netuid = s_one, ToNetuid = s_two, Amount = 900_000 * OneTao }),
        (s_ann, Buy(s_ann, s_one)),
        null,
        (s_ann, new Call { Kind = CallKind.Transfer, ToColdkey = s_ben, Amount = 1_000 * OneTao }),
    ];

    private static readonly Lazy<Task<(RecordedHistory History, INetworkState End, Aliases Aliases)>> s_run = new(RunAsync);

    internal static readonly Dictionary<string, (Func<RecordedHistory, RecordedHistory> Change, string Found)> Changes = new(StringComparer.Ordinal)
    {
        ["nothing"] = (history => history, ""),
        ["two actors saw two operations in opposite orders"] = (history => history.InPool(s_one, events => Swap(events, Decided(events, s_ann, 0), Decided(events, s_ben, 0))), "no order fits"),
        ["two outcomes changed places"] = (history => history.InPool(s_one, ExchangeOutcomes), "decided"),
        ["an operation stands in another block"] = (history => history.InPool(s_two, events => Swap(events, Decided(events, s_ben, 0), Place<BlockApplied>(events, 1))), "for block 1 in block 2"),
        ["an operation was lost"] = (history => history.InPool(s_one, events => Without(events, Decided(events, s_ann, 1))), "never decided"),
        ["an operation was decided twice"] = (history => history.InPool(s_one, events => Twice(events, Decided(events, s_ann, 1))), "decided twice"),
        ["a block was missed"] = (history => history.InPool(s_two, events => Without(events, Place<BlockApplied>(events, 1))), "applied block 3 after block 1"),
        ["a pool's reserve is a rao short at a block"] = (history => history.InPool(s_one, events => Instead<BlockApplied>(events, 2, applied => applied with { Books = Short(applied.Books) })), "subnet 1 at block 3"),
        ["a receipt tells of another outcome"] = (history => history with { Answered = [.. history.Answered.Select(Misreported)] }, "answered otherwise"),
        ["a receipt tells of nothing"] = (history => history with { Answered = [.. history.Answered.Select(Denied)] }, "and decided"),
        ["a transfer came from a block that was not there yet"] = (history => history.InAccount(s_ben, events => Instead<TaoCredited>(events, 0, credited => credited with { Seen = new BlockNumber(3) })), "no order fits"),
        ["an account spent TAO before it came"] = (history => history with { Genesis = history.Genesis with { Balances = [.. history.Genesis.Balances.Select(Poorer)] } }, "in order it would come to"),
    };

    public static TheoryData<string> Names => new(Changes.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_AHistoryWithOneThingChanged_FindsIt(string change)
    {
        var (history, end, aliases) = await s_run.Value;

        var verdict = HistoryCheck.Run(Changes[change].Change(history), end, aliases);

        if (Changes[change].Found.Length == 0) Assert.Null(verdict.Fault);
        else Assert.Contains(Changes[change].Found, verdict.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AnotherEnd_FindsIt()
    {
        var (history, _, aliases) = await s_run.Value;
        await using var model = new ModelNetwork(history.Genesis);
        await model.MakeBlocks(3);

        var verdict = HistoryCheck.Run(history, await model.Read(), aliases);

        Assert.Contains("the state at the end differs", verdict.Fault, StringComparison.Ordinal);
    }

    private static async Task<(RecordedHistory, INetworkState, Aliases)> RunAsync()
    {
        var scenario = GeneratedScenario.Create(new GeneratedScenarioOptions { Subnets = 2, Blocks = 1, Operations = 0 });
        var genesis = scenario.Genesis with { Balances = [(s_ann, new Tao(50 * OneTao)), (s_ben, new Tao(50 * OneTao)), (AccountId.Burn, new Tao(OneTao))] };
        var gates = new List<IGrainFactory>();
        await using var network = new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silo: silo => silo.AddStartupTask((services, _) =>
        {
            gates.Add(services.GetRequiredService<IGrainFactory>());
            return Task.CompletedTask;
        })));
        var answered = new List<AnsweredOperation>();
        foreach (var step in s_steps)
        {
            if (step is not var (signer, call))
            {
                await network.MakeBlocks(1);
                continue;
            }

            var operation = new Operation { Id = OperationId.Create(), Signer = signer, Call = call, LastValidBlock = new BlockNumber(60) };
            answered.Add(new AnsweredOperation(operation, await gates[0].Account(signer).Submit(operation)));
        }

        return (RecordedHistory.Read(genesis, answered, await network.ReadJournals()), await network.Read(), scenario.Aliases);
    }

    private static Call Buy(AccountId buyer, NetUid netuid) => new() { Kind = CallKind.AddStake, Hotkey = HotkeyOf(buyer), Netuid = netuid, Amount = 10 * OneTao };

    private static AccountId HotkeyOf(AccountId staker) => GeneratedNetwork.ValidatorHotkey(staker == s_ann ? 1 : 2);

    private static int Decided(IReadOnlyList<PoolEvent> events, AccountId sender, int which) =>
        events.Index().Where(entry => entry.Item is CallDecided decided && decided.Sender == sender).ElementAt(which).Index;

    private static int Place<T>(IReadOnlyList<object> events, int which) => events.Index().Where(entry => entry.Item is T).ElementAt(which).Index;

    private static T[] Swap<T>(IReadOnlyList<T> events, int left, int right)
    {
        var changed = events.ToArray();
        (changed[left], changed[right]) = (changed[right], changed[left]);
        return changed;
    }

    private static IReadOnlyList<T> Without<T>(IReadOnlyList<T> events, int place) => [.. events.Take(place), .. events.Skip(place + 1)];

    private static IReadOnlyList<T> Twice<T>(IReadOnlyList<T> events, int place) => [.. events.Take(place), events[place], .. events.Skip(place)];

    private static IReadOnlyList<PoolEvent> Instead<T>(IReadOnlyList<PoolEvent> events, int which, Func<T, PoolEvent> change)
        where T : PoolEvent
    {
        var place = Place<T>(events, which);
        return [.. events.Take(place), change((T)events[place]), .. events.Skip(place + 1)];
    }

    private static IReadOnlyList<AccountEvent> Instead<T>(IReadOnlyList<AccountEvent> events, int which, Func<T, AccountEvent> change)
        where T : AccountEvent
    {
        var place = Place<T>(events, which);
        return [.. events.Take(place), change((T)events[place]), .. events.Skip(place + 1)];
    }

    private static IReadOnlyList<PoolEvent> ExchangeOutcomes(IReadOnlyList<PoolEvent> events)
    {
        var (left, right) = (Decided(events, s_ann, 0), Decided(events, s_ben, 0));
        var changed = events.ToArray();
        var (first, second) = ((CallDecided)changed[left], (CallDecided)changed[right]);
        (changed[left], changed[right]) = (first with { Outcome = second.Outcome }, second with { Outcome = first.Outcome });
        return changed;
    }

    private static SubnetBooks Short(SubnetBooks books)
    {
        var changed = books.Copy();
        changed.TaoReserve -= new Tao(1);
        return changed;
    }

    private static AnsweredOperation Misreported(AnsweredOperation answered, int place) =>
        place == 1 ? answered with { Receipt = answered.Receipt with { Outcome = CallOutcome.Done } } : answered;

    private static AnsweredOperation Denied(AnsweredOperation answered, int place) =>
        place == 1 ? answered with { Receipt = Receipt.NotAccepted(answered.Operation.Id, RefusalCode.Expired, BlockNumber.Genesis) } : answered;

    private static (AccountId Account, Tao Free) Poorer((AccountId Account, Tao Free) balance) =>
        balance.Account == s_ann ? (s_ann, new Tao(15 * OneTao)) : balance;
}

file static class HistoryChanges
{
    public static RecordedHistory InPool(this RecordedHistory history, NetUid netuid, Func<IReadOnlyList<PoolEvent>, IReadOnlyList<PoolEvent>> change) =>
        history with { Pools = history.Pools.ToDictionary(entry => entry.Key, entry => entry.Key == netuid ? change(entry.Value) : entry.Value) };

    public static RecordedHistory InAccount(this RecordedHistory history, AccountId account, Func<IReadOnlyList<AccountEvent>, IReadOnlyList<AccountEvent>> change) =>
        history with { Accounts = history.Accounts.ToDictionary(entry => entry.Key, entry => entry.Key == account ? change(entry.Value) : entry.Value) };
}
