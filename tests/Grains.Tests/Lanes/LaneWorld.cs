using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.Grains.Wire;
using Xunit;

namespace Dtao.Grains.Tests.Lanes;

/// <summary>
/// A small network whose pools, accounts, and hotkeys are kept apart as the actors keep them. Batches go through the lane's decider and back into
/// the parts; beside it the same calls run on the sequential model.
/// </summary>
internal sealed class LaneWorld
{
    public static readonly AccountId Alice = ModelBytes.Account(1);
    public static readonly AccountId Bob = ModelBytes.Account(2);
    public static readonly AccountId Nobody = ModelBytes.Account(3);
    public static readonly AccountId Author = ModelBytes.Account(4);
    public static readonly AccountId AliceHotkey = ModelBytes.Account(11);
    public static readonly AccountId BobHotkey = ModelBytes.Account(12);
    public static readonly AccountId UnownedHotkey = ModelBytes.Account(13);

    /// <summary>A subnet whose alpha is so scarce that nothing can be bought there.</summary>
    public static readonly NetUid Thin = new(5);

    /// <summary>A subnet that trades one to one.</summary>
    public static readonly NetUid Stable = new(4);

    private const ulong Whole = 1_000_000_000;

    private readonly Dictionary<NetUid, PoolState> _pools = [];
    private readonly Dictionary<AccountId, Tao> _free = [];
    private readonly Dictionary<AccountId, HotkeyRecord> _hotkeys = [];
    private readonly NetworkParameters _parameters;
    private readonly HashSet<AccountId> _everyone = [Alice, Bob, Nobody, Author, AccountId.Burn];
    private ulong _lastBatch;
    private ulong _lastSequence;

    public LaneWorld(NetworkParameters? parameters = null, params (AccountId Account, ulong Free)[] balances)
    {
        _parameters = parameters ?? NetworkParameters.Default;
        var network = GenesisBuilder.Build(Genesis(_parameters, balances));
        Model = new SequentialNetwork(network);
        foreach (var (account, free) in network.Balances) _free[account] = free;
        foreach (var hotkey in network.Hotkeys) _hotkeys.Add(hotkey.Hotkey, hotkey.Record);
        foreach (var books in network.Subnets) _pools.Add(books.Netuid, new PoolState { Books = books, Parameters = _parameters });
        foreach (var (netuid, hotkey, pool) in network.HotkeyPools) _pools[netuid].HotkeyPools.Add(hotkey, pool);
        foreach (var (position, share) in network.Shares) _pools[position.Netuid].Shares.Add((position.Hotkey, position.Coldkey), share);
        GenesisTao = Total();
    }

    public LaneState State { get; } = new();

    public SequentialNetwork Model { get; }

    public UInt128 GenesisTao { get; }

    public PoolState Pool(ushort netuid) => _pools[new NetUid(netuid)];

    public Tao Free(AccountId account) => _free.GetValueOrDefault(account);

    /// <summary>An account as nothing here has left it.</summary>
    public void SetFree(AccountId account, Tao free) => _free[account] = free;

    public bool IsDelegate(AccountId hotkey) => _hotkeys[hotkey].IsDelegate;

    public LaneCommand Command(AccountId signer, Call call, ulong lastValidBlock = 100)
    {
        var head = new MessageHead(signer, ++_lastSequence, 1, new BlockNumber(lastValidBlock), BlockNumber.Genesis, LogStamp.Durable);
        return new LaneCommand(head, call, _free.GetValueOrDefault(signer)) { Fee = TransactionFees.FeeOf(_parameters, call) };
    }

    /// <summary>Decides a batch and brings it to everyone, through the stored form of each event.</summary>
    public BatchDecided Run(params (AccountId Signer, Call Call)[] calls)
    {
        foreach (var (signer, _) in calls) CollectOwed(signer);
        return Run([.. calls.Select(one => Command(one.Signer, one.Call))]);
    }

