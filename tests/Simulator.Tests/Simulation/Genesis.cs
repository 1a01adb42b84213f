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
internal sealed partial class Genesis
{
    private const int Variants = 24;

    private static readonly Genesis[] s_markets = [.. Enumerable.Range(0, Variants).Select(Market)];
    private static readonly Genesis[] s_networks = [.. Enumerable.Range(0, NetworkVariants).Select(Neurons)];

    /// <param name="netuidsMax">How many netuids have an actor; those without a subnet are included.</param>
    private Genesis(GenesisState state, AccountId[] stakers, AccountId[] hotkeys, bool feeAccountExists, int netuidsMax)
    {
        Stakers = stakers;
        HotkeyIds = hotkeys;
        FeeAccount = state.Parameters.Author ?? AccountId.Burn;
        FeeAccountExists = feeAccountExists;
        Built = GenesisBuilder.Build(state);
        Hotkeys = state.Hotkeys.ToDictionary(hotkey => hotkey.Hotkey, hotkey => hotkey.Record);
        var entries = Built.Subnets.Select(books => new SubnetEntry(books.Netuid, books.Netuid.Value, string.Empty, string.Empty)).ToArray();
        Network = new NetworkView("simulated", "simulated", "rules", 1, state.Parameters, entries, Built.TotalIssuance, -1) { PicksByNumber = true };
        Accounts =
        [
            .. Stakers.Select((staker, i) => (staker, $"account {i + 1}", Encode(staker, state.Balances[i].Free))),
            (FeeAccount, "fee account", Encode(FeeAccount, FeeAccountExists ? new Tao(1_000_000) : Tao.Zero)),
            (SystemSenders.Dust, "dust account", Encode(SystemSenders.Dust, Tao.Zero)),
        ];
        var empty = Enumerable.Range(0, netuidsMax).Select(number => new NetUid((ushort)number)).Except(Built.Subnets.Select(books => books.Netuid));
        Pools = [.. Built.Subnets.Select(books => (books.Netuid, EncodePool(books))), .. empty.Select(netuid => (netuid, EncodePool(null)))];
        Coordinator = Encode(CoordinatorModel.Instance, new CoordinatorState());
    }

    /// <summary>A market: accounts, pools, and a coordinator.</summary>
    private static Genesis Market(int variant)
    {
        var fee = Key(200);
        var feeAccount = variant % 4;
        var parameters = new NetworkParameters
        {
            Author = feeAccount >= 2 ? null : fee,
            ExistentialDeposit = new Tao(variant / 4 % 2 == 0 ? 500UL : 2_000UL),
        };
        AccountId[] stakers = [.. Enumerable.Range(1, 3 + (variant % 3)).Select(number => Key((byte)number))];
        AccountId[] hotkeyIds = [Key(101), Key(102), Key(103)];
        var balances = stakers.Select((staker, i) => (staker, new Tao((ulong)(i % 2 == 0 ? 9_000_000 : 40_000_000)))).ToList();
        var feeAccountExists = feeAccount % 2 == 1;
        if (feeAccountExists) balances.Add((parameters.Author ?? AccountId.Burn, new Tao(1_000_000)));
        var subnets = new[] { Subnet(0, variant), Subnet(1, variant), Subnet(2, variant), Subnet(3, variant) }[..(3 + (variant / 12 % 2))];
        var stakes = from subnet in subnets
                     from staker in stakers.Take(2)
                     select new GenesisStake(new PositionKey(subnet.Books.Netuid, hotkeyIds[staker == stakers[0] ? 0 : 1], staker), new Alpha(30_000_000));
        var state = new GenesisState
        {
            Parameters = parameters,
            Balances = balances,
            Hotkeys = [.. hotkeyIds[..2].Select((hotkey, i) => new GenesisHotkey(hotkey, new HotkeyRecord(stakers[i]) { StoredTake = Take.Default }))],
            Subnets = subnets,
            Stakes = [.. stakes],
        };
        return new Genesis(state, stakers, hotkeyIds, feeAccountExists, netuidsMax: 0);
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

    /// <summary>Whether the world has a lane, hotkeys, metagraphs, and a registry as well, and subnets with epochs.</summary>
    public bool IsNetwork => Registry.Length > 0;

    public IReadOnlyList<(AccountId Id, byte[] Bytes)> Validators { get; private set; } = [];

    public byte[] Lane { get; private set; } = [];

    public byte[] Registry { get; private set; } = [];

    public static Genesis Draw(SeededRandom random, Focus focus)
    {
        var all = focus.Scene == Scene.Market ? s_markets : s_networks;
        while (true)
        {
            if (all[random.Below(all.Length)] is var genesis && focus.Worlds(genesis)) return genesis;
        }
    }

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

    private byte[] Encode(AccountId id, Tao free)
    {
        var state = new AccountState { Id = id, Free = free };
        state.StakingHotkeys.AddRange(Built.StakingHotkeys.Where(entry => entry.Coldkey == id).Select(entry => entry.Hotkey));
        return Encode(AccountModel.Instance, state);
    }

    private static byte[] Encode<TState, TEvent>(IActorModel<TState, TEvent> model, TState state)
        where TState : class
        where TEvent : class
    {
        var writer = new RecordWriter(1024);
        model.WriteState(writer, state);
        return writer.ToArray();
    }

    private byte[] EncodePool(SubnetBooks? books)
    {
        var state = new PoolState { Books = books, Parameters = Built.Parameters, ParametersRevision = 1 };
        if (books is null) return Encode(PoolModel.Instance, state);
        foreach (var (netuid, hotkey, pool) in Built.HotkeyPools.Where(entry => entry.Netuid == books.Netuid)) state.HotkeyPools.Add(hotkey, pool);
        foreach (var (position, share) in Built.Shares.Where(entry => entry.Position.Netuid == books.Netuid))
        {
            state.Shares.Add((position.Hotkey, position.Coldkey), share);
        }

        foreach (var (netuid, metagraph) in Built.Metagraphs.Where(entry => entry.Key == books.Netuid)) state.Metagraph = metagraph;
        if (books.IsRoot) FillClaims(state);
        return Encode(PoolModel.Instance, state);
    }
}
