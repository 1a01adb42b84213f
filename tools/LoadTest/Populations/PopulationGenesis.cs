using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;

namespace Dtao.LoadTest.Populations;

/// <summary>Block 0 of a network of a population: root, subnets that emit from block 1, validators with a seat on each, and the stakers with what they have.</summary>
internal static class PopulationGenesis
{
    public const string NetworkId = "load";

    public static NetworkGenesis Of(Population population, long blockIntervalMilliseconds) =>
        new(NetworkId, NetworkId, NetworkParameters.Default.Rules.First.Name, blockIntervalMilliseconds, StateOf(population), new Dictionary<NetUid, (string, string)>());

    public static GenesisState StateOf(Population population)
    {
        var options = population.Options;
        var netuids = Enumerable.Range(1, options.Subnets).Select(number => new NetUid((ushort)number)).ToArray();
        return new GenesisState
        {
            Parameters = NetworkParameters.Default with { TakeRateLimit = 0, SubnetLimit = (ushort)Math.Max(128, options.Subnets) },
            Balances = Balances(population),
            Hotkeys =
            [
                .. Enumerable.Range(0, options.Validators).Select(number => new GenesisHotkey(population.ValidatorHotkey(number), new HotkeyRecord(population.Validator(number)) { StoredTake = Take.Default })),
                .. netuids.Select(netuid => new GenesisHotkey(population.OwnerHotkey(netuid), new HotkeyRecord(population.Owner(netuid)))),
            ],
            Subnets = [new GenesisSubnet(new SubnetBooks { Mechanism = 0, SubtokenEnabled = true }, null, Tao.Zero), .. netuids.Select(netuid => SubnetOf(netuid, population))],
            Stakes = Stakes(population, netuids),
        };
    }

    private static (AccountId, Tao)[] Balances(Population population)
    {
        var balances = new (AccountId, Tao)[population.Options.Stakers];
        for (var staker = 0; staker < balances.Length; staker++) balances[staker] = (population.Staker(staker), population.FreeOf(staker));
        return balances;
    }

    private static GenesisStake[] Stakes(Population population, NetUid[] netuids)
    {
        var options = population.Options;
        var hotkeys = Enumerable.Range(0, options.Validators).Select(population.ValidatorHotkey).ToArray();
        var stakes = new GenesisStake[(options.Validators * (netuids.Length + 1)) + ((long)options.Stakers * options.Positions)];
        var at = 0;
        for (var number = 0; number < hotkeys.Length; number++)
        {
            var size = new Alpha((ulong)options.ValidatorTao * Population.OneTao);
            stakes[at++] = new(new PositionKey(NetUid.Root, hotkeys[number], population.Validator(number)), size);
            foreach (var netuid in netuids) stakes[at++] = new(new PositionKey(netuid, hotkeys[number], population.Validator(number)), size);
        }

        for (var staker = 0; staker < options.Stakers; staker++)
        {
            var coldkey = population.Staker(staker);
            for (var place = 0; place < options.Positions; place++)
            {
                var position = population.PositionOf(staker, place);
                stakes[at++] = new(new PositionKey(position.Netuid, hotkeys[position.Validator], coldkey), new Alpha(position.Amount));
            }
        }

        return stakes;
    }

    private static GenesisSubnet SubnetOf(NetUid netuid, Population population)
    {
        var options = population.Options;
        var tao = new Tao((ulong)options.ReserveTao * Population.OneTao);
        var alpha = new Alpha(tao.Rao * (ulong)Population.AlphaPerTao(netuid));
        var books = new SubnetBooks
        {
            Netuid = netuid,
            Owner = population.Owner(netuid),
            OwnerHotkey = population.OwnerHotkey(netuid),
            TaoReserve = tao,
            AlphaReserve = alpha,
            MovingPrice = GenesisPrices.Of(tao, alpha),
            FirstEmissionBlock = new BlockNumber(1),
            SubtokenEnabled = true,
            SwapInitialised = true,
            Tempo = (ushort)options.Tempo,
        };
        return new GenesisSubnet(books, null, Tao.Zero)
        {
            Neurons =
            [
                new Neuron { Hotkey = population.OwnerHotkey(netuid) },
                .. Enumerable.Range(0, options.Validators).Select(number => new Neuron { Hotkey = population.ValidatorHotkey(number), HasPermit = true }),
            ],
        };
    }
}
