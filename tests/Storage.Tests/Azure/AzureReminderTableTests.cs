using Azure.Data.Tables;
using Dtao.AzuriteKit;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using Orleans.Runtime;

namespace Dtao.Storage.Tests;

/// <summary>The behaviours of any reminder table, on Azure Tables, and what only those have: other services, lost answers, rows.</summary>
public sealed class AzureReminderTableTests(AzuriteFixture azurite) : ReminderTableSuite
{
    private const string Service = @"a/service\with#all?signs";
    private readonly FaultPolicy policy = new();
    private AzureTableReminderStorageOptions options = null!;

    protected override async ValueTask<IReminderTable> Open()
    {
        var service = AzureTableHarness.Options(await azurite.ServerAsync(), policy);
        options = new() { TableName = AzuriteFixture.NewName(), TableServiceClient = service.TableServiceClient };
        options.StoragePolicyOptions.PauseBetweenOperationRetries = TimeSpan.FromMilliseconds(1);
        return await Open(Service);
    }

    [Fact]
    public async Task ReadRows_OtherServicesInTheSameTable_AreLeftOut()
    {
        var entry = Entry("grain 1", "reminder");
        await Table.UpsertRow(entry, Token);
        // Its name begins as this one's and goes on as its partitions do, so that its rows lie between them.
        var other = await Open($"{Service}_7FFFFFFF");
        await other.UpsertRow(Entry("grain 1", "of another"), Token);

        Assert.Equal("reminder", Assert.Single((await Table.ReadRows(0, uint.MaxValue, Token)).Reminders).ReminderName);
        Assert.Equal("reminder", Assert.Single((await Table.ReadRows(5, 5, Token)).Reminders).ReminderName);
        Assert.Equal("reminder", Assert.Single((await Table.ReadRows(entry.GrainId, Token)).Reminders).ReminderName);
        await Table.TestOnlyClearTable(Token);
        Assert.Empty((await Table.ReadRows(0, 0, Token)).Reminders);
        Assert.Equal("of another", Assert.Single((await other.ReadRows(0, 0, Token)).Reminders).ReminderName);
    }

    [Fact]
    public async Task UpsertAndRemove_AnswersLost_AreDone()
    {
        var entry = Entry("a", "reminder");
        policy.Script(Fault.AnswerLost, Fault.Throttled);
        var tag = await Table.UpsertRow(entry, Token);
        AssertSame(entry, tag, await Table.ReadRow(entry.GrainId, "reminder", Token));

        policy.Script(Fault.AnswerLost);
        Assert.True(await Table.RemoveRow(entry.GrainId, "reminder", tag!, Token));

        policy.Decide = _ => Fault.NotSent;
        var unanswered = await Assert.ThrowsAsync<StoreException>(() => Table.UpsertRow(entry, Token));
        Assert.Equal(StoreErrorCode.Unanswered, unanswered.Code);
        Assert.Null(await Table.ReadRow(entry.GrainId, "reminder", Token));
    }

    [Fact]
    public async Task ReadRows_RowThatCannotBeRead_IsLeftOut()
    {
        var entry = Entry("a", "reminder");
        await Table.UpsertRow(entry, Token);
        var client = await Client();
        var badTime = ReminderRows.Of(Service, "cluster", Entry("b", "reminder"));
        badTime["StartAt"] = "yesterday";
        var badType = ReminderRows.Of(Service, "cluster", Entry("c", "reminder"));
        badType["Period"] = 5;
        var nobodys = ReminderRows.Of(Service, "cluster", Entry("d", "reminder"));
        nobodys["ServiceId"] = 5;
        foreach (var row in (TableEntity[])[badTime, badType, nobodys]) await client.AddEntityAsync(row, TestContext.Current.CancellationToken);

        AssertSame(entry, null, Assert.Single((await Table.ReadRows(0, 0, Token)).Reminders));
    }

    [Fact]
    public async Task EveryCall_TableDeleted_IsRefused()
    {
        var entry = Entry("a", "reminder");
        var tag = await Table.UpsertRow(entry, Token);
        await (await Client()).DeleteAsync(TestContext.Current.CancellationToken);

        foreach (var call in (Func<Task>[])
        [
            () => Table.ReadRow(entry.GrainId, "reminder", Token),
            () => Table.ReadRows(entry.GrainId, Token),
            () => Table.ReadRows(0, 0, Token),
            () => Table.UpsertRow(entry, Token),
            () => Table.RemoveRow(entry.GrainId, "reminder", tag!, Token),
        ])
        {
            Assert.Equal(StoreErrorCode.Refused, (await Assert.ThrowsAsync<StoreException>(call)).Code);
        }
    }

    [Fact]
    public async Task UpsertRow_PlainNames_WritesTheOfficialRow()
    {
        var plain = await Open("ledger");
        await plain.UpsertRow(Entry("12", "wake-up"), Token);
        var hash = Grain("12").GetUniformHashCode();

        TableEntity row = await (await Client()).GetEntityAsync<TableEntity>(
            $"ledger_{hash:X8}", "sample_12-wake-up", null, TestContext.Current.CancellationToken);

        Assert.Equal(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["GrainReference"] = "sample/12",
                ["ReminderName"] = "wake-up",
                ["ServiceId"] = "ledger",
                ["DeploymentId"] = "a/cluster",
                ["StartAt"] = "2026-11-29 12:00:00.123 GMT",
                ["Period"] = "00:01:30",
                ["GrainRefConsistentHash"] = $"{hash:X8}",
            },
            new SortedDictionary<string, object>(
                row.Where(column => column.Key is not ("odata.etag" or "PartitionKey" or "RowKey" or "Timestamp")).ToDictionary(StringComparer.Ordinal),
                StringComparer.Ordinal));
    }

    [Fact]
    public async Task UpsertRow_NameThatIsNotText_IsRefused() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.UpsertRow(Entry("a", "\udc00"), Token));

    [Theory]
    [InlineData(false, "OrleansReminders", "no account")]
    [InlineData(true, "no-table", "no-table")]
    public void UseAzureTableReminderService_WrongOptions_AreRefusedByName(bool hasAccount, string tableName, string named)
    {
        AzureTableReminderStorageOptions wrong = new() { TableName = tableName };
        if (hasAccount) wrong.ConfigureTableServiceClient("UseDevelopmentStorage=true");

        var refused = Assert.Throws<OrleansConfigurationException>(new AzureTableReminderStorageOptionsValidator(wrong).ValidateConfiguration);

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    private Task<TableClient> Client() => AzureTables.Open("test", options, TimeProvider.System);

    private async Task<AzureReminderTable> Open(string serviceId)
    {
        AzureReminderTable opened = new(
            Microsoft.Extensions.Options.Options.Create(options),
            Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ServiceId = serviceId, ClusterId = "a/cluster" }),
            NullLogger<AzureReminderTable>.Instance);
        await opened.StartAsync(TestContext.Current.CancellationToken);
        return opened;
    }
}
