using Dtao.Economics.Rules;

namespace Dtao.Economics.Ledger;

/// <summary>The network-wide values of the rules. Defaults are the chain's (rule book 01, section 15; rule book 02, 2.1).</summary>
public sealed record NetworkParameters
{
    public static readonly NetworkParameters Default = new();

    /// <summary>The fee account (the reference's block author). Null: fees in TAO are burned to <see cref="AccountId.Burn"/>, fees in alpha are burned.</summary>
    public AccountId? Author { get; init; }
    public Tao ExistentialDeposit { get; init; } = new(500);
    /// <summary>How much root TAO counts beside alpha, of 2^64-1.</summary>
    public ulong TaoWeight { get; init; } = 971_718_665_099_567_868;
    /// <summary>The subnet owner's part of emission, of 65535.</summary>
    public ushort OwnerCut { get; init; } = 11_796;
    public ulong ChildBurn { get; init; }
    public ulong StakeThreshold { get; init; }
    /// <summary>Per million of <see cref="MinStake"/>; 0 switches the sweep of small nominations off.</summary>
    public ulong NominatorMinRequiredStake { get; init; }
    public I96F32 MovingAlpha { get; init; } = new(12_885);
    public byte MaxEpochsPerBlock { get; init; } = 2;
    public ulong NumRootClaim { get; init; }
    public ulong ChildCooldown { get; init; } = 7_200;
    public ulong SetChildrenRateLimit { get; init; } = 150;
    public ulong ChildTakeRateLimit { get; init; } = 216_000;
    public Take MaxChildTake { get; init; } = Take.Default;
    /// <summary>The least childkey take of every subnet; a subnet may ask for more.</summary>
    public Take MinChildTake { get; init; }
    /// <summary>The most mechanisms that a subnet's owner may set up.</summary>
    public byte MaxMechanismCount { get; init; } = 2;
    public ulong TakeRateLimit { get; init; } = 216_000;
    public Take MinTake { get; init; }
    public Take MaxTake { get; init; } = Take.Default;
    public ulong NetworkRateLimit { get; init; }
    public Tao NetworkMinLock { get; init; } = new(1_000_000_000_000);
    public Tao NetworkLastLock { get; init; } = new(1_000_000_000_000);
    public ulong NetworkLastLockBlock { get; init; }
    public ulong NetworkLockInterval { get; init; } = 100_800;
    public ulong NetworkImmunity { get; init; } = 1_296_000;
    /// <summary>The block from which subnets can be registered; those from before it are refunded when they are dissolved.</summary>
    public ulong NetworkRegistrationStartBlock { get; init; }
    /// <summary>Subnets registered after this block share their pot with the pool's own alpha when they are dissolved.</summary>
    public ulong TaoInRefundDeploymentBlock { get; init; }
    public ushort SubnetLimit { get; init; } = 128;
    public ulong StartCallDelay { get; init; }
    public ushort DefaultTempo { get; init; } = 360;
    /// <summary>Blocks before an epoch in which an owner may not change what it reads.</summary>
    public ulong AdminFreezeWindow { get; init; } = 10;
    /// <summary>Tempos between two changes of one setting by a subnet's owner.</summary>
    public ulong OwnerHyperparamRateLimit { get; init; } = 2;
    /// <summary>Blocks between two changes of a subnet's tempo by one owner.</summary>
    public ulong TempoRateLimit { get; init; } = 360;
    /// <summary>Tempos between two changes of a subnet's version key by its owner.</summary>
    public ulong WeightsVersionKeyRateLimit { get; init; } = 5;
    /// <summary>Blocks between two changes of a subnet's owner hotkey.</summary>
    public ulong OwnerHotkeyRateLimit { get; init; } = 50_400;
    /// <summary>Blocks between two settings of weights by one neuron, on a subnet that is registered from now on.</summary>
    public ulong DefaultWeightsRateLimit { get; init; } = 100;
    /// <summary>Blocks between two swaps of keys by one coldkey.</summary>
    public ulong TxRateLimit { get; init; } = 1_000;
    /// <summary>Blocks between two swaps by one coldkey of hotkeys that take part on one subnet.</summary>
    public ulong HotkeySwapInterval { get; init; } = 7_200;
    /// <summary>Blocks between the announcement of a coldkey's swap and the swap.</summary>
    public ulong ColdkeySwapDelay { get; init; } = 36_000;
    /// <summary>Blocks after which a swap that could be made may be announced anew, or called off.</summary>
    public ulong ColdkeySwapReannouncementDelay { get; init; } = 7_200;
    /// <summary>The account that speaks for the network: it sets what root may set. Null: only the operator does.</summary>
    public AccountId? SudoKey { get; init; }
    /// <summary>Whether calls cost a transaction fee.</summary>
    public bool TransactionFees { get; init; }

    /// <summary>The number that limit orders name this network by. The default is that of the reference's local network.</summary>
    public ulong ChainId { get; init; } = 42;
    /// <summary>Whether limit orders are executed.</summary>
    public bool LimitOrders { get; init; } = true;

    /// <summary>The rule set of the genesis, and the changes at heights.</summary>
    public RuleSchedule Rules { get; init; } = RuleSchedule.Default;

    /// <summary>The rules in force while a block is made, and for the calls that are executed in it.</summary>
    public RuleSet RulesAt(BlockNumber block) => Rules.At(block);

    // Fixed by the rules.
    public static readonly Tao MinStake = new(2_000_000);
    public const ulong MinimumReserve = 1_000_000;
    public const ulong MaxInputMultiple = 1_000;
    public static readonly Tao MaxSupply = new(21_000_000_000_000_000);
}
