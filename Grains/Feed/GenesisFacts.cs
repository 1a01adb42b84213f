using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Feed;

/// <summary>The facts of the state that one actor began with, by place: any of them is made without those before it.</summary>
public sealed class GenesisFacts
{
    public static readonly GenesisFacts None = new([], 0, place => throw new ArgumentOutOfRangeException(nameof(place)));

    private readonly LedgerFact[] _first;
    private readonly Func<int, LedgerFact> _rest;

    private GenesisFacts(LedgerFact[] first, int restCount, Func<int, LedgerFact> rest)
    {
        (_first, _rest) = (first, rest);
        Count = first.Length + restCount;
    }

    public int Count { get; }

    /// <param name="place">From 0, under <see cref="Count"/>.</param>
    public LedgerFact At(int place) => place < _first.Length ? _first[place] : _rest(place - _first.Length);

    internal static GenesisFacts Of(string actor, RegistryState state) =>
        Single(new NetworkBeganFact(state.ToView()) { Source = new(actor, 0, 0), Block = BlockNumber.Genesis });

    internal static GenesisFacts Of(string actor, AccountId account, AccountState state) =>
        Single(new AccountBeganFact(account, state.Free) { Source = new(actor, 0, 0), Block = state.Seen });

    internal static GenesisFacts Of(string actor, AccountId hotkey, ValidatorState state) =>
        Single(new HotkeyAfterFact(hotkey, state.Record is { } record ? HotkeyFacts.Of(hotkey, record) : null) { Source = new(actor, 0, 0), Block = state.Seen });

    /// <remarks>The stakes of a large subnet are kept as the two lists that they are, and nothing of them twice.</remarks>
    internal static GenesisFacts Of(string actor, NetUid netuid, PoolState state)
    {
        var block = state.LastBlock;
        var places = new FactPlaces(actor, 0);
        var first = FirstOf(netuid, state, block, places).ToArray();
        var pools = state.HotkeyPools.OrderBy(entry => entry.Key).ToArray();
        var shares = state.Shares.ToArray();
        Array.Sort(shares, static (left, right) => left.Key.CompareTo(right.Key));
        return new GenesisFacts(first, pools.Length + shares.Length, rest =>
        {
            var source = new FactSource(actor, 0, first.Length + rest);
            if (rest < pools.Length)
            {
                var (hotkey, pool) = pools[rest];
                return new HotkeyPoolAfterFact(netuid, hotkey, pool.Value, pool.Denominator) { Source = source, Block = block };
            }

            var ((holder, coldkey), share) = shares[rest - pools.Length];
            return new ShareAfterFact(netuid, holder, coldkey, share) { Source = source, Block = block };
        });
    }

    private static IEnumerable<LedgerFact> FirstOf(NetUid netuid, PoolState state, BlockNumber block, FactPlaces places)
    {
        if (state.Books is { } books)
            yield return new SubnetAfterFact(netuid, BooksChange.Genesis, books, FactsOfPools.PriceOf(books), false) { Source = places.Next(), Block = block };
        foreach (var (account, amount) in state.Owed) yield return new OwedAfterFact(netuid, account, amount) { Source = places.Next(), Block = block };
        var delta = MetagraphDelta.Between(Metagraph.Empty, state.Metagraph);
        foreach (var fact in FactsOfPools.Of(netuid, delta, block, places)) yield return fact;
    }

    private static GenesisFacts Single(LedgerFact fact) => new([fact], 0, place => throw new ArgumentOutOfRangeException(nameof(place)));
}
