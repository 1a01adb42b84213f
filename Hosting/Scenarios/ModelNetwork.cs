using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;

namespace Dtao.Hosting.Scenarios;

/// <summary>The sequential model as a network to run scenarios on.</summary>
public sealed class ModelNetwork(GenesisState genesis) : IScenarioNetwork
{
    private readonly SequentialNetwork _network = new(GenesisBuilder.Build(genesis));

    public Task<CallOutcome> Execute(AccountId signer, Call call) => Task.FromResult(_network.Execute(signer, call));

    public Task MakeBlocks(ulong count)
    {
        for (ulong i = 0; i < count; i++) _network.MakeBlock();
        return Task.CompletedTask;
    }

    public Task<INetworkState> Read() => Task.FromResult<INetworkState>(_network);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
