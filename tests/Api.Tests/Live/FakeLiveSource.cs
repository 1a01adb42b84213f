using Dtao.Api.Json;
using Dtao.Api.Live;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Api.Tests.Live;

/// <summary>Blocks that a test closes, each with a trade and two prices; and how often it was asked.</summary>
internal sealed class FakeLiveSource : ILiveSource
{
    private ulong _newest;
    private int _readings;

    public bool HasMarkets => true;

    public int Readings => Volatile.Read(ref _readings);

    public void Close(ulong newest) => Volatile.Write(ref _newest, newest);

    public Task<ulong> ReadNewest(CancellationToken cancellationToken) => Task.FromResult(Volatile.Read(ref _newest));

    public Task<IReadOnlyList<LiveBlock>> Read(ulong from, ulong to, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _readings);
        List<LiveBlock> blocks = [];
        for (var number = from; number <= to; number++) blocks.Add(Block(number));
        return Task.FromResult<IReadOnlyList<LiveBlock>>(blocks);
    }

    public static LiveBlock Block(ulong number)
    {
        var block = new BlockNumber(number);
        LivePriceView Price(ushort netuid) => new(block, new NetUid(netuid), U64F64.One, "1", new Tao(number), new Alpha(number));
        return new(
            new(block, $"0x{number:x64}", new Timestamp((long)number), new Tao(1), new Tao(number), 2),
            [new(block, new NetUid(1), "BUY", DevAccounts.Alice, DevAccounts.Bob, new Tao(number), new Alpha(number), U64F64.One)],
            [Price(1), Price(2)]);
    }
}
