using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Plans;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>Operations that make a population on a network that runs: each is sent until it has an outcome, and kept with it, for they belong to the proof.</summary>
internal sealed class LiveSteps(IReadOnlyList<DtaoClient> clients)
{
    private const int WidthMax = 256;
    private const int FaultsShown = 3;

    private readonly ConcurrentQueue<Acknowledged> _acknowledged = [];
    private readonly List<string> _faults = [];

    public IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    /// <summary>Sends until there is an outcome.</summary>
    /// <param name="number">Of the account among its kind: it has one client, so that only one counts its nonces.</param>
    /// <returns>Null when it was not applied.</returns>
    public async Task<Receipt?> SubmitAsync(int number, AccountId signer, Call call, CancellationToken cancellationToken)
    {
        var client = ClientOf(number);
        var result = await client.SubmitAsync(signer, call, null, cancellationToken);
        while (result.Status == OperationStatus.OutcomeUnknown) result = await client.SubmitAsync(result.Operation, cancellationToken);
        if (result.Receipt is { } receipt && result.Status is OperationStatus.Applied or OperationStatus.Refused) _acknowledged.Enqueue(new(result.Operation, receipt));
        if (!result.IsApplied) Note($"{call.Kind} of {signer} ended as {result.ErrorName}");
        return result.IsApplied ? result.Receipt : null;
    }

    public DtaoClient ClientOf(int number) => clients[number % clients.Count];

    /// <summary>For each of them, many at a time. When one could not be made no other is begun.</summary>
    /// <exception cref="LoadBrokenException">An operation was not applied.</exception>
    public async Task EachAsync(IEnumerable<int> numbers, Func<int, Task> make, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = WidthMax, CancellationToken = failed.Token }, async (number, _) =>
            {
                // The cancellation reaches the loop a little later.
                if (HasFaults) return;
                await make(number);
                if (HasFaults) await failed.CancelAsync();
            });
        }
        catch (OperationCanceledException) when (HasFaults)
        {
            // Told below.
        }

        lock (_faults)
        {
            if (_faults.Count > 0) throw new LoadBrokenException($"The stakers could not be made: {string.Join("; ", _faults)}.");
        }
    }

    /// <summary>Something could not be made. Of very many faults the first are kept.</summary>
    internal void Note(string fault)
    {
        lock (_faults)
        {
            if (_faults.Count < FaultsShown) _faults.Add(fault);
        }
    }

    private bool HasFaults
    {
        get
        {
            lock (_faults) return _faults.Count > 0;
        }
    }
}

/// <summary>Who pays whom when a population is made: a rich account the validators, each validator its stakers. A validator pays stakers of one worker only.</summary>
internal sealed record LivePayments(Population Population, int Workers)
{
    /// <summary>For the existential deposit and whatever rounding takes: 0.1 TAO.</summary>
    private const ulong Spare = 100_000_000;

    /// <summary>A worker's validators, by number.</summary>
    public IReadOnlyList<int> ValidatorsOf(int worker) => [.. Enumerable.Range(0, Population.Options.Validators).Where(number => number % Workers == worker)];

    public int PayerOf(int staker)
    {
        var worker = staker % Workers;
        var count = (Population.Options.Validators - worker + Workers - 1) / Workers;
        return worker + (Workers * (staker / Workers % count));
    }

    /// <summary>What a staker is paid: its free TAO, and what its positions cost.</summary>
    public ulong WholeOf(int staker) => Population.FreeOf(staker).Rao + ((ulong)Population.Options.Positions * CostOf(staker));

    public ulong CostOf(int staker) => Math.Max(Trader.TradeMin, Population.WealthOf(staker) / 2 / (ulong)Population.Options.Positions);

    /// <summary>What each validator needs.</summary>
    public ulong[] Needs()
    {
        var needs = new ulong[Population.Options.Validators];
        Array.Fill(needs, Spare);
        for (var staker = 0; staker < Population.Options.Stakers; staker++) needs[PayerOf(staker)] += WholeOf(staker);
        return needs;
    }
}

/// <summary>Pays the validators of a population out of one account, and has each make its hotkey its own. Done once, for all workers.</summary>
internal sealed class LiveFunding(LivePayments payments, IReadOnlyList<DtaoClient> clients)
{
    private readonly LiveSteps _steps = new(clients);

    public IReadOnlyCollection<Acknowledged> Acknowledged => _steps.Acknowledged;

