using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Grains.Registry;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Blocks;

/// <summary>What a closed pool answered.</summary>
public readonly record struct GatheredSubnet(BlockSubnet Subnet, PoolBlockFacts Facts);

/// <summary>What a new activation of the coordinator has to do before anything else.</summary>
public abstract record Recovery
{
    /// <summary>The block was planned: tell every subnet the same again. Those that applied it answer as they did.</summary>
    public sealed record Finish(BlockStarted Started) : Recovery;

    /// <summary>No plan was made, but pools and lane may have been closed for one: open them after this block.</summary>
    /// <param name="Closing">The highest number that an earlier activation can have given a closing; 0 when none has.</param>
    public sealed record Open(BlockNumber LastClosed, ulong Closing) : Recovery;
}

/// <summary>The rules by which blocks are planned and closed. Pure: state and answers in, event out.</summary>
public static class CoordinatorDecider
{
    /// <summary>Plans the next block from what every pool answered after it was closed for it.</summary>
    /// <param name="plainDust">TAO that plain transfers have destroyed since genesis; lowers the balances' issuance only.</param>
    /// <remarks>
    /// Source: rule book 01, 2.2 (the two counters of issuance); rule book 02, section 3 to 5. Issuance is not kept as a sum that many
    /// actors change: it is what genesis had and blocks brought, less what each pool says its operations destroyed.
    /// </remarks>
    public static BlockStarted Start(
        CoordinatorState state, NetworkView network, IReadOnlyCollection<GatheredSubnet> gathered, Tao plainDust)
    {
        if (state.UnderWay is not null) throw new InvalidOperationException($"Block {state.UnderWay.Block} is under way.");
        var block = state.Block.Next;
        var subnets = gathered.Where(subnet => subnet.Facts.Exists).ToArray();
        Array.Sort(subnets, static (left, right) => NetUid.CompareInStorageOrder(left.Subnet.Netuid, right.Subnet.Netuid));

        var totalIssuance = network.GenesisIssuance + state.Minted - state.Recycled - network.RetiredDestroyed;
        var rootTao = Tao.Zero;
        foreach (var (subnet, facts) in subnets)
        {
            if (facts.LastBlock != state.Block)
            {
                throw new InvalidOperationException($"Subnet {subnet.Netuid} has applied block {facts.LastBlock} while block {block} is planned.");
            }

            totalIssuance -= facts.Destroyed;
            if (subnet.Netuid.IsRoot) rootTao = facts.TaoReserve;
        }

        var balancesIssuance = totalIssuance - plainDust;
        var plan = BlockPlan.Compute(
            block, totalIssuance, balancesIssuance, network.Parameters, rootTao, Array.ConvertAll(subnets, subnet => subnet.Facts.Subnet));
        var planned = WithEpochs(
            new PlannedBlock(plan, Array.ConvertAll(subnets, subnet => subnet.Subnet), totalIssuance, balancesIssuance, plan.RuleSet), subnets);
        return new BlockStarted(planned, BlockHashes.OfPlan(planned));
    }

    /// <summary>Whose epoch runs, whose is put off, and who stays closed for the automatic claims.</summary>
    /// <remarks>Source: rule book 02, 6.2 and 8.6.</remarks>
    private static PlannedBlock WithEpochs(PlannedBlock planned, GatheredSubnet[] subnets)
    {
        var turns = EpochSchedule.Turns(
            subnets.Where(subnet => subnet.Facts.IsEpochDue).Select(subnet => subnet.Subnet.Netuid), planned.Plan.Parameters.MaxEpochsPerBlock);
        var looked = EpochSchedule.Turns(
            subnets.Where(subnet => subnet.Facts.IsEpochDueUncounted).Select(subnet => subnet.Subnet.Netuid), planned.Plan.Parameters.MaxEpochsPerBlock);
        planned = planned with { Turns = turns, Sealed = [.. looked.Where(turn => turn.Turn == EpochTurn.Defer).Select(turn => turn.Netuid)] };
        var root = Array.Find(subnets, subnet => subnet.Subnet.Netuid.IsRoot).Facts;
        if (root is null || root.ClaimPicks.Length == 0) return planned;

        var held = root.ClaimNetuids.Append(NetUid.Root).Concat(turns.Where(turn => turn.Turn == EpochTurn.Run).Select(turn => turn.Netuid))
            .Intersect(planned.Subnets.Select(subnet => subnet.Netuid)).Order();
        return planned with { ClaimPicks = root.ClaimPicks, Held = [.. held] };
    }

