using Dtao.Economics.Ledger;

namespace Dtao.Economics.Epochs;

/// <summary>What one validator gets before its take, with 32 fraction bits.</summary>
/// <param name="FromAlpha">For the stakers of its alpha.</param>
/// <param name="FromRoot">For its stakers on root.</param>
public readonly record struct ValidatorPay(AccountId Hotkey, U96F32 FromAlpha, U96F32 FromRoot);

/// <summary>A validator's pay, divided between it and its stakers; whole rao, what is left over is nobody's.</summary>
public readonly record struct TakeSplit(Alpha Take, Alpha Rest)
{
    /// <summary>Source: rule book 02, 8.5; the rest is what the take leaves, before either is floored.</summary>
    public static TakeSplit Of(U96F32 pay, U96F32 takeProportion)
    {
        var take = takeProportion.MultiplySaturating(pay);
        return new(new Alpha(take.ToUInt64Saturating()), new Alpha(pay.SubtractSaturating(take).ToUInt64Saturating()));
    }
}

/// <summary>Divides each validator's dividend into a part for alpha and a part for root, and brings both to what there is to pay.</summary>
/// <remarks>Source: rule book 02, 8.3; coinbase/run_coinbase.rs :: calculate_dividend_distribution.</remarks>
public static class DividendParts
{
    /// <summary>What every validator gets.</summary>
    /// <param name="stakes">As they stand before anything of the epoch is paid; own stakes only, inheritance counts no more.</param>
    /// <param name="validators">Alpha for all validators.</param>
    /// <param name="root">Alpha for root's stakers.</param>
    public static IReadOnlyList<ValidatorPay> Of(EpochStakes stakes, Alpha validators, Alpha root, SharedDividends dividends)
    {
        var parts = new List<ValidatorPay>(dividends.ByHotkey.Count);
        U96F32 alphaTotal = U96F32.Zero, rootTotal = U96F32.Zero;
        foreach (var (hotkey, dividend) in dividends.ByHotkey)
        {
            var fromRoot = dividend.MultiplySaturating(RootProportion(stakes, hotkey));
            var fromAlpha = dividend.SubtractSaturating(fromRoot);
            alphaTotal = alphaTotal.AddSaturating(fromAlpha);
            rootTotal = rootTotal.AddSaturating(fromRoot);
            parts.Add(new ValidatorPay(hotkey, fromAlpha, fromRoot));
        }

        for (var i = 0; i < parts.Count; i++)
        {
            var (hotkey, fromAlpha, fromRoot) = parts[i];
            parts[i] = new ValidatorPay(hotkey, Part(validators, fromAlpha, alphaTotal), Part(root, fromRoot, rootTotal));
        }

        return parts;
    }

    private static U96F32 RootProportion(EpochStakes stakes, AccountId hotkey)
    {
        var root = U96F32.FromInteger(stakes.RootOf(hotkey).Rao).MultiplySaturating(stakes.TaoWeight);
        return root.DivideOrZero(U96F32.FromInteger(stakes.AlphaOf(hotkey).Rao).AddSaturating(root));
    }

    private static U96F32 Part(Alpha whole, U96F32 part, U96F32 total) =>
        U96F32.FromInteger(whole.Rao).MultiplySaturating(part.DivideOrZero(total));
}
