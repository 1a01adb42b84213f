using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.TestKit;

/// <summary>Stops the whole network after a number of steps and starts it again from what it stored.</summary>
public sealed class RestartingNetwork(IRestartable network, int stepsBefore) : ForwardingNetwork(network)
{
    private int _steps;

    public override async Task<CallOutcome> Execute(AccountId signer, Call call)
    {
        await Step();
        return await base.Execute(signer, call);
    }

    public override async Task MakeBlocks(ulong count)
    {
        await Step();
        await base.MakeBlocks(count);
    }

    private async Task Step()
    {
        if (_steps++ == stepsBefore) await network.RestartAsync();
    }
}
