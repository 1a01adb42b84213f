using System.Globalization;
using Dtao.Api.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;

namespace Dtao.Api.History;

/// <summary>When some blocks were closed.</summary>
internal sealed class BlockTimes
{
    private const int BlocksAtOnce = 200;

    private readonly Dictionary<ulong, Timestamp> _times = [];

    private BlockTimes()
    {
    }

    /// <summary>When a block was closed; null while its header is not here. What happened before the first block counts as of it.</summary>
    public Timestamp? this[ulong block] => _times.TryGetValue(Math.Max(block, 1), out var time) ? time : null;

    public static async Task<BlockTimes> LoadAsync(ReadView view, IEnumerable<ulong> blocks, CancellationToken cancellationToken)
    {
        var times = new BlockTimes();
        foreach (var chunk in blocks.Select(block => Math.Max(block, 1)).Distinct().Chunk(BlocksAtOnce))
        {
            var names = string.Join(", ", Enumerable.Range(0, chunk.Length).Select(place => string.Create(CultureInfo.InvariantCulture, $"@b{place}")));
            await view.EachAsync(
                $"SELECT block, closed_at FROM blocks WHERE block IN ({names})", row => times._times[Cells.UInt64(row.GetInt64(0))] = new Timestamp(row.GetInt64(1)),
                cancellationToken, [.. chunk.Select((block, place) => (string.Create(CultureInfo.InvariantCulture, $"@b{place}"), Cells.Of(block)))]).ConfigureAwait(false);
        }

        return times;
    }
}
