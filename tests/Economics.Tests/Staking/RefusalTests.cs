using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Model;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Staking;

/// <summary>One row per refusal and call: what is wrong, and which of the things that are wrong the chain names.</summary>
public class RefusalTests
{
    private const ulong Huge = 10_000_000_000_000_000_000;

    private static readonly NetUid s_missing = new(99);

    private static readonly Dictionary<string, Row> s_rows = AddStakeRows()
        .Concat(RemoveStakeRows()).Concat(MoveRows()).Concat(AlphaRows()).Concat(HotkeyRows()).Concat(OtherRows())
        .ToDictionary(row => row.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. s_rows.Keys];

    /// <summary>The refusal is the expected one, and the network is as it was.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Execute_Refused_NamesTheFirstBrokenRuleAndLeavesNoTrace(string name)
    {
        var row = s_rows[name];
        var network = new TestLedger().With(ledger => row.SetUp?.Invoke(ledger)).Build();
        var before = StateDigest.Of(network);

        var outcome = network.Execute(row.Signer ?? Ann, row.Call);

        Assert.Equal(row.Expected, outcome.Error);
        Assert.Empty(outcome.Moves);
        Assert.Equal(before, StateDigest.Of(network));
    }

    private static IEnumerable<Row> AddStakeRows()
    {
        var add = Of(CallKind.AddStake, One, ManyTao);
        var limit = add with { Kind = CallKind.AddStakeLimit, Limit = 1_000_000_000 };
        yield return new("add: over 1000 times the reserve, before everything else", add with { Amount = Huge, Hotkey = Ghost },
            LedgerError.InsufficientLiquidity, ledger => ledger.Books(One).SubtokenEnabled = false);
        yield return new("add: no subnet", add with { Netuid = s_missing, Amount = 0 }, LedgerError.SubnetNotExists);
        yield return new("add: trading off", add with { Amount = 1 }, LedgerError.SubtokenDisabled, ledger => ledger.Books(One).SubtokenEnabled = false);
        yield return new("add: one rao below the least amount", add with { Amount = 2_001_006, Hotkey = Ghost }, LedgerError.AmountTooLow);
        yield return new("add: least amount on a stable subnet has no fee", Of(CallKind.AddStake, StableSubnet, 1_999_999), LedgerError.AmountTooLow);
        yield return new("add: more than the balance", add with { Amount = 10_000_000_001, Hotkey = Ghost }, LedgerError.NotEnoughBalanceToStake, Signer: Bob);
        yield return new("add: no hotkey", add with { Hotkey = Ghost }, LedgerError.HotKeyAccountNotExists,
            ledger => ledger.Pool(One, 1_000_000_000_000, 999_999));
        yield return new("add: the pool has too little alpha to quote", add, LedgerError.InsufficientLiquidity,
            ledger => ledger.Pool(One, 1_000_000_000_000, 999_999));
        yield return new("add: everything would go for the deposit", Of(CallKind.AddStake, One, 2_001_007), LedgerError.InsufficientBalance,
            ledger => { ledger.Balance(Ann, 2_001_007); ledger.Parameters = ledger.Parameters with { ExistentialDeposit = new Tao(2_001_007) }; });
        yield return new("limit: over 1000 times the reserve", limit with { Amount = Huge, Limit = 1 }, LedgerError.InsufficientLiquidity);
        yield return new("limit: the price is above the limit already, before the other checks", limit with { Amount = 0, Limit = 99_999_999, Hotkey = Ghost },
            LedgerError.PriceLimitExceeded);
        yield return new("limit: no subnet reads as stable first", limit with { Netuid = s_missing }, LedgerError.SubnetNotExists);
        yield return new("limit: not all fits under the limit", limit with { Amount = 500_000_000_000, Limit = 110_000_000 }, LedgerError.SlippageTooHigh);
        yield return new("limit: too little fits under the limit", limit with { Limit = 100_000_010, AllowPartial = true }, LedgerError.AmountTooLow);
        yield return new("limit: a stable subnet below price 1, partially", limit with { Netuid = StableSubnet, Limit = 999_999_999, AllowPartial = true },
            LedgerError.AmountTooLow);
        yield return new("limit: a stable subnet below price 1", limit with { Netuid = StableSubnet, Limit = 999_999_999 }, LedgerError.SlippageTooHigh);
        yield return new("limit: missing", limit with { Limit = null }, LedgerError.MalformedCall);
    }

