using Dtao.Economics;
using Dtao.Economics.Claims;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Pools;

namespace Dtao.Hosting.Comparison;

/// <summary>What an account is worth at an instant, in rao of TAO.</summary>
/// <param name="Free">TAO that it holds.</param>
/// <param name="Staked">Its positions at the spot prices, without what selling them would cost; floored for each.</param>
/// <param name="Owed">Root dividends that it has not claimed yet, at the spot prices; floored for each.</param>
public readonly record struct AccountWorth(Tao Free, UInt128 Staked, UInt128 Owed)
{
    public UInt128 Rao => Free.Rao + Staked + Owed;
}

/// <summary>A subnet at an instant.</summary>
/// <param name="Emission">Its part of the TAO that the next block mints, in rao, floored; 0 when it does not emit.</param>
/// <param name="SharePpm">The same in parts per million of what the next block mints, floored.</param>
/// <param name="Price">TAO per alpha.</param>
public sealed record SubnetSample(NetUid Netuid, Tao Emission, ulong SharePpm, U64F64 Price, Tao TaoReserve, Alpha AlphaReserve, Alpha AlphaOutstanding);

/// <summary>A network at an instant, as it is compared with another.</summary>
/// <param name="Subnets">All but root, ascending by netuid.</param>
/// <param name="Accounts">Everybody who has something, but for the accounts of subnets.</param>
public sealed record NetworkSample(
    BlockNumber Block, Tao Minted, Tao TotalIssuance, IReadOnlyList<SubnetSample> Subnets, IReadOnlyDictionary<AccountId, AccountWorth> Accounts)
{
    private const ulong Million = 1_000_000;

    public static NetworkSample Of(SequentialNetwork network)
    {
        var plan = NextPlan(network);
        return new NetworkSample(
            network.Block,
            plan.Minted,
            network.TotalIssuance,
            [.. Books(network).Where(books => !books.IsRoot).OrderBy(books => books.Netuid).Select(books => Sample(books, plan))],
            Worths(network));
    }

    public SubnetSample? Subnet(NetUid netuid) => Subnets.FirstOrDefault(subnet => subnet.Netuid == netuid);

    public AccountWorth Worth(AccountId account) => Accounts.GetValueOrDefault(account);

    private static IReadOnlyCollection<SubnetBooks> Books(INetworkState state) => state.Subnets;

    /// <summary>The plan of the block that would come now: nothing that a block does before its plan changes what the plan reads.</summary>
    private static BlockPlan NextPlan(SequentialNetwork network)
    {
        var rootTao = network.TryGetBooks(NetUid.Root, out var root) ? root.TaoReserve : Tao.Zero;
        var facts = new List<SubnetBlockFacts>();
        foreach (var netuid in network.Subnets)
        {
            if (network.TryGetBooks(netuid, out var books)) facts.Add(SubnetBlock.FactsOf(books));
        }

        return BlockPlan.Compute(network.Block.Next, network.TotalIssuance, network.BalancesIssuance, network.Parameters, rootTao, facts);
    }

    private static SubnetSample Sample(SubnetBooks books, BlockPlan plan)
    {
        var emission = new Tao((plan.InputFor(books.Netuid).TaoEmission ?? U96F32.Zero).ToUInt64Saturating());
        var share = plan.Minted.IsZero ? 0 : (ulong)((UInt128)emission.Rao * Million / plan.Minted.Rao);
        return new SubnetSample(books.Netuid, emission, share, PoolState.Of(books).Price, books.TaoReserve, books.AlphaReserve, books.AlphaOutstanding);
    }

    private static Dictionary<AccountId, AccountWorth> Worths(SequentialNetwork network)
    {
        INetworkState state = network;
        var prices = state.Subnets.ToDictionary(books => books.Netuid, books => PoolState.Of(books).Price);
        var worths = state.Balances.ToDictionary(balance => balance.Key, balance => new AccountWorth(balance.Value, 0, 0));
        foreach (var (position, share) in state.Shares)
        {
            var staked = SharePool.Value(network.GetHotkeyPool(position.Netuid, position.Hotkey), share);
            var worth = worths.GetValueOrDefault(position.Coldkey);
            worths[position.Coldkey] = worth with
            {
                Staked = worth.Staked + At(prices[position.Netuid], staked),
                Owed = worth.Owed + (position.Netuid.IsRoot ? Owed(network, position, prices) : 0),
            };
        }

        return worths;
    }

    private static UInt128 Owed(SequentialNetwork network, PositionKey position, Dictionary<NetUid, U64F64> prices)
    {
        UInt128 sum = 0;
        foreach (var netuid in network.GetClaimRates(position.Hotkey).BySubnet.Keys)
        {
            if (prices.TryGetValue(netuid, out var price)) sum += At(price, OwedDividends.Whole(network, position with { Netuid = netuid }));
        }

        return sum;
    }

    private static UInt128 At(U64F64 price, Alpha alpha) => price.MultiplySaturating(U64F64.FromInteger(alpha.Rao)).ToUInt64Saturating();
}
