using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Preview;

/// <summary>What blocks would emit to one subnet. Sums over all blocks of the forecast.</summary>
/// <param name="TaoIn">Into the pool.</param>
/// <param name="ExcessTao">That buys alpha.</param>
/// <param name="AlphaIn">Into the pool.</param>
/// <param name="AlphaOut">For its owner, miners, validators, and root.</param>
/// <param name="ShareNowPpm">Of the TAO that the last closed block gave to subnets, parts per million.</param>
/// <param name="ShareThenPpm">Of what the last block of the forecast gives.</param>
/// <param name="PriceNow">Raw U64F64.</param>
/// <param name="PriceThen">Raw U64F64.</param>
public sealed record SubnetForecast(
    NetUid Netuid, Tao TaoIn, Tao ExcessTao, Alpha AlphaIn, Alpha AlphaOut, ulong ShareNowPpm, ulong ShareThenPpm, UInt128 PriceNow, UInt128 PriceThen);

/// <summary>The emission of every subnet at an unchanged market: the rules' own blocks, with nobody trading, on a copy of the network.</summary>
/// <param name="Subnets">Ascending, without root.</param>
/// <param name="IssuedRao">By how much all TAO grows.</param>
public sealed record EmissionForecast(BlockNumber From, ulong Blocks, IReadOnlyList<SubnetForecast> Subnets, Int128 IssuedRao)
{
    private const ulong Million = 1_000_000;

    /// <summary>Changes the network: it has to be a copy.</summary>
    public static EmissionForecast Run(SequentialNetwork network, ulong blocks, CancellationToken cancellationToken = default)
    {
        var (from, issued) = (network.Block, network.TotalIssuance);
        var sums = new SortedDictionary<NetUid, SubnetForecast>();
        var now = SharesOf(network);
        foreach (var books in Emitting(network))
        {
            sums.Add(books.Netuid, new(
                books.Netuid, Tao.Zero, Tao.Zero, Alpha.Zero, Alpha.Zero, now[books.Netuid], now[books.Netuid], PoolState.Of(books).Price.Bits, PoolState.Of(books).Price.Bits));
        }

        for (ulong made = 0; made < blocks; made++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            network.MakeBlock();
            foreach (var books in Emitting(network))
            {
                var sum = sums[books.Netuid];
                sums[books.Netuid] = sum with
                {
                    TaoIn = sum.TaoIn.AddSaturating(books.TaoInEmission),
                    ExcessTao = sum.ExcessTao.AddSaturating(books.ExcessTao),
                    AlphaIn = sum.AlphaIn.AddSaturating(books.AlphaInEmission),
                    AlphaOut = sum.AlphaOut.AddSaturating(books.AlphaOutEmission),
                };
            }
        }

        var then = SharesOf(network);
        foreach (var books in Emitting(network))
        {
            sums[books.Netuid] = sums[books.Netuid] with { ShareThenPpm = then[books.Netuid], PriceThen = PoolState.Of(books).Price.Bits };
        }

        return new EmissionForecast(from, blocks, [.. sums.Values], (Int128)network.TotalIssuance.Rao - issued.Rao);
    }

    private static IEnumerable<SubnetBooks> Emitting(INetworkState network) => network.Subnets.Where(books => !books.IsRoot);

    private static Dictionary<NetUid, ulong> SharesOf(INetworkState network)
    {
        UInt128 all = 0;
        foreach (var books in Emitting(network)) all += Given(books);
        return Emitting(network).ToDictionary(books => books.Netuid, books => all == 0 ? 0 : (ulong)(Given(books) * Million / all));
    }

    private static UInt128 Given(SubnetBooks books) => (UInt128)books.TaoInEmission.Rao + books.ExcessTao.Rao;
}
