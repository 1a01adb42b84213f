using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>Stops the whole network after a number of steps and starts it again from its file.</summary>
internal sealed class RestartingNetwork(ClusterNetwork cluster, int stepsBefore) : IScenarioNetwork
{
    private int _steps;

    public async Task<CallOutcome> Execute(AccountId signer, Call call)
    {
        await Step();
        return await cluster.Execute(signer, call);
    }

    public async Task MakeBlocks(ulong count)
    {
        await Step();
        await cluster.MakeBlocks(count);
    }

    public Task<INetworkState> Read() => cluster.Read();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    private async Task Step()
    {
        if (_steps++ == stepsBefore) await cluster.RestartAsync();
    }
}
