using System.CommandLine;
using System.Globalization;
using System.Net;
using Dtao.Cli.Clusters;
using Dtao.Client;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Demo;
using Dtao.LoadTest;
using Dtao.LoadTest.Runs;

namespace Dtao.Cli.Commands;

/// <summary><c>load</c>: the load tester, which also knows the clusters of <c>dtao cluster up</c>.</summary>
internal static class LoadCommands
{
    public const string Name = "load";

    private const string ClusterWord = "cluster";
    private const int FaultsMax = 1_000;

    public static Command Create(CliContext context)
    {
        var stops = new Option<bool>("--stop-cluster") { Description = $"Of '--gateway {ClusterWord}:DIR': stop its silos at the end, and audit what they stored" };
        var chaos = new Option<int>("--chaos") { Description = $"Of '--gateway {ClusterWord}:DIR': so many silos are killed or stopped during the load, one after the other, and started again; 0 to {FaultsMax}" };
        chaos.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > FaultsMax) result.AddError($"--chaos is 0 to {FaultsMax}.");
        });
        var command = new Command(Name, "Load a network with stakers that trade, measure it, and prove that nothing was lost.") { stops, chaos };
        var load = new LoadContext(context.Output, context.Error, context.HasColour, $"dtao {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}")
        {
            Prefix = [Name],
            Find = Find,
            // Which folder is settled before anything is started.
            Audit = (gateways, parsed) =>
            {
                if (!parsed.GetValue(stops)) return null;
                var folder = FolderOf(gateways);
                return token => StopAndAudit(folder, token);
            },
            Faults = (gateways, parsed, seconds, seed) =>
            {
                if (parsed.GetValue(chaos) is not (> 0 and var count)) return null;
                var folder = FolderOf(gateways);
                return new FaultScript(count, (told, over) => Hit(folder, count, seconds, seed, told, over));
            },
        };
        return LoadCommand.AddTo(command, load);
    }

    private static LiveNetwork Find(IReadOnlyList<string> gateways)
    {
        if (!IsCluster(gateways)) return LiveNetwork.Of(gateways);
        var folder = FolderOf(gateways);
        if (ClusterState.Read(folder) is not { Gateways: { Count: > 0 } found }) throw new NetworkUnreachableException($"No silo of a cluster runs in {folder}.", null);
        return new LiveNetwork(found, () => ProcessesOf(folder));
    }

    /// <summary>As they run now: a silo that was started again is another process.</summary>
    private static WatchedProcess[] ProcessesOf(string folder)
    {
        if (ClusterState.Read(folder) is not { } state) return [];
        var silos = state.Silos.Where(silo => silo.Process.IsAlive).OrderBy(silo => silo.Number).Select(silo => new WatchedProcess(string.Create(CultureInfo.InvariantCulture, $"silo {silo.Number}"), silo.Process.Id));
        return state.Storage is { IsAlive: true } storage ? [.. silos, new WatchedProcess("storage emulator", storage.Id)] : [.. silos];
    }

    private static bool IsCluster(IReadOnlyList<string> gateways) =>
        gateways.Count == 1 && (gateways[0] == ClusterWord || gateways[0].StartsWith(ClusterWord + ":", StringComparison.Ordinal));

    private static string FolderOf(IReadOnlyList<string> gateways)
    {
        if (!IsCluster(gateways)) throw new LoadUsageException($"This needs a cluster of 'dtao cluster up': write --gateway {ClusterWord}:DIR.");
        return gateways[0] == ClusterWord ? ClusterState.FolderDefault : gateways[0][(ClusterWord.Length + 1)..];
    }

    private static async Task<StoredBooks> StopAndAudit(string folder, CancellationToken cancellationToken)
    {
        using var cluster = LocalCluster.Open(folder, TextWriter.Null);
        var state = ClusterState.Read(folder)!;
        await Task.WhenAll(state.Silos.Select(silo => cluster.Stop(silo.Number, cancellationToken)));
        await using var store = await ClusterStore.OpenAsync(state.Store, cancellationToken);
        var image = await store.ReadImageAsync(cancellationToken);
        return new StoredBooks(await store.AuditAsync(image), image);
    }

    /// <summary>Kills and stops silos by turns, evenly over the load; each serves again before the next one is hit.</summary>
    /// <param name="told">Of each when the silo serves again.</param>
    private static async Task Hit(string folder, int count, int seconds, ulong seed, Action<Strike> told, CancellationToken over)
    {
        var (draw, clock) = (new SplitMix(seed), System.Diagnostics.Stopwatch.StartNew());
        using var cluster = LocalCluster.Open(folder, TextWriter.Null);
        for (var number = 0; number < count; number++)
        {
            var at = seconds * 1_000L * (number + 1) / (count + 1);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, at - clock.ElapsedMilliseconds)), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return;
            var silos = ClusterState.Read(folder)!.Silos;
            var silo = silos[(int)draw.Below((ulong)silos.Count)].Number;
            var isKill = number % 2 == 0;
            var hit = clock.ElapsedMilliseconds;
            if (isKill) await cluster.Kill(silo, CancellationToken.None);
            else await cluster.Stop(silo, CancellationToken.None);
            await cluster.Start(silo, CancellationToken.None);
            told(new(hit, clock.ElapsedMilliseconds, $"silo {silo} was {(isKill ? "killed" : "stopped")} and started again"));
        }
    }
}
