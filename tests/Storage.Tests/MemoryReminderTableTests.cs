using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Dtao.Storage.Tests;

/// <summary>The behaviours on the framework's own reminders in memory: the suite asks for nothing that only a table on Azure has.</summary>
public sealed class MemoryReminderTableTests(MemoryReminders reminders) : ReminderTableSuite, IClassFixture<MemoryReminders>
{
    protected override async ValueTask<IReminderTable> Open()
    {
        var table = reminders.Table;
        await table.TestOnlyClearTable(Token);
        return table;
    }
}

/// <summary>A silo that keeps reminders in memory.</summary>
public sealed class MemoryReminders : IAsyncLifetime
{
    private InProcessTestCluster? cluster;

    internal IReminderTable Table => cluster!.GetSiloServiceProvider().GetRequiredService<IReminderTable>();

    public async ValueTask InitializeAsync()
    {
        InProcessTestClusterBuilder builder = new(1);
        builder.ConfigureSilo((_, silo) => silo.UseInMemoryReminderService());
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null) await cluster.DisposeAsync();
    }
}
