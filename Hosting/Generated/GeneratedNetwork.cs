using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Scenarios;

namespace Dtao.Hosting.Generated;

/// <summary>A subnet of a generated network: its pool at block 0.</summary>
/// <param name="ValidatorStake">Alpha that each validator holds on itself.</param>
public sealed record GeneratedSubnet(Tao TaoReserve, Alpha AlphaReserve, Alpha ValidatorStake)
{
    /// <summary>Alpha of each staker, spread over the validators.</summary>
    public Alpha StakerStake { get; init; }
}

/// <summary>A network of a stated size whose accounts have names: root, subnets that emit from block 1, owners, validators on all subnets, miners on each, and stakers.</summary>
/// <remarks>
/// For runs that are made up and not recorded; the same at every call. Keys are hashes of their names: nobody holds a private key to them.
/// The miners of a subnet belong to one coldkey, <c>miner-N-K</c> each to itself. The owner's hotkey has uid 0 and no weight on it.
/// </remarks>
public sealed record GeneratedNetwork
{
    private static readonly NetworkParameters s_parameters = NetworkParameters.Default with { TakeRateLimit = 0 };

    public required IReadOnlyList<GeneratedSubnet> Subnets { get; init; }

    /// <summary>At least one; each has a seat and a permit on every subnet.</summary>
    public int Validators { get; init; } = 2;

    /// <summary>On each subnet.</summary>
    public int Miners { get; init; } = 2;

    public int Stakers { get; init; }

    /// <summary>Free TAO of each staker.</summary>
    public Tao StakerFree { get; init; }

    /// <summary>TAO of each staker on root, on the validator that is its by number.</summary>
    public Tao StakerRoot { get; init; }

    /// <summary>TAO of each validator on root, on itself.</summary>
    public Tao ValidatorRoot { get; init; }

    /// <summary>The validators' take.</summary>
    public Take Take { get; init; } = Take.Default;

    /// <summary>Blocks between two epochs.</summary>
    public ushort Tempo { get; init; } = 100;

    public NetworkParameters Parameters { get; init; } = s_parameters;

    public IEnumerable<NetUid> Netuids => Enumerable.Range(1, Subnets.Count).Select(number => new NetUid((ushort)number));

    public static AccountId Owner(NetUid netuid) => Key(OwnerName(netuid));

    public static AccountId OwnerHotkey(NetUid netuid) => Key(OwnerName(netuid) + Hot);

    /// <param name="number">From 1.</param>
    public static AccountId Validator(int number) => Key(ValidatorName(number));

    public static AccountId ValidatorHotkey(int number) => Key(ValidatorName(number) + Hot);

    public static AccountId Miner(NetUid netuid, int number) => Key(MinerName(netuid, number));

    public static AccountId MinerHotkey(NetUid netuid, int number) => Key(MinerName(netuid, number) + Hot);

    public static AccountId Staker(int number) => Key(StakerName(number));

    /// <summary>The validator that a staker stakes on.</summary>
    public int ValidatorOf(int staker) => 1 + ((staker - 1) % Validators);

    /// <summary>A neuron's uid: the owner's hotkey first, then validators, then miners.</summary>
    public ushort UidOfMiner(int number) => (ushort)(Validators + number);

    public GenesisState Genesis => new()
    {
        Parameters = Parameters,
        Balances = StakerFree.IsZero ? [] : [.. Numbers(Stakers).Select(number => (Staker(number), StakerFree))],
        Hotkeys =
        [
            .. Numbers(Validators).Select(number => new GenesisHotkey(ValidatorHotkey(number), new HotkeyRecord(Validator(number)) { StoredTake = Take })),
            .. Netuids.Select(netuid => new GenesisHotkey(OwnerHotkey(netuid), new HotkeyRecord(Owner(netuid)))),
            .. from netuid in Netuids
               from number in Numbers(Miners)
               select new GenesisHotkey(MinerHotkey(netuid, number), new HotkeyRecord(Miner(netuid, number))),
        ],
        Subnets = [new GenesisSubnet(new SubnetBooks { Mechanism = 0, SubtokenEnabled = true }, null, Tao.Zero), .. Netuids.Select(SubnetOf)],
        Stakes = [.. RootStakes().Concat(AlphaStakes()).Where(stake => !stake.Amount.IsZero)],
    };

    public Aliases Aliases => new(
        Numbers(Validators).Select(ValidatorName)
            .Concat(Netuids.Select(OwnerName))
            .Concat(from netuid in Netuids from number in Numbers(Miners) select MinerName(netuid, number))
            .SelectMany(name => new[] { name, name + Hot })
            .Concat(Numbers(Stakers).Select(StakerName))
            .Select(name => KeyValuePair.Create(name, Key(name))));

    private const string Hot = "-hot";

    private GenesisSubnet SubnetOf(NetUid netuid)
    {
        var plan = Subnets[netuid.Value - 1];
        var books = new SubnetBooks
        {
            Netuid = netuid,
            Owner = Owner(netuid),
            OwnerHotkey = OwnerHotkey(netuid),
            TaoReserve = plan.TaoReserve,
            AlphaReserve = plan.AlphaReserve,
            MovingPrice = GenesisPrices.Of(plan.TaoReserve, plan.AlphaReserve),
            FirstEmissionBlock = new BlockNumber(1),
            SubtokenEnabled = true,
            SwapInitialised = true,
            Tempo = Tempo,
            Hyper = SubnetHyperparameters.Default with { WeightsRateLimit = 0, ActivityCutoffFactor = 50_000 },
        };
        return new GenesisSubnet(books, null, Tao.Zero)
        {
            Neurons =
            [
                new Neuron { Hotkey = OwnerHotkey(netuid) },
                .. Numbers(Validators).Select(number => new Neuron { Hotkey = ValidatorHotkey(number), HasPermit = true }),
                .. Numbers(Miners).Select(number => new Neuron { Hotkey = MinerHotkey(netuid, number) }),
            ],
        };
    }

    private IEnumerable<GenesisStake> RootStakes() =>
        Numbers(Validators).Select(number => Stake(NetUid.Root, number, Validator(number), new Alpha(ValidatorRoot.Rao)))
            .Concat(Numbers(Stakers).Select(number => Stake(NetUid.Root, ValidatorOf(number), Staker(number), new Alpha(StakerRoot.Rao))));

    private IEnumerable<GenesisStake> AlphaStakes() => Netuids.SelectMany(netuid =>
        Numbers(Validators).Select(number => Stake(netuid, number, Validator(number), Subnets[netuid.Value - 1].ValidatorStake))
            .Concat(Numbers(Stakers).Select(number => Stake(netuid, ValidatorOf(number), Staker(number), Subnets[netuid.Value - 1].StakerStake))));

    private static GenesisStake Stake(NetUid netuid, int validator, AccountId coldkey, Alpha amount) =>
        new(new PositionKey(netuid, ValidatorHotkey(validator), coldkey), amount);

    private static string OwnerName(NetUid netuid) => Name("owner", netuid.Value);

    private static string ValidatorName(int number) => Name("validator", number);

    private static string MinerName(NetUid netuid, int number) => Name(Name("miner", netuid.Value), number);

    private static string StakerName(int number) => Name("staker", number);

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");

    private static IEnumerable<int> Numbers(int count) => Enumerable.Range(1, count);

    private static AccountId Key(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes("dtao generated/" + name)));
}
