using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Blocks;

/// <summary>What events do to the coordinator, and how both are stored.</summary>
public sealed class CoordinatorModel : IActorModel<CoordinatorState, CoordinatorEvent>
{
    public static readonly CoordinatorModel Instance = new();

    private const byte EventVersion = 1;
    private const byte StateVersion = 1;
    private const byte PlanVersion = 2;
    private const byte PlanVersionWithoutEpochs = 1;
    private const int SubnetsMax = ushort.MaxValue + 1;

    /// <summary>The number, from 1, of the event that closes a block.</summary>
    /// <param name="terms">How many terms began before it.</param>
    public static long EventNumberOfHeader(BlockNumber block, long terms) => checked((long)(block.Value * 2) + terms);

    /// <summary>How many terms began up to an event, from its number and what it is.</summary>
    public static long TermsUpTo(long eventNumber, CoordinatorEvent happened) => happened switch
    {
        BlockStarted started => eventNumber - (EventNumberOfHeader(started.Block, 0) - 1),
        BlockClosed closed => eventNumber - EventNumberOfHeader(closed.Header.Number, 0),
        ClosingTermBegan began => began.Term,
        _ => throw new InvalidOperationException($"Unknown block event {happened.GetType().Name}."),
    };

    public CoordinatorState Create() => new();

    public void Apply(CoordinatorState state, CoordinatorEvent happened)
    {
        switch (happened)
        {
            case BlockStarted started:
                if (state.UnderWay is not null || started.Block != state.Block.Next)
                {
                    throw new InvalidOperationException($"Block {started.Block} cannot start after block {state.Block}.");
                }

                state.UnderWay = started;
                break;
            case BlockClosed closed:
                Close(state, closed);
                break;
            case ClosingTermBegan began:
                state.Term = began.Term;
                break;
            default:
                throw new InvalidOperationException($"Unknown block event {happened.GetType().Name}.");
        }
    }

    private static void Close(CoordinatorState state, BlockClosed closed)
    {
        var header = closed.Header;
        if (state.UnderWay?.Block != header.Number) throw new InvalidOperationException($"Block {header.Number} cannot close: it was not started.");
        state.UnderWay = null;
        state.Block = header.Number;
        state.Minted += header.Emission;
        state.Recycled += header.Recycled;
        state.TotalIssuance = header.TotalIssuance;
        state.BalancesIssuance = closed.BalancesIssuance;
        state.LastHeader = header;
        state.Headers.Enqueue(header);
        if (state.Headers.Count > CoordinatorState.HeadersMax) state.Headers.Dequeue();
    }

    public void WriteEvent(RecordWriter writer, CoordinatorEvent happened)
    {
        writer.Byte(EventVersion);
        switch (happened)
        {
            case BlockStarted started:
                writer.Byte(1);
                WritePlan(writer, started.Planned);
                writer.Fixed(started.PlanHash);
                break;
            case BlockClosed closed:
                writer.Byte(2);
                WriteHeader(writer, closed.Header);
                writer.UInt64(closed.BalancesIssuance.Rao);
                break;
            case ClosingTermBegan began:
                writer.Byte(3);
                writer.UInt64(began.Term);
                break;
            default:
                throw new InvalidOperationException($"Unknown block event {happened.GetType().Name}.");
        }
    }

    public CoordinatorEvent ReadEvent(ref RecordReader reader)
    {
        LedgerCodec.Expect(reader.Byte(), EventVersion, "block event");
        return reader.Byte() switch
        {
            1 => ReadStarted(ref reader),
            2 => new BlockClosed(ReadHeader(ref reader), new Tao(reader.UInt64())),
            3 => new ClosingTermBegan(checked((uint)reader.UInt64())),
            var kind => throw new InvalidDataException($"Unknown block event kind {kind}."),
        };
    }

    public void WriteState(RecordWriter writer, CoordinatorState state)
    {
        writer.Byte(StateVersion);
        writer.UInt64(state.Term);
        writer.UInt64(state.Block.Value);
        writer.UInt64(state.Minted.Rao);
        writer.UInt64(state.Recycled.Rao);
        writer.UInt64(state.TotalIssuance.Rao);
        writer.UInt64(state.BalancesIssuance.Rao);
        writer.UInt64((ulong)state.Headers.Count);
        foreach (var header in state.Headers) WriteHeader(writer, header);
        writer.Bool(state.UnderWay is not null);
        if (state.UnderWay is null) return;
        WritePlan(writer, state.UnderWay.Planned);
        writer.Fixed(state.UnderWay.PlanHash);
    }

    public CoordinatorState ReadState(ref RecordReader reader)
    {
        LedgerCodec.Expect(reader.Byte(), StateVersion, "coordinator state");
        var state = new CoordinatorState
        {
            Term = checked((uint)reader.UInt64()),
            Block = new BlockNumber(reader.UInt64()),
            Minted = new Tao(reader.UInt64()),
            Recycled = new Tao(reader.UInt64()),
            TotalIssuance = new Tao(reader.UInt64()),
            BalancesIssuance = new Tao(reader.UInt64()),
        };
        for (var count = reader.Count(CoordinatorState.HeadersMax); count > 0; count--)
        {
            state.LastHeader = ReadHeader(ref reader);
            state.Headers.Enqueue(state.LastHeader);
        }

        if (reader.Bool()) state.UnderWay = ReadStarted(ref reader);
        return state;
    }