    private static IEnumerable<Row> RemoveStakeRows()
    {
        var remove = Of(CallKind.RemoveStake, One, 1_000_000_000);
        var limit = remove with { Kind = CallKind.RemoveStakeLimit, Limit = 1 };
        yield return new("remove: no subnet reads as trading off", remove with { Netuid = s_missing }, LedgerError.SubtokenDisabled, Signer: Owner);
        yield return new("remove: trading off", remove, LedgerError.SubtokenDisabled, ledger => ledger.Books(One).SubtokenEnabled = false, Owner);
        yield return new("remove: over 1000 times the reserve", remove with { Amount = Huge }, LedgerError.InsufficientLiquidity,
            ledger => ledger.Pool(One, 1_000_000_000_000, 4_999_999_999), Owner);
        yield return new("remove: nothing there", remove, LedgerError.AmountTooLow);
        yield return new("remove: the pool has too little TAO", remove, LedgerError.InsufficientLiquidity,
            ledger => ledger.Pool(One, 999_999, 10_000_000_000_000), Owner);
        yield return new("remove: a part worth too little", remove with { Amount = 20_000_000 }, LedgerError.AmountTooLow, Signer: Owner);
        yield return new("remove: payout below the deposit to an empty account", remove with { Amount = 4_000 }, LedgerError.BelowMinimum,
            ledger => ledger.Stake(Hot, Nobody, One, 4_000), Nobody);
        yield return new("remove limit: over 1000 times the reserve, not capped at the position", limit with { Amount = Huge },
            LedgerError.InsufficientLiquidity, Signer: Owner);
        yield return new("remove limit: the price is below the limit already", limit with { Limit = 100_000_001, Amount = 0 },
            LedgerError.PriceLimitExceeded, Signer: Owner);
        yield return new("remove limit: no subnet", limit with { Netuid = s_missing }, LedgerError.SubnetNotExists, Signer: Owner);
        yield return new("remove limit: zero", limit with { Amount = 0 }, LedgerError.AmountTooLow, Signer: Owner);
        yield return new("remove limit: more than the position", limit with { Amount = 5_000_000_000_001 }, LedgerError.NotEnoughStakeToWithdraw, Signer: Owner);
        yield return new("remove limit: not all fits above the limit", limit with { Amount = 1_000_000_000_000, Limit = 99_000_000 },
            LedgerError.SlippageTooHigh, Signer: Owner);
        yield return new("remove limit: a stable subnet above price 1", Of(CallKind.RemoveStakeLimit, StableSubnet, 5_000_000) with { Limit = 1_000_000_001 },
            LedgerError.SlippageTooHigh, ledger => ledger.Stake(Hot, Ann, StableSubnet, 5_000_000));
        yield return new("remove limit: missing", limit with { Limit = null }, LedgerError.MalformedCall, Signer: Owner);
        yield return new("full: with a limit it is never partial", Of(CallKind.RemoveStakeFullLimit, One) with { Limit = 99_000_000 },
            LedgerError.SlippageTooHigh, Signer: Owner);
        yield return new("full: nothing there", Of(CallKind.RemoveStakeFullLimit, One), LedgerError.AmountTooLow);
        yield return new("unstake all: no hotkey", Of(CallKind.UnstakeAll, hotkey: Ghost), LedgerError.HotKeyAccountNotExists);
        yield return new("unstake all alpha: no hotkey", Of(CallKind.UnstakeAllAlpha, hotkey: Ghost), LedgerError.HotKeyAccountNotExists);
        yield return new("unstake all alpha: nothing to stake on root", Of(CallKind.UnstakeAllAlpha), LedgerError.AmountTooLow);
        yield return new("unstake all: an error inside aborts everything", Of(CallKind.UnstakeAll), LedgerError.BelowMinimum,
            ledger => ledger.Stake(Hot, Nobody, One, 4_000), Nobody);
    }

