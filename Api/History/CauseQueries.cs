using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Writes;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Feed;

namespace Dtao.Api.History;

/// <summary>Finds the operation, or the block, behind a change.</summary>
internal static class CauseQueries
{
    /// <summary>Operations of one batch of the lane that are named, at most.</summary>
    private const int OperationsMax = 10;

    public static string NameOf(BalanceCause cause) => cause switch
    {
        BalanceCause.Operation => "operation",
        BalanceCause.Fee => "fee",
        BalanceCause.Account => "account",
        BalanceCause.Pool => "pool",
        BalanceCause.Lane => "lane",
        BalanceCause.Genesis => "genesis",
        _ => "other",
    };

    public static Task<List<CausingOperation>> OfTaoAsync(ReadView view, AccountId account, TaoChange change, CancellationToken cancellationToken) => change.Cause switch
    {
        BalanceCause.Operation or BalanceCause.Fee when change.Operation is { } id => view.QueryAsync(
            // Another account may have had the same idea of an id.
            "SELECT account, sequence, kind, netuid FROM operations WHERE id = @id AND account = @account AND kind <> 0", Read, cancellationToken,
            ("@id", id.Value.ToByteArray(bigEndian: true)), ("@account", Cells.Of(account))),
        BalanceCause.Account when change.Counterparty is { } sender => view.QueryAsync(
            "SELECT sender, sequence, CAST(15 AS BIGINT), CAST(0 AS BIGINT) FROM transfers WHERE sender = @sender AND sequence = @sequence AND block >= @from AND block <= @to LIMIT 1", Read, cancellationToken,
            ("@sender", Cells.Of(sender)), ("@sequence", Cells.Of(change.Sequence)), ("@from", Cells.Of(SaturatingMath.Subtract(change.Block, Near))),
            ("@to", Cells.Of(change.Block + Near))),
        BalanceCause.Lane => view.QueryAsync(
            $"""
            SELECT lane_decisions.signer, lane_decisions.sequence, lane_decisions.kind, lane_decisions.netuid
            FROM lane_credits JOIN lane_decisions ON lane_decisions.batch = lane_credits.batch
            WHERE lane_credits.sequence = @sequence ORDER BY lane_decisions.event, lane_decisions.place LIMIT {OperationsMax}
            """,
            Read, cancellationToken, ("@sequence", Cells.Of(change.Sequence))),
        _ => Task.FromResult(new List<CausingOperation>()),
    };

    public static async Task<(string Cause, List<CausingOperation> Because)> OfStakeAsync(ReadView view, PositionKey key, StakeChange change, CancellationToken cancellationToken)
    {
        if (change.Event == 0) return ("genesis", []);
        if (change.IsGone) return ("dissolved", []);
        (string, object)[] happened = [("@netuid", Cells.Of(key.Netuid)), ("@event", change.Event)];
        var events = await view.QueryAsync(
            "SELECT change, kind, signer, sequence FROM pool_events WHERE netuid = @netuid AND event = @event",
            row => (
                Change: row.IsDBNull(0) ? BooksChange.Operation : (BooksChange)row.GetInt64(0),
                Operation: row.IsDBNull(1) || row.IsDBNull(2) ? null : new CausingOperation(Cells.Account((byte[])row.GetValue(2)), Cells.UInt64(row.GetInt64(3)), CallForms.NameOf((CallKind)row.GetInt64(1)), key.Netuid)),
            cancellationToken, happened).ConfigureAwait(false);
        var moves = await view.QueryAsync(
            $"SELECT {StakeMoveAt.Columns} FROM stake_moves WHERE netuid = @netuid AND block = @block AND event = @event ORDER BY place", StakeMoveAt.Read, cancellationToken,
            [.. happened, ("@block", Cells.Of(change.Block))]).ConfigureAwait(false);
        var own = moves.LastOrDefault(move => move.Coldkey == key.Coldkey && move.Hotkey == key.Hotkey);
        if (change.IsShare && own is not null) return (NameOf(own), [Of(own)]);
        if (events.Count == 0) return (change.IsShare ? "emission" : "dividend", []);

        List<CausingOperation> because = events[0].Operation is { } operation ? [operation] : [.. moves.Take(OperationsMax).Select(Of)];
        if (!change.IsShare && moves.Exists(move => move.Hotkey == key.Hotkey)) return ("rounding", because);
        return (events[0].Change == BooksChange.Lane ? "lane" : "other", because);
    }

    /// <summary>How far the two ends of a transfer may lie apart in blocks.</summary>
    private const ulong Near = 4_096;

    private static string NameOf(StakeMoveAt move) => (move.IsTrade, move.IsIn) switch
    {
        (true, true) => "stake",
        (true, false) => "unstake",
        (false, true) => "moved_in",
        (false, false) => "moved_out",
    };

    private static CausingOperation Of(StakeMoveAt move) => new(move.Signer, move.Sequence, CallForms.NameOf(move.Kind), move.Netuid);

    private static CausingOperation Read(System.Data.Common.DbDataReader row) =>
        new(Cells.Account((byte[])row.GetValue(0)), Cells.UInt64(row.GetInt64(1)), CallForms.NameOf((CallKind)row.GetInt64(2)), new NetUid((ushort)row.GetInt64(3)));
}