    internal static void WritePlan(RecordWriter writer, PlannedBlock planned)
    {
        var plan = planned.Plan;
        var hasEpochs = planned.Turns.Count > 0 || planned.ClaimPicks.Count > 0 || planned.Sealed.Count > 0;
        writer.Byte(hasEpochs ? PlanVersion : PlanVersionWithoutEpochs);
        writer.UInt64(plan.Block.Value);
        writer.UInt64(plan.Minted.Rao);
        writer.Bool(plan.RootSell);
        writer.UInt64(plan.RootTao.Rao);
        LedgerCodec.Write(writer, plan.Parameters);
        writer.UInt64((ulong)plan.Emissions.Count);
        foreach (var emission in plan.Emissions)
        {
            writer.UInt64(emission.Netuid.Value);
            writer.UInt128(emission.TaoEmission.Bits);
        }

        writer.UInt64((ulong)planned.Subnets.Count);
        foreach (var subnet in planned.Subnets)
        {
            writer.UInt64(subnet.Netuid.Value);
            writer.Int64(subnet.PoolKey);
        }

        writer.UInt64(planned.TotalIssuance.Rao);
        writer.UInt64(planned.BalancesIssuance.Rao);
        writer.Text(planned.RuleSet);
        if (hasEpochs) WriteEpochs(writer, planned);
    }

    private static void WriteEpochs(RecordWriter writer, PlannedBlock planned)
    {
        writer.UInt64((ulong)planned.Turns.Count);
        foreach (var (netuid, turn) in planned.Turns)
        {
            writer.UInt64(netuid.Value);
            writer.Byte((byte)turn);
        }

        writer.UInt64((ulong)planned.ClaimPicks.Count);
        foreach (var coldkey in planned.ClaimPicks) writer.Account(coldkey);
        writer.UInt64((ulong)planned.Held.Count);
        foreach (var netuid in planned.Held) writer.UInt64(netuid.Value);
        writer.UInt64((ulong)planned.Sealed.Count);
        foreach (var netuid in planned.Sealed) writer.UInt64(netuid.Value);
    }

    private static PlannedBlock ReadEpochs(ref RecordReader reader, PlannedBlock planned)
    {
        var turns = new (NetUid, EpochTurn)[reader.Count(SubnetsMax)];
        for (var i = 0; i < turns.Length; i++) turns[i] = (new NetUid(reader.UInt16()), (EpochTurn)reader.Byte());
        var picks = new AccountId[reader.Count(SubnetsMax)];
        for (var i = 0; i < picks.Length; i++) picks[i] = reader.Account();
        var held = new NetUid[reader.Count(SubnetsMax)];
        for (var i = 0; i < held.Length; i++) held[i] = new NetUid(reader.UInt16());
        var kept = new NetUid[reader.Count(SubnetsMax)];
        for (var i = 0; i < kept.Length; i++) kept[i] = new NetUid(reader.UInt16());
        return planned with { Turns = turns, ClaimPicks = picks, Held = held, Sealed = kept };
    }

    private static BlockStarted ReadStarted(ref RecordReader reader)
    {
        var planned = ReadPlan(ref reader);
        var hash = reader.Fixed(BlockHashes.Length);
        if (!BlockHashes.OfPlan(planned).AsSpan().SequenceEqual(hash))
        {
            throw new InvalidDataException($"The stored plan of block {planned.Plan.Block} does not fit its hash.");
        }

        return new BlockStarted(planned, hash);
    }

    private static PlannedBlock ReadPlan(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version != PlanVersionWithoutEpochs) LedgerCodec.Expect(version, PlanVersion, "block plan");
        var block = new BlockNumber(reader.UInt64());
        var minted = new Tao(reader.UInt64());
        var rootSell = reader.Bool();
        var rootTao = new Tao(reader.UInt64());
        var parameters = LedgerCodec.ReadParameters(ref reader);
        var emissions = new SubnetEmission[reader.Count(SubnetsMax)];
        for (var i = 0; i < emissions.Length; i++) emissions[i] = new(new NetUid(reader.UInt16()), new U96F32(reader.UInt128()));
        var subnets = new BlockSubnet[reader.Count(SubnetsMax)];
        for (var i = 0; i < subnets.Length; i++) subnets[i] = new(new NetUid(reader.UInt16()), reader.Int64());
        var planned = new PlannedBlock(
            new BlockPlan(block, minted, rootSell, rootTao, parameters, emissions),
            subnets, new Tao(reader.UInt64()), new Tao(reader.UInt64()), reader.Text() ?? string.Empty);
        return version == PlanVersion ? ReadEpochs(ref reader, planned) : planned;
    }

    private static void WriteHeader(RecordWriter writer, BlockHeader header)
    {
        writer.UInt64(header.Number.Value);
        writer.Fixed(header.Hash);
        writer.Fixed(header.ParentHash);
        writer.UInt64(header.Emission.Rao);
        writer.UInt64(header.Recycled.Rao);
        writer.UInt64(header.TotalIssuance.Rao);
        writer.Fixed(header.StateRoot);
        writer.Text(header.RuleSet);
        writer.UInt64((ulong)header.Subnets);
        writer.Int64(header.ClosedAt);
        writer.UInt64((ulong)header.CloseMicroseconds.Length);
        foreach (var phase in header.CloseMicroseconds) writer.Int64(phase);
    }

    private static BlockHeader ReadHeader(ref RecordReader reader)
    {
        var header = new BlockHeader(
            new BlockNumber(reader.UInt64()), reader.Fixed(BlockHashes.Length), reader.Fixed(BlockHashes.Length), new Tao(reader.UInt64()),
            new Tao(reader.UInt64()), new Tao(reader.UInt64()), reader.Fixed(BlockHashes.Length), reader.Text() ?? string.Empty,
            reader.Count(SubnetsMax), reader.Int64(), new long[reader.Count(16)]);
        for (var i = 0; i < header.CloseMicroseconds.Length; i++) header.CloseMicroseconds[i] = reader.Int64();
        return header;
    }
}
