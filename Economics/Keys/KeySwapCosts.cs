namespace Dtao.Economics.Keys;

/// <summary>What swaps of keys cost. It is recycled.</summary>
/// <remarks>Source: runtime/lib.rs :: SubtensorInitialKeySwapCost, SubtensorInitialKeySwapOnSubnetCost.</remarks>
public static class KeySwapCosts
{
    /// <summary>A hotkey on all subnets, or the first announcement of a coldkey's swap.</summary>
    public static readonly Tao Whole = new(100_000_000);

    /// <summary>A hotkey on one subnet.</summary>
    public static readonly Tao OneSubnet = new(1_000_000);
}
