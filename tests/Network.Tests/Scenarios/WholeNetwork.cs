using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Network.Tests.Scenarios;

/// <summary>A network with everything in it: subnets, validators that change their weights, miners, childkeys, root claims, registrations.</summary>
/// <param name="Subnets">Beside root; as many as the network allows, so that one more takes the place of another.</param>
/// <param name="Validators">On every subnet.</param>
/// <param name="Miners">On each subnet.</param>
/// <param name="Tempo">Blocks between two epochs of a subnet; root has shortened it.</param>
internal sealed record WholeNetwork(int Subnets, int Validators, int Miners, int Tempo)
{
    private const int Tempos = 3;
    private const ulong Seed = 20_261_122;

    public int Blocks => (Tempos * Tempo) + 2;

    public GenesisState Genesis => new()
    {
        Parameters = NetworkParameters.Default with
        {
            MaxEpochsPerBlock = (byte)Math.Max(1, Subnets - 1),
            NumRootClaim = 2,
            AdminFreezeWindow = 0,
            OwnerHyperparamRateLimit = 0,
            ChildCooldown = 2,
            SetChildrenRateLimit = 0,
            NetworkImmunity = 0,
            NetworkMinLock = new Tao(5_000_000_000),
            NetworkLastLock = new Tao(5_000_000_000),
            SubnetLimit = (ushort)Subnets,
        },
        Balances = [.. Enumerable.Range(0, Validators).Select(validator => (Coldkey(validator), new Tao(400_000_000_000)))],
        Hotkeys =
        [
            .. Enumerable.Range(0, Validators).Select(validator =>
                new GenesisHotkey(Validator(validator), new HotkeyRecord(Coldkey(validator)) { StoredTake = new Take((ushort)(validator * 97 % 11_796)) })),
            .. from netuid in Netuids
               from miner in Enumerable.Range(0, Miners)
               select new GenesisHotkey(Miner(netuid, miner), new HotkeyRecord(Coldkey(miner % Validators))),
        ],
        Subnets = [new GenesisSubnet(new SubnetBooks { Mechanism = 0, SubtokenEnabled = true, Tempo = 100 }, null, Tao.Zero), .. Netuids.Select(SubnetOf)],
        Stakes =
        [
            .. Enumerable.Range(0, Validators).Select(validator => Stake(NetUid.Root, validator, 30_000_000_000UL * (ulong)(validator + 1))),
            .. from netuid in Netuids
               from validator in Enumerable.Range(0, Validators)
               select Stake(netuid, validator, 9_000_000_000UL * (ulong)(((validator * 7) + netuid.Value) % 13 + 1)),
        ],
    };

    private IEnumerable<NetUid> Netuids => Enumerable.Range(1, Subnets).Select(netuid => new NetUid((ushort)netuid));

    /// <summary>What happens in a block after it was made.</summary>
    public IEnumerable<(AccountId Signer, Call Call)> CallsOf(int block)
    {
        var random = new Random(unchecked((int)Seed) + block);
        foreach (var netuid in Netuids)
        {
            for (var validator = 0; validator < Validators; validator++)
            {
                // Everyone at the beginning, and later some of them, with other weights.
                if (block == 1 || random.Next(Tempo) == 0) yield return (Validator(validator), Weights(netuid, random));
            }
        }

        for (var call = 0; call < 6; call++) yield return Any(random);
        foreach (var mechanisms in Mechanisms(block, random)) yield return mechanisms;
        if (block == Tempo + 1) yield return (Coldkey(0), new Call { Kind = CallKind.RegisterNetwork, Hotkey = Key(3, 0) });
        if (block == Tempo + 2) yield return (Coldkey(1), new Call { Kind = CallKind.RegisterNeuron, Netuid = new NetUid(1), Hotkey = Key(3, 1) });
        if (block == Tempo + 3) yield return (Coldkey(0), new Call { Kind = CallKind.RegisterNetwork, Hotkey = Key(3, 2) });
    }

    /// <summary>The owner of subnet 1 sets up a second mechanism and splits the emission, validators set weights in it, and it goes again.</summary>
    private IEnumerable<(AccountId, Call)> Mechanisms(int block, Random random)
    {
        var (netuid, owner) = (new NetUid(1), Coldkey(1 % Validators));
        Call Set(string name, string? value) => new() { Kind = CallKind.SetHyperparameter, Netuid = netuid, Parameter = name, Value = value };
        if (block == 2) yield return (owner, Set("mechanism_count", "2"));
        if (block == 3) yield return (owner, Set("mechanism_emission_split", "10000,55535"));
        if (block == 2 * Tempo) yield return (owner, Set("mechanism_count", "1"));
        if (block != 4) yield break;
        for (var validator = 0; validator < Validators; validator++)
        {
            var weights = Weights(netuid, random);
            yield return (Validator(validator), weights with { Detail = (WeightsDetail)weights.Detail! with { Mechanism = 1 } });
        }
    }

