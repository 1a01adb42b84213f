using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Economics.Rules;
using Dtao.Economics.Staking;

namespace Dtao.Economics.Emission;

/// <summary>What one subnet is told to make a block.</summary>
/// <param name="TaoEmission">Its part of the minted TAO; null when it does not emit in this block.</param>
public readonly record struct SubnetBlockInput(
    BlockNumber Block, U96F32? TaoEmission, bool RootSell, Tao RootTao, NetworkParameters Parameters)
{
    /// <summary>The rules in force in this block.</summary>
    public RuleSet Rules => Parameters.RulesAt(Block);
}

/// <summary>What a subnet hands back.</summary>
/// <param name="CreditConsumed">Minted TAO that entered its account, and so issuance.</param>
public readonly record struct SubnetBlockResult(Tao CreditConsumed);

/// <summary>Everything that happens in one subnet in one block.</summary>
/// <remarks>
/// Source: rule book 02, sections 3, 3.1, 5.3 to 5.7 and 6.2; coinbase/block_step.rs, coinbase/run_coinbase.rs. A step reads only its
/// own books, the plan's line and root's TAO, so subnets can be made in parallel and in any order. Epochs run between
/// <see cref="Emit"/> and <see cref="Complete"/>.
/// </remarks>
public static class SubnetBlock
{
    /// <summary>Makes the block on the books, which the caller owns, without an epoch, and says how much of the credit they took.</summary>
    public static SubnetBlockResult Apply(SubnetBooks books, in SubnetBlockInput input)
    {
        Begin(books, input.Block);
        var result = Emit(books, input);
        if (!books.IsRoot) books.BlocksSinceLastStep = SaturatingMath.Add(books.BlocksSinceLastStep, 1);
        Complete(books, input);
        return result;
    }

    /// <summary>Before the emission: the registration price falls, and what was counted per block starts anew.</summary>
    /// <remarks>
    /// Source: rule book 02, section 3.1. Root's registrations of the interval are forgotten whenever its epoch would be due; as it never runs one,
    /// that is in every block after its first tempo.
    /// </remarks>
    public static void Begin(SubnetBooks books, BlockNumber block)
    {
        books.Burn = RegistrationPrice.Decay(books, block);
        books.RegistrationsThisBlock = 0;
        books.RootSellTao = Tao.Zero;
        if (books.IsRoot && EpochSchedule.IsDue(books, block)) books.RegistrationsThisInterval = 0;
    }

    /// <summary>Liquidity, the chain's purchase, and new alpha; nothing for root and for subnets that do not emit.</summary>
    public static SubnetBlockResult Emit(SubnetBooks books, in SubnetBlockInput input)
    {
        if (books.IsRoot) return default;
        var rules = input.Rules;
        rules.Liquidity.Prepare(books);
        if (input.TaoEmission is not { } taoEmission) return default;
        rules.Shares.Record(books, input.Block);
        var terms = TermsOf(books, taoEmission, input);
        var consumed = Inject(books, terms, rules.Liquidity, input.Parameters.ExistentialDeposit);
        EmitAlpha(books, terms, input);
        return new SubnetBlockResult(consumed);
    }

    /// <summary>After the epochs: the moving price, with the price after this block's injection, and root's proportion.</summary>
    public static void Complete(SubnetBooks books, in SubnetBlockInput input)
    {
        if (books.IsRoot || input.TaoEmission is null) return;
        UpdateMovingPrice(books, input);
        books.RootProportion = RootProportion(books, input);
    }

    /// <summary>What the plan must know of a subnet, read when the block before is done.</summary>
    public static SubnetBlockFacts FactsOf(SubnetBooks books) => new(
        books.Netuid, books.Mechanism, books.IsEmitting, books.EmissionEnabled, books.MovingPrice, books.MinerBurned)
    {
        Flow = new(books.FlowAverages, books.FlowUser, books.FlowProtocol),
    };

    /// <summary>How a subnet's emission is split, from its books before anything of the block has changed them.</summary>
    public static SubnetTerms TermsOf(SubnetBooks books, U96F32 taoEmission, in SubnetBlockInput input) => input.Rules.Liquidity.TermsOf(
        taoEmission,
        PoolState.Of(books).Price,
        U96F32.FromInteger(BlockEmission.Of(books.AlphaIssuance.Rao)),
        RootProportion(books, input));

