using Dtao.Economics;
using Dtao.Grains.Blocks;

namespace Dtao.Client;

/// <summary>When blocks were closed, as their headers tell; each header is read once.</summary>
/// <remarks>A header's time is the wall clock of whoever closed the block, and not part of the ledger. Windows of time rest on nothing else.</remarks>
internal sealed class BlockTimes
{
    private readonly DtaoClient _client;
    private readonly int _widthMax;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<BlockNumber, long?> _known = [];

    private BlockTimes(DtaoClient client, int widthMax, BlockHeader? newest)
    {
        (_client, _widthMax, Newest) = (client, widthMax, newest?.Number ?? BlockNumber.Genesis);
        if (newest is not null) _known[newest.Number] = newest.ClosedAt;
    }

    /// <summary>The newest closed block.</summary>
    public BlockNumber Newest { get; }

    /// <param name="widthMax">How many headers are read at once.</param>
    public static async Task<BlockTimes> ReadAsync(DtaoClient client, int widthMax, CancellationToken cancellationToken) =>
        new(client, widthMax, (await client.GetHeadAsync(cancellationToken).ConfigureAwait(false)).Header);

    /// <summary>For each window, the newest block that was closed at least so long before the newest one; genesis when there is none.</summary>
    public Task<BlockNumber[]> LastBefore(IReadOnlyList<TimeSpan> windows, CancellationToken cancellationToken) =>
        Task.WhenAll(windows.Select(window => LastBefore(window, cancellationToken)));

    /// <summary>Reads what is not known yet of some blocks, some at a time.</summary>
    public async Task Read(IEnumerable<BlockNumber> blocks, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _widthMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(blocks.Where(block => !_known.ContainsKey(block)).Distinct(), parallel, async (block, token) =>
        {
            var header = await _client.GetBlockAsync(block, token).ConfigureAwait(false);
            _known[block] = header?.ClosedAt;
        }).ConfigureAwait(false);
    }

    /// <summary>Time from one block that was read to another; null when it is not known, or none has passed.</summary>
    public long? Between(BlockNumber from, BlockNumber to) => TimeOf(to) - TimeOf(from) is > 0 and var time ? time : null;

    /// <summary>
    /// Each round reads four blocks at once: the middle, and three about where the block would stand if all took the same time. Where they nearly do, what is
    /// left shrinks to a thirty-second; otherwise it halves.
    /// </summary>
    private async Task<BlockNumber> LastBefore(TimeSpan window, CancellationToken cancellationToken)
    {
        await Read(Newest.Value > 1 ? [Newest, BlockNumber.Genesis.Next] : [Newest], cancellationToken).ConfigureAwait(false);
        if (Newest.Value <= 1 || TimeOf(Newest) is not { } now) return BlockNumber.Genesis;
        var limit = now - (window.Ticks / TimeSpan.TicksPerMillisecond);
        if (!(TimeOf(BlockNumber.Genesis.Next) <= limit)) return BlockNumber.Genesis;
        ulong low = 1, high = Newest.Value;
        while (low + 1 < high)
        {
            var (guess, reach) = (Guess(low, high, limit), Math.Max(1, (high - low) / 32));
            ulong[] looks = [.. new[] { low + ((high - low) / 2), guess - Math.Min(reach, guess), guess, guess + reach }
                .Where(block => block > low && block < high).Distinct().Order()];
            await Read(looks.Select(block => new BlockNumber(block)), cancellationToken).ConfigureAwait(false);
            foreach (var block in looks)
            {
                if (TimeOf(new BlockNumber(block)) <= limit)
                {
                    low = block;
                    continue;
                }

                high = block;
                break;
            }
        }

        return new BlockNumber(low);
    }

    private ulong Guess(ulong low, ulong high, long limit)
    {
        if (TimeOf(new BlockNumber(low)) is not { } first || TimeOf(new BlockNumber(high)) is not { } last || last <= first) return low + ((high - low) / 2);
        var ahead = (Int128)(limit - first) * (high - low) / (last - first);
        return low + (ulong)Int128.Clamp(ahead, 1, high - low - 1);
    }

    private long? TimeOf(BlockNumber block) => _known.GetValueOrDefault(block);
}
