using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Demo;

/// <summary>Turns a plan into a call that the trader can afford.</summary>
internal static class DemoTrader
{
    /// <summary>A single trade moves at most one part in this many of the pool's reserve, so that a small subnet's price is not thrown about.</summary>
    private const ulong DepthParts = 2_000;

    /// <summary>TAO that is sent from one trader to another is at most this: 40 TAO.</summary>
    private const ulong SentMax = 40_000_000_000;

    /// <summary>Below this a trader does not trade: 0.01 TAO, or as much alpha, well above the chain's least stake.</summary>
    private const ulong AmountMin = 10_000_000;

    private const ulong QualityLevels = 8;
    private const ulong QualityStep = 1_000;

    /// <summary>Who signs a plan's call, and the call; null when the trader's means or the pool's depth do not allow one.</summary>
    public static async Task<(AccountId Signer, Call Call)?> MakeCall(
        DemoPlan plan, DemoPopulation population, IReadOnlyList<DemoMarket> markets, IDemoNetwork network, CancellationToken cancellationToken)
    {
        if (plan.Action == DemoAction.Weigh && population.Judges.Count > 0) return Weigh(plan, population.Judges[Pick(plan.SubnetDraw, population.Judges.Count)]);
        return await MakeTrade(plan, population, markets, network, cancellationToken) is { } call ? (population.Traders[plan.Trader], call) : null;
    }

    private static async Task<Call?> MakeTrade(
        DemoPlan plan, DemoPopulation population, IReadOnlyList<DemoMarket> markets, IDemoNetwork network, CancellationToken cancellationToken)
    {
        var trader = population.Traders[plan.Trader];
        if (plan.Action is DemoAction.Sell or DemoAction.Move)
        {
            var positions = await network.ReadPositions(trader, cancellationToken);
            if (positions.Count > 0) return Trade(plan, positions[Pick(plan.SubnetDraw, positions.Count)], markets);
            // Who has nothing to sell yet begins with a purchase.
            plan = plan with { Action = DemoAction.Buy };
        }
        return Spend(plan, population, markets, await network.ReadFree(trader, cancellationToken));
    }

    /// <summary>Miners differ by their uid, in the same way for every validator, and a little by the draw.</summary>
    private static (AccountId Signer, Call Call) Weigh(DemoPlan plan, DemoJudge judge)
    {
        var noise = new SplitMix(plan.HotkeyDraw);
        var values = judge.Miners.Select(uid => (ushort)(((1 + (uid % QualityLevels)) * QualityStep) + noise.Below(QualityStep)));
        var detail = new WeightsDetail(judge.Miners, [.. values], 0, 0, []);
        return (judge.Hotkey, new Call { Kind = CallKind.SetWeights, Netuid = judge.Netuid, Detail = detail });
    }

    private static Call? Spend(DemoPlan plan, DemoPopulation population, IReadOnlyList<DemoMarket> markets, Tao free)
    {
        if (plan.Action == DemoAction.Send)
        {
            var receiver = population.Traders[Pick(plan.SubnetDraw, population.Traders.Count)];
            return Part(free.Rao, plan.AmountPermille, SentMax) is { } sent ? Calls.Transfer(receiver, new Tao(sent), keepAlive: true) : null;
        }
        var market = markets[Pick(plan.SubnetDraw, markets.Count)];
        var hotkey = population.Hotkeys[Pick(plan.HotkeyDraw, population.Hotkeys.Count)];
        return Part(free.Rao, plan.AmountPermille, market.TaoReserve.Rao / DepthParts) is { } spent
            ? Calls.AddStake(hotkey, market.Netuid, new Tao(spent))
            : null;
    }

    private static Call? Trade(DemoPlan plan, DemoPosition position, IReadOnlyList<DemoMarket> markets)
    {
        var market = markets.FirstOrDefault(market => market.Netuid == position.Netuid);
        // Sales take a five times larger part than purchases, so that TAO flows back to the traders.
        if (Part(position.Amount.Rao, Math.Min(1_000, plan.AmountPermille * 5), market.AlphaReserve.Rao / DepthParts) is not { } amount) return null;
        if (plan.Action == DemoAction.Sell) return Calls.RemoveStake(position.Hotkey, position.Netuid, new Alpha(amount));
        var other = markets[Pick(plan.HotkeyDraw, markets.Count)];
        if (other.Netuid == position.Netuid || other.TaoReserve.Rao == 0) return null;
        // What comes out of the one pool must not be much for the other.
        var worth = (UInt128)amount * market.TaoReserve.Rao / Math.Max(1, market.AlphaReserve.Rao);
        var bound = other.TaoReserve.Rao / DepthParts;
        if (worth > bound) amount = (ulong)((UInt128)amount * bound / worth);
        return amount < AmountMin ? null : Calls.SwapStake(position.Hotkey, position.Netuid, other.Netuid, new Alpha(amount));
    }

    private static ulong? Part(ulong whole, uint permille, ulong highest)
    {
        var part = Math.Min((ulong)((UInt128)whole * permille / 1_000), highest);
        return part < AmountMin ? null : part;
    }

    private static int Pick(ulong draw, int count) => (int)(draw % (ulong)count);
}
