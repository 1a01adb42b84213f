using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Audit;
using Dtao.Hosting.Scenarios;
using Dtao.TestKit;
using Orleans.Runtime;
using Xunit;

namespace Dtao.Network.Tests.Lanes;

/// <summary>The lane among real actors: operations, blocks, and ending activations all at once.</summary>
public sealed class LaneOnClusterTests
{
    private const ulong Whole = 1_000_000_000;
    private const int Coldkeys = 8;
    private const int OperationsEach = 40;
    private static readonly AccountId[] s_hotkeys = [Account(101), Account(102), Account(103)];
    private static readonly ushort[] s_netuids = [0, 1, 2, 3, 4];

    /// <param name="store">Where journals are kept; none: in the ordered log.</param>
    [Theory]
    [InlineData(JournalStore.None, 2)]
    [InlineData(JournalStore.Sqlite, 1)]
    [InlineData(JournalStore.Sqlite, 2)]
    public async Task Execute_BesideBlocksAndEndingActivations_EveryOperationOnceAndNoRaoLost(JournalStore store, int silos)
    {
        await using IRestartable network = store == JournalStore.None
            ? new OrderedLogNetwork(await ClusterNetwork.StartAsync(Genesis(), silos))
            : await GrainStorageNetwork.StartAsync(Genesis(), store, silos);
        var running = new RunningNetwork(network.Grains);
        var genesis = Total(await network.ReadImage());
        using var stop = new CancellationTokenSource();
        var disturbing = Disturb(network.Grains, running, stop.Token);

        var receipts = await Task.WhenAll(Enumerable.Range(1, Coldkeys).Select(number => Trade(running, Account(number), new Random(number))));
        await stop.CancelAsync();
        var last = await disturbing;
        await network.RestartAsync();

        // The end may have come before the last sender had taken in what changed of its lists: then the lane goes on with that.
        await network.Read();
        var image = await network.ReadImage();

        var decided = receipts.SelectMany(one => one).ToArray();
        Assert.All(decided, receipt => Assert.NotEqual(ReceiptStatus.NotAccepted, receipt.Status));
        var lane = decided.Where(receipt => receipt.DecidedBy is null).ToArray();
        Assert.Equal(image.Lane.Order, (ulong)lane.Length);
        Assert.Equal(lane.Length, lane.Select(receipt => receipt.Order).Distinct().Count());
        Assert.Contains(lane, receipt => receipt.IsApplied);
        Assert.Null(image.Lane.Undelivered);
        Assert.All(image.Accounts.Values, account => Assert.Empty(account.InFlight));
        Assert.Equal(last, image.Coordinator.Block);
        var minted = new StoredNetworkState(image).BalancesIssuance;
        Assert.Equal((UInt128)minted.Rao, Total(image));
        Assert.True(Total(image) > genesis);
        await network.AssertClean();
    }

    /// <summary>One account's operations, some side by side, each sent twice with one id.</summary>
    private static async Task<Receipt[]> Trade(RunningNetwork network, AccountId coldkey, Random random)
    {
        var receipts = new List<Receipt>();
        for (var done = 0; done < OperationsEach; done += 2)
        {
            receipts.AddRange(await Task.WhenAll(SubmitTwice(network, coldkey, NextCall(random)), SubmitTwice(network, coldkey, NextCall(random))));
        }

        return [.. receipts];
    }

    private static async Task<Receipt> SubmitTwice(RunningNetwork network, AccountId coldkey, Call call)
    {
        var operation = await network.Prepare(coldkey, call) with { LastValidBlock = new BlockNumber((await network.Head()).Value + OperationLimits.ValidityBlocksMax) };
        var both = await Task.WhenAll(network.SubmitUntilDecided(operation), network.SubmitUntilDecided(operation));
        Assert.Equal(both[0].Order, both[1].Order);
        Assert.Equal(both[0].Code, both[1].Code);
        return both[0];
    }

    /// <summary>Closes blocks and ends idle activations until the trading is over; answers the last block.</summary>
    private static async Task<BlockNumber> Disturb(IGrainFactory grains, RunningNetwork network, CancellationToken stop)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        for (var last = BlockNumber.Genesis; ;)
        {
            if (stop.IsCancellationRequested && last.Value >= 3) return last;
            last = (await network.CloseBlock()).Number;
            if (last.Value % 4 == 0) await management.ForceActivationCollection(TimeSpan.Zero, CancellationToken.None);
        }
    }

    private static Call NextCall(Random random)
    {
        var from = random.Next(s_netuids.Length);
        var to = (from + 1 + random.Next(s_netuids.Length - 1)) % s_netuids.Length;
        var kind = random.Next(10) switch
        {
            0 => CallKind.UnstakeAll,
            1 => CallKind.UnstakeAllAlpha,
            2 or 3 => CallKind.MoveStake,
            4 or 5 => CallKind.TransferStake,
            6 or 7 => CallKind.SwapStake,
            _ => CallKind.AddStake,
        };
        return new Call
        {
            Kind = kind,
            Hotkey = s_hotkeys[random.Next(s_hotkeys.Length)],
            Netuid = new NetUid(s_netuids[from]),
            ToNetuid = new NetUid(s_netuids[to]),
            ToHotkey = kind == CallKind.MoveStake ? s_hotkeys[random.Next(s_hotkeys.Length)] : null,
            ToColdkey = kind == CallKind.TransferStake ? Account(1 + random.Next(Coldkeys + 1)) : null,
            Amount = (ulong)random.NextInt64(1, 3 * (long)Whole),
        };
    }

    private static UInt128 Total(NetworkImage image)
    {
        var state = new StoredNetworkState(image);
        UInt128 total = 0;
        foreach (var (_, free) in state.Balances) total += free.Rao;
        foreach (var books in state.Subnets) total += books.AccountTao.Rao;
        return total;
    }

    private static GenesisState Genesis() => new()
    {
        Parameters = NetworkParameters.Default with { Author = Account(200) },
        Balances = [.. Enumerable.Range(1, Coldkeys).Select(number => (Account(number), new Tao(20 * Whole)))],
        Hotkeys = [.. s_hotkeys.Select((hotkey, index) => new GenesisHotkey(hotkey, new HotkeyRecord(Account(index + 1))))],
        Subnets =
        [
            new(new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0, SubtokenEnabled = true }, null, Tao.Zero),
            .. s_netuids[1..].Select(netuid => new GenesisSubnet(
                new SubnetBooks
                {
                    Netuid = new NetUid(netuid),
                    TaoReserve = new Tao((ulong)netuid * 1_000 * Whole),
                    AlphaReserve = new Alpha(4_000 * Whole / netuid),
                    SubtokenEnabled = true,
                    FirstEmissionBlock = BlockNumber.Genesis,
                    MovingPrice = new I96F32(Int128.One << 32),
                },
                null, Tao.Zero)),
        ],
        Stakes =
        [
            .. from netuid in s_netuids
               from number in Enumerable.Range(1, Coldkeys)
               from hotkey in s_hotkeys
               select new GenesisStake(new PositionKey(new NetUid(netuid), hotkey, Account(number)), new Alpha(5 * Whole)),
        ],
    };

    private static AccountId Account(int number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill((byte)number);
        return new AccountId(bytes);
    }
}
