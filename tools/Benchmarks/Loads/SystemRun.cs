using Dtao.Benchmarks.Transactions;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Network;
using Dtao.Keys;

namespace Dtao.Benchmarks.Loads;

/// <summary>Everything in one process and one run, so that the ratios hold whatever else the machine does.</summary>
internal static class SystemRun
{
    internal const int PoolsMax = 64;

    private static readonly int[] s_blockSizes = [16, 128, 1_024];
    private static readonly KeyScheme[] s_schemes = [KeyScheme.Sr25519, KeyScheme.Ed25519];

    public static async Task<int> RunAsync(string[] args)
    {
        if (SystemOptions.Parse(args) is not { } options)
        {
            Console.Error.WriteLine($"usage: Benchmarks system {SystemOptions.Usage}");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("dtao-benchmarks-");
        try
        {
            Console.WriteLine(
                $"{Machine.Line}, {options.Seconds} s a phase after {options.WarmUpSeconds} s of warm-up, and 1 to {ClosedLoop.CompilingPatienceSeconds} s more until hardly anything is compiled");
            using var stalls = options.Stalls;
            var report = new Report(Console.Out, stalls);
            report.Head();
            var isSound = await RunSwapsAsync(options, report, Path.Combine(folder.FullName, "swaps.db"));
            if (options.Runs("fees")) isSound &= await RunWithFeesAsync(options, report, Path.Combine(folder.FullName, "fees.db"));
            foreach (var scheme in options.Runs("signed") ? s_schemes : [])
            {
                isSound &= await RunSignedAsync(scheme, options, report, Path.Combine(folder.FullName, $"signed-{scheme}.db"));
            }

            if (options.Runs("batch")) isSound &= await RunBatchesAsync(options, report, Path.Combine(folder.FullName, "batch.db"));
            foreach (var subnets in options.Runs("blocks") ? s_blockSizes : [])
            {
                await using var network = await StartAsync(Path.Combine(folder.FullName, $"blocks-{subnets}.db"), subnets, accounts: 1, reserveTao: 1_000);
                report.Add(await BlockLoad.RunAsync(network.Grains, options, subnets));
                isSound &= Audit(network);
            }

            report.Ratios();
            return isSound ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> RunSwapsAsync(SystemOptions options, Report report, string database)
    {
        await using var network = await StartAsync(database, PoolsMax, options.Accounts, BenchmarkNetwork.ReserveTao);
        if (options.Runs("ping")) report.Add(await PingLoad.RunAsync(network.Grains, options));
        foreach (var pools in options.Runs("transactions") ? new[] { PoolsMax, 1 } : [])
        {
            foreach (var result in await TransactionLoad.RunAsync(network.Grains, options, pools)) report.Add(result);
        }

        var isSound = !options.Runs("durable") || await RunDurableAsync("durable", options, report, network);
        if (options.Runs("messages")) isSound &= await RunDurableAsync("durable by messages", options, report, network, byMessages: true);
        return isSound;
    }

    /// <summary>The same swaps on a network that charges each call a fee, beside that of the swap.</summary>
    private static async Task<bool> RunWithFeesAsync(SystemOptions options, Report report, string database)
    {
        await using var network = await StartAsync(database, PoolsMax, options.Accounts, BenchmarkNetwork.ReserveTao, BenchmarkNetwork.WithFees);
        return await RunDurableAsync("durable with fees", options, report, network);
    }

    /// <summary>The same swaps on a network that takes signed operations only. The load generator signs in the same process: what that takes is told beside it.</summary>
    private static async Task<bool> RunSignedAsync(KeyScheme scheme, SystemOptions options, Report report, string database)
    {
        using var signers = new BenchmarkSigners(scheme, options.Accounts);
        var like = new Operation
        {
            Id = OperationId.Create(),
            Signer = signers.Accounts[0],
            LastValidBlock = new BlockNumber(64),
            Call = new Call { Kind = CallKind.AddStake, Hotkey = BenchmarkNetwork.Hotkey(0), Netuid = new NetUid(1), Amount = BenchmarkNetwork.RaoPerTao },
        };
        Console.WriteLine($"{scheme}: the load generator takes {signers.Measure(like):N1} us to sign an operation");
        await using var network = await StartAsync(database, PoolsMax, options.Accounts, BenchmarkNetwork.ReserveTao, signers: signers.Accounts);
        return await RunDurableAsync($"durable, {scheme}", options, report, network, signers);
    }

    private static async Task<bool> RunDurableAsync(
        string name, SystemOptions options, Report report, NetworkHost network, BenchmarkSigners? signers = null, bool byMessages = false)
    {
        var load = new DurableLoad(network.Grains, options.Accounts, signers) { SendsMessages = byMessages };
        foreach (var pools in options.Pools) report.Add(await load.RunAsync(name, options, pools));
        Console.WriteLine($"operations: {load.Submitted:N0} submitted, {load.Applied:N0} applied, {load.Refused:N0} refused");
        return Audit(network) && load.Submitted == load.Applied + load.Refused;
    }

    /// <summary>The client's calls one by one, and many in one message: by a client in the silo's process, and by one that is connected to its gateway (both of this process).</summary>
    private static async Task<bool> RunBatchesAsync(SystemOptions options, Report report, string database)
    {
        await using var network = await StartAsync(database, PoolsMax, options.Accounts, BenchmarkNetwork.ReserveTao);
        await using var connected = await BatchLoad.ConnectAsync(network);
        var isSound = true;
        await using var inside = new DtaoClient(network.Grains);
        foreach (var (name, client) in new[] { ("inside", inside), ("gateway", connected) })
        {
            foreach (var pools in options.Pools)
            {
                var load = new BatchLoad(client, options.Accounts, pools);
                var coordinator = network.Grains.Coordinator();
                var where = pools == 1 ? "one pool" : $"{pools} pools";
                report.Add(await load.SingleByCallersAsync($"{name}, single by {load.Callers} callers, {where}", options, coordinator));
                report.Add(await load.SingleAsync($"{name}, single, {where}", options, coordinator));
                report.Add(await load.ManyAsync($"{name}, many, {where}", options, coordinator));
                isSound &= load.Submitted == load.Applied;
            }
        }

        return Audit(network) && isSound;
    }

    private static bool Audit(NetworkHost network)
    {
        using var view = network.Log.OpenReadView();
        var audit = LedgerAudit.Run(view);
        Console.WriteLine($"audit at block {audit.Block}: {(audit.IsClean ? "clean" : "NOT CLEAN")}");
        return audit.IsClean;
    }

    private static Task<NetworkHost> StartAsync(string database, int subnets, int accounts, ulong reserveTao, NetworkParameters? parameters = null, IReadOnlyList<AccountId>? signers = null) =>
        NetworkHost.StartAsync(new NetworkHostOptions
        {
            DatabasePath = database,
            Genesis = BenchmarkNetwork.Genesis(subnets, accounts, reserveTao, parameters, signers),
            DrivesBlocks = false,
            Silo = TransactionLoad.Configure,
        });
}
