using Dtao.TestKit;
using Xunit;

namespace Dtao.Hosting.Tests.Genesis;

/// <summary>The chain's public snapshot, which is not part of the repository: a test that needs it is skipped, and says so, where it is missing.</summary>
internal static class SnapshotFile
{
    private const string Variable = "DTAO_SNAPSHOT";

    public static string PathOrSkip()
    {
        var path = Environment.GetEnvironmentVariable(Variable) ?? Path.GetFullPath(Repository.PathOf("..", "shared", "data", "finney-genesis-snapshot.json"));
        if (!File.Exists(path))
        {
            Assert.Skip($"The chain's snapshot is not here: neither at {path} nor where {Variable} says. It is snapshot.json of the chain's public repository.");
        }

        return path;
    }
}
