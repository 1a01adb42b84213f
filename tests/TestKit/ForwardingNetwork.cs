using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;

namespace Dtao.TestKit;

/// <summary>Passes everything on to another network; the base of those that change one thing about it.</summary>
public abstract class ForwardingNetwork(IScenarioNetwork inner) : IScenarioNetwork
{
    public virtual Task<CallOutcome> Execute(AccountId signer, Call call) => inner.Execute(signer, call);

    public virtual Task MakeBlocks(ulong count) => inner.MakeBlocks(count);

    public virtual Task<INetworkState> Read() => inner.Read();

    public virtual async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
