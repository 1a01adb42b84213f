using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Demo;

namespace Dtao.Hosting.Genesis;

/// <summary>The network that a newcomer sees first: 16 named subnets, 32 validators, 16 miners, 1,000 funded stakers, and the dev accounts. The same at every call.</summary>
/// <remarks>
/// Epochs are short, so that whoever watches for a minute sees one of every subnet.
/// 9.5 million TAO exist, so each block mints 1 TAO. Keys of demo people are hashes of their names: nobody holds a private key to them.
/// </remarks>
public static class DemoGenesis
{
    public const string Name = "demo";
    public const int ValidatorCount = 32;
    public const int MinerCount = 16;
    public const int StakerCount = 1_000;

    /// <summary>Blocks between two epochs of a subnet.</summary>
    public const ushort Tempo = 20;

    /// <summary>Of each kind on each subnet, besides its owner's hotkey.</summary>
    private const int NeuronsOfAKind = 8;

    /// <summary>Everything that exists at block 0.</summary>
    public static readonly Tao Issuance = new(9_500_000 * RaoPerTao);

    /// <summary>What each dev account begins with.</summary>
    public static readonly Tao DevFunds = new(100_000 * RaoPerTao);

    private const ulong RaoPerTao = 1_000_000_000;
    private const ulong Seed = 0x64_74_61_6F;
    private const ulong OwnerFundsTao = 2_000;
    private const ulong ValidatorFundsTao = 1_000;

    /// <summary>Name, symbol, TAO in the pool, and price in thousandths of a TAO. The prices add up to a little under one.</summary>
    private static readonly (string Name, string Symbol, ulong Tao, ulong PriceThousandths)[] Plans =
    [
        ("Lantern", "LAN", 62_000, 210), ("Quarry", "QRY", 47_500, 148), ("Tidewell", "TDW", 38_200, 117), ("Saffron", "SAF", 29_900, 92),
        ("Obelisk", "OBE", 24_100, 74), ("Murmur", "MUR", 19_600, 61), ("Kestrel", "KES", 15_800, 52), ("Thicket", "THK", 12_700, 44),
        ("Basalt", "BAS", 10_300, 38), ("Juniper", "JUN", 8_200, 31), ("Parallax", "PLX", 6_600, 26), ("Halyard", "HAL", 5_200, 22),
        ("Foxglove", "FOX", 4_000, 18), ("Cinder", "CIN", 2_900, 14), ("Marrow", "MRW", 1_900, 11), ("Pebble", "PEB", 900, 7),
    ];

    public static int SubnetCount => Plans.Length;

    /// <summary>The demo's stakers, whom the demo economy lets trade.</summary>
    public static IReadOnlyList<AccountId> Stakers { get; } = [.. Enumerable.Range(1, StakerCount).Select(number => Key("staker", number))];

    public static GenesisDocument Create()
    {
        var draw = new SplitMix(Seed);
        var subnets = Subnets();
        var balances = Balances(draw);
        var alphaStakes = AlphaStakes(draw);
        var rootStakes = RootStakes(draw, RootTotal(balances, subnets));
        var result = GenesisValidator.Check(
            new GenesisDocument
            {
                Name = Name,
                NetworkId = Name,
                BlockIntervalMilliseconds = 1_000,
                Parameters = NetworkParameters.Default with { NumRootClaim = 1 },
                Aliases = Aliases(),
                Balances = balances,
                Hotkeys = Hotkeys(),
                Subnets = subnets,
                Stakes = [.. rootStakes, .. alphaStakes],
            },
            new FaultList());
        return result.Document ?? throw new InvalidOperationException($"The demo genesis is faulty: {string.Join(' ', result.Faults)}");
    }

