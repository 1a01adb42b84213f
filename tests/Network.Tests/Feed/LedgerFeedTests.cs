using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Network;
using Dtao.Hosting.Scenarios;
using Dtao.Network.Tests.House;
using Dtao.Network.Tests.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Feed;

/// <summary>The feed of a network in which everything happens: what its facts come to, and that no way of reading them misses one or tells one twice.</summary>
public sealed class LedgerFeedTests
{
    private static readonly AccountId s_sudo = WholeNetwork.Key(9, 1);

    /// <summary>Told by no event of the run: what only crashes, races, or journals of older versions bring.</summary>
    private static readonly Type[] s_rare =
    [
        typeof(OperationYielded), typeof(OperationResumed), typeof(OperationExpired), typeof(FactsAsked), typeof(ClosingTermBegan), typeof(DelegateEnsured), typeof(DelegateConfirmed),
        typeof(HotkeyReserved), typeof(OwnerEnsured), typeof(OwnerConfirmed),
    ];

    [Fact]
    public async Task Read_EverythingHappensAndTheNetworkIsRestarted_TheFactsAreTheLedgerHoweverTheyAreRead()
    {
        var whole = new WholeNetwork(3, 6, 12, 7);
        await using var network = await ClusterNetwork.StartAsync(WithAll(whole.Genesis), silos: 2);
        var reader = new FeedReader(network);
        var along = new List<LedgerFact>();
        string? cursor = null;
        for (var block = 1; block <= whole.Blocks; block++)
        {
            var reading = reader.ReadOn(cursor, pageSize: 3 * block);
            await network.MakeBlocks(1);
            foreach (var (signer, call) in whole.CallsOf(block).Concat(CallsOf(block))) await network.Execute(signer, call);
            (var facts, cursor) = await reading;
            along.AddRange(facts);
            if (block == whole.Blocks / 2) await network.RestartAsync();
        }

        var image = await ReadAtRest(network);
        var (rest, end) = await reader.ReadOn(cursor, 1_000);
        var all = (await reader.ReadOn(null, 1_000)).Facts;
        var folded = new FoldedLedger();
        foreach (var fact in all) folded.Take(fact);

        folded.AssertIs(image);
        Assert.Equal([TaoCause.Operation, TaoCause.Fee, TaoCause.Account, TaoCause.Pool, TaoCause.Lane], folded.Causes.Keys.Order());
        Assert.True(folded.Trades > 20, $"{folded.Trades} trades");
        var texts = reader.TextsOf(all);
        Assert.Equal(texts, reader.TextsOf(along.Concat(rest)));
        Assert.Equal(texts, reader.TextsOf((await reader.ReadOn(null, 7)).Facts));
        Assert.Equal(texts, reader.TextsOf((await reader.ReadOn(null, 1)).Facts));
        Assert.Empty((await reader.ReadOn(end, 1)).Facts);
        AssertKinds(network, all);
    }

    [Fact]
    public async Task Read_CursorsThatAreNoneOfThisLedger_AreToldApart()
    {
        await using var network = await ClusterNetwork.StartAsync(SmallNetwork.Genesis(stakers: 150));
        var reader = new FeedReader(network);
        await network.MakeBlocks(2);
        var (facts, end) = await reader.ReadOn(null, 100);
        var parts = end.Split('-');

        async Task<FeedStatus> StatusOf(int place, string text)
        {
            var changed = parts.ToArray();
            changed[place] = text;
            return (await reader.Read(string.Join('-', changed), 10)).Status;
        }

        Assert.True(OutsideCalls.IsOpen(typeof(ILedgerFeedGrain), nameof(ILedgerFeedGrain.Read)));
        Assert.Equal(FeedStatus.Ok, (await reader.Read(end, 10)).Status);
        Assert.Equal(FeedStatus.MalformedCursor, (await reader.Read("no cursor", 10)).Status);
        Assert.Equal(FeedStatus.MalformedCursor, (await reader.Read(end + "-1", 10)).Status);
        Assert.Equal(FeedStatus.MalformedCursor, await StatusOf(3, "-1"));
        Assert.Equal(FeedStatus.OtherNetwork, await StatusOf(1, "0123456789abcdef"));
        Assert.Equal(FeedStatus.OtherHistory, await StatusOf(3, "999999"));
        Assert.Equal(FeedStatus.OtherHistory, await StatusOf(6, "0123456789abcdef"));
        Assert.Equal(2, facts.Count(fact => fact is BlockClosedFact));
        Assert.Equal(150, facts.Count(fact => fact is ShareAfterFact { Source.Event: 0, Netuid.Value: 2 }));
    }

