using Dtao.Api.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains.Blocks;

namespace Dtao.Api.Live;

/// <summary>Blocks from the ledger itself, for a host without a read side: it knows past blocks, and of no subnet what it was.</summary>
internal sealed class ClientLiveSource(DtaoClient client) : ILiveSource
{
    public bool HasMarkets => false;

    public async Task<ulong> ReadNewest(CancellationToken cancellationToken) => (await client.GetHeadAsync(cancellationToken)).Block.Value;

    public async Task<IReadOnlyList<LiveBlock>> Read(ulong from, ulong to, CancellationToken cancellationToken)
    {
        var blocks = new List<LiveBlock>();
        for (var block = Math.Max(1, from); block <= to; block++)
        {
            var header = await client.GetBlockAsync(new BlockNumber(block), cancellationToken);
            if (header is null) break;
            blocks.Add(new LiveBlock(ViewOf(header), [], []));
        }

        return blocks;
    }

    private static LiveBlockView ViewOf(BlockHeader header) => new(
        header.Number, "0x" + Convert.ToHexStringLower(header.Hash), new Timestamp(header.ClosedAt), header.Emission, header.TotalIssuance, header.Subnets);
}
