using System.Globalization;
using System.Net;
using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Dtao.Storage.Tests;

/// <summary>What silos rely on: each change is whole, and changes have one order.</summary>
public sealed class AzureMembershipTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 11, 29, 12, 0, 0, 123, DateTimeKind.Utc);
    private static int ports = 11_000;
    private readonly FaultPolicy policy = new();
    private AzureStorageClusteringOptions options = null!;
    private AzureMembershipTable table = null!;

    public async ValueTask InitializeAsync()
    {
        options = Options(await azurite.ServerAsync(), AzuriteFixture.NewName(), policy);
        table = await Open(options);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Initialize_NewCluster_HasNoMembersAndVersionZero()
    {
        var first = await table.ReadAll();
        await table.InitializeMembershipTable(true);
        var second = await table.ReadAll();

        Assert.Empty(first.Members);
        Assert.Equal(0, first.Version.Version);
        Assert.NotNull(first.Version.VersionEtag);
        Assert.Equal(first.Version, second.Version);
    }

    [Fact]
    public async Task InsertRow_OldVersionOrSameSilo_IsRefusedAndChangesNothing()
    {
        var empty = await table.ReadAll();
        var entry = Entry();

        Assert.True(await table.InsertRow(entry, empty.Version.Next()));
        var one = await table.ReadAll();
        Assert.False(await table.InsertRow(entry, empty.Version.Next()));
        Assert.False(await table.InsertRow(Entry(), empty.Version.Next()));
        Assert.False(await table.InsertRow(entry, one.Version.Next()));
        Assert.False(await table.InsertRow(Entry(), new(2, "no tag")));
        Assert.False(await table.InsertRow(Entry(), new(2, "*")));

        Assert.Equal(1, one.Version.Version);
        Assert.NotEqual(empty.Version.VersionEtag, one.Version.VersionEtag);
        AssertSame(one, await table.ReadAll());
        Assert.Equal(entry.ToFullString(), Assert.Single(one.Members).Item1.ToFullString());
    }

    [Fact]
    public async Task ReadRow_OneOfSeveral_HasThatMemberAndTheVersion()
    {
        var entries = new[] { Entry(), Entry(), Entry(IPAddress.IPv6Loopback) };
        foreach (var entry in entries) await Insert(entry);
        var all = await table.ReadAll();

        foreach (var entry in entries)
        {
            var read = await table.ReadRow(entry.SiloAddress);
            var (member, tag) = Assert.Single(read.Members);
            Assert.Equal((entry.ToFullString(), all.TryGet(entry.SiloAddress)!.Item2), (member.ToFullString(), tag));
            Assert.Equal(all.Version, read.Version);
        }

        var absent = await table.ReadRow(Entry().SiloAddress);
        Assert.Empty(absent.Members);
        Assert.Equal(3, absent.Version.Version);
    }

    [Fact]
    public async Task UpdateRow_OldTagOrOldVersion_IsRefusedAndChangesNothing()
    {
        for (var silo = 1; silo <= 9; silo++)
        {
            var entry = Entry();
            var old = (await table.ReadAll()).Version.Next();
            Assert.True(await table.InsertRow(entry, old));
            var inserted = await table.ReadRow(entry.SiloAddress);
            var oldTag = inserted.Members[0].Item2;
            entry.Status = SiloStatus.Active;
            entry.AddSuspector(Entry().SiloAddress, Noon);
            entry.AddSuspector(Entry().SiloAddress, Noon.AddMilliseconds(1_001));

            Assert.False(await table.UpdateRow(entry, oldTag, old));
            Assert.True(await table.UpdateRow(entry, oldTag, inserted.Version.Next()));
            var updated = await table.ReadRow(entry.SiloAddress);
            Assert.False(await table.UpdateRow(entry, oldTag, inserted.Version.Next()));
            Assert.False(await table.UpdateRow(entry, updated.Members[0].Item2, inserted.Version.Next()));
            Assert.False(await table.UpdateRow(Entry(), updated.Members[0].Item2, updated.Version.Next()));
            Assert.False(await table.UpdateRow(entry, oldTag, updated.Version.Next()));
            Assert.False(await table.UpdateRow(entry, "*", updated.Version.Next()));

            Assert.Equal(2 * silo, updated.Version.Version);
            Assert.Equal(entry.ToFullString(), updated.Members[0].Item1.ToFullString());
            AssertSame(updated, await table.ReadRow(entry.SiloAddress));
        }
    }

    [Fact]
    public async Task InsertRowAndUpdateRow_ManyAtOnce_EachSuccessIsOneVersion()
    {
        var entry = Entry();
        var version = (await table.ReadAll()).Version.Next();

        var inserted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => table.InsertRow(entry, version)));
        Assert.Single(inserted, isInserted => isInserted);
        await Task.WhenAll(Enumerable.Range(0, 19).Select(async number =>
        {
            while (true)
            {
                var read = await table.ReadRow(entry.SiloAddress);
                var changed = read.Members[0].Item1;
                changed.ProxyPort = 1_000 + number;
                if (await table.UpdateRow(changed, read.Members[0].Item2, read.Version.Next())) return;
            }
        }));

        var all = await table.ReadAll();
        Assert.Equal(20, all.Version.Version);
        Assert.Single(all.Members);
    }

    [Fact]
    public async Task UpdateIAmAlive_EntryWithNothingElse_ChangesThatColumnOnly()
    {
        var entry = Entry();
        entry.AddSuspector(Entry().SiloAddress, Noon);
        await Insert(entry);
        var before = await table.ReadAll();

        await table.UpdateIAmAlive(new() { SiloAddress = entry.SiloAddress, IAmAliveTime = Noon.AddMinutes(5) });

        var after = await table.ReadAll();
        entry.IAmAliveTime = Noon.AddMinutes(5);
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(entry.ToFullString(), Assert.Single(after.Members).Item1.ToFullString());
        Assert.Equal(entry.IAmAliveTime, after.Members[0].Item1.IAmAliveTime);
    }

    [Fact]
    public async Task CleanupDefunctSiloEntries_OldOnesThatAreNotActive_AreRemoved()
    {
        var (old, young) = (Noon.AddDays(-10), Noon.AddDays(-1));
        var oldDead = Entry(status: SiloStatus.Dead, time: old);
        var oldJoining = Entry(status: SiloStatus.Joining, time: old);
        var oldActive = Entry(status: SiloStatus.Active, time: old);
        var youngDead = Entry(status: SiloStatus.Dead, time: young);
        var deadLately = Entry(status: SiloStatus.Dead, time: old);
        deadLately.AddSuspector(oldActive.SiloAddress, young);
        foreach (var entry in (MembershipEntry[])[oldDead, oldJoining, oldActive, youngDead, deadLately]) await Insert(entry);

        await table.CleanupDefunctSiloEntries(new(Noon.AddDays(-5)));

        AssertMembers(await table.ReadAll(), [oldActive, youngDead, deadLately]);
    }

    [Fact]
    public async Task GetGateways_MembersOfAllKinds_GivesActiveOnesWithAPort()
    {
        var gateway = Entry(status: SiloStatus.Active);
        var noGateway = Entry(status: SiloStatus.Active);
        noGateway.ProxyPort = 0;
        foreach (var entry in (MembershipEntry[])[gateway, noGateway, Entry(status: SiloStatus.Dead), Entry(status: SiloStatus.Joining)]) await Insert(entry);
        AzureStorageGatewayOptions gatewayOptions = new() { TableName = options.TableName, TableServiceClient = options.TableServiceClient };
        AzureGatewayListProvider provider = new(
            Microsoft.Extensions.Options.Options.Create(gatewayOptions),
            Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ClusterId = Cluster }),
            Microsoft.Extensions.Options.Options.Create(new GatewayOptions()));

        await provider.InitializeGatewayListProvider();

        var address = gateway.SiloAddress;
        Assert.Equal([SiloAddress.New(address.Endpoint.Address, gateway.ProxyPort, address.Generation).ToGatewayUri()], await provider.GetGateways());
    }

    [Fact]
    public async Task DeleteMembershipTableEntries_OfOneCluster_LeavesTheOther()
    {
        // 150 rows do not go into one transaction.
        var other = await Open(options, "another");
        await InsertInto(other, Entry());
        var rows = AzureTables.Open("test", options, TimeProvider.System);
        foreach (var batch in Enumerable.Range(0, 150).Select(_ => SiloRows.Of(Cluster, Entry())).Chunk(100))
            await (await rows).SubmitTransactionAsync(batch.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), TestContext.Current.CancellationToken);
        Assert.Equal(150, (await table.ReadAll()).Members.Count);

        await table.DeleteMembershipTableEntries(Cluster);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => table.ReadAll());
        Assert.Single((await other.ReadAll()).Members);
    }

    [Fact]
    public async Task ReadAll_OfSeveralPages_IsReadAgainWhenTheVersionChangesInBetween()
    {
        var paged = await Open(options, rowsPerPage: 2);
        for (var number = 0; number < 5; number++) await Insert(Entry());
        var quiet = await Open(Options(await azurite.ServerAsync(), options.TableName, null));
        var changes = 1;
        policy.BeforeRead = request => IsLaterPage(request) && changes-- > 0 ? InsertInto(quiet, Entry()) : Task.CompletedTask;

        var read = await paged.ReadAll();

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

        await Assert.ThrowsAsync<InconsistentStateException>(() => paged.ReadAll());
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
            return IsLaterPage(request) ? quiet.UpdateIAmAlive(entry) : Task.CompletedTask;
        };

        Assert.Equal(4, (await paged.ReadAll()).Members.Count);

        // Once to find that there are several pages, and once between two looks at the version.
        Assert.Equal(2, firstPages);
    }

    [Fact]
    public async Task InsertRowAndUpdateRow_AnswerLost_AreRefusedAndCanBeSeen()
    {
        var entry = Entry();
        policy.Script(Fault.AnswerLost);

        Assert.False(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));

        var read = await table.ReadRow(entry.SiloAddress);
        Assert.Equal(1, read.Version.Version);
        policy.Script(Fault.Throttled, Fault.NotSent);
        Assert.True(await table.UpdateRow(entry, Assert.Single(read.Members).Item2, read.Version.Next()));
        policy.Decide = _ => Fault.NotSent;
        var unanswered = await Assert.ThrowsAsync<StoreException>(() => table.UpdateIAmAlive(entry));
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

        AssertMembers(await table.ReadAll(), [entry]);
    }

    private const string Cluster = @"a/cluster\with#all?signs%";

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

    private static async Task<AzureMembershipTable> Open(AzureStorageClusteringOptions options, string clusterId = Cluster, int? rowsPerPage = null)
    {
        AzureMembershipTable table = new(
            Microsoft.Extensions.Options.Options.Create(options),
            Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ClusterId = clusterId }),
            NullLogger<AzureMembershipTable>.Instance)
        { RowsPerPage = rowsPerPage };
        await table.InitializeMembershipTable(true);
        return table;
    }

    private static MembershipEntry Entry(IPAddress? address = null, SiloStatus status = SiloStatus.Joining, DateTime? time = null) => new()
    {
        SiloAddress = SiloAddress.New(address ?? IPAddress.Loopback, Interlocked.Increment(ref ports), 7),
        HostName = "host",
        SiloName = "silo",
        RoleName = "role",
        Status = status,
        ProxyPort = 30_000,
        UpdateZone = 2,
        FaultZone = 3,
        StartTime = time ?? Noon,
        IAmAliveTime = time ?? Noon,
    };

    private static async Task InsertInto(AzureMembershipTable table, MembershipEntry entry) =>
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));

    private static void AssertSame(MembershipTableData expected, MembershipTableData actual)
    {
        Assert.Equal(expected.Version, actual.Version);
        Assert.Equal(
            expected.Members.Select(member => (member.Item1.ToFullString(), member.Item2)).Order(),
            actual.Members.Select(member => (member.Item1.ToFullString(), member.Item2)).Order());
    }

    private static void AssertMembers(MembershipTableData data, MembershipEntry[] expected) => Assert.Equal(
        expected.Select(entry => entry.ToFullString()).Order(StringComparer.Ordinal),
        data.Members.Select(member => member.Item1.ToFullString()).Order(StringComparer.Ordinal));

    private Task Insert(MembershipEntry entry) => InsertInto(table, entry);
}