    private static U96F32 RootProportion(SubnetBooks books, in SubnetBlockInput input) =>
        SubnetTerms.RootProportion(input.RootTao, input.Parameters.TaoWeight, books.AlphaIssuance);

    /// <summary>Adds liquidity at an unchanged price, after spending the excess on alpha.</summary>
    /// <remarks>
    /// Source: rule book 02, 5.6; coinbase/run_coinbase.rs :: inject_and_maybe_swap. The weights are set from the reserves before the
    /// purchase, and a purchase that is refused leaves its TAO on the account as a stray amount.
    /// </remarks>
    private static Tao Inject(SubnetBooks books, in SubnetTerms terms, ILiquidityRule rule, Tao existentialDeposit)
    {
        var tao = new Tao(terms.TaoIn.ToUInt64Saturating());
        var alpha = new Alpha(terms.AlphaIn.ToUInt64Saturating());
        if (!rule.TryAdmit(books, tao, alpha)) (tao, alpha) = (Tao.Zero, Alpha.Zero);

        books.ExcessTao = Tao.Zero;
        books.TaoInEmission = Tao.Zero;
        var consumed = BuyWithExcess(books, new Tao(terms.ExcessTao.ToUInt64Saturating()), existentialDeposit);

        books.AlphaInEmission = alpha;
        books.AlphaReserve = books.AlphaReserve.AddSaturating(alpha);
        books.MintedAlpha = books.MintedAlpha.AddSaturating(alpha);

        if (tao.IsZero || !TaoLedger.TryMintToSubnet(books, tao, existentialDeposit)) return consumed;
        books.TaoInEmission = tao;
        books.TaoReserve = books.TaoReserve.AddSaturating(tao);
        books.TotalStake += tao.Rao;
        books.FlowProtocol = SignedFlow.Add(books.FlowProtocol, tao.Rao);
        return consumed + tao;
    }

    /// <summary>The chain's own purchase: without a fee, its alpha owned by nobody.</summary>
    private static Tao BuyWithExcess(SubnetBooks books, Tao excess, Tao existentialDeposit)
    {
        if (excess.IsZero || !TaoLedger.TryMintToSubnet(books, excess, existentialDeposit)) return Tao.Zero;

        var error = StakeOperations.SwapTaoForAlpha(books, excess, LimitPrice.Highest, dropFees: true, out var fill);
        if (error != LedgerError.None) return excess;
        books.ProtocolAlpha = books.ProtocolAlpha.AddSaturating(new Alpha(fill.PaidOut));
        books.ExcessTao = new Tao(fill.PaidIn);
        books.FlowProtocol = SignedFlow.Add(books.FlowProtocol, fill.PaidIn);
        return excess;
    }

    /// <summary>Mints alpha for participants and puts it aside until the epoch.</summary>
    private static void EmitAlpha(SubnetBooks books, in SubnetTerms terms, in SubnetBlockInput input)
    {
        var minted = new Alpha(terms.AlphaOut.ToUInt64Saturating());
        books.AlphaOutEmission = minted;
        books.AlphaOutstanding = books.AlphaOutstanding.AddSaturating(minted);
        books.MintedAlpha = books.MintedAlpha.AddSaturating(minted);

        ushort? ownerCut = books.OwnerCutEnabled ? input.Parameters.OwnerCut : null;
        var pending = PendingAlpha.Split(terms.AlphaOut, ownerCut, RootProportion(books, input));
        books.PendingOwnerCut = books.PendingOwnerCut.AddSaturating(pending.OwnerCut);
        books.PendingServer = books.PendingServer.AddSaturating(pending.Server);
        books.PendingValidator = books.PendingValidator.AddSaturating(pending.Validator);
        if (input.RootSell) books.PendingRoot = books.PendingRoot.AddSaturating(pending.Root);
        else StakeOperations.RecycleAlpha(books, pending.Root);
    }

    /// <summary>With the price after this block's injection; a stable subnet starts each time from 1.</summary>
    private static void UpdateMovingPrice(SubnetBooks books, in SubnetBlockInput input)
    {
        var old = books.Mechanism == 0 ? I96F32.One : books.MovingPrice;
        books.MovingPrice = PoolPrices.UpdateMovingPrice(
            old, PoolState.Of(books).Price, input.Block, books.FirstEmissionBlock, books.PriceHalvingBlocks, input.Parameters.MovingAlpha);
    }
}
