using System.CommandLine;
using System.CommandLine.Parsing;
using Dtao.Cli.Clusters;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Export;
using Dtao.Storage;
using Orleans.Configuration;

namespace Dtao.Cli.Options;

/// <summary>Which storage account of a cluster, and where in it.</summary>
internal sealed class StorageOptions
{
    private readonly Option<string?> _storage = new("--storage") { Description = "The storage account's connection string." };

    private readonly Option<string?> _variable = new("--storage-env") { Description = "In place of --storage: the environment variable that holds it." };

    private readonly Option<Uri?> _tableEndpoint = new("--table-endpoint") { Description = "In place of --storage, with --blob-endpoint: an https address, with a signature or for this process' identity." };

    private readonly Option<Uri?> _blobEndpoint = new("--blob-endpoint") { Description = "See --table-endpoint." };

    private readonly Option<string?> _folder = new("--dir") { Description = $"In place of --storage: a cluster of 'dtao cluster up', whose emulator runs; ./{ClusterState.FolderDefault} when none of these is given" };

    private readonly Option<string> _table = new("--table") { Description = "The table of journals", DefaultValueFactory = _ => ClusterSiloOptions.TableDefault };

    private readonly Option<string> _container = new("--container") { Description = "The container of large snapshots", DefaultValueFactory = _ => ClusterSiloOptions.ContainerDefault };

    private readonly Option<int> _buckets = new("--bucket-count") { Description = "Partitions of the table, as the silos have it; of a cluster of 'dtao cluster up' it is known", DefaultValueFactory = _ => AzureTableStorageOptions.DefaultBucketCount };

    private readonly Option<string> _membershipTable = new("--membership-table") { Description = "The table in which silos find each other", DefaultValueFactory = _ => AzureStorageClusteringOptions.DEFAULT_TABLE_NAME };

    private readonly Option<string> _clusterId = new("--cluster-id") { Description = "The silos' cluster id", DefaultValueFactory = _ => Client.DtaoConnectionOptions.ClusterIdDefault };

    private readonly Option<string> _serviceId = new("--service-id") { Description = "The silos' service id", DefaultValueFactory = _ => Client.DtaoConnectionOptions.ServiceIdDefault };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_storage, _variable, _tableEndpoint, _blobEndpoint, _folder, _table, _container, _buckets, _membershipTable, _clusterId, _serviceId]) command.Add(option);
        command.Validators.Add(result =>
        {
            var ways = new[] { result.GetValue(_storage) is not null, result.GetValue(_variable) is not null, result.GetValue(_tableEndpoint) is not null, result.GetValue(_folder) is not null };
            if (ways.Count(way => way) > 1) result.AddError("Give one of --storage, --storage-env, --table-endpoint, and --dir.");
        });
    }

    /// <summary>Whether an account was named at all.</summary>
    public bool IsGiven(ParseResult parsed) => IsNamedIn(parsed.CommandResult);

    /// <inheritdoc cref="IsGiven"/>
    public bool IsNamedIn(CommandResult result) => new Option[] { _storage, _variable, _tableEndpoint, _blobEndpoint, _folder }.Any(way => result.GetResult(way) is { Implicit: false });

    /// <exception cref="UsageException">It cannot be as it was written.</exception>
    public ClusterSiloOptions Read(CliContext context, ParseResult parsed)
    {
        var options = new ClusterSiloOptions
        {
            Account = ReadAccount(context, parsed),
            Table = parsed.GetValue(_table)!,
            Container = parsed.GetValue(_container)!,
            BucketCount = parsed.GetResult(_buckets) is { Implicit: false } ? parsed.GetValue(_buckets) : BucketsOf(parsed),
            MembershipTable = parsed.GetValue(_membershipTable)!,
            ClusterId = parsed.GetValue(_clusterId)!,
            ServiceId = parsed.GetValue(_serviceId)!,
        };
        return options.FindFaults() is { Count: > 0 } faults ? throw new UsageException(string.Join(Environment.NewLine, faults)) : options;
    }

    /// <summary>Of a cluster of this machine it stands in its folder.</summary>
    private int BucketsOf(ParseResult parsed)
    {
        var isElsewhere = parsed.GetValue(_storage) is not null || parsed.GetValue(_variable) is not null || parsed.GetValue(_tableEndpoint) is not null || parsed.GetValue(_blobEndpoint) is not null;
        return isElsewhere ? parsed.GetValue(_buckets) : ClusterState.Read(parsed.GetValue(_folder) ?? ClusterState.FolderDefault)?.BucketCount ?? parsed.GetValue(_buckets);
    }

    /// <summary>How a command ends that a store or a network's file was too much for; null when it was something else.</summary>
    public static int? ExitCodeOf(Exception caught) => caught switch
    {
        NetworkFileException => ExitCode.Refused,
        // What cannot be read as it was written is a finding; what could not be opened was not looked at.
        InvalidDataException or StoreException { Code: StoreErrorCode.Corrupt } => ExitCode.Refused,
        StoreException or IOException or UnauthorizedAccessException => ExitCode.Unknown,
        _ => null,
    };

    private AzureAccount ReadAccount(CliContext context, ParseResult parsed)
    {
        if (parsed.GetValue(_storage) is { } connection) return new AzureAccount { ConnectionString = connection };
        if (parsed.GetValue(_variable) is { } variable)
        {
            return new AzureAccount { ConnectionString = context.Variable(variable) ?? throw new UsageException($"The environment variable {variable} is not set.") };
        }

        if ((parsed.GetValue(_tableEndpoint) ?? parsed.GetValue(_blobEndpoint)) is not null) return new AzureAccount { TableEndpoint = parsed.GetValue(_tableEndpoint), BlobEndpoint = parsed.GetValue(_blobEndpoint) };
        var folder = parsed.GetValue(_folder) ?? ClusterState.FolderDefault;
        return ClusterState.Read(folder) switch
        {
            { Storage.IsAlive: true } state => new AzureAccount { ConnectionString = state.Connection },
            null => throw new UsageException($"There is no cluster in {folder}: name the account with --storage."),
            _ => throw new UsageException($"The storage emulator of the cluster in {folder} does not run. Start the cluster with 'dtao cluster up', and stop each silo with 'dtao cluster stop N'."),
        };
    }
}
