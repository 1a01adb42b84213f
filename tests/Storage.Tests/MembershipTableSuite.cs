using System.Net;
using Orleans.Messaging;
using Orleans.Runtime;

namespace Dtao.Storage.Tests;

/// <summary>
/// What silos rely on, whatever keeps the membership: each change is whole, and changes have one order. A subclass names the
/// table; nothing else differs.
/// </summary>
public abstract class MembershipTableSuite : IAsyncLifetime
{
    protected static readonly DateTime Noon = new(2026, 11, 29, 12, 0, 0, 123, DateTimeKind.Utc);
    private static int ports = 11_000;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The table of <see cref="Cluster"/>, with no members.</summary>
    protected IMembershipTable Table { get; private set; } = null!;

    /// <summary>A cluster that no other test has.</summary>
    protected abstract string Cluster { get; }

    public async ValueTask InitializeAsync()
    {
        await Prepare();
        Table = await Open(Cluster);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Initialize_NewCluster_HasNoMembersAndVersionZero()
    {
        var first = await Table.ReadAllAsync(Token);
        await Table.InitializeMembershipTableAsync(true, Token);
        var second = await Table.ReadAllAsync(Token);

        Assert.Empty(first.Members);
        Assert.Equal(0, first.Version.Version);
        Assert.NotNull(first.Version.VersionEtag);
        Assert.Equal(first.Version, second.Version);
    }

    [Fact]
    public async Task InsertRow_OldVersionOrSameSilo_IsRefusedAndChangesNothing()
    {
        var empty = await Table.ReadAllAsync(Token);
        var entry = Entry();

        Assert.True(await Table.InsertRowAsync(entry, empty.Version.Next(), Token));
        var one = await Table.ReadAllAsync(Token);
        Assert.False(await Table.InsertRowAsync(entry, empty.Version.Next(), Token));
        Assert.False(await Table.InsertRowAsync(Entry(), empty.Version.Next(), Token));
        Assert.False(await Table.InsertRowAsync(entry, one.Version.Next(), Token));

        Assert.Equal(1, one.Version.Version);
        Assert.NotEqual(empty.Version.VersionEtag, one.Version.VersionEtag);
        AssertSame(one, await Table.ReadAllAsync(Token));
        Assert.Equal(entry.ToFullString(), Assert.Single(one.Members).Item1.ToFullString());
    }

    [Fact]
    public async Task ReadRow_OneOfSeveral_HasThatMemberAndTheVersion()
    {
        var entries = new[] { Entry(), Entry(), Entry(IPAddress.IPv6Loopback) };
        foreach (var entry in entries) await Insert(entry);
        var all = await Table.ReadAllAsync(Token);

        foreach (var entry in entries)
        {
            var read = await Table.ReadRowAsync(entry.SiloAddress, Token);
            var (member, tag) = Assert.Single(read.Members);
            Assert.Equal((entry.ToFullString(), all.TryGet(entry.SiloAddress)!.Item2), (member.ToFullString(), tag));
            Assert.Equal(all.Version, read.Version);
        }

        var absent = await Table.ReadRowAsync(Entry().SiloAddress, Token);
        Assert.Empty(absent.Members);
        Assert.Equal(3, absent.Version.Version);
    }

    [Fact]
    public async Task UpdateRow_OldTagOrOldVersion_IsRefusedAndChangesNothing()
    {
        for (var silo = 1; silo <= 9; silo++)
        {
            var entry = Entry();
            var old = (await Table.ReadAllAsync(Token)).Version.Next();
            Assert.True(await Table.InsertRowAsync(entry, old, Token));
            var inserted = await Table.ReadRowAsync(entry.SiloAddress, Token);
            var oldTag = inserted.Members[0].Item2;
            entry.Status = SiloStatus.Active;
            entry.AddSuspector(Entry().SiloAddress, Noon);
            entry.AddSuspector(Entry().SiloAddress, Noon.AddMilliseconds(1_001));

            Assert.False(await Table.UpdateRowAsync(entry, oldTag, old, Token));
            Assert.True(await Table.UpdateRowAsync(entry, oldTag, inserted.Version.Next(), Token));
            var updated = await Table.ReadRowAsync(entry.SiloAddress, Token);
            Assert.False(await Table.UpdateRowAsync(entry, oldTag, inserted.Version.Next(), Token));
            Assert.False(await Table.UpdateRowAsync(entry, updated.Members[0].Item2, inserted.Version.Next(), Token));

            Assert.Equal(2 * silo, updated.Version.Version);
            Assert.Equal(entry.ToFullString(), updated.Members[0].Item1.ToFullString());
            AssertSame(updated, await Table.ReadRowAsync(entry.SiloAddress, Token));
        }
    }

    [Fact]
    public async Task InsertRowAndUpdateRow_ManyAtOnce_EachSuccessIsOneVersion()
    {
        var entry = Entry();
        var version = (await Table.ReadAllAsync(Token)).Version.Next();

        var inserted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Table.InsertRowAsync(entry, version, Token)));
        Assert.Single(inserted, isInserted => isInserted);
        await Task.WhenAll(Enumerable.Range(0, 19).Select(async number =>
        {
            while (true)
            {
                var read = await Table.ReadRowAsync(entry.SiloAddress, Token);
                var changed = read.Members[0].Item1;
                changed.ProxyPort = 1_000 + number;
                if (await Table.UpdateRowAsync(changed, read.Members[0].Item2, read.Version.Next(), Token)) return;
            }
        }));

