using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Client.Tests;

/// <summary>Bob and Dave validate on the fake network's subnet 1, with a hundred minutes of blocks behind them.</summary>
internal static class FakeValidators
{
    private const long Minute = 60_000;
    private static readonly UInt128 s_one = UInt128.One << 64;

    public static void WithValidators(this FakeNetwork network)
    {
        var last = network.Headers[^1];
        for (var number = last.Number.Value - 1; number > 0; number--)
        {
            network.Headers.Insert(0, last with { Number = new(number), ClosedAt = last.ClosedAt - ((long)(last.Number.Value - number) * Minute) });
        }

        network.Answer<IValidatorGrain>("GetRecord", a => Task.FromResult(RecordOf(AccountId.ParseHex((string)a[0]))));
        network.Answer<ISubnetPoolGrain>("HasPosition", a => Task.FromResult(((PositionKey)a[1]).Coldkey == DevAccounts.Alice));
        network.Answer<ISubnetViewGrain>("GetHotkeys", a => Task.FromResult(HotkeysOf((long)a[0], (HotkeyQuery)a[1])));
        network.Answer<ISubnetViewGrain>("GetClaimRates", a => Task.FromResult(Array.ConvertAll((AccountId[])a[1], _ =>
            new ClaimRates(ClaimRates.None.BySubnet.Add(new NetUid(1), new I96F32(1L << 30))))));
        network.Answer<ISubnetViewGrain>("GetRootClaims", _ => Task.FromResult(new RootClaimView(
            network.Head, new RootClaimType(RootClaimKind.KeepSubnets, [new NetUid(1)]), true,
            [
                new(new NetUid(1), DevAccounts.Bob, new Tao(7_000_000_000), new Alpha(1_750_000_000)),
                new(new NetUid(1), DevAccounts.Dave, new Tao(1_000_000_000), new Alpha(499_999)),
            ])));
        network.Answer<IMetagraphGrain>("GetNeurons", a => Task.FromResult(Neurons(network.Head, (int)a[1])));
        network.Answer<IMetagraphGrain>("GetFamily", a => Task.FromResult(new HotkeyFamily(
            network.Head, [new(DevAccounts.Dave, ulong.MaxValue / 2, 6_554)], [new(DevAccounts.Eve, ulong.MaxValue, 0)], 0, [], new BlockNumber(7_300))));
    }

    private static HotkeyFacts? RecordOf(AccountId hotkey) => hotkey == DevAccounts.Bob ? new(hotkey, DevAccounts.Alice, 5_898, new BlockNumber(42))
        : hotkey == DevAccounts.Dave ? new(hotkey, DevAccounts.Charlie, null, BlockNumber.Genesis)
        : null;

    /// <summary>Epochs in blocks 20, 40, 60, and 80; an hour ago was block 40. A page has one hotkey.</summary>
    private static HotkeyPage HotkeysOf(long pool, HotkeyQuery query)
    {
        var (alpha, root) = pool == 0 ? (0UL, 0UL) : (1_000UL, 10UL);
        HotkeyRow[] rows =
        [
            Row(DevAccounts.Bob, pool == 0 ? 7_000_000_000UL : 3_000_000_001UL, alpha, root),
            Row(DevAccounts.Dave, 1_000_000_000, pool == 0 ? 0 : 900UL, 0),
        ];
        var rest = rows.OrderBy(row => row.Hotkey).Where(row => query.After is not { } after || row.Hotkey > after).ToArray();
        return new HotkeyPage(new BlockNumber(100), rest[..1], rest.Length > 1);

        HotkeyRow Row(AccountId hotkey, ulong stake, ulong perAlpha, ulong perRoot) => new(
            hotkey, new Alpha(stake), pool != 0, query.CountsPositions ? 12 : null,
            [.. query.Starts.Select(start => perAlpha == 0 ? null : start.Value < 40
                ? new EarnedSpan(new(20), new(80), false, s_one * perAlpha * 3 / 10_000_000, s_one * perRoot * 3 / 10_000_000)
                : new EarnedSpan(new(40), new(80), true, s_one * perAlpha * 2 / 10_000_000, s_one * perRoot * 2 / 10_000_000))]);
    }

    private static NeuronPage Neurons(BlockNumber block, int from) => new(block, 2, from == 0
        ? [new(0, DevAccounts.Bob, new Alpha(3_000_000_001), new Tao(7_000_000_000), 65_535, 0, new Alpha(41_000_000), 0, 65_535, true, true, 1, 99)]
        : [new(1, DevAccounts.Ferdie, new Alpha(5), default, 0, 32_768, new Alpha(41_000_000), 32_767, 0, false, false, 2, 50)]);
}
