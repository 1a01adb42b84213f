using Dtao.Economics;
using Dtao.Grains.Blocks;

namespace Dtao.Client;

/// <summary>When blocks were closed, as their headers tell; each header is read once.</summary>
/// <remarks>A header's time is the wall clock of whoever closed the block, and not part of the ledger. Windows of time rest on nothing else.</remarks>
internal sealed class BlockTimes
{
    private readonly DtaoClient _client;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<BlockNumber, long?> _known = [];

    private BlockTimes(DtaoClient client, BlockHeader? newest)
    {
        (_client, Newest) = (client, newest?.Number ?? BlockNumber.Genesis);
        if (newest is not null) _known[newest.Number] = newest.ClosedAt;
    }

    /// <summary>The newest closed block.</summary>
    public BlockNumber Newest { get; }

    public static async Task<BlockTimes> ReadAsync(DtaoClient client, CancellationToken cancellationToken) =>
        new(client, (await client.GetHeadAsync(cancellationToken).ConfigureAwait(false)).Header);

    /// <summary>The newest block that was closed at least so long before the newest one; genesis when there is none.</summary>
    public async Task<BlockNumber> LastBefore(TimeSpan window, CancellationToken cancellationToken)
    {
        if (await Read(Newest, cancellationToken).ConfigureAwait(false) is not { } now) return BlockNumber.Genesis;
        var limit = now - (window.Ticks / TimeSpan.TicksPerMillisecond);
        ulong low = 0, high = Newest.Value;
        while (low + 1 < high)
        {
            var middle = low + ((high - low) / 2);
            var time = await Read(new BlockNumber(middle), cancellationToken).ConfigureAwait(false);
            if (time <= limit) low = middle;
            else high = middle;
        }

        return new BlockNumber(low);
    }

    /// <summary>Time from one block to another; null when it is not known, or none has passed.</summary>
    public async Task<long?> Between(BlockNumber from, BlockNumber to, CancellationToken cancellationToken)
    {
        var first = await Read(from, cancellationToken).ConfigureAwait(false);
        var last = await Read(to, cancellationToken).ConfigureAwait(false);
        return last - first is > 0 and var time ? time : null;
    }

    private async Task<long?> Read(BlockNumber block, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(block, out var known)) return known;
        var header = await _client.GetBlockAsync(block, cancellationToken).ConfigureAwait(false);
        return _known[block] = header?.ClosedAt;
    }
}
