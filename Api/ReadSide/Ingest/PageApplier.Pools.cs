using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Grains.Feed;

namespace Dtao.Api.ReadSide.Ingest;

/// <content>Subnets: their books, what was traded, share pools and shares.</content>
internal sealed partial class PageApplier
{
    private readonly Dictionary<NetUid, (long Event, ulong Block)> _heads = [];
    private readonly HashSet<NetUid> _movedHeads = [];
    private readonly Dictionary<(NetUid Netuid, long Event), PoolEvent> _poolEvents = [];
    private readonly Dictionary<(NetUid Netuid, AccountId Hotkey), HotkeyPoolAfterFact> _poolsNow = [];
    private readonly Dictionary<PositionKey, ShareAfterFact> _sharesNow = [];
    private readonly Dictionary<PositionKey, PositionTotal> _totals = [];
    private readonly Dictionary<(NetUid Netuid, bool IsBuy, AccountId Coldkey), (long Event, ulong Block)> _traders = [];

    private async Task LoadHeads(CancellationToken cancellationToken)
    {
        var rows = await Sql.Sql.ReadAsync(
            connection, transaction, "SELECT netuid, event, block FROM subnet_heads",
            row => (Netuid: new NetUid((ushort)row.GetInt64(0)), Event: row.GetInt64(1), Block: Cells.UInt64(row.GetInt64(2))), cancellationToken).ConfigureAwait(false);
        foreach (var (netuid, happened, block) in rows) _heads[netuid] = (happened, block);
    }

    /// <summary>The block that a fact of a pool belongs to: where its event does not tell, the last one that the pool had applied.</summary>
    private ulong BlockOf(NetUid netuid, LedgerFact fact) => fact.Block?.Value ?? _heads.GetValueOrDefault(netuid).Block;

    private void Apply(SubnetAfterFact after)
    {
        var (netuid, happened) = (after.Netuid, after.Source.Event);
        var block = BlockOf(netuid, after);
        See(netuid, block, happened, after.PriceBits);
        FollowSettings(after, block);
        if (after.Change is BooksChange.Block or BooksChange.Genesis or BooksChange.Registered)
        {
            _heads[netuid] = (happened, block);
            _movedHeads.Add(netuid);
        }

        if (after.Change == BooksChange.Block) _epochs[(netuid, happened)] = after.IsEpoch;
        if (after.Change is not (BooksChange.Block or BooksChange.Genesis)) EventOf(netuid, happened, block).Change = after.Change;
        else WriteBooks(after, block);
    }

    private void WriteBooks(SubnetAfterFact after, ulong block)
    {
        var books = after.Books;
        writer.Write(
            ReadSchema.SubnetBlocks, Cells.Of(after.Netuid), Cells.Of(block), Cells.Of(after.Source.Event), Cells.Of(books.TaoReserve.Rao), Cells.Of(books.AlphaReserve.Rao),
            Cells.Of(books.AlphaOutstanding.Rao), Cells.OfPrice(after.PriceBits), Cells.OfPrice(unchecked((UInt128)books.MovingPrice.Bits)), Cells.Of(books.TaoInEmission.Rao),
            Cells.Of(books.AlphaInEmission.Rao), Cells.Of(books.AlphaOutEmission.Rao), Cells.Of(books.ExcessTao.Rao), Cells.Of(books.RootSellTao.Rao),
            Cells.OfPrice(books.RootProportion.Bits), Cells.Of(books.PendingServer.Rao), Cells.Of(books.PendingValidator.Rao), Cells.Of(books.PendingRoot.Rao),
            Cells.Of(books.PendingOwnerCut.Rao), Cells.Of(books.FlowUser), Cells.Of(books.FlowProtocol), Cells.OfPrice(books.Volume), Cells.Of(books.Burn.Rao),
            Cells.Of(after.IsEpoch), Cells.Of(books.FirstEmissionBlock is not null && books.SubtokenEnabled));
    }

    private void Apply(StakeMovedFact moved)
    {
        var move = moved.Move;
        var isIn = move.Kind == StakeMoveKind.In;
        var (happened, block) = (moved.Source.Event, BlockOf(move.Netuid, moved));
        writer.Write(
            ReadSchema.StakeMoves, Cells.Of(block), Cells.Of(move.Netuid), Cells.Of(happened), Cells.Of(moved.Source.Place), Cells.Of(moved.IsTrade), Cells.Of(isIn),
            Cells.Of(move.Coldkey), Cells.Of(move.Hotkey), Cells.Of(move.Tao.Rao), Cells.Of(move.Alpha.Rao), Cells.Of(move.Fee), Cells.OfPrice(moved.PriceBits),
            Cells.Of((int)moved.Call), Cells.Of(moved.Signer), Cells.Of(moved.Sequence));

        var position = new PositionKey(move.Netuid, move.Hotkey, move.Coldkey);
        if (!_totals.TryGetValue(position, out var total)) _totals.Add(position, total = new PositionTotal());
        total.Add(moved.IsTrade, isIn, move);
        if (!moved.IsTrade) return;

        _traders[(move.Netuid, isIn, move.Coldkey)] = (happened, block);
        CourseOf(move.Netuid, block).Trade(isIn, move.Tao.Rao, move.Alpha.Rao);
        See(move.Netuid, block, happened, moved.PriceBits);
    }

