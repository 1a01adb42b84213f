using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Hosting.Generated;

namespace Dtao.Hosting.Lessons;

/// <summary>Who receives the alpha that a subnet mints for people: its owner, miners, validators, and stakers.</summary>
public static class RolesLesson
{
    /// <value>One day of 12 seconds a block.</value>
    public const ulong BlocksDefault = LessonNetwork.BlocksPerDay;

    public const ulong BlocksMin = 1;

    private static readonly NetUid s_subnet = new(1);
    private static readonly Alpha s_stake = new(6_000 * LessonNetwork.OneTao);

    public static Lesson Run(ulong blocks, CancellationToken cancellationToken)
    {
        var subnet = new GeneratedSubnet(new Tao(40_000 * LessonNetwork.OneTao), new Alpha(60_000 * LessonNetwork.OneTao), s_stake) { StakerStake = s_stake };
        var plan = new GeneratedNetwork
        {
            Subnets = [subnet, subnet],
            Validators = 2,
            Miners = 3,
            Stakers = 1,
            ValidatorRoot = new Tao(500_000 * LessonNetwork.OneTao),
            Tempo = 360,
        };
        var minted = Alpha.Zero;
        LessonNetwork? network = null;
        network = new LessonNetwork(plan, plan.Genesis, cancellationToken) { EachBlock = () => minted += network!.Books(s_subnet).AlphaOutEmission };
        network.AdvanceTo(blocks);
        var received = Received(network, plan);
        var rest = minted;
        foreach (var (_, alpha) in received) rest -= alpha;
        var books = network.Books(s_subnet);
        var price = PoolState.Of(books).Price;
        return new Lesson("roles", "What an owner, a miner, and a validator receive")
        {
            Facts =
            [
                new("Blocks", LessonUnit.Count, blocks),
                new("Alpha minted for people", LessonUnit.Alpha, minted.Rao),
                new("Epochs that paid it out", LessonUnit.Count, books.EpochIndex),
                new("Owner's cut", LessonUnit.Ppm, (Int128)plan.Parameters.OwnerCut * 1_000_000 / ushort.MaxValue),
                new("Validators' take", LessonUnit.Ppm, (Int128)plan.Take.Parts * 1_000_000 / ushort.MaxValue),
                new("Price", LessonUnit.Price, AmountText.PriceRao(price.Bits)),
            ],
            Columns = [new("Alpha", LessonUnit.Alpha), new("Of what was minted", LessonUnit.Ppm), new("At the price", LessonUnit.Tao)],
            Rows =
            [
                .. received.Append(("rounding", rest)).Select(part => new LessonRow(
                    part.Item1, [part.Item2.Rao, Part(part.Item2, minted), AmountText.ValueRao(part.Item2.Rao, price.Bits)])),
            ],
            Pictures = [new("Alpha received", "alpha", [0]) { FromZero = true }],
        };
    }

    /// <summary>What everybody has now beyond what the genesis gave.</summary>
    private static List<(string Who, Alpha Alpha)> Received(LessonNetwork network, GeneratedNetwork plan)
    {
        var books = network.Books(s_subnet);
        List<(string, Alpha)> received = [("owner", network.Position(s_subnet, GeneratedNetwork.OwnerHotkey(s_subnet), GeneratedNetwork.Owner(s_subnet)))];
        for (var miner = 1; miner <= plan.Miners; miner++)
        {
            received.Add(($"miner {miner}", network.Position(s_subnet, GeneratedNetwork.MinerHotkey(s_subnet, miner), GeneratedNetwork.Miner(s_subnet, miner))));
        }

        for (var validator = 1; validator <= plan.Validators; validator++)
        {
            received.Add(($"validator {validator}", network.Position(s_subnet, GeneratedNetwork.ValidatorHotkey(validator), GeneratedNetwork.Validator(validator)) - s_stake));
        }

        received.Add(("staker on 1", network.Position(s_subnet, GeneratedNetwork.ValidatorHotkey(1), GeneratedNetwork.Staker(1)) - s_stake));
        received.Add(("root", books.RootUnclaimed));
        received.Add(("waiting", books.PendingOwnerCut + books.PendingServer + books.PendingValidator + books.PendingRoot));
        return received;
    }

    private static Int128 Part(Alpha alpha, Alpha all) => all.IsZero ? 0 : (Int128)alpha.Rao * 1_000_000 / all.Rao;
}
