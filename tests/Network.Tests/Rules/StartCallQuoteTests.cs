using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>On a network of its own, because a subnet is started once.</summary>
public sealed class StartCallQuoteTests(SharedNetwork shared) : IClassFixture<SharedNetwork>
{
    [Fact]
    public async Task Quote_StartCall_IsRefusedWhileTooYoungAndThenPasses()
    {
        var client = new DtaoClient(shared.Cluster.Host.Grains);
        var token = TestContext.Current.CancellationToken;
        var call = Calls.StartCall(Unstarted);
        await shared.Administer("start_call_delay", "1000000");
        var early = await client.QuoteAsync(Owner, call, token);
        var refused = await shared.Network.Submit(Owner, call);
        await shared.Administer("start_call_delay", "0");
        var quote = await client.QuoteAsync(Owner, call, token);
        var started = (await shared.Network.Pool(Unstarted).GetView()).Books!.FirstEmissionBlock;

        var receipt = await shared.Network.Submit(Owner, call);

        Assert.Equal((LedgerError.NeedWaitingMoreBlocksToStarCall, LedgerError.NeedWaitingMoreBlocksToStarCall), (early.Error, refused.Outcome!.Error));
        Assert.Equal((LedgerError.None, (BlockNumber?)null), (quote.Error, started));
        Assert.True(receipt.IsApplied, receipt.ErrorName);
        Assert.Equal(LedgerError.FirstEmissionBlockNumberAlreadySet, (await client.QuoteAsync(Owner, call, token)).Error);
    }
}