    private static List<NamedAccount> Aliases() =>
    [
        .. Enumerable.Range(1, ValidatorCount).Select(number => new NamedAccount($"validator-{number:D2}", Key("validator", number))),
        .. Enumerable.Range(1, ValidatorCount).Select(number => new NamedAccount($"validator-hot-{number:D2}", Key("validator-hot", number))),
        .. Enumerable.Range(1, MinerCount).Select(number => new NamedAccount($"miner-{number:D2}", Key("miner", number))),
        .. Enumerable.Range(1, MinerCount).Select(number => new NamedAccount($"miner-hot-{number:D2}", Key("miner-hot", number))),
        .. Enumerable.Range(1, Plans.Length).Select(number => new NamedAccount($"owner-{number:D2}", Key("owner", number))),
        .. Enumerable.Range(1, Plans.Length).Select(number => new NamedAccount($"owner-hot-{number:D2}", Key("owner-hot", number))),
        .. Enumerable.Range(1, StakerCount).Select(number => new NamedAccount($"staker-{number:D4}", Key("staker", number))),
    ];

    private static List<DocumentHotkey> Hotkeys()
    {
        List<DocumentHotkey> hotkeys = [];
        for (var number = 1; number <= ValidatorCount; number++)
        {
            // Takes differ, as they do on the chain: from 9 % up to the 18 % that most validators keep.
            var take = new Take((ushort)(Take.Default.Parts - (Take.Default.Parts / 2 * (number % 4) / 4)));
            hotkeys.Add(new(HotkeyPath(hotkeys.Count), Key("validator-hot", number), Key("validator", number), take));
        }
        for (var number = 1; number <= Plans.Length; number++)
        {
            hotkeys.Add(new(HotkeyPath(hotkeys.Count), Key("owner-hot", number), Key("owner", number), null));
        }
        for (var number = 1; number <= MinerCount; number++)
        {
            hotkeys.Add(new(HotkeyPath(hotkeys.Count), Key("miner-hot", number), Key("miner", number), null));
        }
        return hotkeys;
    }

