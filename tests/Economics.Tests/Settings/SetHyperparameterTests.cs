using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Settings;

public class SetHyperparameterTests
{
    private const ulong Now = 100_000;
    private static readonly AccountId Sudo = Key(77);

    [Fact]
    public void OfSubnet_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case { Name = "max_burn", Value = "200000000" }, made => made.Run())
        .Rung(LedgerError.UnknownParameter, spoiled => spoiled.Name = "max_burnt")
        .Rung(LedgerError.BadOrigin, spoiled => spoiled.Signer = Ann)
        .Rung(LedgerError.TxRateLimitExceeded, spoiled => spoiled.Books.SettingMarks = SettingMarks.None.With(12, new(Now - 1_999)))
        .Rung(LedgerError.AdminActionProhibitedDuringWeightsWindow, spoiled => spoiled.Books.PendingEpochAt = Now + 1)
        .Rung(LedgerError.ValueNotInBounds, spoiled => spoiled.Value = "100000000")
        .AssertInOrder();

    [Theory]
    [InlineData("max_uids", "64", "63", LedgerError.MaxAllowedUidsLessThanMinAllowedUids)]
    [InlineData("max_uids", "256", "257", LedgerError.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids)]
    [InlineData("bonds_moving_avg", "975000", "975001", LedgerError.BondsMovingAverageMaxReached)]
    [InlineData("alpha_sigmoid_steepness", "0", "-1", LedgerError.NegativeSigmoidSteepness)]
    [InlineData("min_burn", "999999999", "1000000000", LedgerError.ValueNotInBounds)]
    [InlineData("max_burn", "100000001", "100000000", LedgerError.ValueNotInBounds)]
    [InlineData("burn_half_life", "36100", "36101", LedgerError.InvalidValue)]
    [InlineData("burn_half_life", "1", "0", LedgerError.InvalidValue)]
    [InlineData("burn_increase_mult", "55340232221128654848", "55340232221128654849", LedgerError.InvalidValue)]
    [InlineData("burn_increase_mult", "18446744073709551616", "18446744073709551615", LedgerError.InvalidValue)]
    [InlineData("reveal_period", "100", "101", LedgerError.RevealPeriodTooLarge)]
    [InlineData("reveal_period", "1", "0", LedgerError.RevealPeriodTooSmall)]
    [InlineData("min_child_take", "11796", "11797", LedgerError.InvalidValue)]
    [InlineData("mechanism_count", "1", "0", LedgerError.InvalidValue)]
    [InlineData("mechanism_count", "1", "3", LedgerError.InvalidValue)]
    [InlineData("mechanism_count", "1", "2", LedgerError.TooManyUIDsPerMechanism)]
    [InlineData("mechanism_emission_split", "65535", "65534", LedgerError.InvalidValue)]
    [InlineData("mechanism_emission_split", "65535", "0,65535", LedgerError.InvalidValue)]
    [InlineData("mechanism_emission_split", "65535", "", LedgerError.InvalidValue)]
    [InlineData("mechanism_emission_split", "65535", "65536", LedgerError.InvalidParameterValue)]
    [InlineData("immune_owner_uids", "10", "11", LedgerError.InvalidValue)]
    [InlineData("immune_owner_uids", "1", "0", LedgerError.InvalidValue)]
    [InlineData("root_claim_threshold", "10000000", "10000001", LedgerError.InvalidRootClaimThreshold)]
    [InlineData("tempo", "50400", "50401", LedgerError.TempoOutOfBounds)]
    [InlineData("activity_cutoff_factor", "50000", "50001", LedgerError.ActivityCutoffFactorMilliOutOfBounds)]
    [InlineData("immunity_period", "65535", "65536", LedgerError.InvalidParameterValue)]
    [InlineData("yuma3", "false", "no", LedgerError.InvalidParameterValue)]
    [InlineData("recycle_or_burn", "recycle", "keep", LedgerError.InvalidParameterValue)]
    public void OfSubnet_Owner_IsHeldToTheBounds(string name, string good, string bad, LedgerError error)
    {
        Assert.Equal(LedgerError.None, new Case { Name = name, Value = good }.Run());
        Assert.Equal(error, new Case { Name = name, Value = bad }.Run());
    }

    [Theory]
    [InlineData("kappa", "1")]
    [InlineData("max_validators", "10")]
    [InlineData("fee_rate", "10000")]
    [InlineData("registration_allowed", "false")]
    [InlineData("min_non_immune_uids", "3")]
    [InlineData("weights_rate_limit", "0")]
    public void OfSubnet_RootsValue_IsRefusedToTheOwnerAndTakenFromTheSudoKey(string name, string value)
    {
        Assert.Equal(LedgerError.BadOrigin, new Case { Name = name, Value = value }.Run());

        var made = new Case { Name = name, Value = value, Signer = Sudo };
        Assert.Equal(LedgerError.None, made.Run());
        Assert.True(Hyperparameters.TryRead(made.After, name, out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("owner", "0707070707070707070707070707070707070707070707070707070707070707")]
    [InlineData("alpha_low", "2000")]
    public void OfSubnet_FixedValue_IsNobodys(string name, string value) =>
        Assert.Equal(LedgerError.BadOrigin, new Case { Name = name, Value = value, Signer = Sudo }.Run());

    [Fact]
    public void OfSubnet_SudoKey_IsNotBoundByTheOwnersRateAndBounds()
    {
        var negative = new Case { Name = "steepness", Value = "-1", Signer = Sudo };
        negative.Books.SettingMarks = SettingMarks.None.With(20, new(Now - 1));
        Assert.Equal(LedgerError.None, negative.Run());
        Assert.Equal(negative.Books.SettingMarks, negative.After.SettingMarks);

        Assert.Equal(LedgerError.None, new Case { Name = "bonds_moving_average", Value = "1000000", Signer = Sudo }.Run());
        Assert.Equal(LedgerError.FeeRateTooHigh, new Case { Name = "fee_rate", Value = "10001", Signer = Sudo }.Run());
        Assert.Equal(LedgerError.MaxValidatorsLargerThanMaxUIds, new Case { Name = "max_validators", Value = "257", Signer = Sudo }.Run());
        Assert.Equal(LedgerError.SubnetNotExists, new Case { Name = "steepness", Value = "1", Signer = Sudo, Netuid = new(9) }.Run());
        Assert.Equal(LedgerError.BadOrigin, new Case { Name = "steepness", Value = "1", Netuid = new(9) }.Run());
    }

    [Fact]
    public void OfSubnet_SudoKeyNearTheEpoch_IsFrozenWhereTheChainFreezesRoot()
    {
        var frozen = new Case { Name = "max_validators", Value = "10", Signer = Sudo };
        frozen.Books.PendingEpochAt = Now + 1;
        Assert.Equal(LedgerError.AdminActionProhibitedDuringWeightsWindow, frozen.Run());

        var free = new Case { Name = "kappa", Value = "10", Signer = Sudo };
        free.Books.PendingEpochAt = Now + 1;
        Assert.Equal(LedgerError.None, free.Run());
    }

    [Fact]
    public void OfSubnet_NetworkWithoutSudoKey_HasNobodyWhoIs() =>
        Assert.Equal(LedgerError.BadOrigin, new Case { Name = "kappa", Value = "1", Signer = Sudo, Parameters = NetworkParameters.Default }.Run());

    [Fact]
    public void OfSubnet_OwnerAgain_MustWaitTempos()
    {
        var made = new Case { Name = "rho", Value = "11" };
        Assert.Equal(LedgerError.None, made.Run());
        Assert.Equal(Now, made.After.SettingMarks.Last(8));

        Assert.Equal(LedgerError.TxRateLimitExceeded, Again(made, "rho", Now + 1_999));
        Assert.Equal(LedgerError.None, Again(made, "rho", Now + 2_000));
        Assert.Equal(LedgerError.None, Again(made, "immunity_period", Now + 1));
    }

    [Fact]
    public void OfSubnet_VersionKey_HasALimitOfItsOwn()
    {
        var made = new Case { Name = "weights_version_key", Value = "11" };
        Assert.Equal(LedgerError.None, made.Run());

        Assert.Equal(LedgerError.TxRateLimitExceeded, Again(made, "weights_version_key", Now + 4_999));
        Assert.Equal(LedgerError.None, Again(made, "weights_version_key", Now + 5_000));
    }

    [Fact]
    public void OfSubnet_OwnerHotkey_BindsTheSudoKeyToo()
    {
        var made = new Case { Name = "sn_owner_hotkey", Value = Warm.ToString(), Signer = Sudo };
        Assert.Equal(LedgerError.None, made.Run());
        Assert.Equal(Warm, made.After.OwnerHotkey);

        var again = new Case { Name = "owner_hotkey", Value = Hot.ToString(), Signer = Sudo, Block = Now + 50_399, Books = made.After };
        Assert.Equal(LedgerError.TxRateLimitExceeded, again.Run());
        Assert.Equal(LedgerError.None, new Case { Name = "owner_hotkey", Value = Hot.ToString(), Block = Now + 50_400, Books = made.After }.Run());
        Assert.Equal(LedgerError.CannotUseSystemAccount, new Case { Name = "owner_hotkey", Value = AccountId.OfSubnet(One).ToString() }.Run());
        Assert.Equal(LedgerError.InvalidParameterValue, new Case { Name = "owner_hotkey", Value = null }.Run());
    }

    [Fact]
    public void OfSubnet_AlphaValues_NeedLiquidAlphaAndTheirOrder()
    {
        Assert.Equal(LedgerError.LiquidAlphaDisabled, new Case { Name = "alpha_values", Value = "2000,3000" }.Run());
        Assert.Equal(LedgerError.AlphaHighTooLow, Liquid("1638,1637").Run());
        Assert.Equal(LedgerError.AlphaLowOutOfRange, Liquid("1637,3000").Run());
        Assert.Equal(LedgerError.AlphaLowOutOfRange, Liquid("3001,3000").Run());
        Assert.Equal(LedgerError.InvalidParameterValue, Liquid("3000").Run());

        var made = Liquid("1638,3000");
        Assert.Equal(LedgerError.None, made.Run());
        Assert.Equal((1_638, 3_000), (made.After.Hyper.AlphaLow, made.After.Hyper.AlphaHigh));
    }

    [Fact]
    public void OfSubnet_MaxUids_MustHoldTheNeuronsAndMechanisms()
    {
        var crowded = new Case { Name = "max_uids", Value = "69", Neurons = 70 };
        Assert.Equal(LedgerError.MaxAllowedUIdsLessThanCurrentUIds, crowded.Run());

        var doubled = new Case { Name = "max_uids", Value = "129" };
        doubled.Books.Hyper = doubled.Books.Hyper with { MechanismCount = 2 };
        Assert.Equal(LedgerError.TooManyUIDsPerMechanism, doubled.Run());
    }

    [Fact]
    public void OfSubnet_OnRoot_IsRefusedWhereRootHasNone()
    {
        Assert.Equal(LedgerError.NotPermittedOnRootSubnet, new Case { Name = "burn_half_life", Value = "10", Signer = Sudo, Netuid = Root }.Run());
        Assert.Equal(LedgerError.NotPermittedOnRootSubnet, new Case { Name = "owner_cut_enabled", Value = "true", Signer = Sudo, Netuid = Root }.Run());
    }

    [Fact]
    public void OfSubnet_Tempo_StartsTheCycleAnew()
    {
        var owners = new Case { Name = "tempo", Value = "720" };
        Assert.Equal(LedgerError.None, owners.Run());
        Assert.Equal((720, Now, Now), (owners.After.Tempo, owners.After.LastEpochBlock, owners.After.OwnerMarks.TempoSetAt));

        var sudos = new Case { Name = "tempo", Value = "5", Signer = Sudo };
        Assert.Equal(LedgerError.None, sudos.Run());
        Assert.Equal((5, Now, 0UL), (sudos.After.Tempo, sudos.After.LastEpochBlock, sudos.After.OwnerMarks.TempoSetAt));
    }

    [Fact]
    public void OfNetwork_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(
            () => new Case { Kind = CallKind.SudoSet, Name = "num_root_claims", Value = "50", Signer = Sudo }, made => made.Run())
        .Rung(LedgerError.UnknownParameter, spoiled => spoiled.Name = "max_uids")
        .Rung(LedgerError.BadOrigin, spoiled => spoiled.Signer = Owner)
        .Rung(LedgerError.InvalidNumRootClaim, spoiled => spoiled.Value = "51")
        .AssertInOrder();

    [Fact]
    public void OfNetwork_SudoKey_HandsItselfOn()
    {
        var made = new Case { Kind = CallKind.SudoSet, Name = "sudo_key", Value = Ann.ToString(), Signer = Sudo };

        Assert.Equal(LedgerError.None, made.Run());
        Assert.Equal(Ann, made.Scope.Parameters.SudoKey);
        Assert.Equal(LedgerError.BadOrigin, new Case { Kind = CallKind.SudoSet, Name = "existential_deposit", Value = "1", Signer = Sudo }.Run());
        Assert.Equal(LedgerError.InvalidParameterValue, new Case { Kind = CallKind.SudoSet, Name = "owner_cut", Value = "65536", Signer = Sudo }.Run());
        Assert.Equal(LedgerError.ValueNotInBounds, new Case { Kind = CallKind.SudoSet, Name = "max_epochs_per_block", Value = "0", Signer = Sudo }.Run());
    }

    [Theory]
    [InlineData(null, "1")]
    [InlineData("", "1")]
    [InlineData("rho", "11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111")]
    public void Call_WithoutNameOrTooLong_IsMalformed(string? name, string value) =>
        Assert.Equal(LedgerError.MalformedCall, new Case { Name = name!, Value = value }.Run());

    private static LedgerError Again(Case made, string name, ulong block)
    {
        var books = made.After.Copy();
        books.LastEpochBlock = block;
        return new Case { Name = name, Value = "12", Block = block, Books = books }.Run();
    }

    private static Case Liquid(string value)
    {
        var made = new Case { Name = "alpha_values", Value = value };
        made.Books.Hyper = made.Books.Hyper with { LiquidAlpha = true };
        return made;
    }

    /// <summary>A call of the owner of subnet 1 at block 100,000, 1,000 blocks a tempo.</summary>
    private sealed class Case
    {
        public CallKind Kind { get; init; } = CallKind.SetHyperparameter;
        public required string Name { get; set; }
        public required string? Value { get; set; }
        public AccountId Signer { get; set; } = Owner;
        public NetUid Netuid { get; init; } = One;
        public ulong Block { get; init; } = Now;
        public int Neurons { get; init; }
        public NetworkParameters Parameters { get; init; } = new() { SudoKey = Sudo };
        public SubnetBooks Books { get; init; } = new() { Netuid = One, Owner = Owner, Tempo = 1_000, LastEpochBlock = Now };
        public LedgerScope Scope { get; private set; } = null!;
        public SubnetBooks After => Scope.Books(One);

        public LedgerError Run()
        {
            Scope = new LedgerScope(new Source(this));
            return StakingCalls.Execute(Scope, Signer, new Call { Kind = Kind, Netuid = Netuid, Parameter = Name, Value = Value }).Error;
        }
    }

    private sealed class Source(Case made) : ILedgerSource
    {
        private readonly SubnetBooks _root = new() { Netuid = NetUid.Root, Mechanism = 0, LastEpochBlock = Now };

        public BlockNumber Block => new(made.Block);
        public NetworkParameters Parameters => made.Parameters;
        public IReadOnlyList<NetUid> Subnets => [NetUid.Root, One];

        public bool TryGetBooks(NetUid netuid, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SubnetBooks? books)
        {
            books = netuid == One ? made.Books : netuid.IsRoot ? _root : null;
            return books is not null;
        }

        public Metagraph GetMetagraph(NetUid netuid) => Metagraph.Empty with
        {
            Neurons = [.. Enumerable.Range(0, made.Neurons).Select(uid => new Neuron { Hotkey = Key((byte)uid) })],
        };

        public Tao GetFree(AccountId account) => throw new InvalidOperationException("A setting read free TAO.");
        public HotkeyRecord? GetHotkey(AccountId hotkey) => throw new InvalidOperationException("A setting read a hotkey.");
        public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => throw new InvalidOperationException("A setting read a pool.");
        public SafeFloat GetShare(PositionKey position) => throw new InvalidOperationException("A setting read a share.");
    }
}
