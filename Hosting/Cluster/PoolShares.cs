namespace Dtao.Hosting.Cluster;

/// <summary>Which pools have to move so that every silo has as many as any other, or one more or less; and no more than that.</summary>
public static class PoolShares
{
    /// <param name="pools">Each pool that is active, and in which silo.</param>
    /// <param name="silos">Silos that take actors, in an order that all agree on.</param>
    /// <returns>Pools that move, and to where. Those in silos that are no longer there count as already on their way.</returns>
    public static IReadOnlyList<(long Pool, TSilo To)> Moves<TSilo>(IReadOnlyDictionary<long, TSilo> pools, IReadOnlyList<TSilo> silos)
        where TSilo : notnull
    {
        if (silos.Count < 2) return [];
        var held = silos.ToDictionary(silo => silo, _ => new List<long>());
        foreach (var (pool, silo) in pools.OrderBy(entry => entry.Key))
        {
            if (held.TryGetValue(silo, out var own)) own.Add(pool);
        }

        // Whoever has most keeps the remainder: then nothing moves between two spreads that are as even.
        var count = held.Values.Sum(own => own.Count);
        var (share, remainder) = Math.DivRem(count, silos.Count);
        var quota = silos.OrderByDescending(silo => held[silo].Count).Select((silo, place) => (silo, share + (place < remainder ? 1 : 0))).ToDictionary();
        var surplus = new Queue<long>(silos.SelectMany(silo => held[silo].Skip(quota[silo])));
        var moves = new List<(long, TSilo)>(surplus.Count);
        foreach (var silo in silos)
        {
            for (var missing = quota[silo] - held[silo].Count; missing > 0; missing--) moves.Add((surplus.Dequeue(), silo));
        }

        return moves;
    }
}
