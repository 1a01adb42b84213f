namespace Dtao.Hosting.Demo;

/// <summary>What a trader of the built-in economy sets out to do.</summary>
public enum DemoAction : byte
{
    Unset = 0,
    Buy = 1,
    Sell = 2,
    /// <summary>Alpha of one subnet into alpha of another.</summary>
    Move = 3,
    /// <summary>TAO to another trader.</summary>
    Send = 4,
    /// <summary>A validator weights the miners of a subnet.</summary>
    Weigh = 5,
}

/// <summary>One plan: who, what, and the draws that choose subnet, hotkey, and amount once the trader's means are known.</summary>
/// <param name="AmountPermille">The part of the trader's means that is at stake, of 1,000.</param>
public readonly record struct DemoPlan(int Trader, DemoAction Action, ulong SubnetDraw, ulong HotkeyDraw, uint AmountPermille);

/// <summary>Draws plans. The same seed draws the same plans.</summary>
public sealed class DemoPlanner(ulong seed, int traderCount)
{
    private readonly SplitMix _draw = new(seed);

    public DemoPlan Next()
    {
        var trader = (int)_draw.Below((ulong)traderCount);
        // About as many buys as sells: prices then drift with emission and little else.
        var action = _draw.Below(100) switch
        {
            < 41 => DemoAction.Buy,
            < 80 => DemoAction.Sell,
            < 91 => DemoAction.Move,
            < 95 => DemoAction.Send,
            _ => DemoAction.Weigh,
        };
        return new(trader, action, _draw.Next(), _draw.Next(), (uint)(10 + _draw.Below(91)));
    }
}
