using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Audit;
using Dtao.TestKit;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Rules;

/// <summary>Whatever figure of a ledger is changed behind its back, the audit is off.</summary>
public sealed class AuditTests(SharedNetwork shared) : IClassFixture<SharedNetwork>, IAsyncLifetime
{
    private static readonly Dictionary<string, Action<NetworkImage, NetUid>> s_corruptions = new()
    {
        ["free TAO"] = (image, _) => image.Accounts[Staker(1)].Free += new Tao(1),
        ["free TAO lost"] = (image, _) => image.Accounts[Staker(1)].Free -= new Tao(1),
        ["held TAO"] = (image, _) => image.Accounts[Staker(1)].Held += new Tao(1),
        ["held TAO above free"] = (image, _) => image.Accounts[Staker(1)].Held = image.Accounts[Staker(1)].Free + new Tao(1),
        ["destroyed dust"] = (image, _) => image.Accounts[SystemSenders.Dust] = new() { Free = new Tao(1) },
        ["minted TAO"] = (image, _) => image.Coordinator.Minted += new Tao(1),
        ["subnet's account"] = (image, netuid) => Books(image, netuid).AccountTao += new Tao(1),
        ["TAO reserve above the account"] = (image, netuid) => Books(image, netuid).TaoReserve = Books(image, netuid).AccountTao + new Tao(1),
        ["TotalStake"] = (image, netuid) => Books(image, netuid).TotalStake -= 1_000_000_000_000,
        ["unclaimed TAO"] = (image, netuid) => image.Pools[netuid].UnclaimedTao += new Tao(1),
        ["fees owed"] = (image, netuid) => image.Pools[netuid].Owed[Author] = new Tao(1),
        ["TAO on the way"] = (image, netuid) => image.Pools[netuid].Outbox[1_000_000] = new OutgoingTao(Staker(1), new Tao(1)),
        ["outstanding alpha"] = (image, netuid) => Books(image, netuid).AlphaOutstanding += new Alpha(1),
        ["outstanding alpha lost"] = (image, netuid) => Books(image, netuid).AlphaOutstanding -= new Alpha(1),
        ["staked alpha"] = (image, netuid) => Move(image, netuid, 1_000_000_000),
        ["staked alpha lost"] = (image, netuid) => Move(image, netuid, -1_000_000_000),
        ["pending server"] = (image, netuid) => Books(image, netuid).PendingServer += new Alpha(1_000_000_000),
        ["pending validator"] = (image, netuid) => Books(image, netuid).PendingValidator += new Alpha(1_000_000_000),
        ["pending root"] = (image, netuid) => Books(image, netuid).PendingRoot += new Alpha(1_000_000_000),
        ["pending owner cut"] = (image, netuid) => Books(image, netuid).PendingOwnerCut += new Alpha(1_000_000_000),
        ["protocol alpha"] = (image, netuid) => Books(image, netuid).ProtocolAlpha += new Alpha(1_000_000_000),
        ["burned alpha"] = (image, netuid) => Books(image, netuid).BurnedAlpha += new Alpha(1_000_000_000),
        ["unclaimed dividends"] = (image, netuid) => Books(image, netuid).RootUnclaimed += new Alpha(1_000_000_000),
    };

    private static readonly Dictionary<string, Action<NetworkImage, NetUid>> s_onACurve = new()
    {
        ["alpha reserve"] = (image, netuid) => Books(image, netuid).AlphaReserve += new Alpha(1),
        ["minted alpha"] = (image, netuid) => Books(image, netuid).MintedAlpha += new Alpha(1),
        ["recycled alpha"] = (image, netuid) => Books(image, netuid).RecycledAlpha += new Alpha(1),
    };

    private static readonly Dictionary<string, Action<NetworkImage, NetUid>> s_oneToOne = new()
    {
        ["TAO reserve"] = (image, netuid) => Books(image, netuid).TaoReserve -= new Tao(1),
        ["TotalStake by one"] = (image, netuid) => Books(image, netuid).TotalStake += 1,
        ["alpha reserve beyond all that came in"] = (image, netuid) => Books(image, netuid).AlphaReserve += new Alpha(1_000 * OneTao),
    };

    public static TheoryData<string, ushort> Corruptions
    {
        get
        {
            var data = new TheoryData<string, ushort>();
            foreach (var netuid in new[] { Root, One, Stable })
            {
                foreach (var name in s_corruptions.Keys.Concat((netuid == One ? s_onACurve : s_oneToOne).Keys)) data.Add(name, netuid.Value);
            }

            return data;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if ((await shared.Network.Head()).Value > 0) return;
        foreach (var netuid in new[] { Root, One, Stable })
        {
            Assert.True((await shared.Network.Submit(Staker(1), Calls.AddStake(Hot, netuid, new Tao(7 * OneTao)))).IsApplied);
            Assert.True((await shared.Network.Submit(Staker(1), Calls.RemoveStake(Hot, netuid, new Alpha(2 * OneTao)))).IsApplied);
        }

        for (var block = 0; block < 3; block++) await shared.Network.Coordinator.CloseBlock();
        Assert.True((await shared.Network.Submit(Staker(1), Calls.AddStake(Hot, Stable, new Tao(OneTao)))).IsApplied);
        Assert.True((await shared.Network.Submit(Staker(1), Calls.RecycleAlpha(Hot, Stable, new Alpha(OneTao)))).IsApplied);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Corruptions))]
    public void Audit_FigureChanged_IsOff(string what, ushort netuid)
    {
        var corrupt = s_corruptions.GetValueOrDefault(what) ?? s_onACurve.GetValueOrDefault(what) ?? s_oneToOne[what];
        using var view = shared.Cluster.Host.Log.OpenReadView();
        var image = NetworkImage.Read(view);
        var genesis = image.Pools.Keys.ToDictionary(
            key => key, key => PoolModel.Instance.ReadSnapshot(view.ReadSnapshot(ActorKeys.Pool(key.Value), versionMax: 0)!.State.Span));
        AuditAssert.IsClean(LedgerAudit.Run(image, genesis, null));

        corrupt(image, new NetUid(netuid));

        Assert.False(LedgerAudit.Run(image, genesis, null).IsClean, $"{what} on subnet {netuid} went unseen");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Audit_EverySubnet_ShowsItsAlphaReserve(ushort netuid)
    {
        using var view = shared.Cluster.Host.Log.OpenReadView();
        var books = NetworkImage.Read(view).Pools[new NetUid(netuid)].Books!;

        var column = LedgerAudit.Run(view, verifiesChains: false).Columns.Single(column => column.Token == (netuid == 0 ? "root" : $"alpha {netuid}"));

        Assert.Equal((Int128)books.AlphaReserve.Rao, column.Buckets.Single(bucket => bucket.Name == "pool reserve").Amount);
        Assert.NotEqual(0UL, books.AlphaReserve.Rao);
    }

    private static SubnetBooks Books(NetworkImage image, NetUid netuid) => image.Pools[netuid].Books!;

    private static void Move(NetworkImage image, NetUid netuid, long rao)
    {
        var pools = image.Pools[netuid].HotkeyPools;
        pools[Hot] = pools[Hot] with { Value = new Alpha((ulong)((long)pools[Hot].Value.Rao + rao)) };
    }
}
