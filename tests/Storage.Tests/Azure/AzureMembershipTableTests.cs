using System.Globalization;
using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>The behaviours of any membership table, on Azure Tables, and what only those have: pages, lost answers, rows.</summary>
public sealed class AzureMembershipTableTests(AzuriteFixture azurite) : MembershipTableSuite
{
    private readonly FaultPolicy policy = new();
    private AzureStorageClusteringOptions options = null!;

    protected override string Cluster => @"a/cluster\with#all?signs%";

    [Fact]
    public async Task InsertRowAndUpdateRow_TagsThatNoServiceGaveOut_AreRefused()
    {
        var entry = Entry();
        await Insert(entry);
        var read = await Table.ReadRowAsync(entry.SiloAddress, Token);
        var tag = read.Members[0].Item2;

        Assert.False(await Table.InsertRowAsync(Entry(), new(2, "no tag"), Token));
        Assert.False(await Table.InsertRowAsync(Entry(), new(2, "*"), Token));
        Assert.False(await Table.UpdateRowAsync(Entry(), tag, read.Version.Next(), Token));
        Assert.False(await Table.UpdateRowAsync(entry, "*", read.Version.Next(), Token));
        Assert.True(await Table.UpdateRowAsync(entry, tag, read.Version.Next(), Token));
        var updated = await Table.ReadRowAsync(entry.SiloAddress, Token);
        Assert.False(await Table.UpdateRowAsync(entry, tag, updated.Version.Next(), Token));

        AssertSame(updated, await Table.ReadAllAsync(Token));
    }

    [Fact]
    public async Task CleanupDefunctSiloEntries_OldOnes_GoByTheLastThatIsKnownOfThem()
    {
        var (old, young) = (Noon.AddDays(-10), Noon.AddDays(-1));
        var oldJoining = Entry(status: SiloStatus.Joining, time: old);
        var deadLately = Entry(status: SiloStatus.Dead, time: old);
        deadLately.AddSuspector(Entry().SiloAddress, young);
        foreach (var entry in (MembershipEntry[])[oldJoining, deadLately]) await Insert(entry);

        await Table.CleanupDefunctSiloEntriesAsync(new(Noon.AddDays(-5)), Token);

        AssertMembers(await Table.ReadAllAsync(Token), [deadLately]);
    }

    [Fact]
    public async Task DeleteMembershipTableEntries_ManyRows_LeavesNoneAndNoVersion()
    {
        // 150 rows do not go into one transaction.
        var rows = await AzureTables.Open("test", options, TimeProvider.System);
        foreach (var batch in Enumerable.Range(0, 150).Select(_ => SiloRows.Of(Cluster, Entry())).Chunk(100))
            await rows.SubmitTransactionAsync(batch.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), TestContext.Current.CancellationToken);
        Assert.Equal(150, (await Table.ReadAllAsync(Token)).Members.Count);