    public BatchDecided Run(LaneCommand[] commands) => Deliver(LaneDecider.Decide(State, ++_lastBatch, Gather(commands), commands));

    /// <summary>Decides a batch on facts that lack what the ledger must know of a hotkey: rules that ask for it break.</summary>
    public BatchDecided RunWithout(AccountId hotkey, LaneCommand[] commands, Action<int, Exception> onFailure)
    {
        var facts = Gather(commands);
        facts = facts with { Hotkeys = facts.Hotkeys.Where(entry => entry.Key != hotkey).ToDictionary() };
        return Deliver(LaneDecider.Decide(State, ++_lastBatch, facts, commands, onFailure));
    }

    private BatchDecided Deliver(BatchDecided decided)
    {
        var stored = Assert.IsType<BatchDecided>(LaneModel.Instance.Reread(decided));
        LaneModel.Instance.Apply(State, stored);
        foreach (var part in stored.Parts)
        {
            var pool = _pools[part.Netuid];
            PoolModel.Instance.Apply(pool, PoolModel.Instance.Reread(PoolDecider.ApplyLane(pool, stored.MessageOf(part, LogStamp.Durable, (1, _parameters)))));
        }

        foreach (var decision in stored.Decisions) Change(decision.Sender, decision.FreeChange);
        foreach (var credit in stored.Credits) Change(credit.To, (long)credit.Amount.Rao);
        foreach (var hotkey in stored.Delegates) _hotkeys[hotkey] = _hotkeys[hotkey] with { StoredTake = Take.Default };
        LaneModel.Instance.Apply(State, LaneModel.Instance.Reread(new BatchFinished(stored.Batch)));
        return stored;
    }

    /// <summary>Runs the same calls on the sequential model and checks that both networks are equal to the rao.</summary>
    public void AssertEqualsModel(BatchDecided decided)
    {
        foreach (var decision in decided.Decisions)
        {
            var expected = Model.Execute(decision.Sender, decision.Call);
            Assert.Equal(BytesOf(expected), BytesOf(decision.Outcome!));
        }

        foreach (var (netuid, pool) in _pools)
        {
            Assert.True(Model.TryGetBooks(netuid, out var books));
            Assert.Equal(BytesOf(books), BytesOf(pool.Books!));
        }

        INetworkState model = Model;
        Assert.Equal(model.Shares.ToDictionary(entry => entry.Position, entry => entry.Share), Shares());
        Assert.Equal(
            model.HotkeyPools.ToDictionary(entry => (entry.Netuid, entry.Hotkey), entry => entry.Pool),
            _pools.SelectMany(entry => entry.Value.HotkeyPools.Select(pool => (entry.Key, pool.Key, pool.Value)))
                .ToDictionary(entry => (entry.Item1, entry.Item2), entry => entry.Value));
        foreach (var account in _everyone) Assert.Equal(Model.GetFree(account), Free(account) + Owed(account));
        foreach (var (hotkey, record) in _hotkeys) Assert.Equal(Model.GetHotkey(hotkey), record);
        Assert.Equal(GenesisTao, Total());
    }

    public Tao Owed(AccountId account) =>
        new(_pools.Values.Aggregate(0UL, (sum, pool) => sum + pool.Owed.GetValueOrDefault(account).Rao));

    private void CollectOwed(AccountId account)
    {
        foreach (var pool in _pools.Values)
        {
            if (pool.Owed.Remove(account, out var owed)) Change(account, (long)owed.Rao);
        }
    }

