using Dtao.Economics.Ledger;
using Dtao.Economics.Model;

namespace Dtao.Economics.Tests.Staking;

/// <summary>A small network to put questions to: root, two dynamic subnets, one stable one, two hotkeys of one owner, two stakers.</summary>
/// <remarks>Subnet 1 trades at 0.1 TAO per alpha, subnet 2 at 0.5; subnet 3 is stable; everything is switched on.</remarks>
internal sealed class TestLedger
{
    public static readonly AccountId Owner = Key(1);
    public static readonly AccountId Ann = Key(2);
    public static readonly AccountId Bob = Key(3);
    public static readonly AccountId Nobody = Key(4);
    public static readonly AccountId Author = Key(5);
    public static readonly AccountId Hot = Key(11);
    public static readonly AccountId Warm = Key(12);
    public static readonly AccountId Ghost = Key(13);

    public static readonly NetUid Root = NetUid.Root;
    public static readonly NetUid One = new(1);
    public static readonly NetUid Two = new(2);
    public static readonly NetUid StableSubnet = new(3);

    private readonly Dictionary<AccountId, Tao> _balances = new()
    {
        [Owner] = new Tao(1_000_000_000),
        [Ann] = new Tao(1_000_000_000_000),
        [Bob] = new Tao(10_000_000_000),
    };

    private readonly Dictionary<NetUid, SubnetBooks> _books;
    private readonly List<GenesisStake> _stakes = [];

    public TestLedger()
    {
        _books = new Dictionary<NetUid, SubnetBooks>
        {
            [Root] = Subnet(Root, 0, 0, mechanism: 0),
            [One] = Subnet(One, 1_000_000_000_000, 10_000_000_000_000, mechanism: 1),
            [Two] = Subnet(Two, 1_000_000_000_000, 2_000_000_000_000, mechanism: 1),
            [StableSubnet] = Subnet(StableSubnet, 1_000_000_000_000, 0, mechanism: 0),
        };
        Stake(Hot, Owner, One, 5_000_000_000_000);
    }

    public NetworkParameters Parameters { get; set; } = NetworkParameters.Default;

    public Dictionary<AccountId, HotkeyRecord> Hotkeys { get; } = new() { [Hot] = new(Owner), [Warm] = new(Owner) };

    public Dictionary<NetUid, Alpha> AlphaOutstanding { get; } = [];

    public Dictionary<NetUid, Tao> AccountSurplus { get; } = [];

    public Dictionary<NetUid, IReadOnlyList<Neuron>> Neurons { get; } = [];

    public static AccountId Key(byte number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill(number);
        return new AccountId(bytes);
    }

    public SubnetBooks Books(NetUid netuid) => _books[netuid];

    public TestLedger With(Action<TestLedger> change)
    {
        change(this);
        return this;
    }

    public TestLedger Balance(AccountId account, ulong rao)
    {
        _balances[account] = new Tao(rao);
        return this;
    }

    public TestLedger Stake(AccountId hotkey, AccountId coldkey, NetUid netuid, ulong alpha)
    {
        _stakes.Add(new GenesisStake(new PositionKey(netuid, hotkey, coldkey), new Alpha(alpha)));
        return this;
    }

    public TestLedger Pool(NetUid netuid, ulong tao, ulong alpha)
    {
        _books[netuid].TaoReserve = new Tao(tao);
        _books[netuid].AlphaReserve = new Alpha(alpha);
        return this;
    }

    public GenesisNetwork Genesis() => GenesisBuilder.Build(new GenesisState
    {
        Parameters = Parameters,
        Balances = [.. _balances.Select(entry => (entry.Key, entry.Value))],
        Hotkeys = [.. Hotkeys.Select(entry => new GenesisHotkey(entry.Key, entry.Value))],
        Subnets = [.. _books.Values.Select(books => new GenesisSubnet(
            books,
            AlphaOutstanding.TryGetValue(books.Netuid, out var alpha) ? alpha : null,
            AccountSurplus.GetValueOrDefault(books.Netuid))
        {
            Neurons = Neurons.GetValueOrDefault(books.Netuid, []),
        })],
        Stakes = _stakes,
    });

    public SequentialNetwork Build() => new(Genesis());

    private static SubnetBooks Subnet(NetUid netuid, ulong tao, ulong alpha, ushort mechanism) => new()
    {
        Netuid = netuid,
        Mechanism = mechanism,
        Owner = Owner,
        OwnerHotkey = Hot,
        TaoReserve = new Tao(tao),
        AlphaReserve = new Alpha(alpha),
        SubtokenEnabled = true,
        FirstEmissionBlock = new BlockNumber(1),
        Tempo = 50_000,
        MovingPrice = new I96F32(400_000_000),
    };
}

/// <summary>Short forms of calls and readings.</summary>
internal static class TestCalls
{
    public const ulong ManyTao = 5_000_000_000;

    public static Call Of(CallKind kind, NetUid netuid = default, ulong amount = 0, AccountId? hotkey = null) =>
        new() { Kind = kind, Hotkey = hotkey ?? TestLedger.Hot, Netuid = netuid, Amount = amount };

    public static Call Move(CallKind kind, NetUid from, NetUid to, ulong amount) => Of(kind, from, amount) with
    {
        ToNetuid = to,
        ToHotkey = TestLedger.Hot,
        ToColdkey = TestLedger.Bob,
    };

    public static Call Setting(string name, string? value, NetUid? netuid = null) => new()
    {
        Kind = CallKind.Admin,
        Parameter = name,
        Value = value,
        Netuid = netuid ?? default,
        IsSubnetParameter = netuid is not null,
    };

    public static ulong Position(this SequentialNetwork network, AccountId hotkey, AccountId coldkey, NetUid netuid) =>
        Dtao.Economics.Staking.ShareLedger.Position(network, new PositionKey(netuid, hotkey, coldkey)).Rao;

    public static SubnetBooks Books(this SequentialNetwork network, NetUid netuid) =>
        network.TryGetBooks(netuid, out var books) ? books : throw new InvalidOperationException($"No subnet {netuid}.");

    public static ulong Free(this SequentialNetwork network, AccountId account) => network.GetFree(account).Rao;
}
