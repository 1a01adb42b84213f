using System.Diagnostics;
using System.Globalization;
using Dtao.AzuriteKit;
using Dtao.Benchmarks.Loads;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Genesis;
using Orleans.Runtime;

namespace Dtao.Benchmarks.Clusters;

/// <summary>A silo joins two others under load, on the emulator's tables: how long until it has its share, and what the load notices.</summary>
internal static class JoinRun
{
    private const int Subnets = 30;
    private const int Accounts = 64;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(SystemOptions options, Report report)
    {
        await using var server = await AzuriteServer.StartAsync();
        var cluster = new ClusterSiloOptions { Account = new AzureAccount { ConnectionString = server.ConnectionString } };
        var genesis = new AgreedGenesis(Document(), null);
        List<ClusterSilo> silos = [await ClusterSilo.StartAsync(cluster, genesis), await ClusterSilo.StartAsync(cluster, genesis)];
        try
        {
            var load = new DurableLoad(silos[0].Grains, Accounts, gateOf: account => silos[account % 2].Grains) { ClosesBlocks = false };
            report.Add(await load.RunAsync("join: two silos", options, Subnets));
            await Tell(silos[0], "before");

            var running = load.RunAsync("join: while one joins", options with { WarmUpSeconds = 1, Seconds = 20 }, Subnets);
            var asked = Stopwatch.GetTimestamp();
            silos.Add(await ClusterSilo.StartAsync(cluster, genesis));
            Console.WriteLine($"joined after {Seconds(asked)} s");
            while (Stopwatch.GetElapsedTime(asked) < s_patience)
            {
                var counts = await SpreadNetwork.Count(silos[0].Grains, "SubnetPool");
                if (counts.Count == silos.Count && counts.Values.Max() - counts.Values.Min() <= 1) break;
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }

            Console.WriteLine($"pools evenly spread after {Seconds(asked)} s");
            report.Add(await running);
            await Tell(silos[0], "after");
            report.Add(await load.RunAsync("join: three silos", options, Subnets));
        }
        finally
        {
            foreach (var silo in silos) await silo.DisposeAsync();
        }
    }

    private static string Seconds(long since) => Stopwatch.GetElapsedTime(since).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static async Task Tell(ClusterSilo silo, string when)
    {
        foreach (var kind in new[] { "SubnetPool", "StakerAccount" })
        {
            var counts = await SpreadNetwork.Count(silo.Grains, kind);
            Console.WriteLine($"{when}, {kind} by silo: {string.Join(", ", counts.Values.OrderDescending())}");
        }
    }

    private static GenesisDocument Document()
    {
        var state = BenchmarkNetwork.Genesis(Subnets, Accounts).State;
        return new GenesisDocument
        {
            Name = "benchmark",
            NetworkId = "benchmark",
            BlockIntervalMilliseconds = 1_000,
            Parameters = state.Parameters,
            Balances = [.. state.Balances.Select(balance => new DocumentBalance(string.Empty, balance.Account, balance.Free))],
            Hotkeys = [.. state.Hotkeys.Select(hotkey => new DocumentHotkey(string.Empty, hotkey.Hotkey, hotkey.Record.Owner, Take.Default))],
            Subnets = [.. state.Subnets.Select(subnet => new DocumentSubnet(string.Empty, subnet.Books) { Name = $"subnet {subnet.Books.Netuid}", Symbol = "S" })],
            Stakes = [.. state.Stakes.Select(stake => new DocumentStake(string.Empty, stake.Position.Hotkey, stake.Position.Coldkey, stake.Position.Netuid, stake.Amount))],
        };
    }
}
