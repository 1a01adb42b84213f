using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Feed;

/// <summary>A pool's events as facts.</summary>
internal static class FactsOfPools
{
    public static IEnumerable<LedgerFact> Of(NetUid netuid, PoolEvent happened, FactPlaces places) => happened switch
    {
        CallDecided decided => Of(netuid, decided, places),
        OrdersDecided batch => Of(netuid, batch, places),
        BlockApplied applied => Of(netuid, applied, places),
        LaneApplied lane => Of(netuid, lane, places),
        OwedSent sent => [new OwedAfterFact(netuid, sent.Account, Tao.Zero) { Source = places.Next() }],
        GiftReceived { Error: LedgerError.None } gift =>
        [
            new GiftReceivedFact(netuid, gift.Sender, gift.Sequence, gift.Amount) { Source = places.Next() },
        ],
        // A gift that was refused ends with its sender's operation; the rest is between actors.
        GiftReceived or FactsAsked or ParametersAdopted or OutgoingArrived or OwnerConfirmed or DelegateConfirmed => [],
        _ => throw new InvalidOperationException($"The feed does not know the event {happened.GetType().Name}."),
    };

    private static IEnumerable<LedgerFact> Of(NetUid netuid, CallDecided decided, FactPlaces places)
    {
        var (outcome, freeChange, block, order) = decided.Outcome;
        if (outcome is { Error: LedgerError.LeftToLane }) yield break;
        yield return new CallDecidedFact(
            Decider.Pool, netuid, null, decided.Sender, decided.Sequence, decided.Call, outcome, freeChange, outcome is null ? 0 : order, 0)
        {
            Source = places.Next(),
            Block = block,
        };
        var moves = new StakeMoves(netuid, decided.Changes.Books, block, places);
        if (outcome is not null)
        {
            foreach (var fact in moves.Of(outcome.Moves, decided.Call.Kind, _ => (decided.Sender, decided.Sequence))) yield return fact;
        }

        foreach (var fact in Of(netuid, decided.Changes, BooksChange.Operation, block, places)) yield return fact;
    }

    private static IEnumerable<LedgerFact> Of(NetUid netuid, OrdersDecided batch, FactPlaces places)
    {
        foreach (var share in batch.Shares)
        {
            yield return new CallDecidedFact(
                Decider.Pool, netuid, null, share.Sender, share.Sequence, null, share.OutcomeOf(batch).Outcome, share.FreeChange, batch.Order, 0)
            {
                Source = places.Next(),
                Block = batch.Block,
            };
        }

        var owners = batch.Shares.ToDictionary(share => share.Sender, share => share.Sequence);
        var moves = new StakeMoves(netuid, batch.Changes.Books, batch.Block, places);
        foreach (var fact in moves.Of(
            batch.Outcome.Moves, batch.Call.Kind, coldkey => owners.TryGetValue(coldkey, out var sequence) ? (coldkey, sequence) : (batch.Relayer, 0)))
            yield return fact;
        foreach (var fact in Of(netuid, batch.Changes, BooksChange.Operation, batch.Block, places)) yield return fact;
    }

    private static IEnumerable<LedgerFact> Of(NetUid netuid, BlockApplied applied, FactPlaces places)
    {
        var isEpoch = !netuid.IsRoot && applied.Books.LastEpochBlock == applied.Block.Value;
        yield return After(netuid, applied.Books, BooksChange.Block, isEpoch, applied.Block, places);
        if (applied.Changes is { } changes)
        {
            foreach (var fact in Of(netuid, changes, BooksChange.Block, applied.Block, places)) yield return fact;
        }

        foreach (var gain in applied.Gains)
        {
            yield return new StakeGainedFact(netuid, gain.Hotkey, gain.PerAlpha.Bits, gain.PerRoot.Bits) { Source = places.Next(), Block = applied.Block };
        }
    }

    private static IEnumerable<LedgerFact> Of(NetUid netuid, LaneApplied lane, FactPlaces places)
    {
        var block = lane.Added?.Block;
        if (lane.Changes.Retired is not null) yield return new SubnetEndedFact(netuid) { Source = places.Next(), Block = block };
        var moves = new StakeMoves(netuid, lane.Changes.Books, block, places);
        foreach (var trail in lane.Trail)
        {
            foreach (var fact in moves.Of(trail.Outcome.Moves, trail.Call.Kind, _ => (trail.Signer, 0))) yield return fact;
        }

        foreach (var fact in Of(netuid, lane.Changes, lane.Added is null ? BooksChange.Lane : BooksChange.Registered, block, places)) yield return fact;
    }

