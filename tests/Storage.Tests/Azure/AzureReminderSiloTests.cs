using System.Collections.Concurrent;
using Dtao.AzuriteKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Dtao.Storage.Tests;

/// <summary>Reminders of a cluster that outlive its silos.</summary>
public sealed class AzureReminderSiloTests(AzuriteFixture azurite)
{
    private const int TimeMaxMs = 420_000;
    private static readonly string[] Keys = [.. Enumerable.Range(0, 8).Select(number => $"alarm/{number}")];

    [Theory(Timeout = TimeMaxMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UseAzureTableReminderService_ClusterStartsAgain_RemindsWithoutBeingAsked(bool isByConfiguration)
    {
        var server = await azurite.ServerAsync();
        var table = AzuriteFixture.NewName();
        await using (var first = await Start(server, table, isByConfiguration, new()))
        {
            await Task.WhenAll(Keys.Select(key => first.Client.GetGrain<IAlarmGrain>(key).Set()));
            await first.StopAllSilosAsync(TestContext.Current.CancellationToken);
        }

        Alarms alarms = new();
        await using var second = await Start(server, table, isByConfiguration, alarms);

        // Nobody calls the grains: they are there because the table says so.
        foreach (var key in Keys) await alarms.Rung(key).WaitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(Keys.Select(key => second.Client.GetGrain<IAlarmGrain>(key).Unset()));
        var left = await second.GetSiloServiceProvider().GetRequiredService<IReminderTable>().ReadRows(0, 0, TestContext.Current.CancellationToken);
        Assert.Empty(left.Reminders);
    }

    private static async Task<InProcessTestCluster> Start(AzuriteServer server, string table, bool isByConfiguration, Alarms alarms)
    {
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Orleans:Reminders:ProviderType"] = "AzureTableStorage",
            ["Orleans:Reminders:ConnectionName"] = "account",
            ["Orleans:Reminders:TableName"] = table,
            ["ConnectionStrings:account"] = server.ConnectionString,
        };
        InProcessTestClusterBuilder builder = new(2);
        builder.Options.ServiceId = "alarms";
        if (isByConfiguration) builder.ConfigureSiloHost((_, host) => host.Configuration.AddInMemoryCollection(settings));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(alarms);
            silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = AlarmGrain.Period);
            if (isByConfiguration) return;
            silo.UseAzureTableReminderService(options =>
            {
                options.ConfigureTableServiceClient(server.ConnectionString);
                options.TableName = table;
            });
        });
        var cluster = builder.Build();
        try
        {
            await cluster.DeployAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Which alarms have rung in one cluster.</summary>
public sealed class Alarms
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> rung = new(StringComparer.Ordinal);

    public Task Rung(string key) => Of(key).Task;

    public void Ring(string key) => Of(key).TrySetResult();

    private TaskCompletionSource Of(string key) => rung.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

[Alias("Dtao.Storage.Tests.IAlarmGrain")]
public interface IAlarmGrain : IGrainWithStringKey
{
    [Alias("Set")]
    Task Set();

    [Alias("Unset")]
    Task Unset();
}

public sealed class AlarmGrain(Alarms alarms) : Grain, IAlarmGrain, IRemindable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const string Name = "wake/up";

    public Task Set() => this.RegisterOrUpdateReminder(Name, Period, Period);

    public async Task Unset() => await this.UnregisterReminder((await this.GetReminder(Name))!);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        alarms.Ring(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }
}
