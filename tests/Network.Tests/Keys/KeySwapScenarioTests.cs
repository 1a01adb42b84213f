using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using Dtao.Network.Tests.Scenarios;
using Dtao.TestKit;

namespace Dtao.Network.Tests.Keys;

/// <summary>Swaps of hotkeys and coldkeys between trades, epochs, and root claims, on actors and on the sequential model: the same to the rao, and clean books after each.</summary>
public sealed class KeySwapScenarioTests
{
    private const ulong Delay = 2;

    private static readonly Aliases s_noNames = new([]);
    private static readonly AccountId s_sudo = WholeNetwork.Key(9, 1);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Cluster_SwapsBetweenTradesEpochsAndClaims_AreTheModelsWithCleanBooks(int silos, bool hasFees)
    {
        var whole = new WholeNetwork(3, 6, 12, 7);
        var genesis = whole.Genesis with
        {
            Parameters = whole.Genesis.Parameters with
            {
                TxRateLimit = 0,
                HotkeySwapInterval = 0,
                ColdkeySwapDelay = Delay,
                ColdkeySwapReannouncementDelay = 1,
                SudoKey = s_sudo,
                TransactionFees = hasFees,
                Author = hasFees ? Coldkey(0) : null,
            },
        };
        await using var model = new ModelNetwork(genesis);
        await using var cluster = new OrderedLogNetwork(await ClusterNetwork.StartAsync(genesis, silos));
        var swapped = new List<(int Block, CallKind Kind, string Result)>();

        for (var block = 1; block <= whole.Blocks; block++)
        {
            await model.MakeBlocks(1);
            await cluster.MakeBlocks(1);
            foreach (var (signer, call) in whole.CallsOf(block)) await Compare(model, cluster, signer, call);
            foreach (var (signer, call) in SwapsOf(block))
            {
                swapped.Add((block, call.Kind, await Compare(model, cluster, signer, call)));
                await cluster.AssertClean();
            }

            if (block % 5 == 0) await cluster.RestartAsync();
            await cluster.AssertClean();
        }

        Assert.Equal(await Describe(model), await Describe(cluster));
        Assert.Equal(hasFees ? s_expected.Select(ForAFee) : s_expected, swapped.Select(swap => $"{swap.Block} {swap.Kind} {swap.Result}"));
    }

    /// <summary>A coldkey that gave everything away cannot pay for a call.</summary>
    private static string ForAFee(string result) => result == "8 SwapHotkey NonAssociatedColdKey" ? "8 SwapHotkey Payment" : result;

    private static readonly string[] s_expected =
    [
        "3 SwapHotkey ok", "4 SwapHotkey ok", "5 SwapHotkey ok", "6 AnnounceColdkeySwap ok", "6 AddStake ColdkeySwapAnnounced", "7 SwapColdkeyAnnounced ColdkeySwapTooEarly",
        "8 SwapColdkeyAnnounced ok", "8 SwapHotkey NonAssociatedColdKey", "9 AddStake ok", "9 ClaimRoot ok", "10 SwapColdkey ok", "10 SwapColdkey BadOrigin",
        "11 AnnounceColdkeySwap ok", "11 DisputeColdkeySwap ok", "12 SwapColdkeyAnnounced ColdkeySwapDisputed", "12 ResetColdkeySwap ok", "13 SwapHotkey ok", "13 SwapHotkey ok",
        "14 ClaimRoot ok", "14 AnnounceColdkeySwap ok", "16 ClearColdkeySwapAnnouncement ColdkeySwapClearTooEarly", "17 ClearColdkeySwapAnnouncement ok",
        "17 SwapHotkey HotKeyAlreadyRegisteredInSubNet", "18 SwapHotkey ok", "19 SwapColdkey ok", "20 ClaimRoot ok",
    ];

    private static IEnumerable<(AccountId Signer, Call Call)> SwapsOf(int block)
    {
        var (fresh, other, third) = (WholeNetwork.Key(8, 1), WholeNetwork.Key(8, 2), WholeNetwork.Key(8, 3));
        return block switch
        {
            3 => [(Coldkey(0), Calls.SwapHotkey(Hotkey(0), New(0)))],
            4 => [(Coldkey(1), Calls.SwapHotkey(Hotkey(1), New(1), new NetUid(1)))],
            5 => [(Coldkey(1), Calls.SwapHotkey(Hotkey(1), New(2), NetUid.Root))],
            6 => [(Coldkey(2), Calls.AnnounceColdkeySwap(fresh)), (Coldkey(2), Calls.AddStake(Hotkey(2), new NetUid(1), new Tao(100_000_000)))],
            7 => [(Coldkey(2), Calls.SwapColdkeyAnnounced(fresh))],
            8 => [(Coldkey(2), Calls.SwapColdkeyAnnounced(fresh)), (Coldkey(2), Calls.SwapHotkey(Hotkey(2), New(3)))],
            9 => [(fresh, Calls.AddStake(Hotkey(2), new NetUid(1), new Tao(100_000_000))), (fresh, Calls.ClaimRoot([new NetUid(1), new NetUid(2), new NetUid(3)]))],
            10 => [(s_sudo, Calls.SwapColdkey(Coldkey(3), other, new Tao(1_000))), (Coldkey(4), Calls.SwapColdkey(Coldkey(4), third, Tao.Zero))],
            11 => [(Coldkey(4), Calls.AnnounceColdkeySwap(third)), (Coldkey(4), Calls.DisputeColdkeySwap())],
            12 => [(Coldkey(4), Calls.SwapColdkeyAnnounced(third)), (s_sudo, Calls.ResetColdkeySwap(Coldkey(4)))],
            13 => [(Coldkey(4), Calls.SwapHotkey(Hotkey(4), New(4), keepStake: true)), (fresh, Calls.SwapHotkey(Hotkey(2), New(5)))],
            14 => [(other, Calls.ClaimRoot([new NetUid(1), new NetUid(2)])), (Coldkey(5), Calls.AnnounceColdkeySwap(third))],
            16 => [(Coldkey(5), Calls.ClearColdkeySwapAnnouncement())],
            17 => [(Coldkey(5), Calls.ClearColdkeySwapAnnouncement()), (Coldkey(1), Calls.SwapHotkey(Hotkey(1), New(1)))],
            18 => [(Coldkey(0), Calls.SwapHotkey(New(0), Hotkey(0)))],
            19 => [(s_sudo, Calls.SwapColdkey(fresh, third, Tao.Zero))],
            20 => [(third, Calls.ClaimRoot([new NetUid(1), new NetUid(2), new NetUid(3)]))],
            _ => [],
        };
    }

    private static AccountId Coldkey(int number) => WholeNetwork.Coldkey(number);

    private static AccountId Hotkey(int number) => WholeNetwork.Validator(number);

    private static AccountId New(int number) => WholeNetwork.Key(7, number);

    private static async Task<string> Compare(ModelNetwork model, OrderedLogNetwork cluster, AccountId signer, Call call)
    {
        var expected = await model.Execute(signer, call);
        var outcome = await cluster.Execute(signer, call);
        Assert.Equal($"{call.Kind} {Text(expected)}", $"{call.Kind} {Text(outcome)}");
        Assert.Equal(expected.Paid, outcome.Paid);
        return expected.IsOk ? "ok" : expected.Error.ToString();
    }

    private static string Text(CallOutcome outcome) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalResults.Of(outcome, s_noNames)));

    private static async Task<string> Describe(IScenarioNetwork network) =>
        System.Text.Encoding.ASCII.GetString(CanonicalJson.Write(CanonicalState.Of(await network.Read(), "swaps", s_noNames, null)));
}
