using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Registry;
using Dtao.Hosting.Scenarios;
using Xunit;

namespace Dtao.TestKit;

/// <summary>A client that sends every call three times: at once, or each after the answer to the one before. All three are answered the same.</summary>
public sealed class RepeatingNetwork(ClusterNetwork cluster, bool inParallel) : ForwardingNetwork(cluster)
{
    private const int Times = 3;

    private readonly RunningNetwork _network = RunningNetwork.Of(cluster.Host);

    public override async Task<CallOutcome> Execute(AccountId signer, Call call)
    {
        var operation = await _network.Prepare(signer, call);
        var isAdministrators = call.Kind is CallKind.Admin or CallKind.DissolveNetwork or CallKind.SetNumRootClaims;
        var registry = cluster.Host.Grains.GetGrain<ISubnetRegistryGrain>(0);
        var receipts = new List<Receipt>();
        if (inParallel)
        {
            receipts.AddRange(await Task.WhenAll(Enumerable.Range(0, Times).Select(_ => Send())));
        }
        else
        {
            while (receipts.Count < Times) receipts.Add(await Send());
        }

        Assert.All(receipts, receipt => Assert.Equal(ReceiptText.Of(receipts[0]), ReceiptText.Of(receipt)));
        return receipts[0].Outcome ?? throw new InvalidOperationException($"{call.Kind} was not accepted: {receipts[0].Code}.");

        Task<Receipt> Send() => isAdministrators ? registry.Administer(operation.Id, call) : _network.Submit(operation);
    }
}
