using Dtao.Api.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;

namespace Dtao.Api.Subnets;

/// <summary>A subnet as it is now: taostats' fields, and its market.</summary>
/// <param name="BlockNumber">The block that its pool had applied when it was read.</param>
/// <param name="Timestamp">When that block was closed; null where that is not known here any more.</param>
/// <param name="Netuid">Its number; 0 is root.</param>
/// <param name="Name">How it presents itself, or its name in the registry.</param>
/// <param name="Symbol">Of its token.</param>
/// <param name="Owner">Null where nobody owns it.</param>
/// <param name="OwnerHotkey">Gets the owner's cut.</param>
/// <param name="RegistrationBlockNumber">The block in which it came into being.</param>
/// <param name="RegistrationCost">TAO that was locked for it.</param>
/// <param name="NeuronRegistrationCost">What a seat costs now.</param>
/// <param name="Modality">0 stable, 1 dynamic: the mechanism of its market.</param>
/// <param name="Price">Spot price; 1 where there is no curve.</param>
/// <param name="MovingPrice">The smoothed price.</param>
/// <param name="MarketCap">Alpha in existence at the spot price.</param>
/// <param name="TotalTao">TAO in the pool.</param>
/// <param name="AlphaInPool">Alpha in the pool.</param>
/// <param name="AlphaStaked">Alpha outside of it.</param>
/// <param name="TotalAlpha">Both.</param>
/// <param name="FeeRate">Of a swap, in parts of 65535.</param>
/// <param name="Emission">TAO that the last block gave it: into the pool, and to buy its alpha.</param>
/// <param name="TaoInEmission">TAO that the last block put into the pool.</param>
/// <param name="AlphaInEmission">Alpha that the last block put into the pool.</param>
/// <param name="AlphaOutEmission">Alpha that the last block put aside for people.</param>
/// <param name="ExcessTao">TAO with which the last block bought its alpha.</param>
/// <param name="RootProp">Root's weight against its alpha.</param>
/// <param name="MaxNeurons">Seats.</param>
/// <param name="ActiveKeys">Seats that are taken.</param>
/// <param name="Positions">Positions of stakers.</param>
/// <param name="Swaps">Swaps since genesis.</param>
/// <param name="Tempo">Blocks between epochs.</param>
/// <param name="BlocksSinceLastStep">Blocks since the last epoch.</param>
/// <param name="BlocksUntilNextEpoch">0 when it is due; null where there are no epochs.</param>
/// <param name="NextEpochBlock">The block in which it is due.</param>
/// <param name="EpochIndex">Epochs so far.</param>
/// <param name="ActivityCutoffFactor">Thousandths of a tempo after which a neuron that set no weights counts as inactive.</param>
/// <param name="RegistrationAllowed">Whether seats may be bought.</param>
/// <param name="SubtokenEnabled">Whether its alpha can be traded.</param>
/// <param name="IsEmitting">Whether blocks give it TAO.</param>
/// <param name="MaxValidators">Seats that may validate.</param>
/// <param name="ImmunityPeriod">Blocks for which a new seat is not taken away.</param>
/// <param name="MinAllowedWeights">Weights that a validator sets, at least.</param>
/// <param name="Kappa">Of 65535: the majority that counts as agreement.</param>
/// <param name="Rho">The steepness of consensus.</param>
/// <param name="WeightsRateLimit">Blocks between two settings of weights.</param>
/// <param name="WeightsVersion">The key that weights must name.</param>
/// <param name="CommitRevealWeightsInterval">Epochs until a commitment is revealed.</param>
/// <param name="BondsMovingAvg">Of a million.</param>
/// <param name="AlphaHigh">Of 65535.</param>
/// <param name="AlphaLow">Of 65535.</param>
/// <param name="AlphaSigmoidSteepness">Hundredths.</param>
/// <param name="RecycledSinceRegistration">TAO that registrations of seats have taken.</param>
internal sealed record SubnetView(
    BlockNumber BlockNumber, Timestamp? Timestamp, NetUid Netuid, string Name, string Symbol, AccountId? Owner, AccountId? OwnerHotkey, BlockNumber RegistrationBlockNumber,
    Tao RegistrationCost, Tao NeuronRegistrationCost, int Modality, U64F64 Price, string MovingPrice, Tao MarketCap, Tao TotalTao, Alpha AlphaInPool, Alpha AlphaStaked,
    Alpha TotalAlpha, int FeeRate, Tao Emission, Tao TaoInEmission, Alpha AlphaInEmission, Alpha AlphaOutEmission, Tao ExcessTao, string RootProp, int MaxNeurons, int ActiveKeys,
    int Positions, long Swaps, int Tempo, long BlocksSinceLastStep, long? BlocksUntilNextEpoch, BlockNumber? NextEpochBlock, long EpochIndex, bool RegistrationAllowed,
    bool SubtokenEnabled, bool IsEmitting, int MaxValidators, int ImmunityPeriod, int MinAllowedWeights, long ActivityCutoffFactor, Tao MinBurn, Tao MaxBurn, int Kappa, int Rho,
    long WeightsRateLimit, string WeightsVersion, string BondsMovingAvg, bool BondsResetOn, bool LiquidAlphaEnabled, int AlphaHigh, int AlphaLow, int AlphaSigmoidSteepness,
    bool Yuma3On, bool CommitRevealWeightsEnabled, long CommitRevealWeightsInterval, Tao RecycledSinceRegistration)
{
    public static SubnetView Of(SubnetInfo subnet, Timestamp? timestamp)
    {
        var (pool, books) = (subnet.Pool, subnet.Pool.Books!);
        var hyper = books.Hyper;
        return new SubnetView(
            pool.Block, timestamp, subnet.Netuid, subnet.Name, subnet.Symbol, books.Owner, books.OwnerHotkey, books.RegisteredAt,
            books.Locked, books.IsRoot ? Tao.Zero : books.Burn, books.IsRoot ? 0 : books.Mechanism, new U64F64(pool.PriceBits), PriceText.Of(books.MovingPrice.Bits, I96F32.FractionBits),
            new Tao(AmountText.ValueRao(books.AlphaIssuance.Rao, pool.PriceBits)), books.TaoReserve, books.AlphaReserve, books.AlphaOutstanding,
            books.AlphaIssuance, books.FeeRate.Parts, books.TaoInEmission.AddSaturating(books.ExcessTao), books.TaoInEmission, books.AlphaInEmission, books.AlphaOutEmission,
            books.ExcessTao, PriceText.Of(books.RootProportion.Bits, U96F32.FractionBits), books.IsRoot ? RootRegistration.SeatsMax : hyper.MaxUids, pool.Neurons,
            pool.Positions, Count(pool.Swaps), books.Tempo, Count(books.BlocksSinceLastStep), UntilNext(books, pool.Block), books.IsRoot ? null : EpochSchedule.NextStart(books),
            Count(books.EpochIndex), books.RegistrationAllowed, books.SubtokenEnabled, books.IsEmitting, hyper.MaxValidators, hyper.ImmunityPeriod, hyper.MinAllowedWeights,
            hyper.ActivityCutoffFactor, books.MinBurn, books.MaxBurn, hyper.Kappa, hyper.Rho, Count(hyper.WeightsRateLimit), Shown(hyper.WeightsVersionKey),
            Shown(hyper.BondsMovingAverage), hyper.BondsReset, hyper.LiquidAlpha, hyper.AlphaHigh, hyper.AlphaLow, hyper.Steepness, hyper.Yuma3, hyper.CommitReveal,
            Count(hyper.RevealPeriod), books.RaoRecycled);
    }

    private static long? UntilNext(SubnetBooks books, BlockNumber block) =>
        books.IsRoot || EpochSchedule.NextStart(books) is not { } next ? null : Count(SaturatingMath.Subtract(next.Value, block.Value));

    private static long Count(ulong value) => (long)Math.Min(value, long.MaxValue);

    private static string Shown(ulong value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>How a subnet presents itself, in taostats' fields; empty texts are null.</summary>
internal sealed record SubnetIdentityView(
    NetUid Netuid, string SubnetName, string? GithubRepo, string? SubnetContact, string? SubnetUrl, string? Discord, string? Description, string? LogoUrl, string? Additional)
{
    public static SubnetIdentityView Of(SubnetInfo subnet)
    {
        var texts = subnet.Identity;
        return new(
            subnet.Netuid, subnet.Name, Given(texts?.Repository), Given(texts?.Contact), Given(texts?.Url), Given(texts?.Discord), Given(texts?.Description), Given(texts?.Logo),
            Given(texts?.Additional));
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>What a new subnet costs.</summary>
/// <param name="RegistrationCost">TAO at that block; it falls from block to block.</param>
/// <param name="Minimum">It never falls below this.</param>
/// <param name="OpensAtBlock">The first block in which a registration is let in.</param>
/// <param name="Subnets">Registered, root left out. When that is the limit, a registration takes the place of the one with the lowest moving price.</param>
/// <param name="SubnetsMax">The limit.</param>
internal sealed record RegistrationCostView(BlockNumber BlockNumber, Timestamp? Timestamp, Tao RegistrationCost, Tao Minimum, BlockNumber OpensAtBlock, int Subnets, int SubnetsMax);

/// <summary>One hyperparameter of a subnet, or of the network.</summary>
/// <param name="Netuid">Null: of the network.</param>
/// <param name="Name">As in genesis documents.</param>
/// <param name="ChainName">As in the reference's calls.</param>
/// <param name="Value">As text; null where there is none.</param>
/// <param name="Unit">Of one.</param>
/// <param name="SetBy">owner, sudo, or nobody.</param>
/// <param name="Bounds">In words; empty when its type is the only bound.</param>
internal sealed record HyperparameterView(NetUid? Netuid, string Name, string ChainName, string? Value, string Unit, string SetBy, string Bounds);

/// <summary>What a swap would come to now.</summary>
/// <param name="AlphaPrice">Spot price before.</param>
/// <param name="AlphaPriceAfter">Spot price after.</param>
/// <param name="InputTokens">Rao that go in, fee included.</param>
/// <param name="OutputTokens">Rao that come out.</param>
/// <param name="ExpectedOutputTokens">Rao that the spot price alone would bring for the input without its fee, floored.</param>
/// <param name="Diff">What slippage takes of that.</param>
/// <param name="Fee">Rao of the input's token.</param>
/// <param name="Slippage">How much of what was expected slippage takes: 0.01 is a hundredth.</param>
internal sealed record SlippageView(
    NetUid Netuid, BlockNumber BlockNumber, Timestamp? Timestamp, string Direction, U64F64 AlphaPrice, U64F64 AlphaPriceAfter, Tao InputTokens, Tao OutputTokens,
    Tao ExpectedOutputTokens, Tao Diff, Tao Fee, string Slippage);
