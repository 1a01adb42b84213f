using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.GoldenBytes;

/// <summary>One record of every kind that is stored, with as many of its fields filled as there are.</summary>
internal static class GoldenRecords
{
    private static readonly OperationId s_id = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private static readonly BlockNumber s_block = new(300);
    private static readonly UInt128 s_hash = new(0x1122_3344_5566_7788, 0x99AA_BBCC_DDEE_FF00);
    private static readonly byte[] s_planHash = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
    private static readonly NetUid s_subnet = new(7);

    private static readonly Call s_call = new()
    {
        Kind = CallKind.SwapStakeLimit,
        Hotkey = Account(1),
        Netuid = s_subnet,
        Amount = 1_234_567_890_123,
        Limit = 17,
        AllowPartial = true,
        ToHotkey = Account(2),
        ToNetuid = new NetUid(300),
        ToColdkey = Account(3),
        KeepAlive = true,
        Take = new Take(11_796),
        Parameter = "fee_rate",
        Value = "33",
        IsSubnetParameter = true,
    };

    private static readonly CallOutcome s_outcome = CallOutcome.Done with
    {
        Moves =
        [
            new StakeMove(StakeMoveKind.Out, s_subnet, Account(1), Account(4), new Tao(5), new Alpha(6), 7),
            new StakeMove(StakeMoveKind.In, new NetUid(300), Account(2), Account(4), new Tao(8), new Alpha(9), 10),
        ],
        Amount = 11,
    };

    private static readonly Receipt s_receipt = Receipt.Of(s_id, s_outcome, s_block, 12, s_subnet);
    private static readonly SafeFloat s_share = SafeFloat.FromUInt64(123_456_789);
    private static readonly HotkeyPool s_pool = new(new Alpha(1_000_000), s_share);
    private static readonly NetworkParameters s_parameters = NetworkParameters.Default with { Author = Account(9), ChildBurn = 5 };
    private static readonly HotkeyRecord s_record = new(Account(4)) { StoredTake = new Take(100), LastTakeChange = s_block };

    private static readonly SubnetBooks s_books = new()
    {
        Netuid = s_subnet,
        Owner = Account(4),
        OwnerHotkey = Account(1),
        TaoReserve = new Tao(1_000_000_000_000),
        AlphaReserve = new Alpha(2_000_000_000_000),
        AlphaOutstanding = new Alpha(3_000_000_000_000),
        ProtocolAlpha = new Alpha(4),
        AccountTao = new Tao(1_000_000_000_005),
        SwapInitialised = true,
        MovingPrice = new I96F32(400_000_000),
        Volume = 6,
        FlowUser = -7,
        FlowProtocol = 8,
        TotalStake = 9,
        PendingServer = new Alpha(10),
        FirstEmissionBlock = new BlockNumber(1),
        SubtokenEnabled = true,
    };

    private static readonly PoolChanges s_changes = new(
        s_books, [(Account(1), s_pool)], [(Account(1), Account(4), s_share)], [(Account(9), new Tao(13))], new Tao(14));

    private static readonly InFlightOperation s_inFlight = new(
        15, s_id, s_hash, s_call, s_block, OperationRoute.Lane, new Tao(16), new Tao(17), IsExclusive: true);

    private static readonly BatchDecided s_batch = new(
        (1UL << 32) + 1,
        s_block,
        [new LaneDecision(Account(4), 15, 14, s_block, s_call, s_outcome, -18, 19)],
        [
            new PoolPart(
                s_subnet, s_books, [new HotkeyPoolEntry(Account(1), new Alpha(20), s_share)],
                [new PositionEntry(Account(1), Account(4), s_share, new Alpha(21))], [new OwedEntry(Account(9), new Tao(22))], new Tao(23), [0]),
        ],
        [new LaneCredit(24, Account(9), new Tao(25))],
        [Account(2)]);

    private static readonly PlannedBlock s_planned = new(
        new BlockPlan(s_block, new Tao(26), RootSell: true, new Tao(27), s_parameters, [new SubnetEmission(s_subnet, new U96F32(28))]),
        [new BlockSubnet(NetUid.Root, 0), new BlockSubnet(s_subnet, 65_543)], new Tao(29), new Tao(30), "2026-06");

    private static readonly BlockHeader s_header = new(
        s_block, s_planHash, s_planHash, new Tao(26), new Tao(31), new Tao(32), s_planHash, "2026-06", 2, 1_780_000_000_000, [33, 34, 35, 36]);

