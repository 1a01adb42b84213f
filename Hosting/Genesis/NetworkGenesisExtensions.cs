using Dtao.Hosting.Network;

namespace Dtao.Hosting.Genesis;

/// <summary>From a document to what a network is started with.</summary>
public static class NetworkGenesisExtensions
{
    /// <summary>The document as the loader takes it.</summary>
    /// <param name="blockIntervalMilliseconds">In place of the document's own; <see cref="NetworkGenesis.Manual"/> = only when asked.</param>
    public static NetworkGenesis ToNetworkGenesis(this GenesisDocument document, long? blockIntervalMilliseconds = null) => new(
        document.Name, document.NetworkId, document.RuleSet.Name, blockIntervalMilliseconds ?? document.BlockIntervalMilliseconds, document.ToState(),
        document.Subnets.ToDictionary(subnet => subnet.Netuid, subnet => (subnet.Name, subnet.Symbol)))
    {
        RequiresSignatures = document.RequiresSignatures,
    };
}