    private void Apply(CallDecidedFact decided)
    {
        if (decided.Outcome is not { HasEffect: true } outcome) return;
        var kind = decided.Call?.Kind ?? CallKind.None;
        if (decided.Decider == Decider.Lane)
        {
            WriteLaneDecision(decided, decided.Batch, kind, decided.Call?.Netuid ?? NetUid.Root, decided.Signer, decided.Sequence);
        }
        else if (decided is { Decider: Decider.Pool, Netuid: { } netuid })
        {
            var happened = EventOf(netuid, decided.Source.Event, BlockOf(netuid, decided));
            (happened.Kind, happened.Signer, happened.Sequence, happened.Paid) = (kind, decided.Signer, decided.Sequence, outcome.Paid?.Rao);
        }
    }

    private void Apply(HotkeyPoolAfterFact after)
    {
        writer.Write(
            ReadSchema.HotkeyPools, Cells.Of(after.Netuid), Cells.Of(after.Hotkey), Cells.Of(BlockOf(after.Netuid, after)), Cells.Of(after.Source.Event),
            Cells.Of(after.Source.Place), Cells.Of(after.Value.Rao), Cells.Of(after.Denominator));
        _poolsNow[(after.Netuid, after.Hotkey)] = after;
    }

    private void Apply(ShareAfterFact after)
    {
        writer.Write(
            ReadSchema.Shares, Cells.Of(after.Coldkey), Cells.Of(after.Netuid), Cells.Of(after.Hotkey), Cells.Of(BlockOf(after.Netuid, after)), Cells.Of(after.Source.Event),
            Cells.Of(after.Source.Place), Cells.Of(after.Share));
        _sharesNow[new PositionKey(after.Netuid, after.Hotkey, after.Coldkey)] = after;
    }

    /// <summary>Ends every position and every seat of a subnet that is gone; those of the one that takes its place come in later facts.</summary>
    private async Task Apply(SubnetEndedFact ended, CancellationToken cancellationToken)
    {
        await WriteStakesNow(cancellationToken).ConfigureAwait(false);
        WriteName(ended.Netuid, ended.Source.Event, null);
        LeaveAll(ended, ended.Netuid, SeatCause.Dissolved, from: 0);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        (string, object)[] parameters =
        [
            ("@netuid", Cells.Of(ended.Netuid)), ("@block", Cells.Of(BlockOf(ended.Netuid, ended))), ("@event", Cells.Of(ended.Source.Event)),
            ("@place", Cells.Of(ended.Source.Place)), ("@zero", Cells.Of(SafeFloat.Zero)),
        ];
        string[] statements =
        [
            """
            INSERT INTO shares (coldkey, netuid, hotkey, block, event, place, share)
            SELECT coldkey, netuid, hotkey, @block, @event, @place, @zero FROM shares_now WHERE netuid = @netuid AND event < @event AND share <> @zero
            """,
            """
            INSERT INTO hotkey_pools (netuid, hotkey, block, event, place, value, denominator)
            SELECT netuid, hotkey, @block, @event, @place, 0, @zero FROM hotkey_pools_now WHERE netuid = @netuid AND event < @event AND denominator <> @zero
            """,
            "UPDATE shares_now SET share = @zero, event = @event WHERE netuid = @netuid AND event < @event",
            "UPDATE hotkey_pools_now SET value = 0, denominator = @zero, event = @event WHERE netuid = @netuid AND event < @event",
        ];
        foreach (var statement in statements)
        {
            var named = parameters.Where(parameter => statement.Contains(parameter.Item1, StringComparison.Ordinal)).ToArray();
            await Sql.Sql.ExecuteAsync(connection, transaction, statement, cancellationToken, named).ConfigureAwait(false);
        }
    }

    private Task Apply(NetworkBeganFact began, CancellationToken cancellationToken)
    {
        foreach (var subnet in began.Network.Subnets) WriteSubnet(subnet.Netuid, began.Source, SubnetChange.Genesis, 0, subnet.Name, subnet.Symbol);
        return WriteParameters(began, _ => began.Network.Parameters, cancellationToken);
    }

