using System.Security.Cryptography;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Silo.Tests;

/// <summary>Clients that send operations of every route and keep what they were told.</summary>
internal sealed class MixedLoad
{
    private const int WorkersPerAccount = 2;
    private const int Swappers = 4;
    private const int BatchWorkers = 3;
    private const int BatchSize = 24;
    private readonly ToldOperations _told;
    private readonly List<Worker> _workers;
    private readonly List<BatchWorker> _batchWorkers;

    /// <param name="told">What comes of the operations that are sent one by one.</param>
    /// <param name="toldOfBatches">What comes of those that are sent together; null = none are.</param>
    public MixedLoad(int seed, ToldOperations told, ToldOperations? toldOfBatches = null)
    {
        _told = told;
        var signers = Signers.SelectMany(signer => Enumerable.Repeat(signer, WorkersPerAccount));
        _workers = [.. signers.Select((signer, number) => new Worker(told, signer, toldOfBatches is not null && IsSwapper(signer), new Random(seed + number)))];
        var batches = toldOfBatches is null ? 0 : BatchWorkers;
        _batchWorkers = [.. Enumerable.Range(1, batches).Select(number => new BatchWorker(toldOfBatches!, ofSwaps: number > 1, new Random(seed - number)))];
    }

    public static IReadOnlyList<AccountId> Signers { get; } = [.. Enumerable.Range(0, CrashGenesis.Stakers).Select(Staker), Owner];

    /// <summary>Where there are batches, some accounts do nothing but swap at one pool at a time: nothing of theirs waits in line, and clients wait for the log outside of the account.</summary>
    public static bool IsSwapper(AccountId signer) => Signers.Take(Swappers).Contains(signer);

    /// <summary>Sends from all accounts. What was begun before and never answered is asked for again, half of it.</summary>
    public Task[] Run(DtaoClient client, CancellationToken over)
    {
        var again = _told.Unanswered.Values.Where((_, place) => place % 2 == 0).ToLookup(operation => operation.Signer);
        var work = _workers.Select(worker => worker.Run(client, worker.IsFirstOfSigner(_workers) ? [.. again[worker.Signer]] : [], over));
        return [.. work, .. _batchWorkers.Select(worker => worker.Run(client, over))];
    }

    /// <summary>Sends from all accounts until <paramref name="whenToKill"/> ends, then kills while others are under way.</summary>
    /// <returns>How many operations were under way at the kill.</returns>
    public async Task<int> RunUntil(DtaoClient client, Func<Task> whenToKill, Func<Task> kill)
    {
        using var over = new CancellationTokenSource();
        var work = Run(client, over.Token);
        try
        {
            await Task.WhenAny(whenToKill(), Task.WhenAll(work));
        }
        finally
        {
            await kill();
            await over.CancelAsync();
        }

        await Task.WhenAll(work);
        return _workers.Count(worker => worker.WasUnderWay);
    }

    private static async Task<Operation> Prepare(DtaoClient client, AccountId signer, Call call, CancellationToken over)
    {
        var (id, lastValidBlock) = await client.CreateTicketAsync(over);
        return new Operation { Id = id, Signer = signer, Call = call, LastValidBlock = lastValidBlock, NetworkId = CrashGenesis.NetworkId };
    }

    private sealed class Worker(ToldOperations told, AccountId signer, bool swapsOnly, Random random)
    {
        public AccountId Signer => signer;

        public bool WasUnderWay { get; private set; }

        public bool IsFirstOfSigner(List<Worker> workers) => workers.First(worker => worker.Signer == signer) == this;

        public async Task Run(DtaoClient client, Operation[] first, CancellationToken over)
        {
            WasUnderWay = false;
            try
            {
                foreach (var operation in first) told.Tell(await client.SubmitAsync(operation, over));
                while (true)
                {
                    var operation = await Prepare(client, signer, swapsOnly ? NextSwap(random) : NextCall(signer, random), over);
                    told.Begin(operation);
                    WasUnderWay = true;
                    told.Tell(await client.SubmitAsync(operation, over));
                    WasUnderWay = false;
                }
            }
            catch (Exception caught) when (over.IsCancellationRequested && caught is not Xunit.Sdk.XunitException)
            {
                // The process is dead; what was under way stays among the unanswered.
            }
        }
    }

    /// <summary>Sends operations of several accounts together.</summary>
    /// <param name="ofSwaps">Swaps alone: such a batch waits for nothing but the log at its end.</param>
    private sealed class BatchWorker(ToldOperations told, bool ofSwaps, Random random)
    {
        public async Task Run(DtaoClient client, CancellationToken over)
        {
            while (true)
            {
                var operations = new List<Operation>();
                while (operations.Count < BatchSize)
                {
                    var signer = ofSwaps ? Signers[random.Next(Swappers)] : Signers[random.Next(Swappers, Signers.Count)];
                    var call = ofSwaps ? NextSwap(random) : NextCall(signer, random);
                    operations.Add(await Prepare(client, signer, call, over));
                }

                foreach (var operation in operations) told.Begin(operation);
                foreach (var result in await client.SubmitManyAsync(operations, over)) told.Tell(result);
            }
        }
    }

    private static Call NextCall(AccountId signer, Random random)
    {
        if (signer == Owner) return NextOfOwner(random);
        var other = Staker(random.Next(CrashGenesis.Stakers));
        var tao = NextTao(random);
        var alpha = NextAlpha(random);
        return random.Next(16) switch
        {
            < 5 => NextSwap(random),
            5 => Calls.SwapStake(Hot, One, Two, alpha),
            6 => Calls.MoveStake(Warm, Hot, Two, One, alpha),
            7 => Calls.TransferStake(other, Hot, One, One, alpha),
            8 => Calls.TransferStake(other, Hot, One, Two, alpha),
            9 => Calls.SwapStake(Warm, Two, One, alpha),
            10 => random.Next(4) == 0 ? Calls.UnstakeAll(Warm) : Calls.AddStake(Warm, SmallNetwork.Root, tao),
            11 => random.Next(2) == 0 ? Calls.AddStake(Hot, One, new Tao(1)) : Calls.RemoveStake(Ghost, Two, alpha),
            12 => Calls.TryAssociateHotkey(NewKey(random)),
            13 => Calls.Transfer(NewKey(random), tao, keepAlive: true),
            _ => Calls.Transfer(other, tao, keepAlive: true),
        };
    }

    private static Call NextSwap(Random random) => random.Next(5) switch
    {
        0 or 1 => Calls.AddStake(Hot, One, NextTao(random)),
        2 => Calls.AddStake(Warm, Two, NextTao(random)),
        3 => Calls.RemoveStake(Hot, One, NextAlpha(random)),
        _ => Calls.RemoveStake(Warm, Two, NextAlpha(random)),
    };

    private static Tao NextTao(Random random) => new((ulong)random.NextInt64(10_000_000, 500_000_000));

    private static Alpha NextAlpha(Random random) => new((ulong)random.NextInt64(50_000_000, 900_000_000));

    private static Call NextOfOwner(Random random)
    {
        var take = new Take((ushort)random.Next(1, 11_000));
        var hotkey = random.Next(2) == 0 ? Hot : Warm;
        return random.Next(3) switch
        {
            0 => Calls.IncreaseTake(hotkey, take),
            1 => Calls.DecreaseTake(hotkey, take),
            _ => Calls.TryAssociateHotkey(NewKey(random)),
        };
    }

    private static AccountId NewKey(Random random)
    {
        var bytes = new byte[AccountId.Length];
        random.NextBytes(bytes);
        return new AccountId(SHA256.HashData(bytes));
    }
}
