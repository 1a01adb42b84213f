using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Epochs;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;
using Dtao.Grains.Tests.Wire;
using Dtao.Grains.Wire;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.GoldenBytes;

/// <summary>Values of the ledger that stand inside stored records, in the forms that the records' own fixtures do not show.</summary>
internal static class GoldenValues
{
    private delegate T Reading<out T>(ref RecordReader reader);

    private static readonly WeightsDetail s_weights = new([1, 300, 2], [65_535, 0, 4], 5, 6, [7, 800]);
    private static readonly Call s_call = new() { Kind = CallKind.SetWeights, Hotkey = Account(1), Netuid = new NetUid(7) };

    private static readonly SubnetBooks s_books = new()
    {
        Netuid = new NetUid(7),
        RegistrationsThisBlock = 8,
        RegistrationsThisInterval = 9,
        Generation = 10,
    };

    private static readonly SubnetHyperparameters s_hyper = new()
    {
        MaxUids = 1,
        MaxValidators = 2,
        MinAllowedWeights = 3,
        ImmunityPeriod = 4,
        ActivityCutoffFactor = 70_000,
        Yuma3 = false,
        LiquidAlpha = true,
        AlphaLow = 5,
        AlphaHigh = 6,
        Steepness = -7,
        Kappa = 8,
        BondsMovingAverage = 9,
        BondsPenalty = 10,
        BondsReset = true,
        CommitReveal = false,
        RevealPeriod = 11,
        WeightsRateLimit = 12,
        WeightsVersionKey = 13,
        MinChildTake = 14,
        ImmuneOwnerUids = 15,
        MinNonImmuneUids = 16,
        RootClaimThreshold = 17,
        RecycleIncentive = true,
        OwnerCutAutoLock = true,
        MechanismCount = 18,
        Rho = 19,
    };

    private static readonly RuleSchedule s_rules = RuleSchedule.Of(
        RuleSets.June2026, [new(new BlockNumber(300), RuleSets.June2026Flow), new(new BlockNumber(301), RuleSets.February2025)]);

    private static readonly Metagraph s_before = Metagraph.Empty with
    {
        Neurons =
        [
            new Neuron
            {
                Hotkey = Account(1), RegisteredAt = 2, IsActive = false, HasPermit = true, Dividends = 3, Consensus = 4, ValidatorTrust = 5,
                StakeWeight = 6, Emission = new Alpha(7),
                Rows = [new NeuronRow { LastUpdate = 8, Incentive = 9, Weights = [new(1, 65_535), new(0, 10)], Bonds = [new(300, 11)] }, NeuronRow.Empty],
            },
            new Neuron { Hotkey = Account(2) },
        ],
        Children = Metagraph.Empty.Children.Add(Account(1), [new ChildLink(ulong.MaxValue, Account(2))]),
        Parents = Metagraph.Empty.Parents.Add(Account(2), [new ChildLink(ulong.MaxValue, Account(1))]),
        PendingChildren = Metagraph.Empty.PendingChildren.Add(Account(2), new PendingChildren([new ChildLink(12, Account(3))], 13)),
        ChildTakes = Metagraph.Empty.ChildTakes.Add(Account(1), 14),
        ChildrenSetAt = Metagraph.Empty.ChildrenSetAt.Add(Account(1), 15),
        ChildTakeSetAt = Metagraph.Empty.ChildTakeSetAt.Add(Account(1), 16),
        AutoStake = Metagraph.Empty.AutoStake.Add(Account(4), Account(1)),
        Commits = Metagraph.Empty.Commits.Add(new CommitKey(1, Account(1)), [new([17, 18], 19, 20, null, 0), new([], 21, 22, s_weights, 23)]),
        AlphaDividends = Metagraph.Empty.AlphaDividends.Add(Account(1), new Alpha(24)),
        RootDividends = Metagraph.Empty.RootDividends.Add(Account(1), new Alpha(25)),
        MechanismSplit = [26, 65_509],
    };

    private static readonly MetagraphDelta s_delta = MetagraphDelta.Between(s_before, s_before with
    {
        Neurons = [s_before.Neurons[0], new Neuron { Hotkey = Account(2), Dividends = 27 }, new Neuron { Hotkey = Account(3) }],
        Children = Metagraph.Empty.Children,
        ChildTakes = s_before.ChildTakes.SetItem(Account(5), 28),
    });