    /// <summary>What each subnet of a planned block is told.</summary>
    public static IReadOnlyList<(BlockSubnet Subnet, ApplyBlock Command)> MessagesOf(BlockStarted started)
    {
        var plan = started.Planned.Plan;
        var turns = started.Planned.Turns.ToDictionary(turn => turn.Netuid, turn => turn.Turn);
        var held = started.Planned.Held.ToHashSet();
        var kept = started.Planned.Sealed.ToHashSet();
        var emissions = plan.Emissions.ToDictionary(emission => emission.Netuid, emission => emission.TaoEmission.Bits);
        return [.. started.Planned.Subnets.Select(subnet =>
        {
            var emits = emissions.TryGetValue(subnet.Netuid, out var bits);
            return (subnet, new ApplyBlock(plan.Block, started.PlanHash, bits, plan.RootSell, plan.RootTao, emits, plan.Parameters)
            {
                Turn = turns.GetValueOrDefault(subnet.Netuid),
                Holds = held.Contains(subnet.Netuid),
                KeepsSealed = kept.Contains(subnet.Netuid),
            });
        })];
    }

    /// <summary>What root is told, once every other subnet has acknowledged: it stays as it was while epochs read it, and then takes what they put aside.</summary>
    public static ApplyBlock MessageToRoot(ApplyBlock command, IEnumerable<BlockAcknowledgement> acknowledgements) => command with
    {
        Accruals = [.. acknowledgements.Where(acknowledgement => acknowledgement.Accruals.Length > 0).OrderBy(acknowledgement => acknowledgement.Netuid)
            .Select(acknowledgement => new SubnetAccruals(acknowledgement.Netuid, acknowledgement.Accruals))],
    };

    /// <summary>Closes the block under way, when every subnet of its plan has acknowledged.</summary>
    /// <param name="acknowledgements">One for each subnet, in any order.</param>
    /// <param name="closedAt">Wall time, in milliseconds since 1970 UTC; recorded beside what is decided.</param>
    /// <param name="closeMicroseconds">Durations by phase; recorded beside what is decided.</param>
    public static BlockClosed Close(
        CoordinatorState state, IReadOnlyCollection<BlockAcknowledgement> acknowledgements, long closedAt, long[] closeMicroseconds)
    {
        var started = state.UnderWay ?? throw new InvalidOperationException("No block is under way.");
        var consumed = Tao.Zero;
        var digests = new List<SubnetDigest>(acknowledgements.Count);
        foreach (var acknowledgement in acknowledgements.OrderBy(acknowledgement => acknowledgement.Netuid))
        {
            if (acknowledgement.PlanDiffers) throw new InvalidOperationException($"Subnet {acknowledgement.Netuid} has applied another plan for block {started.Block}.");
            if (acknowledgement.Block != started.Block) throw new InvalidOperationException($"Subnet {acknowledgement.Netuid} acknowledges block {acknowledgement.Block}, not {started.Block}.");
            consumed += acknowledgement.Consumed;
            digests.Add(new SubnetDigest(acknowledgement.Netuid, acknowledgement.Digest));
        }

        var expected = started.Planned.Subnets.Select(subnet => subnet.Netuid).Order();
        if (!expected.SequenceEqual(digests.Select(digest => digest.Netuid)))
        {
            throw new InvalidOperationException($"Block {started.Block} was not acknowledged by each of its subnets once.");
        }

        var planned = started.Planned;
        var header = new BlockHeader(
            started.Block, [], state.LastHeader?.Hash ?? BlockHashes.NoParent(), planned.Plan.Minted, planned.Plan.Minted - consumed,
            planned.TotalIssuance + consumed, BlockHashes.MerkleRoot(digests), planned.RuleSet, digests.Count, closedAt, closeMicroseconds);
        return new BlockClosed(header with { Hash = BlockHashes.OfHeader(header) }, planned.BalancesIssuance + consumed);
    }

    public static Recovery AfterActivation(CoordinatorState state) =>
        state.UnderWay is { } started ? new Recovery.Finish(started) : new Recovery.Open(state.Block, ClosingsBefore(state));

    /// <summary>What a pool is told that was activated afresh.</summary>
    /// <param name="gathering">The block for which facts are being gathered, or null.</param>
    /// <param name="lastClosing">
    /// The last number that this activation gave a closing, or the one before its first; 0 while no term of its own is durable. Before that nothing is
    /// called off: whoever gave the numbers of earlier terms may be the one that goes on, and a pool that refused it would let its block wait for ever.
    /// </param>
    /// <param name="netuid">The pool's subnet: one that the block under way keeps closed for automatic claims is told so.</param>
    public static BlockClosing ClosingOf(CoordinatorState state, NetUid netuid, BlockNumber? gathering, ulong lastClosing) =>
        gathering is not null
            ? new BlockClosing(gathering, lastClosing, lastClosing - 1)
            : new BlockClosing(state.UnderWay?.Block, ulong.MaxValue, lastClosing) { Holds = state.UnderWay?.Planned.Held.Contains(netuid) ?? false };

    /// <summary>The highest number that an earlier activation can have given a closing; 0 when none has.</summary>
    private static ulong ClosingsBefore(CoordinatorState state) => state.Term == 0 ? 0 : state.ClosingFloor | uint.MaxValue;
}
