using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>Makes the people of a population on a network that runs: a rich account pays the validators, who make their hotkeys theirs and pay the stakers, who stake.</summary>
/// <remarks>
/// Every step is an operation like any other, in batches of what may be under way at once. The hotkeys have no seat on any subnet: nothing is paid on them, so that every position is
/// exactly what receipts say. A worker makes its own stakers, and its own validators, so that no account is used by two.
/// </remarks>
internal sealed class LiveCreation(LoadOptions options, Population population, IReadOnlyList<DtaoClient> clients, int worker, int workers)
{
    private const int WidthMax = 256;

    /// <summary>For the existential deposit and whatever rounding takes: 0.1 TAO.</summary>
    private const ulong Spare = 100_000_000;

    private readonly ConcurrentQueue<Acknowledged> _acknowledged = [];
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly ConcurrentDictionary<int, StakerBook> _books = [];

    /// <summary>Operations of the creation: they belong to the proof.</summary>
    public IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    /// <summary>What every staker of this worker has.</summary>
    public StakerBooks Books => new(staker => _books[staker]);

    /// <summary>The validators of this worker, by number.</summary>
    public IReadOnlyList<int> Validators => [.. Enumerable.Range(0, options.Population.Validators).Where(number => number % workers == worker % Math.Min(workers, options.Population.Validators))];

    /// <exception cref="LoadUsageException">The population is there already, or nobody can pay for it.</exception>
    public async Task RunAsync(AccountId rich, IReadOnlyList<NetUid> netuids, CancellationToken cancellationToken)
    {
        var own = Enumerable.Range(0, options.Population.Stakers).Where(staker => staker % workers == worker).ToArray();
        if ((await clients[0].GetBalanceAsync(population.Staker(own[0]), cancellationToken)).Free != Tao.Zero)
        {
            throw new LoadUsageException($"The stakers of seed {options.Population.Seed} are on this network already: give another --seed.");
        }

        var validators = Validators;
        var needs = new ulong[validators.Count];
        foreach (var staker in own) needs[staker / workers % validators.Count] += WholeOf(staker);
        ulong all = 0;
        foreach (var need in needs) all += need + Spare;
        var balance = await clients[0].GetBalanceAsync(rich, cancellationToken);
        if (balance.Free.Rao < all) throw new LoadUsageException($"{rich} has {balance.Free} rao, and the stakers of this worker need {all}: give fewer, or less --wealth.");

        await Each(Enumerable.Range(0, validators.Count), async place =>
        {
            var validator = population.Validator(validators[place]);
            await Submit(rich, Calls.Transfer(validator, new Tao(needs[place] + Spare), keepAlive: true), cancellationToken);
            await Submit(validator, Calls.TryAssociateHotkey(population.ValidatorHotkey(validators[place])), cancellationToken);
        });
        await Each(own, async staker =>
        {
            await Submit(population.Validator(validators[staker / workers % validators.Count]), Calls.Transfer(population.Staker(staker), new Tao(WholeOf(staker)), keepAlive: true), cancellationToken);
            await Stake(staker, validators, netuids, cancellationToken);
        });
        if (!_faults.IsEmpty) throw new LoadUsageException($"The stakers could not be made: {string.Join("; ", _faults.Take(3))}.");
    }

    /// <summary>What a staker is paid: its free TAO, and what its positions cost.</summary>
    private ulong WholeOf(int staker)
    {
        var whole = population.FreeOf(staker).Rao;
        for (var place = 0; place < options.Population.Positions; place++) whole += CostOf(staker);
        return whole;
    }

    private ulong CostOf(int staker) => Math.Max(Trader.TradeMin, population.WealthOf(staker) / 2 / (ulong)options.Population.Positions);

    private async Task Stake(int staker, IReadOnlyList<int> validators, IReadOnlyList<NetUid> netuids, CancellationToken cancellationToken)
    {
        var book = new StakerBook();
        book.AddFree(WholeOf(staker));
        for (var place = 0; place < options.Population.Positions; place++)
        {
            var start = population.PositionOf(staker, place);
            var netuid = start.Netuid.IsRoot ? NetUid.Root : netuids[(start.Netuid.Value - 1) % netuids.Count];
            var call = Calls.AddStake(population.ValidatorHotkey(validators[start.Validator % validators.Count]), netuid, new Tao(CostOf(staker)));
            if (await Submit(population.Staker(staker), call, cancellationToken) is { } receipt) book.Settle(call, receipt.Outcome!);
        }

        _books[staker] = book;
    }

    private Task Each(IEnumerable<int> numbers, Func<int, Task> make) =>
        Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = WidthMax }, async (number, _) => await make(number));

    /// <summary>Sends until there is an outcome.</summary>
    private async Task<Receipt?> Submit(AccountId signer, Call call, CancellationToken cancellationToken)
    {
        var client = clients[(signer.GetHashCode() & int.MaxValue) % clients.Count];
        var result = await client.SubmitAsync(signer, call, null, cancellationToken);
        while (result.Status == OperationStatus.OutcomeUnknown) result = await client.SubmitAsync(result.Operation, cancellationToken);
        if (result.Receipt is { } receipt && result.Status is OperationStatus.Applied or OperationStatus.Refused) _acknowledged.Enqueue(new(result.Operation, receipt));
        if (!result.IsApplied) _faults.Enqueue($"{call.Kind} of {signer} ended as {result.ErrorName}");
        return result.IsApplied ? result.Receipt : null;
    }
}
