using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Genesis;
using Dtao.Hosting.Network;

namespace Dtao.LoadTest.Populations;

/// <summary>Block 0 of a network of a population: root, subnets that emit from block 1, validators with a seat on each, and the stakers with what they have.</summary>
internal static class PopulationGenesis
{
    public const string NetworkId = "load";

    /// <summary>What a document gives //Alice beside the people: 100,000 TAO, so that somebody has some whose key is known.</summary>
    public const ulong AliceTao = 100_000;

    private const string DocumentPrefix = NetworkId + "-";
    private const int FaultsShown = 3;

    public static NetworkGenesis Of(Population population, long blockIntervalMilliseconds) =>
        new(NetworkId, NetworkId, NetworkParameters.Default.Rules.First.Name, blockIntervalMilliseconds, StateOf(population), new Dictionary<NetUid, (string, string)>());

    /// <summary>The id of a network whose document was made of just these people: whoever loads it finds them there.</summary>
    /// <remarks>A hash of all that block 0 depends on. What people do later is no part of it.</remarks>
    public static string NetworkIdOf(PopulationOptions options)
    {
        ulong[] numbers =
        [
            options.Seed, .. new[]
            {
                options.Stakers, options.Subnets, options.Validators, options.ValidatorTao, options.Positions, options.WealthTao, options.WealthTaoMax, options.ParetoHundredths, options.ReserveTao, options.Tempo,
            }.Select(number => (ulong)number), .. options.Behaviours.All.Select(share => (ulong)share),
        ];
        var text = string.Join('/', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
        return DocumentPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"dtao load genesis 1/{text}")).AsSpan(0, 8));
    }

    /// <summary>Whether a network began with a document of some population.</summary>
    public static bool IsOfPopulation(string networkId) => networkId.StartsWith(DocumentPrefix, StringComparison.Ordinal);

    /// <summary>Block 0 as a document that any silo starts a network of, with //Alice besides.</summary>
    /// <exception cref="LoadUsageException">Such a network cannot be; the message says why.</exception>
    public static byte[] DocumentOf(Population population, long blockIntervalMilliseconds)
    {
        var (state, id) = (StateOf(population), NetworkIdOf(population.Options));
        var document = GenesisWriter.Write(new GenesisDocument
        {
            Name = id,
            NetworkId = id,
            BlockIntervalMilliseconds = blockIntervalMilliseconds,
            Parameters = state.Parameters,
            Balances = [.. state.Balances.Append((DevAccounts.Alice, new Tao(AliceTao * Population.OneTao))).Select(entry => new DocumentBalance(string.Empty, entry.Item1, entry.Item2))],
            Hotkeys = [.. state.Hotkeys.Select(entry => new DocumentHotkey(string.Empty, entry.Hotkey, entry.Record.Owner, entry.Record.StoredTake))],
            Subnets = [.. state.Subnets.Select(DocumentSubnetOf)],
            Stakes = [.. state.Stakes.Select(entry => new DocumentStake(string.Empty, entry.Position.Hotkey, entry.Position.Coldkey, entry.Position.Netuid, entry.Amount))],
        });
        return GenesisDocumentReader.Read(document) is { IsValid: false, Faults: var faults }
            ? throw new LoadUsageException($"No network can begin with this population: {string.Join(' ', faults.Take(FaultsShown))}")
            : document;
    }

    private static DocumentSubnet DocumentSubnetOf(GenesisSubnet subnet)
    {
        var netuid = subnet.Books.Netuid;
        return new DocumentSubnet(string.Empty, subnet.Books)
        {
            Name = netuid.IsRoot ? "root" : $"subnet {netuid}",
            Symbol = netuid.IsRoot ? "τ" : $"α{netuid}",
            Neurons = [.. subnet.Neurons.Select(neuron => new DocumentNeuron(string.Empty, neuron.Hotkey, 0, 0, neuron.HasPermit))],
        };
    }

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
