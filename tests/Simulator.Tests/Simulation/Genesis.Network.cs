using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>What a history's world is made of.</summary>
public enum Scene
{
    /// <summary>Accounts, pools that trade, and blocks without epochs.</summary>
    Market = 0,

    /// <summary>Subnets with neurons and short tempos, which come and go; hotkeys that are given owners; root dividends that are claimed.</summary>
    Network = 1,
}

/// <content>A network whose subnets run epochs every few blocks.</content>
internal sealed partial class Genesis
{
    private const int NetworkVariants = 16;

    /// <summary>One more than there can be subnets, so that something can be sent to an account of no subnet.</summary>
    private const int NetuidsMax = 5;

    /// <summary>What the registration of a subnet costs at least: one account can afford it more than once, another never.</summary>
    private static Tao MinLock => new(10_000_000);

    private static Genesis Neurons(int variant)
    {
        // The third staker's account is also a hotkey, so that it can set weights.
        AccountId[] stakers = [Key(1), Key(2), Key(3)];
        AccountId[] hotkeys = [Key(101), Key(102), stakers[2], Key(103), Key(104)];
        var subnets = 2 + (variant % 2);
        var parameters = new NetworkParameters
        {
            Author = Key(200),
            ExistentialDeposit = new Tao(500),
            NumRootClaim = (ulong)(variant / 2 % 3),
            MaxEpochsPerBlock = (byte)(variant / 8 % 2 == 0 ? 2 : 1),
            SubnetLimit = (ushort)(variant / 4 % 2 == 0 ? subnets : 3),
            NetworkImmunity = 0,
            NetworkMinLock = MinLock,
            NetworkLastLock = MinLock,
            NetworkLockInterval = 10,
            DefaultTempo = 3,
            SudoKey = stakers[0],
        };
        var owned = new (AccountId Hotkey, AccountId Owner)[] { (hotkeys[0], stakers[0]), (hotkeys[1], stakers[1]), (hotkeys[2], stakers[0]) };
        var state = new GenesisState
        {
            Parameters = parameters,
            Balances = [(stakers[0], new Tao(200_000_000)), (stakers[1], new Tao(60_000_000)), (stakers[2], new Tao(9_000_000)), (Key(200), new Tao(1_000_000))],
            Hotkeys = [.. owned.Select(one => new GenesisHotkey(one.Hotkey, new HotkeyRecord(one.Owner) { StoredTake = Take.Default }))],
            Subnets = [.. Enumerable.Range(0, 1 + subnets).Select(netuid => WithNeurons((ushort)netuid, hotkeys, stakers[1]))],
            Stakes =
            [
                .. from netuid in Enumerable.Range(0, 1 + subnets)
                   from hotkey in new[] { 0, 1 }
                   from staker in new[] { hotkey, 2 }
                   select new GenesisStake(new PositionKey(new NetUid((ushort)netuid), hotkeys[hotkey], stakers[staker]), new Alpha((ulong)(50_000_000 + (7_000_001 * staker)))),
            ],
        };
        var genesis = new Genesis(state, stakers, hotkeys, feeAccountExists: true, NetuidsMax);
        genesis.Validators = [.. hotkeys.Select(hotkey => (hotkey, EncodeHotkey(hotkey, genesis.Hotkeys.GetValueOrDefault(hotkey))))];
        genesis.Lane = Encode(LaneModel.Instance, new LaneState());
        genesis.Registry = Encode(RegistryModel.Instance, new RegistryState
        {
            Name = "simulated",
            NetworkId = "simulated",
            Revision = 1,
            PushedRevision = 1,
            Parameters = parameters,
            Subnets = genesis.Network.Subnets,
            GenesisIssuance = genesis.Built.TotalIssuance,
            BlockIntervalMilliseconds = -1,
            PicksByNumber = true,
        });
        return genesis;
    }

    private static byte[] EncodeHotkey(AccountId hotkey, HotkeyRecord? record) =>
        Encode(ValidatorModel.Instance, new ValidatorState { Hotkey = hotkey, Record = record });

    /// <summary>Three neurons: two validators that weigh each other and a miner.</summary>
    private static GenesisSubnet WithNeurons(ushort netuid, AccountId[] hotkeys, AccountId owner)
    {
        var books = new SubnetBooks
        {
            Netuid = new NetUid(netuid),
            Mechanism = (ushort)(netuid == 0 ? 0 : 1),
            SubtokenEnabled = true,
            TaoReserve = new Tao(1_000_000_000),
            AlphaReserve = new Alpha(2_000_000_000),
            MovingPrice = I96F32.FromInteger(netuid),
            Owner = netuid > 0 ? owner : null,
            OwnerHotkey = netuid > 0 ? hotkeys[1] : null,
            FirstEmissionBlock = netuid == 0 ? null : new BlockNumber(1),
            Tempo = (ushort)(netuid + 1),
            Burn = new Tao(1_000_000),
            MaxBurn = new Tao(2_000_000),
            Hyper = SubnetHyperparameters.Default with
            {
                MaxUids = 4,
                MaxValidators = 2,
                ImmunityPeriod = 0,
                MinNonImmuneUids = 1,
                WeightsRateLimit = 0,
                RootClaimThreshold = 1_000,
            },
        };
        var neurons = netuid == 0 ? [] : hotkeys.Take(3).Select((hotkey, uid) => new Neuron
        {
            Hotkey = hotkey,
            HasPermit = uid != 1,
            Rows = [NeuronRow.Empty with { Weights = Weigh(uid) }],
        });
        return new GenesisSubnet(books, null, netuid == 0 ? Tao.Zero : new Tao(1_000)) { Neurons = [.. neurons] };
    }

    private static ImmutableArray<WeightEntry> Weigh(int uid) => uid switch
    {
        0 => [new WeightEntry(1, 30_000), new WeightEntry(2, 65_535)],
        1 => [new WeightEntry(2, 65_535)],
        _ => [],
    };

    private void FillClaims(PoolState root)
    {
        foreach (var coldkey in Built.ClaimIndex) root.Claims.SetIndexed(coldkey, isIn: true);
        foreach (var (position, _) in Built.Shares.Where(entry => entry.Position.Netuid.IsRoot)) root.Claims.NoteStaker(position.Hotkey, position.Coldkey);
    }
}
