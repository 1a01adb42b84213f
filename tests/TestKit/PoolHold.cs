using Dtao.Grains.Subnets;

namespace Dtao.TestKit;

/// <summary>A pool that is kept closed as a block keeps it; whoever goes leaves it open, also when a test has failed in between.</summary>
public sealed class PoolHold(ISubnetPoolGrain pool, ulong closing) : IAsyncDisposable
{
    /// <summary>Lets in whoever waits; no effect on what has closed the pool since.</summary>
    public Task Open() => pool.OpenAfter(closing);

    public async ValueTask DisposeAsync() => await Open();
}