    private static List<DocumentSubnet> Subnets()
    {
        List<DocumentSubnet> subnets =
        [
            new("$.subnets[0]", new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0, SubtokenEnabled = true }) { Name = "root", Symbol = "τ" },
        ];
        foreach (var plan in Plans)
        {
            var number = subnets.Count;
            var tao = new Tao(plan.Tao * RaoPerTao);
            var alpha = new Alpha(tao.Rao / plan.PriceThousandths * 1_000);
            var books = new SubnetBooks
            {
                Netuid = new NetUid((ushort)number),
                Owner = Key("owner", number),
                OwnerHotkey = Key("owner-hot", number),
                TaoReserve = tao,
                AlphaReserve = alpha,
                MovingPrice = GenesisPrices.Of(tao, alpha),
                FirstEmissionBlock = new BlockNumber(1),
                SubtokenEnabled = true,
                SwapInitialised = true,
                Tempo = Tempo,
                // A validator of the demo weights the miners every few minutes, which is many of these tempos.
                Hyper = SubnetHyperparameters.Default with { WeightsRateLimit = 10, ActivityCutoffFactor = 50_000 },
            };
            var path = JsonPath.Item("$.subnets", number);
            subnets.Add(new(path, books) { Name = plan.Name, Symbol = plan.Symbol, Neurons = Neurons(path, number) });
        }
        return subnets;
    }

    /// <summary>The owner's hotkey, the validators with alpha there, and half of the miners.</summary>
    private static List<DocumentNeuron> Neurons(string subnet, int number)
    {
        List<(AccountId Hotkey, bool HasPermit)> seats = [(Key("owner-hot", number), false)];
        for (var place = 1; place <= NeuronsOfAKind; place++) seats.Add((Key("validator-hot", ValidatorOf(number, place)), true));
        for (var place = 1; place <= NeuronsOfAKind; place++) seats.Add((Key("miner-hot", 1 + ((number + place) % MinerCount)), false));
        var path = JsonPath.Field(subnet, "neurons");
        return [.. seats.Select((seat, uid) => new DocumentNeuron(JsonPath.Item(path, uid), seat.Hotkey, 0, 0, seat.HasPermit))];
    }

    private static int ValidatorOf(int subnet, int place) => 1 + ((subnet + (place * 4)) % ValidatorCount);

    private static List<DocumentBalance> Balances(SplitMix draw)
    {
        List<(AccountId Account, ulong Rao)> holders =
        [
            .. DevAccounts.ByName.OrderBy(dev => dev.Key, StringComparer.Ordinal).Select(dev => (dev.Value, DevFunds.Rao)),
            .. Enumerable.Range(1, Plans.Length).Select(number => (Key("owner", number), OwnerFundsTao * RaoPerTao)),
            .. Enumerable.Range(1, ValidatorCount).Select(number => (Key("validator", number), ValidatorFundsTao * RaoPerTao)),
        ];
        foreach (var staker in Stakers)
        {
            // Most have tens of TAO, some thousands: each of the four steps of ten is equally likely.
            var magnitude = new ulong[] { 10, 100, 500, 2_000 }[draw.Below(4)];
            holders.Add((staker, (magnitude * RaoPerTao) + draw.Below(4 * magnitude * RaoPerTao)));
        }
        return [.. holders.Select(holder => new DocumentBalance(JsonPath.Field("$.balances", Ss58.Encode(holder.Account)), holder.Account, new Tao(holder.Rao)))];
    }

    /// <summary>What root has to hold so that the whole comes to <see cref="Issuance"/>.</summary>
    private static Tao RootTotal(List<DocumentBalance> balances, List<DocumentSubnet> subnets)
    {
        var elsewhere = Tao.Zero;
        foreach (var balance in balances) elsewhere += balance.Free;
        foreach (var subnet in subnets) elsewhere += subnet.Books.TaoReserve;
        return Issuance - elsewhere;
    }

    /// <summary>A fifth of root belongs to nominators, the rest to the validators themselves; big validators come first.</summary>
    private static List<DocumentStake> RootStakes(SplitMix draw, Tao total)
    {
        List<DocumentStake> stakes = [];
        var left = total;
        foreach (var staker in Stakers.Where((_, index) => index % 2 == 0))
        {
            var amount = new Tao(total.Rao / 5 / (StakerCount / 2) / 2 + draw.Below(total.Rao / 5 / (StakerCount / 2)));
            stakes.Add(Stake(stakes.Count, Validator(draw), staker, NetUid.Root, amount.Rao));
            left -= amount;
        }
        var parts = (ulong)(ValidatorCount * (ValidatorCount + 1) / 2);
        var part = left.Rao / parts;
        for (var number = 1; number <= ValidatorCount; number++)
        {
            var amount = number == ValidatorCount ? left.Rao : part * (ulong)(ValidatorCount + 1 - number);
            left -= new Tao(amount);
            stakes.Add(Stake(stakes.Count, Key("validator-hot", number), Key("validator", number), NetUid.Root, amount));
        }
        return stakes;
    }

    /// <summary>Owners, validators, and stakers hold about as much alpha of each subnet as lies in its pool.</summary>
    private static List<DocumentStake> AlphaStakes(SplitMix draw)
    {
        List<DocumentStake> stakes = [];
        for (var number = 1; number <= Plans.Length; number++)
        {
            var netuid = new NetUid((ushort)number);
            var alpha = Plans[number - 1].Tao * RaoPerTao / Plans[number - 1].PriceThousandths * 1_000;
            stakes.Add(Stake(stakes.Count, Key("owner-hot", number), Key("owner", number), netuid, alpha / 10));
            for (var validator = 1; validator <= NeuronsOfAKind; validator++)
            {
                var place = ValidatorOf(number, validator);
                stakes.Add(Stake(stakes.Count, Key("validator-hot", place), Key("validator", place), netuid, (alpha / 20) + draw.Below(alpha / 50)));
            }
            for (var holder = 0; holder < StakerCount / 10; holder++)
            {
                stakes.Add(Stake(stakes.Count, Validator(draw), Stakers[(int)draw.Below(StakerCount)], netuid, (alpha / 500) + draw.Below(alpha / 500)));
            }
        }
        return stakes;
    }

    private static AccountId Validator(SplitMix draw) => Key("validator-hot", 1 + (int)draw.Below(ValidatorCount));

    private static DocumentStake Stake(int index, AccountId hotkey, AccountId coldkey, NetUid netuid, ulong rao) =>
        new(JsonPath.Item("$.stakes", index), hotkey, coldkey, netuid, new Alpha(rao));

    private static string HotkeyPath(int index) => JsonPath.Item("$.hotkeys", index);

    private static AccountId Key(string kind, int number) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"dtao demo/{kind}/{number}"))));
}