    public static IEnumerable<GoldenRecord> All =>
    [
        Event(AccountModel.Instance, new OperationStarted(s_inFlight, s_block)),
        Event(AccountModel.Instance, new OperationSettled(15, s_receipt, -37, s_block, new Tao(17), 16)),
        Event(AccountModel.Instance, new OperationDecidedHere(s_id, s_hash, s_block, s_receipt, s_block)),
        Event(AccountModel.Instance, new TaoCredited(Account(4), 38, 37, s_block, new Tao(39), LedgerError.BelowMinimum, s_block)),
        Event(AccountModel.Instance, new OperationYielded(15, s_block)),
        Event(AccountModel.Instance, new OperationResumed(15, s_inFlight with { Sequence = 18, HasYielded = true }, s_block)),
        Event(AccountModel.Instance, new DustReported(16)),
        Event(AccountModel.Instance, new FeeEnded(17, 18)),
        Event(PoolModel.Instance, new CallDecided(
            Account(4), 15, 14, s_block, s_call, new PoolOutcome(s_outcome, -40, s_block, 41), s_changes, new OutgoingTao(Account(9), new Tao(42)), Account(2))),
        Event(PoolModel.Instance, new BlockApplied(s_block, s_planHash, new Tao(43), s_books)),
        Event(PoolModel.Instance, new LaneApplied(s_batch.Batch, s_changes, [new LaneTrail(Account(4), s_call, s_outcome)])),
        Event(PoolModel.Instance, new ParametersAdopted(44, s_parameters)),
        Event(PoolModel.Instance, new OwedSent(Account(9), new Tao(13))),
        Event(PoolModel.Instance, new OutgoingArrived(45)),
        Event(PoolModel.Instance, new DelegateConfirmed(Account(2))),
        Event(PoolModel.Instance, new GiftReceived(Account(4), 46, 45, s_block, new Tao(47), LedgerError.None)),
        Event(PoolModel.Instance, new FactsAsked(s_block)),
        Event(LaneModel.Instance, new TermBegan(1)),
        Event(LaneModel.Instance, new OperationExpired(Account(4), 48, 47, s_block, s_block)),
        Event(LaneModel.Instance, s_batch),
        Event(LaneModel.Instance, new BatchFinished(s_batch.Batch)),
        Event(CoordinatorModel.Instance, new BlockStarted(s_planned, BlockHashes.OfPlan(s_planned))),
        Event(CoordinatorModel.Instance, new BlockClosed(s_header, new Tao(49))),
        Event(CoordinatorModel.Instance, new ClosingTermBegan(60)),
        Event(RegistryModel.Instance, new PoolChangeStarted(new PoolChange(50, s_id, s_hash, s_call))),
        Event(RegistryModel.Instance, new PoolChangeSettled(s_receipt)),
        Event(RegistryModel.Instance, new ChangeDecidedHere(s_hash, s_receipt, s_parameters)),
        Event(RegistryModel.Instance, new ParametersPushed(51)),
        Event(ValidatorModel.Instance, new HotkeyOperationDecided(Account(4), 52, 51, s_block, new HotkeyOutcome(CallOutcome.Done, s_block, 53), s_record)),
        Event(ValidatorModel.Instance, new DelegateEnsured(Take.Default, s_block)),
        Event(ValidatorModel.Instance, new StartTold(s_block)),
        Event(ValidatorModel.Instance, new HotkeyReserved(new HotkeyReservation(Account(5), Account(4)))),
        Event(ValidatorModel.Instance, new OwnerEnsured(Account(4), s_block)),
        Event(ValidatorModel.Instance, new KeysSwapped(s_record, 61, s_block)),
        Event(PoolModel.Instance, new OwnerConfirmed(Account(2))),
        Event(PoolModel.Instance, new OrdersDecided(
            Account(4), s_call, s_outcome, s_block, 62,
            [new OrdersShare(Account(5), 63, 62, s_block, -64, [0, 2]), new OrdersShare(Account(6), 65, 64, s_block, 66, [1])],
            s_changes, new OutgoingTao(Account(9), new Tao(67)), [new OutgoingTao(Account(10), new Tao(68))])),
        Event(RegistryModel.Instance, new NetworkChanged(54, new NetworkChange([new(3)], [new(3), new(4)], new Tao(55), 300, -56))),
        Event(FeedIndexModel.Instance, s_round),
        State(AccountModel.Instance, AccountState()),
        State(PoolModel.Instance, PoolState()),
        State(LaneModel.Instance, LaneState()),
        State(CoordinatorModel.Instance, CoordinatorState()),
        State(RegistryModel.Instance, RegistryState()),
        State(ValidatorModel.Instance, ValidatorState()),
        State(FeedIndexModel.Instance, FeedIndexState()),
    ];

    private static readonly FeedRound s_round = new(
        0, 0x1122_3344_5566_7788, [new FeedActor(FeedActorKind.Account, Account(4)), Pool(300)],
        [
            new FeedLine(new FeedActor(FeedActorKind.Hotkey, Account(2)), 0, 1), new FeedLine(FeedActor.Coordinator, 1, 130), new FeedLine(Pool(300), 1, 2),
            new FeedLine(Pool(300), 3, 1), new FeedLine(FeedActor.Few[1], 1, 1), new FeedLine(FeedActor.Few[2], 1, 1),
        ],
        [new FeedSiloPlace("127.0.0.1:9@1", 200, false), new FeedSiloPlace("127.0.0.1:9@2", 3, true)], true);

