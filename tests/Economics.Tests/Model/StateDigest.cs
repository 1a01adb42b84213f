using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;

namespace Dtao.Economics.Tests.Model;

/// <summary>The digest of a whole network, for tests that two states are one or that nothing changed.</summary>
internal static class StateDigest
{
    private static readonly Aliases s_none = new([]);

    public static string Of(INetworkState network) => CanonicalJson.Sha256(CanonicalState.Of(network, "test", s_none, results: null));
}