    private static IEnumerable<Row> MoveRows()
    {
        var swap = Move(CallKind.SwapStake, One, Two, 1_000_000_000);
        var limit = swap with { Kind = CallKind.SwapStakeLimit, Limit = 1 };
        var transfer = Move(CallKind.TransferStake, One, One, 1_000_000_000);
        yield return new("swap: to itself", swap with { ToNetuid = One }, LedgerError.SameNetuid, Signer: Owner);
        yield return new("swap: no origin", swap with { Netuid = s_missing }, LedgerError.SubnetNotExists, Signer: Owner);
        yield return new("swap: no destination", swap with { ToNetuid = s_missing }, LedgerError.SubnetNotExists, Signer: Owner);
        yield return new("swap: origin not trading", swap, LedgerError.SubtokenDisabled, ledger => ledger.Books(One).SubtokenEnabled = false, Owner);
        yield return new("swap: destination not trading", swap, LedgerError.SubtokenDisabled, ledger => ledger.Books(Two).SubtokenEnabled = false, Owner);
        yield return new("swap: no hotkey", swap with { Hotkey = Ghost }, LedgerError.HotKeyAccountNotExists, Signer: Owner);
        yield return new("move: no destination hotkey", Move(CallKind.MoveStake, One, Two, 1_000_000_000) with { ToHotkey = Ghost },
            LedgerError.HotKeyAccountNotExists, Signer: Owner);
        yield return new("swap: origin cannot be quoted", swap, LedgerError.InsufficientLiquidity, ledger => ledger.Pool(One, 999_999, 10_000_000_000_000), Owner);
        yield return new("swap: exactly the minimum is too little, even of everything", Move(CallKind.SwapStake, StableSubnet, Two, 2_000_000),
            LedgerError.AmountTooLow, ledger => ledger.Stake(Hot, Ann, StableSubnet, 2_000_000));
        yield return new("swap: destination has too little alpha, under the swap's own name", swap, LedgerError.ReservesTooLow,
            ledger => ledger.Pool(Two, 1_000_000_000_000, 999_999), Owner);
        yield return new("swap: destination is too small for the input, under the swap's own name",
            Move(CallKind.SwapStake, One, Two, 4_000_000_000_000), LedgerError.SwapInputTooLarge, ledger => ledger.Pool(Two, 1_000_000, 10_000_000), Owner);
        yield return new("swap limit: not all fits", limit with { Amount = 1_000_000_000_000, Limit = 199_000_000 }, LedgerError.SlippageTooHigh, Signer: Owner);
        yield return new("swap limit: destination's price is above what the limit means", limit with { Netuid = StableSubnet, Limit = 2_000_000_001 },
            LedgerError.PriceLimitExceeded, ledger => ledger.Stake(Hot, Ann, StableSubnet, 1_000_000_000));
        yield return new("swap limit: missing", limit with { Limit = null }, LedgerError.MalformedCall);
        yield return new("swap: no destination named", swap with { ToNetuid = null }, LedgerError.MalformedCall);
        yield return new("move: no hotkey named", Move(CallKind.MoveStake, One, Two, 1) with { ToHotkey = null }, LedgerError.MalformedCall);
        yield return new("transfer stake: no receiver named", transfer with { ToColdkey = null }, LedgerError.MalformedCall);
        yield return new("transfer stake: to oneself in place", transfer with { ToColdkey = Owner }, LedgerError.SameNetuid, Signer: Owner);
        yield return new("transfer stake: off at the origin", transfer, LedgerError.TransferDisallowed, ledger => ledger.Books(One).TransferEnabled = false, Owner);
        yield return new("transfer stake: off at the destination", transfer with { ToNetuid = Two }, LedgerError.TransferDisallowed,
            ledger => ledger.Books(Two).TransferEnabled = false, Owner);
        yield return new("transfer stake: worth too little", transfer with { Amount = 19_999_999 }, LedgerError.AmountTooLow, Signer: Owner);
    }

    private static IEnumerable<Row> AlphaRows()
    {
        foreach (var kind in new[] { CallKind.RecycleAlpha, CallKind.BurnAlpha })
        {
            var call = Of(kind, One, 1_000_000_000);
            yield return new($"{kind}: no subnet", call with { Netuid = s_missing }, LedgerError.SubnetNotExists, Signer: Owner);
            yield return new($"{kind}: root", call with { Netuid = Root }, LedgerError.CannotBurnOrRecycleOnRootSubnet,
                ledger => ledger.Books(Root).SubtokenEnabled = false, Owner);
            yield return new($"{kind}: trading off", call with { Hotkey = Ghost }, LedgerError.SubtokenDisabled,
                ledger => ledger.Books(One).SubtokenEnabled = false, Owner);
            yield return new($"{kind}: no hotkey", call with { Hotkey = Ghost }, LedgerError.HotKeyAccountNotExists, Signer: Owner);
            yield return new($"{kind}: more than is outstanding", call, LedgerError.InsufficientLiquidity,
                ledger => ledger.AlphaOutstanding[One] = new Alpha(999_999_999), Owner);
        }

        var burn = Of(CallKind.AddStakeBurn, One, ManyTao);
        yield return new("add stake burn: not enough TAO", burn with { Amount = 10_000_000_001 }, LedgerError.NotEnoughBalanceToStake, Signer: Bob);
        yield return new("add stake burn: a limit is never partial", burn with { Amount = 500_000_000_000, Limit = 110_000_000 }, LedgerError.SlippageTooHigh);
        yield return new("add stake burn: root takes the stake but not the burn", burn with { Netuid = Root }, LedgerError.CannotBurnOrRecycleOnRootSubnet);
    }

