using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using static Dtao.Network.Tests.Identities.IdentityBench;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Identities;

/// <summary>Random identities, symbols, batches of weights, registrations, dissolutions, and swaps of keys, on a cluster and on the sequential model.</summary>
public sealed class IdentityScenarioTests
{
    private const int Steps = 70;

    private static readonly string[] s_symbols = ["α", "β", "γ", "δ", "ε", "ζ", "τ", "Τ", "no symbol"];
    private static readonly AccountId[] s_hotkeys = [Hot, Warm, Ghost, Key(14), Key(15), Key(16)];
    private static readonly NetUid[] s_netuids = [Root, One, One, Two, Two, Stable, new(5), new(6), Missing];

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(3, 1, true)]
    [InlineData(4, 1, false)]
    public async Task Cluster_RandomTextsBatchesAndSwaps_AreTheModelsAfterEachCall(int seed, int silos, bool hasFees)
    {
        var random = new Random(seed);
        var genesis = Texts();
        genesis = genesis with { Parameters = genesis.Parameters with { TransactionFees = hasFees, Author = hasFees ? Author : null } };
        await using var model = new ModelNetwork(genesis);
        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silos));
        var results = new Dictionary<string, int>(StringComparer.Ordinal);

        for (var step = 0; step < Steps; step++)
        {
            if (step % 9 == 8)
            {
                await model.MakeBlocks(1);
                await cluster.MakeBlocks(1);
            }

            if (step % 30 == 29) await cluster.RestartAsync();
            var (signer, call) = step < s_first.Length ? s_first[step] : Any(random);
            var (expected, outcome) = (await model.Execute(signer, call), await cluster.Execute(signer, call));
            Assert.Equal($"{step} {call.Kind} {Text(expected)}", $"{step} {call.Kind} {Text(outcome)}");
            Assert.Equal(NetworkTexts.Of(await model.Read()), NetworkTexts.Of(await cluster.Read()));
            var result = $"{call.Kind} {(expected.IsOk ? "ok" : "no")}";
            results[result] = results.GetValueOrDefault(result) + 1;
        }

        Assert.Equal(await Describe(model), await Describe(cluster));
        await cluster.AssertClean();
        string[] done = ["SetSubnetIdentity ok", "UpdateSymbol ok", "UpdateSymbol no", "SetIdentity ok", "SetIdentity no", "BatchSetWeights ok"];
        Assert.All(done, name => Assert.True(results.ContainsKey(name), $"{name}: none among " + string.Join(", ", results.Select(entry => $"{entry.Key} {entry.Value}"))));
    }

    /// <summary>So that each kind is done at least once, whatever comes after.</summary>
    private static readonly (AccountId Signer, Call Call)[] s_first =
    [
        (Owner, Calls.SetSubnetIdentity(One, Subnet("one"))), (Owner, Calls.UpdateSymbol(Two, "β")), (Owner, Calls.UpdateSymbol(One, "β")),
        (Owner, Calls.SetIdentity(Coldkey("owner"))), (Staker(0), Calls.SetIdentity(Coldkey("nobody"))),
    ];

    private static (AccountId Signer, Call Call) Any(Random random)
    {
        AccountId coldkey = Pick(random, Owner, Owner, Owner, Staker(0), Staker(1), Nobody, Key(60), Key(61));
        var (netuid, hotkey) = (Pick(random, s_netuids), Pick(random, s_hotkeys));
        return random.Next(14) switch
        {
            0 or 1 => (Pick(random, coldkey, Owner), Calls.SetSubnetIdentity(netuid, Subnet(Name(random)))),
            2 or 3 or 4 => (Pick(random, coldkey, Nobody), Calls.UpdateSymbol(netuid, Pick(random, s_symbols))),
            5 or 6 => (coldkey, Calls.SetIdentity(Coldkey(Name(random)))),
            7 => (coldkey, Calls.RegisterNetwork(hotkey, random.Next(2) == 0 ? null : Subnet(Name(random)))),
            8 => (coldkey, Calls.RegisterNeuron(hotkey, netuid)),
            9 => (default, Calls.DissolveNetwork(new NetUid((ushort)random.Next(4, 7)))),
            10 => (coldkey, Calls.SetAutoParentDelegation(hotkey, random.Next(2) == 0)),
            11 => (Pick(random, Hot, Ghost), Calls.BatchSetWeights(Enumerable.Range(0, random.Next(4)).Select(_ => Calls.SetWeights(Pick(random, s_netuids), [0], [1])))),
            12 when random.Next(2) == 0 => (Nobody, Calls.SwapColdkey(coldkey, Pick(random, Key(60), Key(61), Staker(2)), Tao.Zero)),
            12 => (Hot, Calls.BatchCommitWeights(Enumerable.Range(0, random.Next(3)).Select(_ => Calls.CommitWeights(Hot, Pick(random, s_netuids), [0], [1], [2])))),
            _ => (coldkey, Calls.SwapHotkey(hotkey, Pick(random, s_hotkeys))),
        };
    }

    /// <summary>Now and then one that is too long.</summary>
    private static string Name(Random random) => random.Next(8) == 0 ? new string('n', 257) : $"name {random.Next(100)}";

    private static T Pick<T>(Random random, params T[] items) => items[random.Next(items.Length)];

    private static string Text(CallOutcome outcome) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalResults.Of(outcome, SmallNetwork.Aliases)));

    private static async Task<string> Describe(IScenarioNetwork network) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(await network.Read(), "texts", SmallNetwork.Aliases, null)));
}
