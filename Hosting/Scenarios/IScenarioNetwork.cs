using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Scenarios;

/// <summary>A network that a scenario can be run on: the sequential model, or a cluster.</summary>
public interface IScenarioNetwork : IAsyncDisposable
{
    /// <summary>Executes one call in the block made last and waits for its outcome.</summary>
    Task<CallOutcome> Execute(AccountId signer, Call call);

    Task MakeBlocks(ulong count);

    /// <summary>The whole state, with nothing in flight. Valid until the next call or block.</summary>
    Task<INetworkState> Read();
}
