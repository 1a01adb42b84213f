using Dtao.RedisKit;

[assembly: AssemblyFixture(typeof(RedisFixture))]

namespace Dtao.Storage.Tests;

/// <summary>Settings by which silos and clients come onto Redis; nothing about it stands in code.</summary>
internal static class RedisSettings
{
    /// <summary>The storage that grains of these tests ask for.</summary>
    public const string Storage = "ledger";

    public static Dictionary<string, string?> OfClustering(RedisServer server) => new(StringComparer.Ordinal)
    {
        ["Orleans:Clustering:ProviderType"] = "Redis",
        ["Orleans:Clustering:ConnectionName"] = "redis",
        ["ConnectionStrings:redis"] = server.ConnectionString,
    };

    public static Dictionary<string, string?> OfStorage(RedisServer server) => new(StringComparer.Ordinal)
    {
        [$"Orleans:GrainStorage:{Storage}:ProviderType"] = "Redis",
        [$"Orleans:GrainStorage:{Storage}:ConnectionName"] = "redis",
        ["ConnectionStrings:redis"] = server.ConnectionString,
    };

    public static Dictionary<string, string?> OfBoth(RedisServer server) =>
        new(OfClustering(server).Concat(OfStorage(server)).DistinctBy(setting => setting.Key), StringComparer.Ordinal);
}
