using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dtao.Hosting.Cluster;
using Orleans.Configuration;

namespace Dtao.Cli.Clusters;

/// <summary>One silo of a local cluster.</summary>
/// <param name="Gateway">Where clients connect, host:port.</param>
/// <param name="Health">Where its health is asked for.</param>
internal sealed record SiloEntry(int Number, LocalProcess Process, string Gateway, string Health);

/// <summary>What is known of a local cluster between two commands: a file in its folder.</summary>
/// <param name="Storage">The emulator; null when it was stopped.</param>
/// <param name="Connection">What silos and clients reach it with; no secret, for every emulator has the same key.</param>
/// <param name="SiloProgram">The built silo that processes are started from.</param>
/// <param name="SiloArguments">What every silo is started with besides.</param>
internal sealed record ClusterState(LocalProcess? Storage, string Connection, string SiloProgram, IReadOnlyList<string> SiloArguments, IReadOnlyList<SiloEntry> Silos)
{
    /// <summary>Whether the emulator keeps nothing on disk: what was stored ends with it.</summary>
    public bool IsInMemory { get; init; }

    /// <summary>Partitions of the table of journals. A file that does not say so is of a cluster with the silos' default.</summary>
    public int BucketCount { get; init; } = AzureTableStorageOptions.DefaultBucketCount;

    /// <summary>What reads the ledger where silos keep it.</summary>
    [JsonIgnore]
    public ClusterSiloOptions Store => new() { Account = new() { ConnectionString = Connection }, BucketCount = BucketCount };

    public const string FileName = "cluster.json";
    public const string FolderDefault = "cluster";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The gateways of silos that run and serve.</summary>
    [JsonIgnore]
    public IReadOnlyList<IPEndPoint> Gateways => [.. Silos.Where(silo => silo.Gateway.Length > 0 && silo.Process.IsAlive).Select(silo => IPEndPoint.Parse(silo.Gateway))];

    /// <summary>Null when there is none.</summary>
    /// <exception cref="UsageException">It is no such file.</exception>
    public static ClusterState? Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize<ClusterState>(File.ReadAllBytes(file), s_json);
        }
        catch (JsonException malformed)
        {
            throw new UsageException($"{file} does not describe a cluster: {malformed.Message}");
        }
    }

    /// <summary>Beside its place first, and then renamed: a command that is killed leaves the old one.</summary>
    public void Write(string folder)
    {
        var file = Path.Combine(folder, FileName);
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(this, s_json));
        File.Move(file + ".new", file, overwrite: true);
    }
}
