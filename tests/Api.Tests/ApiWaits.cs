using Dtao.Api.Health;
using Dtao.Economics;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Dtao.Api.Tests;

internal static class ApiWaits
{
    /// <summary>Waits until the API has heard of a block.</summary>
    public static async Task WaitFor(this ApiHost api, BlockNumber block)
    {
        var watch = api.Services.GetRequiredService<ChainWatch>();
        await watch.WaitAfter(new BlockNumber(block.Value - 1), TestContext.Current.CancellationToken).WaitAsync(Patience.Max, TestContext.Current.CancellationToken);
    }
}
