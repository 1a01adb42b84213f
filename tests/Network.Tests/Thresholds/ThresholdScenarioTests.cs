using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.Network.Tests.Thresholds.ThresholdBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Thresholds;

/// <summary>Calls that look beyond their subnet while there is a stake threshold, which is changed on the way: on a cluster and on the sequential model.</summary>
public sealed class ThresholdScenarioTests
{
    private const int Steps = 100;

    /// <summary>So that each is met: too few votes on one subnet, too little stake on all, and an unstake that ends what was asked for on two.</summary>
    private static readonly (AccountId Signer, Call Call)[] s_first =
    [
        (Staker(2), Calls.RemoveStakeFullLimit(Validators[2], One, null)), (Validators[0], Calls.SetWeights(One, [1], [1])), (Validators[1], Calls.SetWeights(One, [1], [1])),
        (Staker(1), Calls.SetChildren(Validators[1], Two, [new ChildLink(5, Hot)])), (Staker(1), Calls.SetChildren(Validators[1], One, [new ChildLink(5, Hot)])),
        (Staker(2), Calls.SetChildren(Validators[2], One, [new ChildLink(5, Hot)])), (Staker(1), Calls.RemoveStake(Validators[1], Two, new Alpha(190 * OneTao))),
    ];

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(3, 2, true)]
    public async Task Cluster_RandomCallsUnderAThreshold_AreTheModelsAfterEachCall(int seed, int silos, bool hasFees)
    {
        var random = new Random(seed);
        var genesis = WithValidators(Settings[2], hasFees);
        await using var model = new ModelNetwork(genesis);
        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silos));
        var results = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var reveals = new List<(AccountId Signer, Call Call)>();

        for (var step = 0; step < Steps; step++)
        {
            if (step % 8 == 7)
            {
                await model.MakeBlocks(1);
                await cluster.MakeBlocks(1);
                Assert.Equal(await Describe(model), await Describe(cluster));
            }

            if (step % 50 == 49) await cluster.RestartAsync();
            var (signer, call) = step < s_first.Length ? s_first[step] : Any(random, reveals);
            var (expected, outcome) = (await model.Execute(signer, call), await cluster.Execute(signer, call));
            Assert.Equal($"{step} {call.Kind} {Text(expected)}", $"{step} {call.Kind} {Text(outcome)}");
            if (step == s_first.Length - 2) Assert.Equal([One, Two], await Asked(cluster));
            if (step == s_first.Length - 1) Assert.Empty(await Asked(cluster));
            var result = $"{call.Kind} {expected.Error}";
            results[result] = results.GetValueOrDefault(result) + 1;
        }

        Assert.Equal(await Describe(model), await Describe(cluster));
        await cluster.AssertClean();
        string[] met =
        [
            "SetWeights None", "SetWeights NotEnoughStakeToSetWeights", "SetChildren None", "SetChildren NotEnoughStakeToSetChildkeys", "RemoveStake None", "SudoSet None",
            "RemoveStakeFullLimit None",
        ];
        Assert.All(met, name => Assert.True(results.ContainsKey(name), $"{name}: none among " + string.Join(", ", results.Select(entry => $"{entry.Key} {entry.Value}"))));
    }

    private static (AccountId Signer, Call Call) Any(Random random, List<(AccountId Signer, Call Call)> reveals)
    {
        var place = random.Next(3);
        var (coldkey, hotkey) = (Staker(random.Next(4)), Validators[place]);
        var netuid = Pick(random, Root, One, One, Two, Two, Missing);
        var amount = (ulong)random.Next(1, 60) * OneTao;
        switch (random.Next(17))
        {
            case 0 or 1 or 2:
                return (hotkey, Calls.SetWeights(Pick(random, One, One, One, Two, Root), [(ushort)random.Next(4), 3], [(ushort)random.Next(1, 100), 7]));
            case 3 or 4:
                ushort[] values = [(ushort)random.Next(1, 100)];
                reveals.Add((hotkey, Calls.RevealWeights(Two, [1], values, [5])));
                return (hotkey, Calls.CommitWeights(hotkey, Two, [1], values, [5]));
            case 5 or 6 when reveals.Count > 0:
                return reveals[^random.Next(1, Math.Min(3, reveals.Count) + 1)];
            case 7 or 8:
                var children = Enumerable.Range(1, random.Next(3)).Select(next => new ChildLink(ulong.MaxValue / 3, Validators[(place + next) % 3]));
                return (Staker(place), Calls.SetChildren(hotkey, netuid, children));
            case 9 or 10:
                return (coldkey, Calls.RemoveStake(Pick(random, hotkey, Hot), netuid, new Alpha(amount)));
            case 11:
                return (coldkey, Calls.RemoveStakeFullLimit(hotkey, netuid, null));
            case 12:
                return (coldkey, Calls.RemoveStakeLimit(hotkey, netuid, new Alpha(amount), new LimitPrice(1), allowPartial: random.Next(2) == 0));
            case 13:
                return (Nobody, SudoThreshold(Pick(random, Settings)));
            case 14:
                return (coldkey, Calls.MoveStake(hotkey, Pick(random, Validators), netuid, Pick(random, Root, One, Two), new Alpha(amount)));
            default:
                return (coldkey, Calls.AddStake(hotkey, netuid, new Tao(amount)));
        }
    }

    /// <summary>Where validator 1 has asked for children that are not there yet.</summary>
    private static async Task<IEnumerable<NetUid>> Asked(OrderedLogNetwork network) =>
        (await network.Read()).Metagraphs.Where(entry => entry.Value.PendingChildren.ContainsKey(Validators[1])).Select(entry => entry.Key).Order();

    private static T Pick<T>(Random random, params T[] items) => items[random.Next(items.Length)];

    private static string Text(CallOutcome outcome) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalResults.Of(outcome, SmallNetwork.Aliases)));

    private static async Task<string> Describe(IScenarioNetwork network) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(await network.Read(), "thresholds", SmallNetwork.Aliases, null)));
}
