using Dtao.Benchmarks.Loads;
using Dtao.Grains;
using Dtao.Grains.Subnets;
using Orleans.Runtime;

namespace Dtao.Benchmarks.Clusters;

/// <summary>
/// What it costs that actors live in several silos. All silos share this process and its cores, so that more of them never make anything faster here: what can be read is what
/// one arrangement costs against another.
/// </summary>
internal static class ClusterRun
{
    private const int Pools = 64;

    private static readonly int[] s_subnets = [128, 1_024];

    public static async Task<int> RunAsync(string[] args)
    {
        if (ClusterOptions.Parse(args) is not { } options)
        {
            Console.Error.WriteLine($"usage: Benchmarks cluster {ClusterOptions.Usage}");
            return 2;
        }

        var load = options.Load;
        Console.WriteLine($"{Machine.Line}, {load.Seconds} s a phase after {load.WarmUpSeconds} s of warm-up, {options.Rounds} rounds");
        var report = new Report(Console.Out);
        report.Head();
        var isSound = true;
        if (load.Runs("fanout")) await FanOut(options, report);
        if (load.Runs("blocks")) isSound &= await Blocks(options, report);
        if (load.Runs("placement")) isSound &= await Placement(options, report);
        if (load.Runs("hot")) isSound &= await Hot(options, report);
        if (load.Runs("join")) await JoinRun.RunAsync(load, report);
        return isSound ? 0 : 1;
    }

    /// <summary>A block's message to stand-ins for subnets: one to each, or one to each silo.</summary>
    private static async Task FanOut(ClusterOptions options, Report report)
    {
        foreach (var silos in options.Silos.Where(silos => silos > 1))
        {
            await using var network = await SpreadNetwork.StartAsync(silos, 1, 1, 1_000);
            foreach (var subnets in s_subnets)
            {
                var source = network.Grains.GetGrain<IFanOutSourceGrain>(subnets);
                await SpreadNetwork.At(network.Gates[0], () => source.Begin(subnets, [.. network.Gates.Select(gate => gate.Silo)]));
                for (var round = 0; round < options.Rounds; round++)
                {
                    report.Add(await Loop($"direct, {subnets}, {silos} silos", options, source.Direct));
                    report.Add(await Loop($"relays, {subnets}, {silos} silos", options, source.Relayed));
                }
            }
        }
    }

    private static Task<PhaseResult> Loop(string name, ClusterOptions options, Func<Task<int>> step) =>
        ClosedLoop.RunAsync(name, 1, options.Load.WarmUp, options.Load.Length, async _ =>
        {
            await step();
            return StepEnd.Done;
        });

    private static async Task<bool> Blocks(ClusterOptions options, Report report)
    {
        var isSound = true;
        foreach (var subnets in s_subnets)
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var silos in options.Silos)
                {
                    await using var network = await SpreadNetwork.StartAsync(silos, subnets, 1, 1_000);
                    var result = await BlockLoad.RunAsync(network.Grains, options.Load, subnets);
                    report.Add(result with { Name = $"block, {subnets}, {silos} silos" });
                    isSound &= network.Audit();
                }
            }
        }

        return isSound;
    }

    /// <summary>Accounts trade on one subnet each; where they live is put against where their clients and their pools are.</summary>
    private static async Task<bool> Placement(ClusterOptions options, Report report)
    {
        var (isSound, places) = (true, Enum.GetValues<AccountPlace>());
        foreach (var silos in options.Silos.Where(silos => silos > 1))
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                // Each in another turn, so that what else the machine does meets all of them alike.
                for (var turn = 0; turn < places.Length; turn++) isSound &= await Place(options, report, silos, places[(round + turn) % places.Length]);
            }
        }

        return isSound;
    }

    private static async Task<bool> Place(ClusterOptions options, Report report, int silos, AccountPlace place)
    {
        var accounts = options.Load.Accounts;
        await using var network = await SpreadNetwork.StartAsync(silos, Pools, accounts, BenchmarkNetwork.ReserveTao);
        for (var account = 0; account < accounts; account++)
        {
            var grain = network.Grains.Account(BenchmarkNetwork.Account(account));
            if (SiloFor(network, account, place) is { } gate) await SpreadNetwork.At(gate, grain.GetFree);
        }

        var load = new DurableLoad(network.Grains, accounts, gateOf: account => GateOf(network, account).Grains) { StaysOnOnePool = true };
        var result = await load.RunAsync("swaps", options.Load, Pools);
        report.Add(result with { Name = $"{Name(place)}, {silos} silos" });
        var counts = await SpreadNetwork.Count(network.Grains, "StakerAccount");
        if (place == AccountPlace.OrleansOwn) Console.WriteLine($"accounts by silo: {string.Join(", ", counts.Values.Order())}");
        return network.Audit();
    }

    /// <summary>Accounts of every pool come through every gate.</summary>
    private static Gate GateOf(SpreadNetwork network, int account) => network.Gates[account / Pools % network.Gates.Count];

    private static Gate? SiloFor(SpreadNetwork network, int account, AccountPlace place) => place switch
    {
        AccountPlace.Anywhere => network.Gates[(int)((ulong)account * 2_654_435_761 / 65_536 % (ulong)network.Gates.Count)],
        AccountPlace.AtItsClient => GateOf(network, account),
        AccountPlace.AtItsPool => network.GateOfPool(DurableLoad.FirstPoolOf(account, Pools)),
        _ => null,
    };

    private static string Name(AccountPlace place) => place switch
    {
        AccountPlace.Anywhere => "anywhere",
        AccountPlace.AtItsClient => "at client's",
        AccountPlace.AtItsPool => "at pool's",
        _ => "Orleans' own",
    };

    /// <summary>One pool takes all load.</summary>
    private static async Task<bool> Hot(ClusterOptions options, Report report)
    {
        var isSound = true;
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var silos in options.Silos)
            {
                await using var network = await SpreadNetwork.StartAsync(silos, Pools, options.Load.Accounts, BenchmarkNetwork.ReserveTao);
                var load = new DurableLoad(network.Grains, options.Load.Accounts, gateOf: account => GateOf(network, account).Grains);
                foreach (var pools in new[] { 1, Pools })
                {
                    var result = await load.RunAsync("swaps", options.Load, pools);
                    report.Add(result with { Name = pools == 1 ? $"one pool, {silos} silos" : $"{pools} pools, {silos} silos" });
                }

                isSound &= network.Audit();
            }
        }

        return isSound;
    }
}

/// <summary>Where an account lives.</summary>
internal enum AccountPlace
{
    /// <summary>In any silo, as by chance or by a hash of its key.</summary>
    Anywhere = 0,
    /// <summary>In the silo whose gateway its client uses.</summary>
    AtItsClient = 1,
    /// <summary>In the silo of the pool that it trades on.</summary>
    AtItsPool = 2,
    /// <summary>Where Orleans puts it that is asked for nothing.</summary>
    OrleansOwn = 3,
}