    private static readonly Metagraph s_locked = Metagraph.Empty with
    {
        Locks = Metagraph.Empty.Locks.Add(Account(1), new StakeLock(Account(2), new LockState(new Alpha(3), new U64F64(new UInt128(4, 5)), new BlockNumber(6)))),
        LockTotals = Metagraph.Empty.LockTotals
            .Add(new LockBucket(LockKind.Decaying, Account(2)), new LockState(new Alpha(7), new U64F64(8), new BlockNumber(9)))
            .Add(new LockBucket(LockKind.PerpetualOfOwner, default), new LockState(new Alpha(10), U64F64.One, new BlockNumber(11))),
        LockChoices = Metagraph.Empty.LockChoices.Add(Account(1), LockChoices.Perpetual | LockChoices.AcceptsLocked),
        Lease = new SubnetLease(
            Account(1), Account(2), Account(3), 30, new BlockNumber(12),
            ImmutableSortedDictionary<AccountId, U64F64>.Empty.Add(Account(4), new U64F64(13)), new Alpha(14)),
    };

    private static readonly Metagraph s_swapped = Metagraph.Empty with
    {
        HotkeysSwappedAt = Metagraph.Empty.HotkeysSwappedAt.Add(Account(1), 2),
        KeysSwappedAt = Metagraph.Empty.KeysSwappedAt.Add(Account(3), 4),
        SwappedAway = Metagraph.Empty.SwappedAway.Add(Account(5), 6),
        Unseated = Metagraph.Empty.Unseated.Add(Account(7), 8),
    };

    private static readonly MetagraphDelta s_unlocked = MetagraphDelta.Between(s_locked, Metagraph.Empty with { LockTotals = s_locked.LockTotals });

    private static readonly OrderId s_id = new([.. Enumerable.Range(1, OrderId.Length).Select(number => (byte)number)]);

    private static readonly LimitOrder s_order = new()
    {
        Owner = Account(1),
        Hotkey = Account(2),
        Netuid = new NetUid(300),
        Type = OrderType.StopLoss,
        Amount = 3,
        Limit = new LimitPrice(4),
        Expiry = new BlockNumber(5),
        FeeRate = new Perbill(6),
        FeeRecipient = Account(7),
        Relayers = [Account(8), Account(9)],
        MaxSlippage = new Perbill(10),
        ChainId = 11,
        AllowsPartialFills = true,
    };

    private static readonly LimitOrder s_plainOrder = s_order with { Type = OrderType.LimitBuy, Relayers = null, MaxSlippage = null, AllowsPartialFills = false };

    private static readonly Metagraph s_ordered = Metagraph.Empty with
    {
        Orders = Metagraph.Empty.Orders
            .Add(s_id, new OrderRecord(Account(1), OrderStatus.Open, 2, s_order))
            .Add(new OrderId(new byte[OrderId.Length]), new OrderRecord(Account(3), OrderStatus.Cancelled, 0, null)),
    };

    private static readonly IdentityDetail s_identity = new("name", "repository", "contact τ", "url", "discord", "", "logo", "more");

    private static readonly ColdkeyIdentityDetail s_coldkeyIdentity = new("name τ", "url", "repository", "image", "", "description", "more");

    private static readonly Metagraph s_named = Metagraph.Empty with
    {
        Identity = s_identity,
        AutoParents = Metagraph.Empty.AutoParents.Add(Account(1), true).Add(Account(2), false),
    };