    /// <exception cref="LoadUsageException">The population is there already, or nobody can pay for it: nothing was sent.</exception>
    /// <exception cref="LoadBrokenException">An operation was not applied.</exception>
    public async Task RunAsync(AccountId rich, IOperationSigner? signer, CancellationToken cancellationToken)
    {
        var (population, client) = (payments.Population, _steps.ClientOf(0));
        if ((await client.GetBalanceAsync(population.Validator(0), cancellationToken)).Free != Tao.Zero || (await client.GetBalanceAsync(population.Staker(0), cancellationToken)).Free != Tao.Zero)
        {
            throw new LoadUsageException($"The stakers of seed {population.Options.Seed} are on this network already: give another --seed.");
        }

        var needs = payments.Needs();
        Int128 all = 0;
        foreach (var need in needs) all += need;
        var balance = await client.GetBalanceAsync(rich, cancellationToken);
        if (balance.Free.Rao < all) throw new LoadUsageException($"{rich} has {balance.Free} rao, and the stakers need {all}: give fewer, or less --wealth.");

        if (client.RequiresSignatures) client.AddSigner(signer ?? throw new LoadUsageException($"The network takes signed operations: give --fund-key, a file with the secret of {rich}."));
        await _steps.EachAsync(Enumerable.Range(0, needs.Length), async number =>
        {
            var validator = population.Validator(number);
            if (client.RequiresSignatures) _steps.ClientOf(number).AddSigner(population.ValidatorSigner(number));
            await _steps.SubmitAsync(0, rich, Calls.Transfer(validator, new Tao(needs[number]), keepAlive: true), cancellationToken);
            await _steps.SubmitAsync(number, validator, Calls.TryAssociateHotkey(population.ValidatorHotkey(number)), cancellationToken);
        }, cancellationToken);
    }
}

/// <summary>Makes the stakers of one worker on a network that runs: its validators pay them, and they stake.</summary>
/// <remarks>
/// Every step is an operation like any other, many under way at once. The hotkeys have no seat on any subnet: nothing is paid on them, so that every position is
/// exactly what receipts say.
/// </remarks>
internal sealed class LiveCreation(LivePayments payments, IReadOnlyList<DtaoClient> clients, int worker)
{
    private readonly LiveSteps _steps = new(clients);
    private readonly ConcurrentDictionary<int, StakerBook> _books = [];

    /// <summary>Operations of the creation: they belong to the proof.</summary>
    public IReadOnlyCollection<Acknowledged> Acknowledged => _steps.Acknowledged;

    /// <summary>What every staker of this worker has.</summary>
    public StakerBooks Books => new(staker => _books[staker]);

    /// <summary>How many are made.</summary>
    public int Made => _books.Count;

    /// <exception cref="LoadBrokenException">An operation was not applied.</exception>
    public async Task RunAsync(IReadOnlyList<NetUid> netuids, CancellationToken cancellationToken)
    {
        var (population, workers) = (payments.Population, payments.Workers);
        var isSigned = clients[0].RequiresSignatures;
        var validators = payments.ValidatorsOf(worker);
        if (isSigned) foreach (var number in validators) _steps.ClientOf(number).AddSigner(population.ValidatorSigner(number));
        await _steps.EachAsync(Enumerable.Range(0, population.Options.Stakers).Where(staker => staker % workers == worker), async staker =>
        {
            if (isSigned) _steps.ClientOf(staker / workers).AddSigner(population.StakerSigner(staker));
            var payer = payments.PayerOf(staker);
            await _steps.SubmitAsync(payer, population.Validator(payer), Calls.Transfer(population.Staker(staker), new Tao(payments.WholeOf(staker)), keepAlive: true), cancellationToken);
            await Stake(staker, validators, netuids, cancellationToken);
        }, cancellationToken);
    }

    private async Task Stake(int staker, IReadOnlyList<int> validators, IReadOnlyList<NetUid> netuids, CancellationToken cancellationToken)
    {
        var (population, book) = (payments.Population, new StakerBook());
        book.AddFree(payments.WholeOf(staker));
        for (var place = 0; place < population.Options.Positions; place++)
        {
            var start = population.PositionOf(staker, place);
            var netuid = start.Netuid.IsRoot ? NetUid.Root : netuids[(start.Netuid.Value - 1) % netuids.Count];
            var call = Calls.AddStake(population.ValidatorHotkey(validators[start.Validator % validators.Count]), netuid, new Tao(payments.CostOf(staker)));
            if (await _steps.SubmitAsync(staker / payments.Workers, population.Staker(staker), call, cancellationToken) is { } receipt) book.Settle(call, receipt.Outcome!);
        }

        _books[staker] = book;
    }
}
