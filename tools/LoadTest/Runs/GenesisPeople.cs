using System.Collections.Concurrent;
using Dtao.Client;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Runs;

/// <summary>Stakers that a network began with: looks whether they have still what they began with, because from there the testers keep their books.</summary>
internal sealed class GenesisPeople(IReadOnlyList<DtaoClient> clients, Population population)
{
    /// <summary>Of more stakers so many are asked, evenly over all.</summary>
    public const int FreeOfMax = 1_000;

    /// <summary>Positions take a question to every subnet.</summary>
    private const int PositionsOfMax = 16;

    private const int RoundingMax = 2;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <exception cref="LoadUsageException">They have something else, or could not be asked: nothing was sent.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var found = new ConcurrentQueue<string>();
        var reads = new ProofReads(clients.Count, s_pause);
        var lost = await reads.EachAsync(EvenlyOf(FreeOfMax), async (staker, client, token) =>
        {
            var view = await clients[client].GetBalanceAsync(population.Staker(staker), token);
            if (view.Free != population.FreeOf(staker)) found.Enqueue($"staker {staker} ({population.Staker(staker)}) has {view.Free} rao, and {population.FreeOf(staker)} by the genesis");
        }, staker => $"the balance of staker {staker}", cancellationToken);
        if (found.IsEmpty && lost.Count == 0) lost = await reads.EachAsync(EvenlyOf(PositionsOfMax), (staker, client, token) => CheckPositions(staker, client, found, token), staker => $"the positions of staker {staker}", cancellationToken);
        if (lost.Count > 0) throw new LoadUsageException($"The stakers of the genesis could not be asked: {lost[0]}.");
        if (found.TryDequeue(out var first))
        {
            throw new LoadUsageException($"The stakers of the genesis have not what they began with: {first}. They are loaded once: begin a new network with the document, or give another --seed to have others made.");
        }
    }

    /// <summary>Dividends may have come to what they began with.</summary>
    private async Task CheckPositions(int staker, int client, ConcurrentQueue<string> found, CancellationToken cancellationToken)
    {
        var held = (await clients[client].GetPositionsAsync(population.Staker(staker), cancellationToken)).ToDictionary(position => (position.Netuid, position.Hotkey), position => position.Value.Rao);
        foreach (var start in Enumerable.Range(0, population.Options.Positions).Select(place => population.PositionOf(staker, place)).GroupBy(start => (start.Netuid, start.Validator)))
        {
            UInt128 begun = 0;
            foreach (var position in start) begun += position.Amount;
            var value = held.GetValueOrDefault((start.Key.Netuid, population.ValidatorHotkey(start.Key.Validator)));
            if (value + (UInt128)RoundingMax < begun) found.Enqueue($"staker {staker} ({population.Staker(staker)}) holds {value} rao in subnet {start.Key.Netuid}, and {begun} by the genesis");
        }
    }

    private IEnumerable<int> EvenlyOf(int countMax)
    {
        var count = Math.Min(countMax, population.Options.Stakers);
        return Enumerable.Range(0, count).Select(place => (int)((long)place * population.Options.Stakers / count));
    }
}
