using System.Data.Common;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Api.History;

/// <summary>The operation of a trade.</summary>
/// <param name="Moves">All stake that the operation moved; of a swap between subnets both legs.</param>
internal sealed record TradeOperation(OperationId Id, IReadOnlyList<StakeMove> Moves)
{
    public static TradeOperation Read(DbDataReader row) => new(
        new OperationId(new Guid((byte[])row.GetValue(0), bigEndian: true)), row.IsDBNull(1) ? [] : OperationRow.OutcomeOf((byte[])row.GetValue(1)).Moves);

    /// <summary>Whether a leg is one of its movements, to the rao.</summary>
    public bool Has(StakeMoveAt leg) => Moves.Any(move =>
        move.Netuid == leg.Netuid && (move.Kind == StakeMoveKind.In) == leg.IsIn && move.Tao == leg.Tao && move.Alpha == leg.Alpha && move.Hotkey == leg.Hotkey && move.Coldkey == leg.Coldkey);

    /// <summary>The subnet of the other leg of a swap; null when there is none.</summary>
    public NetUid? OtherOf(StakeMoveAt leg)
    {
        foreach (var move in Moves)
        {
            if (move.Netuid != leg.Netuid && (move.Kind == StakeMoveKind.In) != leg.IsIn) return move.Netuid;
        }

        return null;
    }
}

/// <summary>Finds the operations of trades: pools tell the signer, and the signer's account the operation.</summary>
/// <remarks>
/// What a pool decided has the signer's sequence, which is the operation's. Of what the lane decided the pools know no sequence: there the operation is the one near that block which
/// has the very same movement; where two have, or where more of its kind are near than are looked at, none is named.
/// </remarks>
internal sealed class TradeOperations(ReadView view, CancellationToken cancellationToken)
{
    /// <summary>How far apart in blocks a pool's part of an operation and its end at the account are looked for.</summary>
    private const ulong Near = 64;

    /// <summary>Operations of one kind and signer around one block that are looked at, at most.</summary>
    private const int NearMax = 512;

    private readonly Dictionary<(AccountId Signer, ulong Sequence), TradeOperation?> _bySequence = [];
    private readonly Dictionary<(AccountId Signer, CallKind Kind, ulong Block), List<TradeOperation>> _around = [];

    /// <summary>Those that have ended, by <see cref="StakeMoveAt.Id"/>.</summary>
    public static async Task<Dictionary<string, TradeOperation>> LoadAsync(ReadView view, IEnumerable<StakeMoveAt> moves, CancellationToken cancellationToken)
    {
        var finder = new TradeOperations(view, cancellationToken);
        var operations = new Dictionary<string, TradeOperation>(StringComparer.Ordinal);
        foreach (var move in moves)
        {
            if (await finder.FindAsync(move).ConfigureAwait(false) is { } operation) operations[move.Id] = operation;
        }

        return operations;
    }

    private async Task<TradeOperation?> FindAsync(StakeMoveAt move)
    {
        if (move.Sequence != 0)
        {
            if (_bySequence.TryGetValue((move.Signer, move.Sequence), out var known)) return known;
            var rows = await AskAsync("sequence = @sequence", 1, move, ("@sequence", Cells.Of(move.Sequence))).ConfigureAwait(false);
            return _bySequence[(move.Signer, move.Sequence)] = rows.Count > 0 ? rows[0] : null;
        }

        if (!_around.TryGetValue((move.Signer, move.Kind, move.Block), out var near))
        {
            near = await AskAsync("kind = @kind", NearMax + 1, move, ("@kind", Cells.Of((int)move.Kind))).ConfigureAwait(false);
            // Among those that are left out there may be another with the same movement.
            if (near.Count > NearMax) near = [];
            _around.Add((move.Signer, move.Kind, move.Block), near);
        }

        var same = near.Where(operation => operation.Has(move)).Take(2).ToArray();
        return same.Length == 1 ? same[0] : null;
    }

    private Task<List<TradeOperation>> AskAsync(string condition, int countMax, StakeMoveAt move, (string, object) parameter) => view.QueryAsync(
        $"SELECT id, outcome FROM operations WHERE account = @account AND block >= @from AND block <= @to AND {condition} ORDER BY block, event, place LIMIT {countMax}",
        TradeOperation.Read, cancellationToken, ("@account", Cells.Of(move.Signer)), ("@from", Cells.Of(SaturatingMath.Subtract(move.Block, Near))),
        ("@to", Cells.Of(move.Block + Near)), parameter);
}