    private LaneFacts Gather(LaneCommand[] commands)
    {
        var needs = LaneNeeds.Of(commands, _parameters);
        var interest = new LaneInterest(_lastBatch, needs.Hotkeys, needs.Coldkeys);
        var wanted = _pools.Keys.Where(netuid =>
            needs.Netuids.Contains(netuid) || needs.Unstakers.Any(one => _pools[netuid].Shares.ContainsKey((one.Hotkey, one.Coldkey))));
        var slices = new Dictionary<NetUid, LaneSlice>();
        foreach (var netuid in wanted.Order()) slices.Add(netuid, PoolDecider.SliceOf(_pools[netuid], needs.InterestAt(netuid, interest, slices), LogStamp.Durable));
        return new LaneFacts(
            BlockNumber.Genesis, _parameters, slices,
            needs.Hotkeys.ToDictionary(hotkey => hotkey, FactsOf),
            needs.Accounts.ToDictionary(account => account, Free));
    }

    private HotkeyFacts? FactsOf(AccountId hotkey) => _hotkeys.TryGetValue(hotkey, out var record)
        ? new HotkeyFacts(hotkey, record.Owner, record.StoredTake?.Parts, record.LastTakeChange)
        : null;

    private void Change(AccountId account, long rao)
    {
        var after = checked((long)Free(account).Rao + rao);
        _free[account] = new Tao(checked((ulong)after));
    }

    private Dictionary<PositionKey, SafeFloat> Shares() => _pools
        .SelectMany(entry => entry.Value.Shares.Select(share => (new PositionKey(entry.Key, share.Key.Hotkey, share.Key.Coldkey), share.Value)))
        .ToDictionary(entry => entry.Item1, entry => entry.Value);

    /// <summary>Every rao of TAO: held, owed, on subnets' accounts, and destroyed.</summary>
    private UInt128 Total()
    {
        UInt128 total = 0;
        foreach (var free in _free.Values) total += free.Rao;
        foreach (var pool in _pools.Values)
        {
            total += pool.Books!.AccountTao.Rao;
            total += pool.Destroyed.Rao;
            foreach (var owed in pool.Owed.Values) total += owed.Rao;
        }

        return total;
    }

    private static GenesisState Genesis(NetworkParameters parameters, (AccountId Account, ulong Free)[] balances) => new()
    {
        Parameters = parameters,
        Balances = [(Alice, new Tao(50 * Whole)), (Bob, new Tao(50 * Whole)), .. balances.Select(one => (one.Account, new Tao(one.Free)))],
        Hotkeys = [new(AliceHotkey, new HotkeyRecord(Alice)), new(BobHotkey, new HotkeyRecord(Bob))],
        Subnets =
        [
            new(new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0, SubtokenEnabled = true }, null, Tao.Zero),
            Subnet(1, 1_000 * Whole, 4_000 * Whole), Subnet(2, 3_000 * Whole, 1_000 * Whole), Subnet(3, 500 * Whole, 90_000 * Whole),
            Subnet(Stable.Value, 5_000 * Whole, 0, mechanism: 0), Subnet(Thin.Value, 1_000 * Whole, 1_000),
        ],
        Stakes =
        [
            .. from netuid in new ushort[] { 0, 1, 2, 3, 4 }
               from holder in new[] { Alice, Bob }
               from hotkey in new[] { AliceHotkey, BobHotkey }
               select new GenesisStake(new PositionKey(new NetUid(netuid), hotkey, holder), new Alpha((netuid + 3UL) * 7 * Whole)),
        ],
    };

    private static GenesisSubnet Subnet(ushort netuid, ulong tao, ulong alpha, ushort mechanism = 1) => new(
        new SubnetBooks
        {
            Netuid = new NetUid(netuid),
            Mechanism = mechanism,
            TaoReserve = new Tao(tao),
            AlphaReserve = new Alpha(alpha),
            SubtokenEnabled = true,
        },
        null, Tao.Zero);

    private static string BytesOf(CallOutcome outcome)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, outcome);
        return $"{outcome.Error} {Convert.ToHexString(writer.WrittenSpan)}";
    }

    private static string BytesOf(SubnetBooks books)
    {
        var writer = new RecordWriter();
        LedgerCodec.Write(writer, books);
        return Convert.ToHexString(writer.WrittenSpan);
    }
}
