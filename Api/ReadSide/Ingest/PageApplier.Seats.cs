using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Grains.Feed;

namespace Dtao.Api.ReadSide.Ingest;

/// <content>Neurons: who came to which uid and left it, and what each epoch found.</content>
internal sealed partial class PageApplier
{
    private readonly Dictionary<(NetUid Netuid, ushort Uid), Seat> _seats = [];
    private readonly Dictionary<(NetUid Netuid, long Event), bool> _epochs = [];

    /// <summary>Reads who sits on the subnets of whose neurons the page tells.</summary>
    private async Task LoadSeats(LedgerFact[] facts, CancellationToken cancellationToken)
    {
        foreach (var netuid in facts.Select(SubnetOfSeats).OfType<NetUid>().Distinct())
        {
            var rows = await Sql.Sql.ReadAsync(
                connection, transaction, "SELECT uid, event, hotkey, registered_at FROM seats_now WHERE netuid = @netuid",
                row => (Uid: (ushort)row.GetInt64(0), Seat: new Seat(row.GetInt64(1), Cells.Account((byte[])row.GetValue(2)), Cells.UInt64(row.GetInt64(3)), IsChanged: false)),
                cancellationToken, ("@netuid", Cells.Of(netuid))).ConfigureAwait(false);
            foreach (var (uid, seat) in rows) _seats[(netuid, uid)] = seat;
        }
    }

    private static NetUid? SubnetOfSeats(LedgerFact fact) => fact switch
    {
        NeuronAfterFact neuron => neuron.Netuid,
        NeuronCountAfterFact count => count.Netuid,
        SubnetEndedFact ended => ended.Netuid,
        _ => null,
    };

    private async Task Apply(NeuronAfterFact after, CancellationToken cancellationToken)
    {
        var before = _seats.GetValueOrDefault((after.Netuid, after.Uid));
        var hotkey = after.Hotkey ?? before?.Hotkey
            ?? throw new InvalidDataException($"Uid {after.Uid} of subnet {after.Netuid} changed, and nobody was told to sit there.");
        if (hotkey != before?.Hotkey) Take(after, before, hotkey);
        if (!await IsEpoch(after.Netuid, after, cancellationToken).ConfigureAwait(false)) return;
        writer.Write(
            ReadSchema.Neurons, Cells.Of(after.Netuid), Cells.Of(BlockOf(after.Netuid, after)), Cells.Of((int)after.Uid), Cells.Of(after.Source.Event), Cells.Of(hotkey),
            Cells.Of(after.RegisteredAt.Value), Cells.Of(after.IsActive), Cells.Of(after.HasPermit), Cells.Of((int)after.Incentive), Cells.Of((int)after.Dividends),
            Cells.Of((int)after.Consensus), Cells.Of((int)after.ValidatorTrust), Cells.Of((int)after.StakeWeight), Cells.Of(after.Emission.Rao), Cells.Of(after.LastUpdate.Value));
    }

    /// <summary>A hotkey comes to a uid. Only the lane swaps keys, and what it does carries no block; whoever is registered has a block of registration of his own.</summary>
    private void Take(NeuronAfterFact after, Seat? before, AccountId hotkey)
    {
        var registeredAt = after.RegisteredAt.Value;
        var isSwap = before?.Hotkey is not null && after.Block is null && before.RegisteredAt == registeredAt;
        if (before?.Hotkey is not null) Leave(after, (after.Netuid, after.Uid), before, isSwap ? SeatCause.Swapped : SeatCause.Replaced, hotkey);
        var cause = after.Source.Event == 0 ? SeatCause.Genesis : isSwap ? SeatCause.Swapped : SeatCause.Registered;
        WriteSeat(after, (after.Netuid, after.Uid), isIn: true, cause, hotkey, before?.Hotkey, registeredAt);
        _seats[(after.Netuid, after.Uid)] = new(after.Source.Event, hotkey, registeredAt, IsChanged: true);
    }

    /// <summary>Uids from there on are no more.</summary>
    private void Apply(NeuronCountAfterFact count) => LeaveAll(count, count.Netuid, SeatCause.Trimmed, from: count.Count);

    private void LeaveAll(LedgerFact fact, NetUid netuid, SeatCause cause, int from)
    {
        foreach (var (key, seat) in _seats.Where(entry => entry.Key.Netuid == netuid && entry.Key.Uid >= from && entry.Value.Hotkey is not null).OrderBy(entry => entry.Key.Uid).ToArray())
        {
            Leave(fact, key, seat, cause, null);
        }
    }

    private void Leave(LedgerFact fact, (NetUid Netuid, ushort Uid) key, Seat seat, SeatCause cause, AccountId? next)
    {
        WriteSeat(fact, key, isIn: false, cause, seat.Hotkey!.Value, next, seat.RegisteredAt);
        _seats[key] = new(fact.Source.Event, null, 0, IsChanged: true);
    }

    private void WriteSeat(LedgerFact fact, (NetUid Netuid, ushort Uid) key, bool isIn, SeatCause cause, AccountId hotkey, AccountId? other, ulong registeredAt) => writer.Write(
        ReadSchema.SeatChanges, Cells.Of(key.Netuid), Cells.Of(isIn), Cells.Of(BlockOf(key.Netuid, fact)), Cells.Of(fact.Source.Event), Cells.Of(fact.Source.Place),
        Cells.Of((int)key.Uid), Cells.Of((int)cause), Cells.Of(hotkey), Cells.Of(other), Cells.Of(registeredAt));

    /// <summary>Whether a fact is one of an epoch. The books, which say so, come first in their event; a page may begin behind them.</summary>
    private async Task<bool> IsEpoch(NetUid netuid, LedgerFact fact, CancellationToken cancellationToken)
    {
        var happened = fact.Source.Event;
        if (_heads.GetValueOrDefault(netuid) is var head && (happened == 0 || head.Event != happened)) return false;
        if (_epochs.TryGetValue((netuid, happened), out var isEpoch)) return isEpoch;
        var cell = await Sql.Sql.ScalarAsync(
            connection, transaction, "SELECT is_epoch FROM subnet_blocks WHERE netuid = @netuid AND block = @block AND event = @event", cancellationToken,
            ("@netuid", Cells.Of(netuid)), ("@block", Cells.Of(head.Block)), ("@event", Cells.Of(happened))).ConfigureAwait(false);
        return _epochs[(netuid, happened)] = cell is 1L;
    }

    private async Task WriteSeatsNow(CancellationToken cancellationToken)
    {
        foreach (var ((netuid, uid), seat) in _seats)
        {
            if (!seat.IsChanged) continue;
            if (seat.Hotkey is { } hotkey)
            {
                writer.Write(ReadSchema.SeatsNow, Cells.Of(netuid), Cells.Of((int)uid), Cells.Of(seat.Event), Cells.Of(hotkey), Cells.Of(seat.RegisteredAt));
                continue;
            }

            await Sql.Sql.ExecuteAsync(
                connection, transaction, "DELETE FROM seats_now WHERE netuid = @netuid AND uid = @uid", cancellationToken, ("@netuid", Cells.Of(netuid)), ("@uid", Cells.Of((int)uid)))
                .ConfigureAwait(false);
        }
    }

    /// <summary>A uid within the page.</summary>
    /// <param name="Hotkey">Null when nobody sits there any more.</param>
    private sealed record Seat(long Event, AccountId? Hotkey, ulong RegisteredAt, bool IsChanged);
}
