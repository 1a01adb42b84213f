using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Demo;
using Dtao.Hosting.Scenarios;

namespace Dtao.Hosting.Generated;

/// <summary>How much of a scenario is drawn, and from which seed.</summary>
public sealed record GeneratedScenarioOptions
{
    public const int SubnetsMax = 64;
    public const ulong BlocksMax = 10_000_000;
    public const int OperationsMax = 100_000;

    /// <value>1 to <see cref="SubnetsMax"/>, root not counted; 4 by default.</value>
    public int Subnets { get; init; } = 4;

    /// <value>1 to <see cref="BlocksMax"/>; 2,000 by default.</value>
    public ulong Blocks { get; init; } = 2_000;

    /// <value>0 to <see cref="OperationsMax"/>; 400 by default. The validators' first weights are not counted.</value>
    public int Operations { get; init; } = 400;

    /// <value>1 by default.</value>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Draws a network and what its people do over some blocks. The same options draw the same scenario, on every machine.</summary>
/// <remarks>
/// No amount depends on what happened before: whoever runs the scenario under other rules runs the same operations, and some are refused. Buyers
/// prefer subnets with low numbers and sellers none, so that TAO flows.
/// </remarks>
public static class GeneratedScenario
{
    private const ulong OneTao = 1_000_000_000;
    private const int Stakers = 8;
    private const int Validators = 3;
    private const int Miners = 3;
    private const ulong RootPool = 40_000 * OneTao;

    public static Scenario Create(GeneratedScenarioOptions options)
    {
        var network = Network(options.Subnets);
        var draw = new SplitMix(options.Seed);
        var steps = new List<ScenarioStep> { Blocks(1) };
        foreach (var netuid in network.Netuids)
        {
            for (var validator = 1; validator <= Validators; validator++) steps.Add(Weigh(network, netuid, validator, draw));
        }

        ulong made = 1;
        for (var place = 0; place < options.Operations; place++)
        {
            // Evenly over the blocks, the first in block 1 and the last before the end.
            var block = 1 + (ulong)((UInt128)(options.Blocks - 1) * (ulong)place / (ulong)options.Operations);
            if (block > made) steps.Add(Blocks(block - made));
            made = block;
            steps.Add(Operation(network, draw));
        }

        if (options.Blocks > made) steps.Add(Blocks(options.Blocks - made));
        return new Scenario($"seed {options.Seed}", network.Aliases, network.Genesis, steps, new ScenarioExpectation(null, null, null, []));
    }

    /// <summary>Prices fall with the number, 1/2, 1/3, and so on, and so do the pools.</summary>
    private static GeneratedNetwork Network(int subnets) => new()
    {
        Subnets =
        [
            .. Enumerable.Range(1, subnets).Select(number =>
            {
                var tao = 20_000 * OneTao / (ulong)number;
                var alpha = tao * (ulong)(number + 1);
                return new GeneratedSubnet(new Tao(tao), new Alpha(alpha), new Alpha(alpha / 10)) { StakerStake = new Alpha(alpha / 100) };
            }),
        ],
        Validators = Validators,
        Miners = Miners,
        Stakers = Stakers,
        StakerFree = new Tao(500 * OneTao),
        StakerRoot = new Tao(RootPool / Stakers / 2),
        ValidatorRoot = new Tao(RootPool / Validators / 2),
        Parameters = NetworkParameters.Default with { TakeRateLimit = 0, NumRootClaim = 1 },
    };

    private static ScenarioStep Operation(GeneratedNetwork network, SplitMix draw)
    {
        var kind = draw.Below(100);
        var (staker, validator) = (1 + (int)draw.Below(Stakers), 1 + (int)draw.Below(Validators));
        var (wanted, any) = (Netuid(Math.Min(draw.Below((ulong)network.Subnets.Count), draw.Below((ulong)network.Subnets.Count))), Netuid(draw.Below((ulong)network.Subnets.Count)));
        if (kind >= 96) return Weigh(network, any, validator, draw);

        var mine = GeneratedNetwork.ValidatorHotkey(network.ValidatorOf(staker));
        var tao = (OneTao / 10) + draw.Below(40 * OneTao);
        var alpha = network.Subnets[any.Value - 1].StakerStake.Rao / 20 * (1 + draw.Below(20));
        return new ScenarioStep(0, GeneratedNetwork.Staker(staker), kind switch
        {
            < 40 => new Call { Kind = CallKind.AddStake, Hotkey = mine, Netuid = wanted, Amount = tao },
            < 62 => new Call { Kind = CallKind.RemoveStake, Hotkey = mine, Netuid = any, Amount = alpha },
            < 72 => new Call { Kind = CallKind.SwapStake, Hotkey = mine, Netuid = any, ToNetuid = wanted == any ? NetUid.Root : wanted, Amount = alpha },
            < 76 => new Call { Kind = CallKind.TransferStake, Hotkey = mine, Netuid = any, ToNetuid = any, ToColdkey = GeneratedNetwork.Staker(1 + (staker % Stakers)), Amount = alpha },
            < 81 => new Call { Kind = CallKind.Transfer, ToColdkey = GeneratedNetwork.Staker(1 + (staker % Stakers)), Amount = tao },
            < 89 => new Call { Kind = CallKind.AddStakeLimit, Hotkey = mine, Netuid = wanted, Amount = tao, Limit = LimitAround(wanted, draw) },
            < 92 => new Call { Kind = CallKind.AddStake, Hotkey = mine, Netuid = NetUid.Root, Amount = tao },
            < 95 => new Call { Kind = CallKind.RemoveStake, Hotkey = mine, Netuid = NetUid.Root, Amount = tao },
            _ => new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([any]) },
        });
    }

    /// <summary>A tenth around the price at block 0: a limit that some prices have passed and others not.</summary>
    private static ulong LimitAround(NetUid netuid, SplitMix draw)
    {
        var price = OneTao / (netuid.Value + 1UL);
        return price - (price / 10) + draw.Below(price / 5);
    }

    private static ScenarioStep Weigh(GeneratedNetwork network, NetUid netuid, int validator, SplitMix draw)
    {
        ImmutableArray<ushort> uids = [.. Enumerable.Range(1, Miners).Select(network.UidOfMiner)];
        ImmutableArray<ushort> values = [.. uids.Select(_ => (ushort)(1 + draw.Below(ushort.MaxValue)))];
        return new ScenarioStep(0, GeneratedNetwork.ValidatorHotkey(validator), new Call
        {
            Kind = CallKind.SetWeights,
            Netuid = netuid,
            Detail = new WeightsDetail(uids, values, 0, 0, []),
        });
    }

    private static ScenarioStep Blocks(ulong count) => new(count, default, null);

    private static NetUid Netuid(ulong place) => new((ushort)(place + 1));
}
