using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Wire;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>A small network at block 0: as plain state, and as the bytes that its actors start from. Shared by many histories, never changed.</summary>
internal sealed class Genesis
{
    private const int Variants = 24;

    private static readonly Genesis[] s_all = [.. Enumerable.Range(0, Variants).Select(variant => new Genesis(variant))];

    private Genesis(int variant)
    {
        var fee = Key(200);
        var feeAccount = variant % 4;
        var parameters = new NetworkParameters
        {
            Author = feeAccount >= 2 ? null : fee,
            ExistentialDeposit = new Tao(variant / 4 % 2 == 0 ? 500UL : 2_000UL),
        };
        Stakers = [.. Enumerable.Range(1, 3 + (variant % 3)).Select(number => Key((byte)number))];
        HotkeyIds = [Key(101), Key(102), Key(103)];
        var balances = Stakers.Select((staker, i) => (staker, new Tao((ulong)(i % 2 == 0 ? 9_000_000 : 40_000_000)))).ToList();
        FeeAccount = parameters.Author ?? AccountId.Burn;
        FeeAccountExists = feeAccount % 2 == 1;
        if (FeeAccountExists) balances.Add((FeeAccount, new Tao(1_000_000)));
        var subnets = new[] { Subnet(0, variant), Subnet(1, variant), Subnet(2, variant), Subnet(3, variant) }[..(3 + (variant / 12 % 2))];
        var stakes = from subnet in subnets
                     from staker in Stakers.Take(2)
                     select new GenesisStake(new PositionKey(subnet.Books.Netuid, HotkeyIds[staker == Stakers[0] ? 0 : 1], staker), new Alpha(30_000_000));
        var hotkeys = HotkeyIds[..2].Select((hotkey, i) => new GenesisHotkey(hotkey, new HotkeyRecord(Stakers[i]) { StoredTake = Take.Default })).ToArray();
        Built = GenesisBuilder.Build(new GenesisState
        {
            Parameters = parameters,
            Balances = balances,
            Hotkeys = hotkeys,
            Subnets = subnets,
            Stakes = [.. stakes],
        });
        Hotkeys = hotkeys.ToDictionary(hotkey => hotkey.Hotkey, hotkey => hotkey.Record);
        var entries = Built.Subnets.Select(books => new SubnetEntry(books.Netuid, books.Netuid.Value, string.Empty, string.Empty)).ToArray();
        Network = new NetworkView("simulated", "simulated", "rules", 1, parameters, entries, Built.TotalIssuance, -1);
        Accounts =
        [
            .. Stakers.Select((staker, i) => (staker, $"account {i + 1}", Encode(staker, balances[i].Item2))),
            (FeeAccount, "fee account", Encode(FeeAccount, FeeAccountExists ? new Tao(1_000_000) : Tao.Zero)),
            (SystemSenders.Dust, "dust account", Encode(SystemSenders.Dust, Tao.Zero)),
        ];
        Pools = [.. Built.Subnets.Select(books => (books.Netuid, EncodePool(books)))];
        var writer = new RecordWriter();
        CoordinatorModel.Instance.WriteState(writer, new CoordinatorState());
        Coordinator = writer.ToArray();
    }

    public GenesisNetwork Built { get; }

    public NetworkView Network { get; }

    public IReadOnlyList<AccountId> Stakers { get; }

    /// <summary>Two that exist, and one that does not.</summary>
    public AccountId[] HotkeyIds { get; }

    public IReadOnlyDictionary<AccountId, HotkeyRecord> Hotkeys { get; }

    /// <summary>Who receives fees. Does nothing of its own.</summary>
    public AccountId FeeAccount { get; }

    /// <summary>Whether it holds the existential deposit from the start.</summary>
    public bool FeeAccountExists { get; }

    public IReadOnlyList<(AccountId Id, string Name, byte[] Bytes)> Accounts { get; }

    public IReadOnlyList<(NetUid Netuid, byte[] Bytes)> Pools { get; }

    public byte[] Coordinator { get; }

    public static Genesis Draw(SeededRandom random) => s_all[random.Below(Variants)];

    private static AccountId Key(byte number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill(number);
        return new AccountId(bytes);
    }

    /// <summary>Root; a dynamic subnet that emits; a dynamic one that does not; a stable one.</summary>
    private static GenesisSubnet Subnet(ushort netuid, int variant)
    {
        var books = new SubnetBooks
        {
            Netuid = new NetUid(netuid),
            Mechanism = (ushort)(netuid is 1 or 2 ? 1 : 0),
            SubtokenEnabled = true,
            TaoReserve = new Tao(1_000_000_000),
            AlphaReserve = new Alpha(2_000_000_000),
            FirstEmissionBlock = netuid == 1 && variant / 2 % 2 == 0 ? new BlockNumber(1) : null,
        };
        return new GenesisSubnet(books, null, netuid == 0 ? Tao.Zero : new Tao(1_000));
    }

    private static byte[] Encode(AccountId id, Tao free)
    {
        var writer = new RecordWriter();
        AccountModel.Instance.WriteState(writer, new AccountState { Id = id, Free = free });
        return writer.ToArray();
    }

    private byte[] EncodePool(SubnetBooks books)
    {
        var state = new PoolState { Books = books, Parameters = Built.Parameters, ParametersRevision = 1 };
        foreach (var (netuid, hotkey, pool) in Built.HotkeyPools.Where(entry => entry.Netuid == books.Netuid)) state.HotkeyPools.Add(hotkey, pool);
        foreach (var (position, share) in Built.Shares.Where(entry => entry.Position.Netuid == books.Netuid))
        {
            state.Shares.Add((position.Hotkey, position.Coldkey), share);
        }

        var writer = new RecordWriter(1024);
        PoolModel.Instance.WriteState(writer, state);
        return writer.ToArray();
    }
}
