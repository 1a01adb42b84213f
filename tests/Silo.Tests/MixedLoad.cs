using System.Collections.Concurrent;
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
    private readonly List<Worker> _workers;

    public MixedLoad(int seed)
    {
        var signers = Enumerable.Range(0, CrashGenesis.Stakers).Select(Staker).Append(Owner);
        _workers = [.. signers.SelectMany(signer => Enumerable.Repeat(signer, WorkersPerAccount)).Select((signer, number) => new Worker(this, signer, new Random(seed + number)))];
    }

    /// <summary>Receipts that a client has in hand, by operation.</summary>
    public ConcurrentDictionary<OperationId, (Operation Operation, Receipt Receipt)> Acknowledged { get; } = [];

    /// <summary>Operations that were sent and whose end nobody was told.</summary>
    public ConcurrentDictionary<OperationId, Operation> Unanswered { get; } = [];

    /// <summary>Sends from all accounts until <paramref name="whenToKill"/> ends, then kills while others are under way.</summary>
    /// <returns>How many operations were under way at the kill.</returns>
    public async Task<int> RunUntil(DtaoClient client, Func<Task> whenToKill, Func<Task> kill)
    {
        using var over = new CancellationTokenSource();
        var again = Unanswered.Values.Where((_, place) => place % 2 == 0).ToLookup(operation => operation.Signer);
        var work = _workers.Select(worker => worker.Run(client, worker.IsFirstOfSigner(_workers) ? [.. again[worker.Signer]] : [], over.Token)).ToArray();
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

    /// <summary>Asks for the outcome of everything that was never answered, each twice at once: each comes to one end.</summary>
    public async Task AskAgain(DtaoClient client)
    {
        foreach (var operations in Unanswered.Values.Chunk(32))
        {
            var twice = await Task.WhenAll(operations.Concat(operations).Select(operation => client.SubmitAsync(operation)));
            for (var i = 0; i < operations.Length; i++)
            {
                Assert.Equal(TextOf(twice[i]), TextOf(twice[i + operations.Length]));
                Note(twice[i]);
            }
        }

        Assert.Empty(Unanswered);
    }

    public static string TextOf(OperationResult result) =>
        result.Receipt is { } receipt && result.Status is OperationStatus.Applied or OperationStatus.Refused
            ? ReceiptText.Of(result.Receipt!)
            : $"{result.Operation.Call.Kind} {result.Operation.Id}: {result.Status} {result.ErrorName} {result.Failure}";

    private void Note(OperationResult result)
    {
        if (result.Status == OperationStatus.OutcomeUnknown) return;
        Assert.True(result.Status is OperationStatus.Applied or OperationStatus.Refused, TextOf(result));
        Acknowledged[result.Operation.Id] = (result.Operation, result.Receipt!);
        Unanswered.TryRemove(result.Operation.Id, out _);
    }

    private sealed class Worker(MixedLoad load, AccountId signer, Random random)
    {
        public AccountId Signer => signer;

        public bool WasUnderWay { get; private set; }

        public bool IsFirstOfSigner(List<Worker> workers) => workers.First(worker => worker.Signer == signer) == this;

        public async Task Run(DtaoClient client, Operation[] first, CancellationToken over)
        {
            WasUnderWay = false;
            try
            {
                foreach (var operation in first) load.Note(await client.SubmitAsync(operation, over));
                while (true)
                {
                    var (id, lastValidBlock) = await client.CreateTicketAsync(over);
                    var operation = new Operation
                    {
                        Id = id,
                        Signer = signer,
                        Call = NextCall(),
                        LastValidBlock = lastValidBlock,
                        NetworkId = CrashGenesis.NetworkId,
                    };
                    load.Unanswered[id] = operation;
                    WasUnderWay = true;
                    load.Note(await client.SubmitAsync(operation, over));
                    WasUnderWay = false;
                }
            }
            catch (Exception caught) when (over.IsCancellationRequested && caught is not Xunit.Sdk.XunitException)
            {
                // The process is dead; what was under way stays among the unanswered.
            }
        }

        private Call NextCall()
        {
            var other = Staker(random.Next(CrashGenesis.Stakers));
            var tao = new Tao((ulong)random.NextInt64(10_000_000, 500_000_000));
            var alpha = new Alpha((ulong)random.NextInt64(50_000_000, 900_000_000));
            if (signer == Owner) return NextOfOwner();
            return random.Next(16) switch
            {
                0 or 1 => Calls.AddStake(Hot, One, tao),
                2 => Calls.AddStake(Warm, Two, tao),
                3 => Calls.RemoveStake(Hot, One, alpha),
                4 => Calls.RemoveStake(Warm, Two, alpha),
                5 => Calls.SwapStake(Hot, One, Two, alpha),
                6 => Calls.MoveStake(Warm, Hot, Two, One, alpha),
                7 => Calls.TransferStake(other, Hot, One, One, alpha),
                8 => Calls.TransferStake(other, Hot, One, Two, alpha),
                9 => Calls.SwapStake(Warm, Two, One, alpha),
                10 => random.Next(4) == 0 ? Calls.UnstakeAll(Warm) : Calls.AddStake(Warm, SmallNetwork.Root, tao),
                11 => random.Next(2) == 0 ? Calls.AddStake(Hot, One, new Tao(1)) : Calls.RemoveStake(Ghost, Two, alpha),
                12 => Calls.TryAssociateHotkey(NewKey()),
                13 => Calls.Transfer(NewKey(), tao, keepAlive: true),
                _ => Calls.Transfer(other, tao, keepAlive: true),
            };
        }

        private Call NextOfOwner()
        {
            var take = new Take((ushort)random.Next(1, 11_000));
            var hotkey = random.Next(2) == 0 ? Hot : Warm;
            return random.Next(3) switch
            {
                0 => Calls.IncreaseTake(hotkey, take),
                1 => Calls.DecreaseTake(hotkey, take),
                _ => Calls.TryAssociateHotkey(NewKey()),
            };
        }

        private AccountId NewKey()
        {
            var bytes = new byte[AccountId.Length];
            random.NextBytes(bytes);
            return new AccountId(SHA256.HashData(bytes));
        }
    }
}
