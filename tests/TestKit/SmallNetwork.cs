using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;

namespace Dtao.TestKit;

/// <summary>A small network to put questions to: root, two dynamic subnets, a stable one, a subnet that is not started, two hotkeys, and stakers.</summary>
/// <remarks>Subnet 1 trades at about 0.1 TAO per alpha, subnet 2 at 0.5.</remarks>
public static class SmallNetwork
{
    public const ulong OneTao = 1_000_000_000;
    public const ulong StakerTao = 1_000 * OneTao;

    public static readonly AccountId Owner = Key(1);
    public static readonly AccountId Author = Key(5);
    public static readonly AccountId Nobody = Key(6);
    public static readonly AccountId Hot = Key(11);
    public static readonly AccountId Warm = Key(12);
    /// <summary>A hotkey that nobody owns.</summary>
    public static readonly AccountId Ghost = Key(13);

    public static readonly NetUid Root = NetUid.Root;
    public static readonly NetUid One = new(1);
    public static readonly NetUid Two = new(2);
    public static readonly NetUid Stable = new(3);
    /// <summary>Its subtoken is off and it has never emitted.</summary>
    public static readonly NetUid Unstarted = new(4);
    /// <summary>No subnet has this number.</summary>
    public static readonly NetUid Missing = new(99);

    /// <summary>Every key is called by its hexadecimal digits.</summary>
    public static Aliases Aliases { get; } = new([]);

    /// <summary>A coldkey with a thousand TAO.</summary>
    public static AccountId Staker(int number) => Key(checked((byte)(100 + number)));

    public static AccountId Key(byte number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill(number);
        return new AccountId(bytes);
    }

    public static GenesisState Genesis(AccountId? author = null, int stakers = 8) => new()
    {
        Parameters = NetworkParameters.Default with { Author = author, TakeRateLimit = 0 },
        Balances = [(Owner, new Tao(OneTao)), .. Enumerable.Range(0, stakers).Select(number => (Staker(number), new Tao(StakerTao)))],
        Hotkeys = [new GenesisHotkey(Hot, new HotkeyRecord(Owner)), new GenesisHotkey(Warm, new HotkeyRecord(Owner))],
        Subnets =
        [
            Subnet(Root, 0, 0, mechanism: 0),
            Subnet(One, 1_000 * OneTao, 10_000 * OneTao, mechanism: 1),
            Subnet(Two, 1_000 * OneTao, 2_000 * OneTao, mechanism: 1),
            Subnet(Stable, 1_000 * OneTao, 0, mechanism: 0),
            Subnet(Unstarted, OneTao, OneTao, mechanism: 1, isStarted: false),
        ],
        Stakes =
        [
            Stake(Hot, Owner, One, 5_000 * OneTao),
            .. Enumerable.Range(0, stakers).SelectMany(number => new[]
            {
                Stake(Hot, Staker(number), One, 100 * OneTao),
                Stake(Warm, Staker(number), Two, 50 * OneTao),
                Stake(Hot, Staker(number), Root, 10 * OneTao),
            }),
        ],
    };

    private static GenesisStake Stake(AccountId hotkey, AccountId coldkey, NetUid netuid, ulong amount) =>
        new(new PositionKey(netuid, hotkey, coldkey), new Alpha(amount));

    private static GenesisSubnet Subnet(NetUid netuid, ulong tao, ulong alpha, ushort mechanism, bool isStarted = true) => new(
        new SubnetBooks
        {
            Netuid = netuid,
            Mechanism = mechanism,
            Owner = Owner,
            OwnerHotkey = Hot,
            TaoReserve = new Tao(tao),
            AlphaReserve = new Alpha(alpha),
            SubtokenEnabled = isStarted,
            FirstEmissionBlock = isStarted ? new BlockNumber(1) : null,
            Tempo = 50_000,
            MovingPrice = new I96F32(400_000_000),
        },
        AlphaOutstanding: null,
        AccountSurplus: Tao.Zero);
}
