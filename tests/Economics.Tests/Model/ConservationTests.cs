using CsCheck;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Rules;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Model;

public class ConservationTests
{
    private static readonly AccountId[] s_coldkeys = [Owner, Ann, Bob, Nobody];
    private static readonly AccountId[] s_hotkeys = [Hot, Warm, Ghost];
    private static readonly NetUid[] s_subnets = [Root, One, Two, StableSubnet, new(99)];

    private static readonly Gen<(AccountId Signer, Call? Call)> s_step = Gen.Select(
        Gen.Int[0, 21],
        Gen.Int[0, 3],
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 3]),
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4]),
        Gen.Select(Gen.OneOf(Gen.ULong[0, 3_000_000], Gen.ULong[0, 100_000_000_000], Gen.ULong), Gen.ULong[1, 2_000_000_000], Gen.Bool),
        (kind, signer, keys, nets, numbers) => (s_coldkeys[signer], kind == 21 ? null : new Call
        {
            Kind = (CallKind)kind,
            Hotkey = s_hotkeys[keys.Item1],
            ToHotkey = s_hotkeys[keys.Item2],
            ToColdkey = s_coldkeys[keys.Item3],
            Netuid = s_subnets[nets.Item1],
            ToNetuid = s_subnets[nets.Item2],
            Amount = numbers.Item1,
            Limit = numbers.Item2,
            AllowPartial = numbers.Item3,
            KeepAlive = numbers.Item3,
            Take = new Take((ushort)(numbers.Item1 % 13_000)),
        }));

    /// <summary>Whatever is asked: every rao of TAO and of alpha is somewhere, and a refusal changes nothing.</summary>
    [Theory]
    [InlineData(false, "2026-06")]
    [InlineData(true, "2026-06")]
    [InlineData(true, "2025-02")]
    [InlineData(true, "2026-06-flow")]
    public void AnyCalls_InAnyOrder_KeepEveryRaoBooked(bool hasAuthor, string rules)
    {
        int done = 0, refused = 0;
        Gen.Select(s_step.Array[1, 60], Gen.ULong[0, 2_000_000]).Sample(
            (steps, factor) =>
            {
                var network = Start(hasAuthor, factor, rules);
                foreach (var (signer, call) in steps)
                {
                    if (call is null)
                    {
                        network.MakeBlock();
                        continue;
                    }

                    var before = StateDigest.Of(network);
                    if (network.Execute(signer, call).IsOk) Interlocked.Increment(ref done);
                    else if (before != StateDigest.Of(network)) return false;
                    else Interlocked.Increment(ref refused);
                }

                return IsBooked(network);
            },
            iter: 150,
            threads: 1);

        Assert.True(done > 300, $"Only {done} calls were done.");
        Assert.True(refused > 300, $"Only {refused} calls were refused.");
    }

    /// <summary>A subnet's step reads only its own books, the plan and root's TAO, so the order of subnets does not matter.</summary>
    [Fact]
    public void SubnetBlock_SubnetsInReverseOrder_EndAsInOrder()
    {
        var network = Start(hasAuthor: false, factor: 0);
        var books = network.Subnets.Select(network.Books).Select(subnet => subnet.Copy()).ToArray();
        var plan = BlockPlan.Compute(
            new BlockNumber(1), network.TotalIssuance, network.BalancesIssuance, network.Parameters,
            network.Books(Root).TaoReserve, [.. books.Select(SubnetBlock.FactsOf)]);

        network.MakeBlock();
        var consumed = books.Reverse().Select(subnet => SubnetBlock.Apply(subnet, plan.InputFor(subnet.Netuid)).CreditConsumed.Rao).ToArray();

        Assert.Equal(network.TotalIssuance.Rao, Start(hasAuthor: false, factor: 0).TotalIssuance.Rao + consumed.Aggregate((a, b) => a + b));
        var fields = typeof(SubnetBooks).GetProperties();
        Assert.All(books, subnet => Assert.All(fields, field =>
            Assert.Equal(field.GetValue(network.Books(subnet.Netuid)), field.GetValue(subnet))));
    }

    private static SequentialNetwork Start(bool hasAuthor, ulong factor, string rules = "2026-06") => new TestLedger()
        .With(ledger => ledger.Parameters = ledger.Parameters with
        {
            Author = hasAuthor ? Author : null,
            NominatorMinRequiredStake = factor,
            TakeRateLimit = 0,
            Rules = RuleSchedule.Of(RuleSets.All.Single(set => set.Name == rules)),
        })
        .Stake(Hot, Ann, One, 2_000_000_000_000).Stake(Hot, Ann, Two, 800_000_000_000).Stake(Warm, Bob, One, 30_000_000)
        .Stake(Hot, Bob, Root, 5_000_000_000).Stake(Warm, Ann, StableSubnet, 900_000_000)
        .Build();

    private static bool IsBooked(SequentialNetwork network)
    {
        INetworkState state = network;
        Int128 tao = 0;
        foreach (var (_, free) in state.Balances) tao += free.Rao;
        foreach (var books in state.Subnets) tao += books.AccountTao.Rao;
        return tao == network.BalancesIssuance.Rao
            && network.TotalIssuance >= network.BalancesIssuance
            && state.Subnets.Where(books => books.Mechanism == 1).All(books => IsAlphaBooked(state, books));
    }

    private static bool IsAlphaBooked(INetworkState state, SubnetBooks books)
    {
        Int128 owned = (Int128)books.PendingServer.Rao + books.PendingValidator.Rao + books.PendingRoot.Rao + books.PendingOwnerCut.Rao
            + books.ProtocolAlpha.Rao + books.BurnedAlpha.Rao;
        foreach (var (netuid, _, pool) in state.HotkeyPools) owned += netuid == books.Netuid ? pool.Value.Rao : 0;
        var genesis = books.Netuid == One ? 10_000_000_000_000 + 7_000_030_000_000 : 2_000_000_000_000 + (Int128)800_000_000_000;
        return owned <= books.AlphaOutstanding.Rao
            && (Int128)books.AlphaReserve.Rao + books.AlphaOutstanding.Rao == genesis + books.MintedAlpha.Rao - books.RecycledAlpha.Rao;
    }
}