    [Fact]
    public void FactKinds_EveryKindOfEventAndOfFact_IsNamed()
    {
        Type[] actors = [typeof(AccountEvent), typeof(PoolEvent), typeof(ValidatorEvent), typeof(LaneEvent), typeof(CoordinatorEvent), typeof(RegistryEvent)];
        var events = typeof(AccountEvent).Assembly.GetTypes().Where(type => !type.IsAbstract && actors.Any(actor => actor.IsAssignableFrom(type))).ToHashSet();
        var facts = typeof(LedgerFact).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(LedgerFact).IsAssignableFrom(type)).ToHashSet();

        Assert.Equal(Names(events), Names(FactKinds.OfEvents.Keys));
        Assert.Equal(Names(facts), Names(FactKinds.OfEvents.Values.SelectMany(kinds => kinds).Concat(FactKinds.OfGenesis).Distinct()));
        Assert.Equal(37, events.Count);
        var page = File.ReadAllText(Path.Combine(ProjectReferenceTests.Root, "docs", "reference", "feed.md"));
        Assert.All(facts, fact => Assert.Contains($"`{fact.Name}`", page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(IEnumerable<Type> types) => types.Select(type => type.Name).Order(StringComparer.Ordinal);

    /// <summary>That every event became what it may become, and that the run had one of every kind that a quiet run can have.</summary>
    private static void AssertKinds(ClusterNetwork network, IReadOnlyList<LedgerFact> facts)
    {
        var told = facts.Where(fact => fact.Source.Event > 0).ToLookup(fact => (fact.Source.Actor, fact.Source.Event), fact => fact.GetType());
        var met = new HashSet<Type>();
        using var view = network.Host.Log.OpenReadView();
        foreach (var actor in view.ScanActors())
        {
            foreach (var (number, bytes) in view.ReadEvents(actor.ActorKey))
            {
                var kind = KindOf(actor.ActorKey, bytes.Span);
                met.Add(kind);
                Assert.Subset(FactKinds.OfEvents[kind].ToHashSet(), told[(actor.ActorKey, number)].ToHashSet());
            }
        }

        Assert.Subset(s_rare.ToHashSet(), FactKinds.OfEvents.Keys.Except(met).ToHashSet());
    }

    private static Type KindOf(string actorKey, ReadOnlySpan<byte> bytes) => actorKey switch
    {
        ActorKeys.Coordinator => CoordinatorModel.Instance.ReadOne(bytes).GetType(),
        ActorKeys.Registry => RegistryModel.Instance.ReadOne(bytes).GetType(),
        ActorKeys.Lane => LaneModel.Instance.ReadOne(bytes).GetType(),
        _ when actorKey.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal) => AccountModel.Instance.ReadOne(bytes).GetType(),
        _ when actorKey.StartsWith(ActorKeys.PoolPrefix, StringComparison.Ordinal) => PoolModel.Instance.ReadOne(bytes).GetType(),
        _ => ValidatorModel.Instance.ReadOne(bytes).GetType(),
    };

    private static GenesisState WithAll(GenesisState genesis) => genesis with
    {
        Parameters = genesis.Parameters with
        {
            TxRateLimit = 0,
            HotkeySwapInterval = 0,
            ColdkeySwapDelay = 1,
            SudoKey = s_sudo,
            TransactionFees = true,
            Author = Coldkey(0),
        },
        Balances = [.. genesis.Balances, (s_sudo, new Tao(50_000_000_000))],
    };

    /// <summary>What the whole network does not do by itself: transfers and gifts, takes, orders, swaps of keys, settings, texts, refusals.</summary>
    private static IEnumerable<(AccountId Signer, Call Call)> CallsOf(int block)
    {
        var (one, two) = (new NetUid(1), new NetUid(2));
        var (fresh, next) = (WholeNetwork.Key(8, 1), WholeNetwork.Key(8, 2));
        var leaving = Calls.Transfer(Coldkey(1), Tao.Zero, keepAlive: false);
        var (buy, sell) = (Order(3, OrderType.LimitBuy, 700_000_000), Order(4, OrderType.TakeProfit, 300_000_000));
        var (bought, sold) = (Order(4, OrderType.LimitBuy, 900_000_000), Order(3, OrderType.TakeProfit, 500_000_000));
        return block switch
        {
            1 =>
            [
                (Coldkey(1), Calls.Transfer(fresh, new Tao(2_000_000_000), keepAlive: true)),
                (Coldkey(1), Calls.Transfer(AccountId.OfSubnet(one), new Tao(1_000_000), keepAlive: true)),
                (Coldkey(1), Calls.Transfer(next, new Tao(1), keepAlive: true)),
                (fresh, leaving with { Amount = 2_000_000_000 - TransactionFees.FeeOf(leaving).Rao - 100 }),
            ],
            2 =>
            [
                (Coldkey(0), Calls.IncreaseTake(Hotkey(0), new Take(9_000))), (Coldkey(1), Calls.DecreaseTake(Hotkey(2), new Take(1))),
                (Coldkey(2), Calls.TryAssociateHotkey(WholeNetwork.Key(6, 1))),
                (Coldkey(3), Calls.TransferStake(Coldkey(1), Hotkey(3), one, one, new Alpha(50_000_000))),
                (Coldkey(3), Calls.MoveStake(Hotkey(3), Hotkey(0), one, two, new Alpha(60_000_000))),
                (Coldkey(0), Calls.RemoveStakeFullLimit(Hotkey(0), two, null)),
            ],
            3 => [(Coldkey(4), Calls.SwapHotkey(Hotkey(4), WholeNetwork.Key(7, 1))), (default, Calls.Administer("fee_rate", "100", one)), (default, Calls.Administer("fee_rate", "no", one))],
            4 =>
            [
                (Coldkey(5), Calls.AnnounceColdkeySwap(next)), (Coldkey(2), Calls.SetSubnetIdentity(two, new IdentityDetail("two", "", "", "", "", "", "", ""))),
                (Coldkey(2), Calls.SetIdentity(new ColdkeyIdentityDetail("somebody", "", "", "", "", "", ""))),
                (default, Calls.Administer("take_rate_limit", "1", null)), (default, Calls.Administer("no_such_setting", "1", null)),
            ],
            5 => [(buy.Owner, Calls.PlaceOrder(buy)), (sell.Owner, Calls.PlaceOrder(sell)), (bought.Owner, Calls.PlaceOrder(bought)), (sold.Owner, Calls.PlaceOrder(sold))],
            6 =>
            [
                (Coldkey(0), Calls.ExecuteOrders([new OrderFill(buy), new OrderFill(sell)])),
                (Coldkey(1), Calls.ExecuteBatchedOrders(two, [new OrderFill(bought), new OrderFill(sold)])),
                (Coldkey(5), Calls.SwapColdkeyAnnounced(next)),
            ],
            7 => [(Coldkey(2), Calls.AnnounceColdkeySwap(fresh)), (Coldkey(3), Calls.UnstakeAllAlpha(Hotkey(3))), (Coldkey(0), Calls.Transfer(Coldkey(1), new Tao(5_000_000_000), keepAlive: true))],
            9 => [(Coldkey(2), Calls.ClearColdkeySwapAnnouncement()), (Coldkey(1), Calls.UnstakeAll(Hotkey(1)))],
            _ => [],
        };

        LimitOrder Order(int owner, OrderType type, ulong amount) => new()
        {
            Owner = Coldkey(owner),
            Hotkey = owner == 4 ? WholeNetwork.Key(7, 1) : Hotkey(owner),
            Netuid = two,
            Type = type,
            Amount = amount,
            Limit = new LimitPrice(type == OrderType.LimitBuy ? 10_000_000_000UL : 1),
            Expiry = new BlockNumber(50),
            FeeRate = new Perbill(10_000_000),
            FeeRecipient = Coldkey(1),
            ChainId = NetworkParameters.Default.ChainId,
        };
    }

    /// <summary>The stored ledger when nothing is under way any more.</summary>
    private static async Task<NetworkImage> ReadAtRest(ClusterNetwork network)
    {
        NetworkImage? image = null;
        await Patience.Until(
            async () =>
            {
                var position = network.Host.Log.AppendedPosition;
                image = await new OrderedLogNetwork(network).ReadAtRest();
                return !image.Accounts.Values.Any(account => account.HasUnfinished) && network.Host.Log.AppendedPosition == position;
            },
            "The network never came to rest.");
        return image!;
    }

    private static AccountId Coldkey(int number) => WholeNetwork.Coldkey(number);

    private static AccountId Hotkey(int number) => WholeNetwork.Validator(number);
}
