using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Orleans.Runtime;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Keys;

/// <summary>Swaps of keys among trades, blocks, and ending activations, all at once.</summary>
public sealed class KeySwapLoadTests
{
    private const int Stakers = 6;
    private const int TradesEach = 30;
    private const int SwapsOfAHotkey = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Swaps_BesideTradesBlocksAndEndingActivations_LoseNothing(int silos)
    {
        await using var network = new OrderedLogNetwork(await ClusterNetwork.StartAsync(Loaded(), silos));
        var running = new RunningNetwork(network.Grains);
        using var stop = new CancellationTokenSource();
        var disturbing = Disturb(network, running, stop.Token);

        var trading = Enumerable.Range(0, Stakers).Select(number => Trade(running, Staker(number), new Random(number)));
        var swaps = Task.WhenAll(SwapHotkeys(running), SwapColdkeys(running));
        var receipts = (await Task.WhenAll([.. trading, swaps.ContinueWith(done => done.Result.SelectMany(one => one).ToArray(), TaskScheduler.Default)])).SelectMany(one => one).ToArray();
        await stop.CancelAsync();
        await disturbing;
        await network.RestartAsync();

        Assert.All(receipts, receipt => Assert.NotEqual(ReceiptStatus.NotAccepted, receipt.Status));
        var image = await network.ReadImage();
        Assert.All(image.Accounts.Values, account => Assert.Empty(account.InFlight));
        Assert.All((await swaps)[0], receipt => Assert.True(receipt.IsApplied, receipt.ErrorName));
        Assert.Contains((await swaps)[1], receipt => receipt.IsApplied);
        Assert.All(Enumerable.Range(0, SwapsOfAHotkey), place => Assert.Null(image.Validators[HotkeyAt(place)].Record));
        Assert.Equal(Owner, image.Validators[HotkeyAt(SwapsOfAHotkey)].Record!.Owner);
        await network.AssertClean();
    }

    /// <summary>On from key to key: what rounding leaves on one may keep it from taking a place on root again.</summary>
    private static async Task<Receipt[]> SwapHotkeys(RunningNetwork network)
    {
        var receipts = new List<Receipt>();
        for (var done = 0; done < SwapsOfAHotkey; done++) receipts.Add(await Decide(network, Owner, Calls.SwapHotkey(HotkeyAt(done), HotkeyAt(done + 1))));
        return [.. receipts];
    }

    private static AccountId HotkeyAt(int place) => place == 0 ? Hot : Key((byte)(80 + place));

    /// <summary>The stakers' coldkeys go on to fresh keys while they trade; later trades of theirs find nothing.</summary>
    private static async Task<Receipt[]> SwapColdkeys(RunningNetwork network)
    {
        var receipts = new List<Receipt>();
        for (byte number = 0; number < 3; number++)
            receipts.Add(await Decide(network, Nobody, Calls.SwapColdkey(Staker(number), Key((byte)(70 + number)), Tao.Zero)));
        return [.. receipts];
    }

    private static async Task<Receipt[]> Trade(RunningNetwork network, AccountId coldkey, Random random)
    {
        var receipts = new List<Receipt>();
        for (var done = 0; done < TradesEach; done++) receipts.Add(await Decide(network, coldkey, NextCall(random)));
        return [.. receipts];
    }

    private static async Task<Receipt> Decide(RunningNetwork network, AccountId signer, Call call) => await network.SubmitUntilDecided(
        await network.Prepare(signer, call) with { LastValidBlock = new BlockNumber((await network.Head()).Value + OperationLimits.ValidityBlocksMax) });

    private static Call NextCall(Random random)
    {
        AccountId[] hotkeys = [Warm, .. Enumerable.Range(0, SwapsOfAHotkey + 1).Select(HotkeyAt)];
        var (hotkey, other) = (hotkeys[random.Next(hotkeys.Length)], hotkeys[random.Next(hotkeys.Length)]);
        var netuid = (NetUid[])[Root, One, Two, Stable];
        var (from, to) = (netuid[random.Next(4)], netuid[random.Next(4)]);
        var amount = (ulong)random.NextInt64(3_000_000, 2 * (long)OneTao);
        return random.Next(6) switch
        {
            0 or 1 => Calls.AddStake(hotkey, from, new Tao(amount)),
            2 => Calls.RemoveStake(hotkey, from, new Alpha(amount)),
            3 => Calls.MoveStake(hotkey, other, from, to, new Alpha(amount)),
            4 => Calls.UnstakeAll(hotkey),
            _ => Calls.ClaimRoot([One, Two]),
        };
    }

    /// <summary>Closes blocks and ends idle activations until the trading is over.</summary>
    private static async Task Disturb(OrderedLogNetwork cluster, RunningNetwork network, CancellationToken stop)
    {
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);
        for (var blocks = 0; !stop.IsCancellationRequested || blocks < 3; blocks++)
        {
            await network.CloseBlock();
            if (blocks % 4 == 3) await management.ForceActivationCollection(TimeSpan.Zero, CancellationToken.None);
        }
    }

    private static GenesisState Loaded()
    {
        var genesis = Genesis(stakers: Stakers);
        return genesis with
        {
            Parameters = Economics.Settings.RateLimits.SwitchOff(genesis.Parameters) with { SudoKey = Nobody },
            Balances = [.. genesis.Balances.Where(entry => entry.Account != Owner), (Owner, new Tao(50 * OneTao))],
        };
    }
}