    private static IEnumerable<Row> HotkeyRows()
    {
        Call Take(CallKind kind, ushort parts) => Of(kind) with { Take = new Take(parts) };
        void Stored(TestLedger ledger) => ledger.Hotkeys[Hot] = new HotkeyRecord(Owner) { StoredTake = new Take(6_000) };
        yield return new("increase: no hotkey", Take(CallKind.IncreaseTake, 1) with { Hotkey = Ghost }, LedgerError.HotKeyAccountNotExists, Signer: Owner);
        yield return new("increase: not the owner", Take(CallKind.IncreaseTake, 1), LedgerError.NonAssociatedColdKey);
        yield return new("increase: not above the stored take", Take(CallKind.IncreaseTake, 6_000), LedgerError.DelegateTakeTooLow, Stored, Owner);
        yield return new("increase: above the maximum, also without a stored take", Take(CallKind.IncreaseTake, 11_797), LedgerError.DelegateTakeTooHigh, Signer: Owner);
        yield return new("decrease: no hotkey", Take(CallKind.DecreaseTake, 1) with { Hotkey = Ghost }, LedgerError.HotKeyAccountNotExists, Signer: Owner);
        yield return new("decrease: not the owner", Take(CallKind.DecreaseTake, 1), LedgerError.NonAssociatedColdKey);
        yield return new("decrease: not below the stored take", Take(CallKind.DecreaseTake, 6_000), LedgerError.DelegateTakeTooLow, Stored, Owner);
        yield return new("decrease: below the minimum", Take(CallKind.DecreaseTake, 99), LedgerError.DelegateTakeTooLow,
            ledger => ledger.Parameters = ledger.Parameters with { MinTake = new Take(100) }, Owner);
        yield return new("associate: a subnet's account", Of(CallKind.TryAssociateHotkey, hotkey: AccountId.OfSubnet(s_missing)), LedgerError.CannotUseSystemAccount);
    }

    private static IEnumerable<Row> OtherRows()
    {
        Call Pay(ulong amount, AccountId? to) => new() { Kind = CallKind.Transfer, Amount = amount, ToColdkey = to };
        yield return new("transfer: more than the balance", Pay(10_000_000_001, Nobody), LedgerError.FundsUnavailable, Signer: Bob);
        yield return new("transfer: would not stay alive", Pay(9_999_999_501, Nobody) with { KeepAlive = true }, LedgerError.NotExpendable, Signer: Bob);
        yield return new("transfer: everything, kept alive", Pay(10_000_000_000, Nobody) with { KeepAlive = true }, LedgerError.NotExpendable, Signer: Bob);
        yield return new("transfer: the receiver would hold too little", Pay(499, Nobody), LedgerError.BelowMinimum, Signer: Bob);
        yield return new("transfer: no receiver named", Pay(499, null), LedgerError.MalformedCall);
        yield return new("start: no subnet", Of(CallKind.StartCall, s_missing), LedgerError.SubnetNotExists);
        yield return new("start: not the owner", Of(CallKind.StartCall, One), LedgerError.BadOrigin);
        yield return new("start: started already", Of(CallKind.StartCall, One), LedgerError.FirstEmissionBlockNumberAlreadySet, Signer: Owner);
        yield return new("start: too early", Of(CallKind.StartCall, One), LedgerError.NeedWaitingMoreBlocksToStarCall,
            ledger =>
            {
                ledger.Books(One).FirstEmissionBlock = null;
                ledger.Parameters = ledger.Parameters with { StartCallDelay = 1 };
            },
            Owner);
        yield return new("admin: unknown parameter", Setting("no_such_thing", "1"), LedgerError.UnknownParameter);
        yield return new("admin: unknown field, before the subnet is looked for", Setting("no_such_thing", "1", s_missing), LedgerError.UnknownParameter);
        yield return new("admin: no subnet", Setting("tempo", "1", s_missing), LedgerError.SubnetNotExists);
        yield return new("admin: out of bounds", Setting("owner_cut", "65536"), LedgerError.InvalidParameterValue);
        yield return new("admin: no number", Setting("tempo", "soon", One), LedgerError.InvalidParameterValue);
        yield return new("admin: nothing where something is needed", Setting("tempo", null, One), LedgerError.InvalidParameterValue);
        yield return new("admin: no name", Setting("", "1"), LedgerError.MalformedCall);
        yield return new("no kind", new Call { Kind = CallKind.None }, LedgerError.MalformedCall);
        yield return new("unknown kind", new Call { Kind = (CallKind)250 }, LedgerError.MalformedCall);
    }

    private sealed record Row(
        string Name, Call Call, LedgerError Expected, Action<TestLedger>? SetUp = null, AccountId? Signer = null);
}