    private static FeedActor Pool(long key) => FeedActor.TryParse(ActorKeys.Pool(key), out var pool) ? pool : throw new FormatException();

    private static FeedIndexState FeedIndexState()
    {
        var state = new FeedIndexState();
        FeedIndexModel.Instance.Apply(state, s_round);
        return state;
    }

    private static AccountState AccountState()
    {
        var state = new AccountState { Id = Account(4), Free = new Tao(1_000), NextSequence = 15 };
        foreach (var happened in new AccountEvent[]
        {
            new OperationDecidedHere(s_id, s_hash, s_block, s_receipt, s_block),
            new OperationStarted(s_inFlight with { Id = new OperationId(Guid.AllBitsSet) }, s_block),
            new TaoCredited(Account(5), 38, 37, s_block, new Tao(39), LedgerError.None, BlockNumber.Genesis),
        }) AccountModel.Instance.Apply(state, happened);
        state.SendDust(14, new Tao(54));
        return state;
    }

    private static PoolState PoolState()
    {
        var state = new PoolState
        {
            Books = s_books,
            Parameters = s_parameters,
            ParametersRevision = 2,
            LastBlock = s_block,
            LastPlanHash = s_planHash,
            LastConsumed = new Tao(43),
            Digest = s_planHash,
            Order = 41,
            Swaps = 40,
            NextSequence = 46,
            Destroyed = new Tao(14),
            LastLaneBatch = 55,
            UnclaimedTao = new Tao(56),
        };
        state.HotkeyPools.Add(Account(1), s_pool);
        state.Shares.Add((Account(1), Account(4)), s_share);
        state.Owed.Add(Account(9), new Tao(13));
        state.Outbox.Add(45, new OutgoingTao(Account(9), new Tao(42)));
        state.NewDelegates.Add(Account(2));
        state.Outcomes.Remember(Account(4), 15, 14, s_block, new PoolOutcome(s_outcome, -40, s_block, 41));
        return state;
    }

    private static LaneState LaneState()
    {
        var state = new LaneState { Term = 1, LastBatch = s_batch.Batch, Order = 57, NextCredit = 25, Seen = s_block, Undelivered = s_batch };
        state.Outcomes.Remember(Account(4), 15, 14, s_block, new LaneOutcome(s_outcome, -18, s_block, 19, s_batch.Batch));
        return state;
    }

    private static CoordinatorState CoordinatorState()
    {
        var state = CoordinatorModel.Instance.Create();
        var first = new BlockNumber(1);
        CoordinatorModel.Instance.Apply(state, new ClosingTermBegan(60));
        CoordinatorModel.Instance.Apply(state, new BlockStarted(s_planned with { Plan = s_planned.Plan with { Block = first } }, s_planHash));
        CoordinatorModel.Instance.Apply(state, new BlockClosed(s_header with { Number = first }, new Tao(49)));
        return state;
    }

    private static RegistryState RegistryState()
    {
        var state = new RegistryState
        {
            Name = "golden",
            NetworkId = "golden-1",
            RuleSet = "2026-06",
            Revision = 2,
            Parameters = s_parameters,
            GenesisIssuance = new Tao(58),
            Subnets = [new SubnetEntry(s_subnet, 65_543, "seven", "η")],
            BlockIntervalMilliseconds = 12_000,
            PushedRevision = 1,
            NextSequence = 51,
            UnderWay = new PoolChange(50, new OperationId(Guid.AllBitsSet), s_hash, s_call),
            DecidedCount = 59,
        };
        state.Applied.Add(s_id, new AppliedChange(s_hash, s_receipt));
        state.AppliedOrder.Enqueue(s_id);
        return state;
    }

    private static ValidatorState ValidatorState()
    {
        var state = new ValidatorState { Hotkey = Account(1), Record = s_record, Seen = s_block, Order = 53, LastChange = new(new(299), s_record with { StoredTake = null }) };
        state.Outcomes.Remember(Account(4), 52, 51, s_block, new HotkeyOutcome(CallOutcome.Done, s_block, 53));
        return state;
    }

    private static GoldenRecord Event<TState, TEvent>(IActorModel<TState, TEvent> model, TEvent happened)
        where TEvent : class => new(
            happened.GetType(), happened.GetType().Name, model.EventBytes(happened), bytes => model.EventBytes(model.ReadOne(bytes)));

    private static GoldenRecord State<TState, TEvent>(IActorModel<TState, TEvent> model, TState state)
        where TState : class => new(
            typeof(TState), typeof(TState).Name, model.StateBytes(state), bytes => model.StateBytes(model.ReadSnapshot(bytes)));
}

/// <param name="Rewrite">Reads stored bytes and writes what was read.</param>
internal sealed record GoldenRecord(Type Type, string Name, byte[] Bytes, Func<byte[], byte[]> Rewrite);