    public static IEnumerable<GoldenValue> All =>
    [
        CallWith("Weights", s_weights),
        CallWith("BatchReveal", new BatchRevealDetail([s_weights, s_weights with { Salt = [] }])),
        CallWith("Commit", new CommitDetail([.. Account(3).ToArray()], 1)),
        CallWith("Timelock", new TimelockDetail(s_weights, 1_000_000, 4)),
        CallWith("Children", new ChildrenDetail([new ChildLink(ulong.MaxValue, Account(2)), new ChildLink(1, Account(3))])),
        CallWith("Claim", new ClaimDetail([new NetUid(1), new NetUid(300)])),
        CallWith("ClaimType", new ClaimTypeDetail(new RootClaimType(RootClaimKind.KeepSubnets, [new NetUid(1), new NetUid(300)]))),
        Of("OutcomeOfANeuron", CallOutcome.Done with { Amount = 1, Uid = 255, Paid = new Tao(1_000_000_000) }, LedgerCodec.Write, LedgerCodec.ReadOutcome),
        Of("OutcomeOfASubnet", CallOutcome.Done with { Netuid = new NetUid(9), Paid = new Tao(2) }, LedgerCodec.Write, LedgerCodec.ReadOutcome),
        Of("OutcomeWithFee", CallOutcome.Done with { Fee = new TransactionFee(new Tao(3), new Alpha(4), new NetUid(9)) }, LedgerCodec.Write, LedgerCodec.ReadOutcome),
        Of("BooksWithDefaults", s_books, LedgerCodec.Write, LedgerCodec.ReadBooks),
        Of("BooksOfANewSubnet", With(SubnetHyperparameters.OfNewSubnet), LedgerCodec.Write, LedgerCodec.ReadBooks),
        Of("BooksWithAllSettings", With(s_hyper), LedgerCodec.Write, LedgerCodec.ReadBooks),
        Of("BooksWithFlow", WithFlow(), LedgerCodec.Write, LedgerCodec.ReadBooks),
        Of("AccrualOfAlpha", new RootAccrual(Account(1), new I96F32(2), new Alpha(3)), LedgerCodec.Write, LedgerCodec.ReadAccrual),
        Of("AccrualOfTao", new RootAccrual(Account(1), default, default) { Pay = new RootPay(Account(2), new Tao(3), new Tao(4)) }, LedgerCodec.Write, LedgerCodec.ReadAccrual),
        Of("ParametersOfMechanisms", NetworkParameters.Default with { MinChildTake = new Take(5), MaxMechanismCount = 3 }, LedgerCodec.Write, LedgerCodec.ReadParameters),
        Of("ParametersOfOtherRules", NetworkParameters.Default with { Rules = RuleSchedule.Of(RuleSets.February2025) }, LedgerCodec.Write, LedgerCodec.ReadParameters),
        Of("ParametersWithChangesOfRules", NetworkParameters.Default with { TempoRateLimit = 1, Rules = s_rules }, LedgerCodec.Write, LedgerCodec.ReadParameters),
        Of("ClaimRates", new ClaimRates(ClaimRates.None.BySubnet.Add(new NetUid(1), new I96F32(1L << 40)).Add(new NetUid(300), new I96F32(2))),
            LedgerCodec.Write, LedgerCodec.ReadClaimRates),
        Of("ClaimTypeSwap", RootClaimType.Swap, LedgerCodec.Write, LedgerCodec.ReadClaimType),
        Of("ClaimTypeKeep", RootClaimType.Keep, LedgerCodec.Write, LedgerCodec.ReadClaimType),
        Of("Remains", new SubnetRemains(true, false, 1, 2, 3, s_before.AutoStake, 4), LedgerCodec.Write, LedgerCodec.ReadRemains),
        Of("Metagraph", s_before, LedgerCodec.Write, LedgerCodec.ReadMetagraph),
        Of("MetagraphOfNoNeurons", Metagraph.Empty, LedgerCodec.Write, LedgerCodec.ReadMetagraph),
        Of("MetagraphDelta", s_delta, LedgerCodec.Write, LedgerCodec.ReadMetagraphDelta),
        Of("MetagraphOfLocks", s_locked, LedgerCodec.Write, LedgerCodec.ReadMetagraph),
        Of("MetagraphDeltaOfLocksGone", s_unlocked, LedgerCodec.Write, LedgerCodec.ReadMetagraphDelta),
        CallWith("Switch", new SwitchDetail(true)),
        CallWith("ColdkeyHash", new ColdkeyHashDetail([.. Account(3).ToArray()])),
        CallWith("Coldkey", new ColdkeyDetail(Account(3))),
        Of("ParametersOfSwaps", NetworkParameters.Default with { TxRateLimit = 1, HotkeySwapInterval = 2, ColdkeySwapDelay = 3, ColdkeySwapReannouncementDelay = 4, Rules = s_rules },
            LedgerCodec.Write, LedgerCodec.ReadParameters),
        Of("ColdkeySwap", new ColdkeySwap(new BlockNumber(1), [.. Account(3).ToArray()], null), LedgerCodec.Write, LedgerCodec.ReadColdkeySwap),
        Of("ColdkeySwapDisputed", new ColdkeySwap(new BlockNumber(1), [.. Account(3).ToArray()], new BlockNumber(2)), LedgerCodec.Write, LedgerCodec.ReadColdkeySwap),
        Of("MetagraphOfSwaps", s_swapped, LedgerCodec.Write, LedgerCodec.ReadMetagraph),
        CallWith("Order", new OrderDetail(s_order)),
        CallWith("Orders", new OrdersDetail([new OrderFill(s_order, 16, [17, 18]), new OrderFill(s_plainOrder)], true)),
        CallWith("Fill", new FillDetail(new OrderFill(s_plainOrder, 19), Account(20))),
        CallWith("FillBatch", new FillBatchDetail(
            Account(20), new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), true, 2, 5, [new PlacedFill(1, new OrderFill(s_plainOrder, 19)), new PlacedFill(4, new OrderFill(s_order))])),
        Of("OutcomeOfOrders", CallOutcome.Done with { Orders = [new(s_id, LedgerError.None, 1, 2, new Tao(3)), OrderResult.Refused(s_id, LedgerError.OrderExpired)] },
            LedgerCodec.Write, LedgerCodec.ReadOutcome),
        Of("ParametersOfOrders", NetworkParameters.Default with { ChainId = 964, LimitOrders = false }, LedgerCodec.Write, LedgerCodec.ReadParameters),
        Of("MetagraphOfOrders", s_ordered, LedgerCodec.Write, LedgerCodec.ReadMetagraph),
        CallWith("Identity", s_identity),
        CallWith("Symbol", new SymbolDetail("τ")),
        CallWith("ColdkeyIdentity", s_coldkeyIdentity),
        CallWith("BatchWeights", new BatchWeightsDetail([new SubnetWeights(new NetUid(1), s_weights), new SubnetWeights(new NetUid(300), s_weights with { Salt = [] })])),
        CallWith("BatchCommits", new BatchCommitDetail([new SubnetCommit(new NetUid(300), new CommitDetail([.. Account(3).ToArray()], 0))])),
        Of("OutcomeOfABatch", CallOutcome.Done with { Parts = [new(new NetUid(1), LedgerError.None), new(new NetUid(300), LedgerError.PartNotReached)] },
            LedgerCodec.Write, LedgerCodec.ReadOutcome),
        Of("MetagraphOfTexts", s_named, LedgerCodec.Write, LedgerCodec.ReadMetagraph),
        Of("MetagraphDeltaOfTextsGone", MetagraphDelta.Between(s_named, Metagraph.Empty), LedgerCodec.Write, LedgerCodec.ReadMetagraphDelta),
    ];

    private static SubnetBooks WithFlow()
    {
        var books = s_books.Copy();
        books.FlowAverages = new(new(new BlockNumber(1), new I64F64(-(Int128)2 << 64)), new(new BlockNumber(3), new I64F64(4)), -5);
        return books;
    }

    private static SubnetBooks With(SubnetHyperparameters hyper)
    {
        var books = s_books.Copy();
        books.Hyper = hyper;
        return books;
    }

    private static GoldenValue CallWith(string name, CallDetail detail) =>
        Of("CallWith" + name, s_call with { Detail = detail }, LedgerCodec.Write, LedgerCodec.ReadCall);

    private static GoldenValue Of<T>(string name, T value, Action<RecordWriter, T> write, Reading<T> read)
    {
        var writer = new RecordWriter();
        write(writer, value);
        return new GoldenValue(name, value!, writer.ToArray(), bytes =>
        {
            var reader = new RecordReader(bytes);
            var result = Examples.Describe(read(ref reader));
            return reader.IsAtEnd ? result : "bytes are left over";
        });
    }
}

/// <param name="Read">Reads bytes and describes what was read.</param>
internal sealed record GoldenValue(string Name, object Value, byte[] Bytes, Func<byte[], string> Read);