        await Table.DeleteMembershipTableEntriesAsync(Cluster, Token);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => Table.ReadAllAsync(Token));
    }

    [Fact]
    public async Task ReadAll_OfSeveralPages_IsReadAgainWhenTheVersionChangesInBetween()
    {
        var paged = await Open(options, rowsPerPage: 2);
        for (var number = 0; number < 5; number++) await Insert(Entry());
        var quiet = await Open(Options(await azurite.ServerAsync(), options.TableName, null));
        var changes = 1;
        policy.BeforeRead = request => IsLaterPage(request) && changes-- > 0 ? InsertInto(quiet, Entry()) : Task.CompletedTask;

        var read = await paged.ReadAllAsync(Token);

        Assert.Equal(6, read.Version.Version);
        Assert.Equal(6, read.Members.Count);
    }

    [Fact]
    public async Task ReadAll_OfSeveralPagesThatChangeEachTime_IsInconsistentAfterFiveReadings()
    {
        var paged = await Open(options, rowsPerPage: 2);
        for (var number = 0; number < 3; number++) await Insert(Entry());
        var quiet = await Open(Options(await azurite.ServerAsync(), options.TableName, null));
        policy.BeforeRead = request => IsLaterPage(request) ? InsertInto(quiet, Entry()) : Task.CompletedTask;

        await Assert.ThrowsAsync<InconsistentStateException>(() => paged.ReadAllAsync(Token));
    }

    [Fact]
    public async Task ReadAll_OfSeveralPagesWithHeartbeatsInBetween_IsNotReadOnceMore()
    {
        var paged = await Open(options, rowsPerPage: 2);
        var entry = Entry();
        await Insert(entry);
        for (var number = 0; number < 3; number++) await Insert(Entry());
        var quiet = await Open(Options(await azurite.ServerAsync(), options.TableName, null));
        var firstPages = 0;
        policy.BeforeRead = request =>
        {
            if (request.Uri.Query.Contains("filter", StringComparison.Ordinal) && !IsLaterPage(request)) firstPages++;
            return IsLaterPage(request) ? quiet.UpdateIAmAliveAsync(entry, Token) : Task.CompletedTask;
        };

        Assert.Equal(4, (await paged.ReadAllAsync(Token)).Members.Count);

        // Once to find that there are several pages, and once between two looks at the version.
        Assert.Equal(2, firstPages);
    }

    [Fact]
    public async Task InsertRowAndUpdateRow_AnswerLost_AreRefusedAndCanBeSeen()
    {
        var entry = Entry();
        policy.Script(Fault.AnswerLost);

        Assert.False(await Table.InsertRowAsync(entry, (await Table.ReadAllAsync(Token)).Version.Next(), Token));

        var read = await Table.ReadRowAsync(entry.SiloAddress, Token);
        Assert.Equal(1, read.Version.Version);
        policy.Script(Fault.Throttled, Fault.NotSent);
        Assert.True(await Table.UpdateRowAsync(entry, Assert.Single(read.Members).Item2, read.Version.Next(), Token));
        policy.Decide = _ => Fault.NotSent;
        var unanswered = await Assert.ThrowsAsync<StoreException>(() => Table.UpdateIAmAliveAsync(entry, Token));
        Assert.Equal(StoreErrorCode.Unanswered, unanswered.Code);
    }

    [Fact]
    public async Task InsertRow_PlainClusterId_WritesTheOfficialRows()
    {
        var plain = await Open(options, "cluster-1");
        var entry = Entry(status: SiloStatus.Active);
        var suspector = Entry().SiloAddress;
        entry.AddSuspector(suspector, Noon);
        entry.AddSuspector(suspector, Noon);
        await InsertInto(plain, entry);

        var client = await AzureTables.Open("test", options, TimeProvider.System);
        var port = entry.SiloAddress.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
        TableEntity row = await client.GetEntityAsync<TableEntity>("cluster-1", $"127.0.0.1-{port}-7", null, TestContext.Current.CancellationToken);
        TableEntity version = await client.GetEntityAsync<TableEntity>("cluster-1", "VersionRow", null, TestContext.Current.CancellationToken);

        Assert.Equal(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["DeploymentId"] = "cluster-1",
                ["Address"] = "127.0.0.1",
                ["Port"] = port,
                ["Generation"] = "7",
                ["HostName"] = "host",
                ["Status"] = "Active",
                ["ProxyPort"] = "30000",
                ["RoleName"] = "role",
                ["SiloName"] = "silo",
                ["InstanceName"] = "silo",
                ["UpdateZone"] = "2",
                ["FaultZone"] = "3",
                ["SuspectingSilos"] = $"{suspector.ToParsableString()}|{suspector.ToParsableString()}",
                ["SuspectingTimes"] = "2026-11-29 12:00:00.123 GMT|2026-11-29 12:00:00.123 GMT",
                ["StartTime"] = "2026-11-29 12:00:00.123 GMT",
                ["IAmAliveTime"] = "2026-11-29 12:00:00.123 GMT",
            },
            Columns(row));
        Assert.Equal(
            new SortedDictionary<string, object>(StringComparer.Ordinal) { ["DeploymentId"] = "cluster-1", ["MembershipVersion"] = "1" },
            Columns(version));
    }

    [Fact]
    public async Task ReadAll_RowsOfOthersAndUnreadableOnes_AreLeftOut()
    {
        var entry = Entry();
        await Insert(entry);
        var client = await AzureTables.Open("test", options, TimeProvider.System);
        var partition = SiloRows.Partition(Cluster);
        var unreadable = SiloRows.Of(Cluster, Entry());
        unreadable["Status"] = "Unheard of";
        foreach (var row in (TableEntity[])[new(partition, "!Start"), new(partition, "~End"), unreadable])
            await client.AddEntityAsync(row, TestContext.Current.CancellationToken);

        AssertMembers(await Table.ReadAllAsync(Token), [entry]);
    }

    protected override async ValueTask Prepare() => options = Options(await azurite.ServerAsync(), AzuriteFixture.NewName(), policy);

    protected override async ValueTask<IMembershipTable> Open(string clusterId) => await Open(options, clusterId);

    protected override IGatewayListProvider OpenGateways() => new AzureGatewayListProvider(
        Microsoft.Extensions.Options.Options.Create(new AzureStorageGatewayOptions { TableName = options.TableName, TableServiceClient = options.TableServiceClient }),
        Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ClusterId = Cluster }),
        Microsoft.Extensions.Options.Options.Create(new GatewayOptions()));

    private static bool IsLaterPage(SentRequest request) => request.Uri.Query.Contains("NextRowKey", StringComparison.Ordinal);

    private static SortedDictionary<string, object> Columns(TableEntity row) => new(
        row.Where(column => column.Key is not ("odata.etag" or "PartitionKey" or "RowKey" or "Timestamp")).ToDictionary(StringComparer.Ordinal),
        StringComparer.Ordinal);

    private static AzureStorageClusteringOptions Options(AzuriteServer server, string tableName, FaultPolicy? policy)
    {
        var service = AzureTableHarness.Options(server, policy);
        AzureStorageClusteringOptions options = new() { TableName = tableName, TableServiceClient = service.TableServiceClient };
        options.StoragePolicyOptions.PauseBetweenOperationRetries = TimeSpan.FromMilliseconds(1);
        return options;
    }

    private async Task<IMembershipTable> Open(AzureStorageClusteringOptions with, string? clusterId = null, int? rowsPerPage = null)
    {
        IMembershipTable table = new AzureMembershipTable(
            Microsoft.Extensions.Options.Options.Create(with),
            Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ClusterId = clusterId ?? Cluster }),
            NullLogger<AzureMembershipTable>.Instance)
        { RowsPerPage = rowsPerPage };
        await table.InitializeMembershipTableAsync(true, Token);
        return table;
    }
}
