using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Plans;

/// <summary>Turns an intent into a call: a pure function of the intent, the prices that are seen, and the staker's own book.</summary>
/// <param name="hotkeys">Of the validators, by number.</param>
/// <param name="account">A staker's account.</param>
internal sealed class Trader(IReadOnlyList<AccountId> hotkeys, Func<int, AccountId> account)
{
    /// <summary>A single trade moves at most one part in this many of the pool's reserve.</summary>
    private const ulong DepthParts = 2_000;

    /// <summary>Below this nobody buys, and what is sold is worth more: 0.003 TAO, above the chain's least stake and its fee.</summary>
    public const ulong TradeMin = 3_000_000;

    /// <summary>What a buyer or sender keeps.</summary>
    private const ulong KeptMin = 10_000;

    /// <summary>A claimer adds to its stake on root as seldom as this, in permille of its part.</summary>
    private const int ClaimFrom = 20;

    /// <summary>Null when the staker's means allow nothing.</summary>
    public Call? Decide(in Intent intent, PriceView view, StakerBook book) => intent.Behaviour switch
    {
        Behaviour.Momentum => Follow(intent, view, book),
        Behaviour.MeanReversion => Revert(intent, view, book),
        Behaviour.Arbitrage => Change(intent, view, book, Position(book, view, Reference.Slow, highest: true)) ?? Buy(intent, Lower(intent, view), book),
        Behaviour.Drifter => Drift(intent, view, book),
        Behaviour.Claimer => Claim(intent, view, book),
        _ => Hold(intent, view, book),
    } ?? Buy(intent, view.Subnets[intent.Rank], book) ?? Sell(intent, view, Position(book, view, Reference.Slow, highest: true));

    private Call? Hold(in Intent intent, PriceView view, StakerBook book) => intent.Action switch
    {
        HolderAction.Sell => Sell(intent, view, AnyPosition(intent, book)),
        HolderAction.Move => Change(intent, view, book, AnyPosition(intent, book)),
        HolderAction.Send => Send(intent, book),
        _ => Buy(intent, view.Subnets[intent.Rank], book),
    };

    private Call? Follow(in Intent intent, PriceView view, StakerBook book)
    {
        var (one, other) = (view.Subnets[intent.Rank], view.Subnets[intent.OtherRank]);
        var best = other.StandsAbove(one, Reference.Before) ? other : one;
        if (best.Price >= best.Before) return Buy(intent, best, book);
        return Sell(intent, view, Position(book, view, Reference.Before, highest: false));
    }

    private Call? Revert(in Intent intent, PriceView view, StakerBook book)
    {
        var dear = Position(book, view, Reference.Slow, highest: true);
        if (dear is { } position && Find(view, position.Netuid) is { } price && price.Price > price.Slow) return Sell(intent, view, dear);
        return Buy(intent, Lower(intent, view), book);
    }

    private Call? Drift(in Intent intent, PriceView view, StakerBook book)
    {
        foreach (var position in book.Positions)
        {
            if (!position.Netuid.IsRoot) continue;
            var amount = Math.Min(position.Amount, Math.Max(TradeMin, Part(position.Amount, intent.Permille * 5)));
            return amount < TradeMin ? null : Calls.SwapStake(position.Hotkey, NetUid.Root, view.Subnets[intent.Rank].Netuid, new Alpha(amount));
        }

        return StakeOnRoot(intent, book);
    }

    private Call? Claim(in Intent intent, PriceView view, StakerBook book)
    {
        var hasRoot = false;
        foreach (var position in book.Positions) hasRoot |= position.Netuid.IsRoot;
        if (!hasRoot || intent.Permille < ClaimFrom) return StakeOnRoot(intent, book);
        var (one, other) = (view.Subnets[intent.Rank].Netuid, view.Subnets[intent.OtherRank].Netuid);
        return Calls.ClaimRoot(one == other ? [one] : [one, other]);
    }

    private Call? StakeOnRoot(in Intent intent, StakerBook book)
    {
        var amount = Math.Max(TradeMin, Part(book.Free, intent.Permille));
        return amount + KeptMin > book.Free ? null : Calls.AddStake(hotkeys[intent.Validator % hotkeys.Count], NetUid.Root, new Tao(amount));
    }