    private (AccountId, Call) Any(Random random)
    {
        var (who, other) = (random.Next(Validators), random.Next(Validators));
        var netuid = new NetUid((ushort)random.Next(1, Subnets + 1));
        var coldkey = Coldkey(who);
        return random.Next(8) switch
        {
            0 => (coldkey, new Call { Kind = CallKind.SetChildren, Hotkey = Validator(who), Netuid = netuid, Detail = Children(who, other, random) }),
            1 => (coldkey, new Call { Kind = CallKind.SetChildkeyTake, Hotkey = Validator(who), Netuid = netuid, Take = new Take((ushort)random.Next(11_796)) }),
            2 => (coldkey, new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([netuid]) }),
            3 => (coldkey, new Call { Kind = CallKind.SetRootClaimType, Detail = new ClaimTypeDetail(random.Next(2) == 0 ? RootClaimType.Keep : RootClaimType.Swap) }),
            4 => (coldkey, new Call { Kind = CallKind.AddStake, Hotkey = Validator(other), Netuid = netuid, Amount = (ulong)random.Next(3_000_000, 900_000_000) }),
            5 => (coldkey, new Call { Kind = CallKind.AddStake, Hotkey = Validator(other), Netuid = NetUid.Root, Amount = (ulong)random.Next(3_000_000, 900_000_000) }),
            6 => (coldkey, new Call { Kind = CallKind.RemoveStake, Hotkey = Validator(who), Netuid = random.Next(2) == 0 ? netuid : NetUid.Root, Amount = (ulong)random.Next(90_000_000, 900_000_000) }),
            _ => (coldkey, new Call
            {
                Kind = CallKind.SwapStake,
                Hotkey = Validator(who),
                Netuid = netuid,
                ToNetuid = new NetUid((ushort)(netuid.Value % Subnets + 1)),
                Amount = (ulong)random.Next(90_000_000, 900_000_000),
            }),
        };
    }

    private ChildrenDetail Children(int parent, int child, Random random) => child == parent
        ? new ChildrenDetail([])
        : new ChildrenDetail([new ChildLink(ulong.MaxValue / 10 * (ulong)random.Next(1, 9), Validator(child))]);

    private Call Weights(NetUid netuid, Random random)
    {
        var uids = Enumerable.Range(Validators, Miners).Where(_ => random.Next(4) != 0).Select(uid => (ushort)uid).ToImmutableArray();
        ImmutableArray<ushort> values = [.. uids.Select(_ => (ushort)random.Next(ushort.MaxValue))];
        return new Call { Kind = CallKind.SetWeights, Netuid = netuid, Detail = new WeightsDetail(uids, values, 0, 0, []) };
    }

    private GenesisSubnet SubnetOf(NetUid netuid)
    {
        var books = new SubnetBooks
        {
            Netuid = netuid,
            Owner = Coldkey(netuid.Value % Validators),
            OwnerHotkey = Validator(netuid.Value % Validators),
            TaoReserve = new Tao(900_000_000_000UL + netuid.Value),
            AlphaReserve = new Alpha(1_800_000_000_000UL * netuid.Value),
            MovingPrice = new I96F32((Int128)(1L << 32) / (netuid.Value + 1)),
            FirstEmissionBlock = new BlockNumber(1),
            SubtokenEnabled = true,
            Tempo = (ushort)Tempo,
            Hyper = SubnetHyperparameters.Default with
            {
                MaxUids = (ushort)(Validators + Miners),
                MaxValidators = (ushort)Validators,
                WeightsRateLimit = 0,
                ImmunityPeriod = 1,
                Yuma3 = netuid.Value % 3 != 0,
                LiquidAlpha = netuid.Value % 2 == 0,
                RootClaimThreshold = 1_000,
                RecycleIncentive = netuid.Value % 2 == 1,
            },
        };
        return new GenesisSubnet(books, null, Tao.Zero)
        {
            Neurons =
            [
                .. Enumerable.Range(0, Validators).Select(validator => new Neuron { Hotkey = Validator(validator), HasPermit = true }),
                .. Enumerable.Range(0, Miners).Select(miner => new Neuron { Hotkey = Miner(netuid, miner) }),
            ],
        };
    }

    private static GenesisStake Stake(NetUid netuid, int validator, ulong amount) =>
        new(new PositionKey(netuid, Validator(validator), Coldkey(validator)), new Alpha(amount));

    public static AccountId Coldkey(int number) => Key(1, number);

    public static AccountId Validator(int number) => Key(2, number);

    private static AccountId Miner(NetUid netuid, int number) => Key(4, (netuid.Value * 10_000) + number);

    /// <summary>Keys whose order is not the order of their numbers.</summary>
    public static AccountId Key(byte kind, int number) =>
        new(System.Security.Cryptography.SHA256.HashData([kind, .. BitConverter.GetBytes(number)]));
}
