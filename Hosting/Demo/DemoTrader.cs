using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Demo;

/// <summary>Turns a plan into a call that the trader can afford.</summary>
internal static class DemoTrader
{
    /// <summary>A single trade moves at most this much: 40 TAO, or as much alpha.</summary>
    private const ulong AmountMax = 40_000_000_000;

    /// <summary>Below this a trader does not trade: 0.05 TAO, well above the chain's least stake.</summary>
    private const ulong AmountMin = 50_000_000;

    /// <returns>The call, or null when the trader's means do not allow it.</returns>
    public static async Task<Call?> MakeCall(
        DemoPlan plan, DemoPopulation population, IReadOnlyList<NetUid> subnets, IDemoNetwork network, CancellationToken cancellationToken)
    {
        var trader = population.Traders[plan.Trader];
        if (plan.Action is DemoAction.Sell or DemoAction.Move)
        {
            var positions = await network.ReadPositions(trader, cancellationToken);
            if (positions.Count > 0) return Trade(plan, positions[Pick(plan.SubnetDraw, positions.Count)], subnets);
            // Who has nothing to sell yet begins with a purchase.
            plan = plan with { Action = DemoAction.Buy };
        }
        return Spend(plan, population, subnets, await network.ReadFree(trader, cancellationToken));
    }

    private static Call? Spend(DemoPlan plan, DemoPopulation population, IReadOnlyList<NetUid> subnets, Tao free)
    {
        if (Part(free.Rao, plan.AmountPermille) is not { } amount) return null;
        if (plan.Action == DemoAction.Send) return Calls.Transfer(population.Traders[Pick(plan.SubnetDraw, population.Traders.Count)], new Tao(amount), keepAlive: true);
        return Calls.AddStake(population.Hotkeys[Pick(plan.HotkeyDraw, population.Hotkeys.Count)], subnets[Pick(plan.SubnetDraw, subnets.Count)], new Tao(amount));
    }

    private static Call? Trade(DemoPlan plan, DemoPosition position, IReadOnlyList<NetUid> subnets)
    {
        // Sales take a five times larger part than purchases, so that TAO flows back to the traders.
        if (Part(position.Amount.Rao, Math.Min(1_000, plan.AmountPermille * 5)) is not { } amount) return null;
        if (plan.Action == DemoAction.Sell) return Calls.RemoveStake(position.Hotkey, position.Netuid, new Alpha(amount));
        var other = subnets[Pick(plan.HotkeyDraw, subnets.Count)];
        return other == position.Netuid ? null : Calls.SwapStake(position.Hotkey, position.Netuid, other, new Alpha(amount));
    }

    private static ulong? Part(ulong whole, uint permille)
    {
        var part = (ulong)((UInt128)whole * permille / 1_000);
        return part < AmountMin ? null : Math.Min(part, AmountMax);
    }

    private static int Pick(ulong draw, int count) => (int)(draw % (ulong)count);
}
