using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;

namespace Dtao.Benchmarks.Loads;

/// <summary>Exactly-once swaps through the accounts, as any client sends them, while blocks go on closing once a second.</summary>
/// <remarks>Each account adds stake in one subnet, takes it out again, and goes on to the next, one operation at a time.</remarks>
internal sealed class DurableLoad
{
    private readonly IGrainFactory _factory;
    private readonly BenchmarkSigners? _signers;
    private readonly AccountId[] _accounts;
    private readonly IGrainFactory[] _gates;
    private readonly ulong[] _bought;
    private readonly int[] _rounds;
    private ulong _block;
    private int _pools;
    private long _submitted;
    private long _applied;
    private long _refused;

    /// <param name="signers">Null: operations are not signed.</param>
    /// <param name="gateOf">The way into the cluster that an account's client takes; null: all take the same.</param>
    public DurableLoad(IGrainFactory factory, int accounts, BenchmarkSigners? signers = null, Func<int, IGrainFactory>? gateOf = null)
    {
        (_factory, _signers) = (factory, signers);
        _accounts = [.. signers?.Accounts ?? Enumerable.Range(0, accounts).Select(BenchmarkNetwork.Account)];
        _gates = [.. _accounts.Select((_, number) => gateOf?.Invoke(number) ?? factory)];
        _bought = new ulong[accounts];
        _rounds = new int[accounts];
    }

    /// <summary>Whether each account trades on one subnet only, instead of on one after the other.</summary>
    public bool StaysOnOnePool { get; init; }

    /// <summary>Whether the load closes blocks, once a second; otherwise somebody else does.</summary>
    public bool ClosesBlocks { get; init; } = true;

    /// <summary>Whether each operation is a message to its account, also where the account is in this process.</summary>
    public bool SendsMessages { get; init; }

    public long Submitted => _submitted;

    public long Applied => _applied;

    public long Refused => _refused;

    /// <param name="name">What the swaps are called in the report.</param>
    public async Task<PhaseResult> RunAsync(string name, SystemOptions options, int pools)
    {
        _pools = pools;
        Array.Clear(_bought);
        using var ended = new CancellationTokenSource();
        var blocks = ClosesBlocks ? CloseBlocksAsync(ended.Token) : FollowBlocksAsync(ended.Token);
        var result = await ClosedLoop.RunAsync(pools == 1 ? $"{name}, one pool" : $"{name}, {pools} pools", _accounts.Length, options.WarmUp, options.Length, StepAsync, options.Stalls);
        await ended.CancelAsync();
        await blocks;
        return result;
    }

    private async Task CloseBlocksAsync(CancellationToken ended)
    {
        var coordinator = _factory.Coordinator();
        while (!ended.IsCancellationRequested)
        {
            try
            {
                _block = (await coordinator.CloseBlock()).Number.Value;
            }
            catch (ActorPoisonedException)
            {
                // Silos that have just started may replace an actor's activation; its successor closes the next block.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), ended).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task FollowBlocksAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested) _block = (await _factory.Coordinator().WaitForBlockAfter(new BlockNumber(_block))).Block.Value;
    }

    /// <summary>The subnet that an account trades on in its first round.</summary>
    public static NetUid FirstPoolOf(int account, int pools) => new((ushort)(1 + (account % pools)));

    private async Task<StepEnd> StepAsync(int account)
    {
        var netuid = FirstPoolOf(StaysOnOnePool ? account : account + _rounds[account], _pools);
        var sold = _bought[account];
        var operation = new Operation
        {
            Id = OperationId.Create(),
            Signer = _accounts[account],
            LastValidBlock = new BlockNumber(_block + 64),
            Call = new Call
            {
                Kind = sold == 0 ? CallKind.AddStake : CallKind.RemoveStake,
                Hotkey = BenchmarkNetwork.Hotkey(account),
                Netuid = netuid,
                Amount = sold == 0 ? BenchmarkNetwork.RaoPerTao : sold,
            },
        };
        if (_signers is not null) operation = _signers.Sign(account, operation);
        Interlocked.Increment(ref _submitted);
        var receipt = await (SendsMessages ? _gates[account].Account(operation.Signer).Submit(operation) : _gates[account].Submit(operation));
        if (!receipt.IsApplied)
        {
            Interlocked.Increment(ref _refused);
            _bought[account] = 0;
            return StepEnd.Refused;
        }

        Interlocked.Increment(ref _applied);

        // Floors can leave a position a rao short of what was bought, so a little stays.
        _bought[account] = sold == 0 ? receipt.Outcome!.Moves[0].Alpha.Rao / 1_000 * 999 : 0;
        if (sold != 0) _rounds[account]++;
        return StepEnd.Done;
    }
}
