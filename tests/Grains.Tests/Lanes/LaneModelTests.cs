using CsCheck;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Xunit;
using static Dtao.Grains.Tests.Lanes.LaneWorld;

namespace Dtao.Grains.Tests.Lanes;

public sealed class LaneModelTests
{
    private const ulong Whole = 1_000_000_000;

    private static readonly Gen<AccountId> GenHolder = OneOf(Alice, Bob, Nobody, Author);
    private static readonly Gen<AccountId> GenHotkey = Gen.Frequency((5, Gen.Const(AliceHotkey)), (5, Gen.Const(BobHotkey)), (1, Gen.Const(UnownedHotkey)));
    private static readonly Gen<NetUid> GenNetuid = Gen.UShort[0, 6].Select(netuid => new NetUid(netuid));
    private static readonly Gen<ulong> GenAmount =
        Gen.Frequency((1, Gen.ULong[0, 10_000_000]), (4, Gen.ULong[10_000_000, 80 * Whole]), (1, Gen.Const(ulong.MaxValue)));

    private static readonly Gen<Call> GenCall =
        from kind in OneOf(
            CallKind.MoveStake, CallKind.SwapStake, CallKind.SwapStakeLimit, CallKind.TransferStake, CallKind.UnstakeAll, CallKind.UnstakeAllAlpha)
        from hotkey in GenHotkey
        from toHotkey in GenHotkey
        from netuid in GenNetuid
        from toNetuid in GenNetuid
        from amount in GenAmount
        from limit in Gen.ULong[1_000_000, 20 * Whole]
        from isPartial in Gen.Bool
        from receiver in GenHolder
        select new Call
        {
            Kind = kind,
            Hotkey = hotkey,
            Netuid = netuid,
            Amount = amount,
            ToNetuid = toNetuid,
            ToHotkey = kind == CallKind.MoveStake ? toHotkey : null,
            ToColdkey = kind == CallKind.TransferStake ? receiver : null,
            Limit = kind == CallKind.SwapStakeLimit ? limit : null,
            AllowPartial = isPartial,
        };

    private static readonly Gen<(AccountId, Call)[]> GenBatch =
        Gen.Select(GenHolder, GenCall).Array[1, 5].Select(calls => calls.DistinctBy(one => one.Item1).ToArray());

    private static readonly Gen<(NetworkParameters Parameters, ulong AuthorFree, ulong NobodyFree)> GenNetwork =
        from author in OneOf<AccountId?>(null, Author, Alice)
        from deposit in OneOf<ulong>(500, 1_000_000)
        from nominations in OneOf<ulong>(0, 5_000_000)
        from authorFree in OneOf<ulong>(0, 300, Whole)
        from nobodyFree in OneOf<ulong>(0, 300, Whole)
        select (NetworkParameters.Default with
        {
            Author = author,
            ExistentialDeposit = new Tao(deposit),
            NominatorMinRequiredStake = nominations,
        }, authorFree, nobodyFree);

    /// <summary>After each batch the parts, put together, are the sequential model to the rao, and every rao of TAO is booked once.</summary>
    [Fact]
    public void Decide_RandomBatches_EqualTheSequentialModelAndConserveTao()
    {
        var errors = new HashSet<LedgerError>();
        Gen.Select(GenNetwork, GenBatch.Array[1, 4]).Sample(
            (network, batches) =>
            {
                var world = new LaneWorld(network.Parameters, (Author, network.AuthorFree), (Nobody, network.NobodyFree));
                foreach (var batch in batches)
                {
                    var decided = world.Run(batch);
                    world.AssertEqualsModel(decided);
                    lock (errors) errors.UnionWith(decided.Decisions.Select(decision => decision.Outcome!.Error));
                }
            },
            iter: 400, threads: 2);

        Assert.Superset(
            new HashSet<LedgerError>
            {
                LedgerError.None, LedgerError.SubnetNotExists, LedgerError.HotKeyAccountNotExists, LedgerError.AmountTooLow, LedgerError.SlippageTooHigh,
                LedgerError.ReservesTooLow, LedgerError.SameNetuid,
            },
            errors);
    }

    [Fact]
    public void ReadState_WrittenState_IsWrittenTheSame()
    {
        var world = new LaneWorld(NetworkParameters.Default with { Author = Author }, (Author, Whole));
        world.Run((Alice, LaneDeciderTests.Move(CallKind.TransferStake, 1, 2, 5 * Whole) with { ToColdkey = Nobody }), (Bob, new Call { Kind = CallKind.UnstakeAll, Hotkey = UnownedHotkey }));
        var undelivered = world.Run((Alice, LaneDeciderTests.Move(CallKind.MoveStake, 1, 2, 5 * Whole)));
        LaneModel.Instance.Apply(world.State, new TermBegan(7));
        LaneModel.Instance.Apply(world.State, undelivered with { Batch = world.State.TermFloor + 1 });

        var read = LaneModel.Instance.RereadState(world.State);

        Assert.Equal(LaneModel.Instance.StateBytes(world.State), LaneModel.Instance.StateBytes(read));
        Assert.Equal(7U, read.Term);
        Assert.Equal((7UL << 32) + 1, read.LastBatch);
        Assert.Equal(world.State.Undelivered!.Parts.Count, read.Undelivered!.Parts.Count);
    }

    [Fact]
    public void ReadEvent_EveryKind_IsWrittenTheSame()
    {
        var world = new LaneWorld(NetworkParameters.Default with { Author = Author });
        var decided = world.Run(
            (Alice, LaneDeciderTests.Move(CallKind.MoveStake, 1, 2, 5 * Whole)), (Bob, LaneDeciderTests.Move(CallKind.SwapStake, 1, 99, Whole)));
        LaneEvent[] events =
        [
            new TermBegan(3), new OperationExpired(Alice, 8, 7, new BlockNumber(9), new BlockNumber(10)), decided, new BatchFinished(decided.Batch),
        ];

        foreach (var happened in events)
        {
            var read = LaneModel.Instance.Reread(happened);

            Assert.IsType(happened.GetType(), read);
            Assert.Equal(LaneModel.Instance.EventBytes(happened), LaneModel.Instance.EventBytes(read));
        }

        Assert.NotEmpty(decided.Credits);
        Assert.NotEmpty(decided.Delegates);
        Assert.Equal(events[1], LaneModel.Instance.Reread(events[1]));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(place => values[place]);
}