    private Call? Buy(in Intent intent, SubnetPrice subnet, StakerBook book)
    {
        var amount = Math.Max(TradeMin, Math.Min(Part(book.Free, intent.Permille), subnet.TaoReserve / DepthParts));
        return amount + KeptMin > book.Free ? null : Calls.AddStake(hotkeys[intent.Validator % hotkeys.Count], subnet.Netuid, new Tao(amount));
    }

    private static Call? Sell(in Intent intent, PriceView view, BookPosition? from)
    {
        if (from is not { } position || Amount(intent, view, position) is not { } amount) return null;
        return Calls.RemoveStake(position.Hotkey, position.Netuid, new Alpha(amount));
    }

    private static Call? Change(in Intent intent, PriceView view, StakerBook book, BookPosition? from)
    {
        if (from is not { } position || Amount(intent, view, position) is not { } amount) return null;
        var to = Lower(intent, view).Netuid;
        if (to == position.Netuid) to = view.Subnets[intent.Rank].Netuid;
        if (to == position.Netuid) to = view.Subnets[intent.OtherRank].Netuid;
        return to == position.Netuid || book.Positions.Count == 0 ? null : Calls.SwapStake(position.Hotkey, position.Netuid, to, new Alpha(amount));
    }

    private Call? Send(in Intent intent, StakerBook book)
    {
        var amount = Part(book.Free, intent.Permille);
        return amount < KeptMin || amount + KeptMin > book.Free || intent.Receiver == intent.Staker ? null : Calls.Transfer(account(intent.Receiver), new Tao(amount), keepAlive: true);
    }

    /// <summary>How much of a position is sold: of its size, not more than the pool bears, and not less than the least trade.</summary>
    private static ulong? Amount(in Intent intent, PriceView view, BookPosition position)
    {
        if (Find(view, position.Netuid) is not { } subnet || subnet.Price == 0) return null;
        var least = (ulong)UInt128.Min((((UInt128)TradeMin << 64) / subnet.Price) + 1, ulong.MaxValue);
        var amount = Math.Max(least, Math.Min(Part(position.Amount, intent.Permille * 5), subnet.AlphaReserve / DepthParts));
        return amount > position.Amount ? null : amount;
    }

    /// <summary>Of the two subnets that were drawn, the one that stands lower against its slow price.</summary>
    private static SubnetPrice Lower(in Intent intent, PriceView view)
    {
        var (one, other) = (view.Subnets[intent.Rank], view.Subnets[intent.OtherRank]);
        return one.StandsAbove(other, Reference.Slow) ? other : one;
    }

    private static BookPosition? AnyPosition(in Intent intent, StakerBook book)
    {
        var count = 0;
        foreach (var position in book.Positions) count += position.Netuid.IsRoot ? 0 : 1;
        if (count == 0) return null;
        var at = (intent.Permille + intent.Validator) % count;
        foreach (var position in book.Positions)
        {
            if (!position.Netuid.IsRoot && at-- == 0) return position;
        }

        return null;
    }

    /// <summary>The position whose subnet stands highest, or lowest, against the reference.</summary>
    private static BookPosition? Position(StakerBook book, PriceView view, Func<SubnetPrice, UInt128> reference, bool highest)
    {
        (BookPosition Position, SubnetPrice Price)? best = null;
        foreach (var position in book.Positions)
        {
            if (position.Netuid.IsRoot || Find(view, position.Netuid) is not { } price) continue;
            if (best is not { } former || price.StandsAbove(former.Price, reference) == highest) best = (position, price);
        }

        return best?.Position;
    }

    private static SubnetPrice? Find(PriceView view, NetUid netuid)
    {
        // Netuids mostly stand at their places.
        var place = netuid.Value - 1;
        if (place >= 0 && place < view.Subnets.Count && view.Subnets[place].Netuid == netuid) return view.Subnets[place];
        foreach (var subnet in view.Subnets)
        {
            if (subnet.Netuid == netuid) return subnet;
        }

        return null;
    }

    private static ulong Part(ulong whole, int permille) => (ulong)((UInt128)whole * (ulong)Math.Min(permille, 1_000) / 1_000);

    private static class Reference
    {
        public static readonly Func<SubnetPrice, UInt128> Before = price => price.Before;
        public static readonly Func<SubnetPrice, UInt128> Slow = price => price.Slow;
    }
}