        var all = await Table.ReadAllAsync(Token);
        Assert.Equal(20, all.Version.Version);
        Assert.Single(all.Members);
    }

    [Fact]
    public async Task UpdateIAmAlive_EntryWithNothingElse_ChangesThatColumnOnly()
    {
        var entry = Entry();
        entry.AddSuspector(Entry().SiloAddress, Noon);
        await Insert(entry);
        var before = await Table.ReadAllAsync(Token);

        await Table.UpdateIAmAliveAsync(new() { SiloAddress = entry.SiloAddress, IAmAliveTime = Noon.AddMinutes(5) }, Token);

        var after = await Table.ReadAllAsync(Token);
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
        var oldActive = Entry(status: SiloStatus.Active, time: old);
        var youngDead = Entry(status: SiloStatus.Dead, time: young);
        foreach (var entry in (MembershipEntry[])[oldDead, oldActive, youngDead]) await Insert(entry);

        await Table.CleanupDefunctSiloEntriesAsync(new(Noon.AddDays(-5)), Token);

        AssertMembers(await Table.ReadAllAsync(Token), [oldActive, youngDead]);
    }

    [Fact]
    public async Task GetGateways_MembersOfAllKinds_GivesActiveOnesWithAPort()
    {
        var gateway = Entry(status: SiloStatus.Active);
        var noGateway = Entry(status: SiloStatus.Active);
        noGateway.ProxyPort = 0;
        foreach (var entry in (MembershipEntry[])[gateway, noGateway, Entry(status: SiloStatus.Dead), Entry(status: SiloStatus.Joining)]) await Insert(entry);
        var gateways = OpenGateways();

        await gateways.InitializeGatewayListProvider();

        var address = gateway.SiloAddress;
        Assert.Equal([SiloAddress.New(address.Endpoint.Address, gateway.ProxyPort, address.Generation).ToGatewayUri()], await gateways.GetGateways());
    }

    [Fact]
    public async Task DeleteMembershipTableEntries_OfOneCluster_LeavesTheOther()
    {
        var other = await Open($"{Cluster}2");
        await InsertInto(other, Entry());
        await Insert(Entry());

        await Table.DeleteMembershipTableEntriesAsync(Cluster, Token);
        await Table.InitializeMembershipTableAsync(true, Token);

        var anew = await Table.ReadAllAsync(Token);
        Assert.Empty(anew.Members);
        Assert.Equal(0, anew.Version.Version);
        Assert.Single((await other.ReadAllAsync(Token)).Members);
    }

    /// <summary>Whatever has to be there before a table is opened.</summary>
    protected virtual ValueTask Prepare() => ValueTask.CompletedTask;

    /// <summary>A cluster's table, ready for use.</summary>
    protected abstract ValueTask<IMembershipTable> Open(string clusterId);

    /// <summary>What a client of <see cref="Cluster"/> finds gateways with.</summary>
    protected abstract IGatewayListProvider OpenGateways();

    protected static MembershipEntry Entry(IPAddress? address = null, SiloStatus status = SiloStatus.Joining, DateTime? time = null) => new()
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

    protected static async Task InsertInto(IMembershipTable table, MembershipEntry entry) =>
        Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token));

    protected Task Insert(MembershipEntry entry) => InsertInto(Table, entry);

    protected static void AssertSame(MembershipTableData expected, MembershipTableData actual)
    {
        Assert.Equal(expected.Version, actual.Version);
        Assert.Equal(
            expected.Members.Select(member => (member.Item1.ToFullString(), member.Item2)).Order(),
            actual.Members.Select(member => (member.Item1.ToFullString(), member.Item2)).Order());
    }

    protected static void AssertMembers(MembershipTableData data, MembershipEntry[] expected) => Assert.Equal(
        expected.Select(entry => entry.ToFullString()).Order(StringComparer.Ordinal),
        data.Members.Select(member => member.Item1.ToFullString()).Order(StringComparer.Ordinal));
}
