using System.Data.Common;
using System.Globalization;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.History;

/// <summary>Stake that was bought, sold, or moved.</summary>
/// <param name="Price">The spot price after it, raw U64F64.</param>
/// <param name="Sequence">The signer's sequence of the operation; 0 where that is not told.</param>
internal sealed record StakeMoveAt(
    ulong Block, NetUid Netuid, long Event, long Place, bool IsTrade, bool IsIn, AccountId Coldkey, AccountId Hotkey, Tao Tao, Alpha Alpha, ulong Fee, UInt128 Price,
    CallKind Kind, AccountId Signer, ulong Sequence)
{
    public const string Columns = "block, netuid, event, place, is_trade, is_in, coldkey, hotkey, tao, alpha, fee, price, kind, signer, sequence";

    /// <summary>Unique, and the same for ever.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Netuid}-{Event}-{Place}");

    public static StakeMoveAt Read(DbDataReader row) => new(
        Cells.UInt64(row.GetInt64(0)), new NetUid((ushort)row.GetInt64(1)), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4) != 0, row.GetInt64(5) != 0,
        Cells.Account((byte[])row.GetValue(6)), Cells.Account((byte[])row.GetValue(7)), new Tao(Cells.UInt64(row.GetInt64(8))), new Alpha(Cells.UInt64(row.GetInt64(9))),
        Cells.UInt64(row.GetInt64(10)), Cells.Price((byte[])row.GetValue(11)), (CallKind)row.GetInt64(12), Cells.Account((byte[])row.GetValue(13)), Cells.UInt64(row.GetInt64(14)));
}

/// <summary>Which moves are asked for.</summary>
internal sealed class MoveFilter
{
    private NetUid? _netuid;
    private bool? _isIn;

    public bool? IsTrade { get; init; }

    public AccountId? Coldkey { get; set; }

    public AccountId? Hotkey { get; set; }

    /// <summary>Whether two filters exclude each other.</summary>
    public bool IsImpossible { get; private set; }

    public IEnumerable<string> Conditions
    {
        get
        {
            if (_netuid is not null) yield return "netuid = @netuid";
            if (Coldkey is not null) yield return "coldkey = @coldkey";
            if (Hotkey is not null) yield return "hotkey = @hotkey";
            if (IsTrade is not null) yield return "is_trade = @trade";
            if (_isIn is not null) yield return "is_in = @in";
        }
    }

    public IEnumerable<(string, object)> Parameters
    {
        get
        {
            if (_netuid is { } netuid) yield return ("@netuid", Cells.Of(netuid));
            if (Coldkey is { } coldkey) yield return ("@coldkey", Cells.Of(coldkey));
            if (Hotkey is { } hotkey) yield return ("@hotkey", Cells.Of(hotkey));
            if (IsTrade is { } isTrade) yield return ("@trade", Cells.Of(isTrade));
            if (_isIn is { } isIn) yield return ("@in", Cells.Of(isIn));
        }
    }

    public void In(NetUid netuid)
    {
        IsImpossible |= _netuid is { } other && other != netuid;
        _netuid = netuid;
    }

    public void Going(bool isIn)
    {
        IsImpossible |= _isIn is { } other && other != isIn;
        _isIn = isIn;
    }
}

/// <summary>Questions about moves of stake.</summary>
internal static class MoveQueries
{
    /// <summary>The moves of a filter within blocks, through the index of what narrows the most.</summary>
    public static Listing ListingOf(MoveFilter filter, bool isAscending)
    {
        var direction = isAscending ? "ASC" : "DESC";
        return new Listing(
            StakeMoveAt.Columns, "stake_moves", string.Join(" AND ", [.. filter.Conditions, "block >= @from AND block <= @to"]),
            $"block {direction}, netuid {direction}, event {direction}, place {direction}");
    }

    /// <summary>All trades of one block, in the order of subnets and events.</summary>
    public static Task<List<StakeMoveAt>> TradesOfAsync(ReadView view, ulong block, CancellationToken cancellationToken) => view.QueryAsync(
        $"SELECT {StakeMoveAt.Columns} FROM stake_moves WHERE block = @block AND is_trade = 1 ORDER BY netuid, event, place", StakeMoveAt.Read, cancellationToken,
        ("@block", Cells.Of(block)));
}