    /// <summary>Follows the registry: it takes subnets out, adds others with the next free symbol each, and gives out the symbols that are named.</summary>
    private async Task Apply(SubnetsChangedFact changed, CancellationToken cancellationToken)
    {
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        var rows = await Sql.Sql.ReadAsync(
            connection, transaction, "SELECT netuid, name, symbol FROM subnets WHERE is_present = 1",
            row => (Netuid: new NetUid((ushort)row.GetInt64(0)), Name: row.GetString(1), Symbol: row.GetString(2)), cancellationToken).ConfigureAwait(false);
        var subnets = rows.ToDictionary(row => row.Netuid, row => (row.Name, row.Symbol));
        var (change, batch) = (changed.Change, changed.Batch);
        foreach (var netuid in change.Removed)
        {
            if (subnets.Remove(netuid, out var gone)) WriteSubnet(netuid, changed.Source, SubnetChange.Removed, batch, gone.Name, gone.Symbol);
        }

        foreach (var netuid in change.Added)
        {
            subnets[netuid] = ($"subnet {netuid}", SubnetSymbols.Next(netuid, [.. subnets.Values.Select(subnet => subnet.Symbol)]));
            WriteSubnet(netuid, changed.Source, SubnetChange.Added, batch, subnets[netuid].Name, subnets[netuid].Symbol);
        }

        foreach (var (netuid, symbol) in change.Symbols)
        {
            if (!subnets.TryGetValue(netuid, out var known)) continue;
            WriteSubnet(netuid, changed.Source, SubnetChange.Renamed, batch, known.Name, symbol);
        }

        await FollowLock(changed, change, cancellationToken).ConfigureAwait(false);
    }

    private void WriteSubnet(NetUid netuid, FactSource source, SubnetChange change, ulong batch, string name, string symbol)
    {
        writer.Write(
            ReadSchema.SubnetChanges, Cells.Of(source.Event), Cells.Of(source.Place), Cells.Of(netuid), Cells.Of((int)change), Cells.Of(batch), Cells.Of(name), Cells.Of(symbol));
        writer.Write(ReadSchema.Subnets, Cells.Of(netuid), Cells.Of(source.Event), Cells.Of(change != SubnetChange.Removed), Cells.Of(name), Cells.Of(symbol));
    }

    private void WriteName(NetUid netuid, long happened, string? name) =>
        writer.Write(ReadSchema.SubnetNames, Cells.Of(netuid), Cells.Of(happened), Cells.Of(name ?? string.Empty));

    private PoolEvent EventOf(NetUid netuid, long happened, ulong block)
    {
        if (!_poolEvents.TryGetValue((netuid, happened), out var known)) _poolEvents.Add((netuid, happened), known = new PoolEvent(block));
        return known;
    }

    private void WritePoolEvents()
    {
        foreach (var ((netuid, happened), known) in _poolEvents)
        {
            writer.Write(
                ReadSchema.PoolEvents, Cells.Of(netuid), Cells.Of(happened), Cells.Of(known.Block), known.Change is { } change ? Cells.Of((int)change) : DBNull.Value,
                known.Kind is { } kind ? Cells.Of((int)kind) : DBNull.Value, Cells.Of(known.Signer), Cells.Of(known.Sequence),
                Cells.Of(known.Paid));
        }
    }

    private void WriteTotals()
    {
        foreach (var (position, total) in _totals) total.Write(writer, position);
        foreach (var ((netuid, isBuy, coldkey), (happened, block)) in _traders)
        {
            writer.Write(ReadSchema.Traders, Cells.Of(netuid), Cells.Of(isBuy), Cells.Of(coldkey), Cells.Of(happened), Cells.Of(block));
        }
    }

    private Task WriteStakesNow(CancellationToken cancellationToken)
    {
        foreach (var after in _poolsNow.Values)
        {
            writer.Write(
                ReadSchema.HotkeyPoolsNow, Cells.Of(after.Netuid), Cells.Of(after.Hotkey), Cells.Of(after.Source.Event), Cells.Of(after.Value.Rao), Cells.Of(after.Denominator));
        }

        foreach (var after in _sharesNow.Values)
        {
            writer.Write(
                ReadSchema.SharesNow, Cells.Of(after.Netuid), Cells.Of(after.Hotkey), Cells.Of(after.Coldkey), Cells.Of(after.Source.Event), Cells.Of(after.Share));
        }

        _poolsNow.Clear();
        _sharesNow.Clear();
        return writer.FlushAsync(cancellationToken);
    }

    private void WriteHeads()
    {
        foreach (var netuid in _movedHeads) writer.Write(ReadSchema.SubnetHeads, Cells.Of(netuid), Cells.Of(_heads[netuid].Event), Cells.Of(_heads[netuid].Block));
    }

    /// <summary>The newest block of which everything is here while the feed is not at its end: every subnet has told it, and what was decided before it.</summary>
    private async Task<ulong> CompleteBlock(CancellationToken cancellationToken)
    {
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        var present = await Sql.Sql.ReadAsync(
            connection, transaction, "SELECT netuid FROM subnets WHERE is_present = 1", row => new NetUid((ushort)row.GetInt64(0)), cancellationToken).ConfigureAwait(false);
        var told = present.Select(netuid => _heads.GetValueOrDefault(netuid).Block).DefaultIfEmpty(0UL).Min();
        return Math.Max(before.Complete, Math.Min(told, _head));
    }

    /// <summary>What is known of an event of a pool.</summary>
    private sealed class PoolEvent(ulong block)
    {
        public ulong Block => block;

        public BooksChange? Change { get; set; }

        public CallKind? Kind { get; set; }

        public AccountId? Signer { get; set; }

        public ulong? Sequence { get; set; }

        /// <summary>TAO for what was bought: a uid's price.</summary>
        public ulong? Paid { get; set; }
    }
}