    private static IEnumerable<LedgerFact> Of(NetUid netuid, PoolChanges changes, BooksChange change, BlockNumber? block, FactPlaces places)
    {
        if (changes.Books is { } books) yield return After(netuid, books, change, isEpoch: false, block, places);
        foreach (var (hotkey, pool) in changes.HotkeyPools)
            yield return new HotkeyPoolAfterFact(netuid, hotkey, pool.Value, pool.Denominator) { Source = places.Next(), Block = block };
        foreach (var (hotkey, coldkey, share) in changes.Shares)
            yield return new ShareAfterFact(netuid, hotkey, coldkey, share) { Source = places.Next(), Block = block };
        foreach (var (account, amount) in changes.Owed) yield return new OwedAfterFact(netuid, account, amount) { Source = places.Next(), Block = block };
        if (changes.Metagraph is not { } metagraph) yield break;
        foreach (var fact in Of(netuid, metagraph, block, places)) yield return fact;
    }

    internal static IEnumerable<LedgerFact> Of(NetUid netuid, MetagraphDelta delta, BlockNumber? block, FactPlaces places)
    {
        if (delta.NeuronCount is { } count) yield return new NeuronCountAfterFact(netuid, count) { Source = places.Next(), Block = block };
        foreach (var neuron in delta.Neurons) yield return NeuronAfter(netuid, neuron, block, places);
        foreach (var fact in Dividends(netuid, delta, block, places)) yield return fact;
        if (delta.Identity is { } identity) yield return new SubnetIdentityAfterFact(netuid, identity.After) { Source = places.Next(), Block = block };
    }

    private static IEnumerable<LedgerFact> Dividends(NetUid netuid, MetagraphDelta delta, BlockNumber? block, FactPlaces places)
    {
        var rows = new SortedDictionary<AccountId, (Alpha? Alpha, Alpha? Root)>();
        foreach (var (hotkey, paid) in Values(delta.AlphaDividends)) rows[hotkey] = (paid, null);
        foreach (var (hotkey, paid) in Values(delta.RootDividends)) rows[hotkey] = (rows.GetValueOrDefault(hotkey).Alpha, paid);
        foreach (var (hotkey, paid) in rows) yield return new DividendsAfterFact(netuid, hotkey, paid.Alpha, paid.Root) { Source = places.Next(), Block = block };
    }

    private static IEnumerable<(AccountId Hotkey, Alpha Paid)> Values(MapDelta<AccountId, Alpha> delta) =>
        delta.Set.Select(entry => (entry.Key, entry.Value)).Concat(delta.Removed.Select(hotkey => (hotkey, Alpha.Zero)));

    private static NeuronAfterFact NeuronAfter(NetUid netuid, NeuronDelta neuron, BlockNumber? block, FactPlaces places)
    {
        var row = neuron.Rows.IsEmpty ? default : neuron.Rows[0];
        return new NeuronAfterFact(
            netuid, neuron.Uid, neuron.Hotkey, new BlockNumber(neuron.RegisteredAt), neuron.IsActive, neuron.HasPermit, row.Incentive, neuron.Dividends,
            neuron.Consensus, neuron.ValidatorTrust, neuron.StakeWeight, neuron.Emission, new BlockNumber(row.LastUpdate))
        {
            Source = places.Next(),
            Block = block,
        };
    }

    private static SubnetAfterFact After(NetUid netuid, SubnetBooks books, BooksChange change, bool isEpoch, BlockNumber? block, FactPlaces places) =>
        new(netuid, change, books, PriceOf(books), isEpoch) { Source = places.Next(), Block = block };

    internal static UInt128 PriceOf(SubnetBooks books) => Economics.Pools.PoolState.Of(books).Price.Bits;

    /// <summary>The movements of stake that one event tells, as far as they are on its subnet.</summary>
    private sealed class StakeMoves(NetUid netuid, SubnetBooks? books, BlockNumber? block, FactPlaces places)
    {
        private UInt128? _price;

        public IEnumerable<StakeMovedFact> Of(
            IReadOnlyList<StakeMove> moves, CallKind call, Func<AccountId, (AccountId Signer, ulong Sequence)> operationOf)
        {
            for (var i = 0; i < moves.Count; i++)
            {
                var move = moves[i];
                if (move.Netuid != netuid) continue;
                var (signer, sequence) = operationOf(move.Coldkey);
                var isWithin = (i + 1 < moves.Count && IsWithin(move, moves[i + 1])) || (i > 0 && IsWithin(moves[i - 1], move));
                yield return new StakeMovedFact(signer, sequence, call, StakeMoveRow.Of(move), !isWithin, _price ??= books is null ? 0 : PriceOf(books))
                {
                    Source = places.Next(),
                    Block = block,
                };
            }
        }

        /// <summary>Whether these are one movement inside a subnet: the same alpha out of one position and into another, without a fee.</summary>
        private static bool IsWithin(StakeMove origin, StakeMove destination) =>
            origin is { Kind: StakeMoveKind.Out, Fee: 0 } && destination is { Kind: StakeMoveKind.In, Fee: 0 }
            && origin.Netuid == destination.Netuid && origin.Alpha == destination.Alpha && origin.Tao == destination.Tao;
    }
}
