using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Staking;
using Dtao.Economics.Tests.Vectors;
using Xunit;
using static Dtao.Economics.Tests.Registration.RegistrationLedger;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

public class NeuronRegistrationTests
{
    private const string File = "staking-registration.json";

    private static readonly Call s_register = Of(CallKind.RegisterNeuron, One, hotkey: Ghost);

    public static TheoryData<string> Bumps => LiteralVector.Rows(File, vector => vector.Expected.TryGetProperty("burn_after_each", out _));

    [Fact]
    public void Register_WithRoom_BuysAndRecyclesAlphaAndLeavesTheFeeAstray()
    {
        var network = new TestLedger().Build();
        var before = network.Books(One);

        var outcome = network.Execute(Ann, s_register);

        var after = network.Books(One);
        Assert.Equal(new CallOutcome(LedgerError.None) { Uid = 0, Paid = new Tao(1_000_000_000), Moves = outcome.Moves }, outcome);
        Assert.Empty(outcome.Moves);
        Assert.Equal(999_000_000_000UL, network.Free(Ann));

        // The fee is 33 of 65535, rounded; it is in the account, not in the reserve, but in the counter of all stake.
        const ulong Fee = 503_547;
        var bought = before.AlphaReserve - after.AlphaReserve;
        Assert.Equal(before.AccountTao + new Tao(1_000_000_000), after.AccountTao);
        Assert.Equal(before.TaoReserve + new Tao(1_000_000_000 - Fee), after.TaoReserve);
        Assert.Equal(before.TotalStake + 1_000_000_000, after.TotalStake);
        Assert.Equal(before.Volume + 1_000_000_000, after.Volume);
        Assert.Equal(1_000_000_000, after.FlowUser);
        Assert.Equal(before.AlphaOutstanding, after.AlphaOutstanding);
        Assert.Equal(bought, after.RecycledAlpha);
        Assert.Equal(new Tao(1_000_000_000), after.RaoRecycled);
        Assert.Equal(new Tao(1_260_000_000), after.Burn);
        Assert.Equal(1, after.RegistrationsThisBlock);
        Assert.Equal(Ann, network.GetHotkey(Ghost)!.Owner);
        Assert.Equal([Ghost], network.StakingHotkeys(Ann));
    }

    [Fact]
    public void Register_TradingOffAndOnlyTheDepositLeft_StillRegistersForWhatCanBeMoved()
    {
        var network = new TestLedger().With(ledger => ledger.Books(One).SubtokenEnabled = false).Balance(Ann, 1_000_000_000).Build();

        var outcome = network.Execute(Ann, s_register);

        Assert.Equal(new Tao(999_999_500), outcome.Paid);
        Assert.Equal(500UL, network.Free(Ann));
        Assert.Equal(new Tao(1_000_000_000), network.Books(One).RaoRecycled);
        Assert.Equal(999_999_500, network.Books(One).FlowUser);
    }

    [Fact]
    public void Register_InALaterBlock_StartsTheNeuronThere()
    {
        var network = new TestLedger().Build((One, RegistrationLedger.Of(Neuron(Hot)))).At(3);
        network.Execute(Ann, s_register);

        var neurons = network.GetMetagraph(One).Neurons;
        Assert.Equal(2, neurons.Length);
        Assert.Equal(Hot, neurons[0].Hotkey);
        var neuron = neurons[1];
        Assert.Equal((Ghost, 3UL, true, false), (neuron.Hotkey, neuron.RegisteredAt, neuron.IsActive, neuron.HasPermit));
        Assert.Equal(3UL, Assert.Single(neuron.Rows).LastUpdate);
    }

    [Fact]
    public void Register_SeveralMechanisms_EveryOneOfThemIsUpdated()
    {
        var network = new TestLedger().With(ledger => ledger.Books(One).Hyper = ledger.Books(One).Hyper with { MechanismCount = 2 }).Build().At(2);
        network.Execute(Ann, s_register);

        Assert.Equal([2UL, 2UL], network.GetMetagraph(One).Neurons[0].Rows.Select(row => row.LastUpdate));
    }

    [Fact]
    public void Register_OnAFullSubnet_ClearsTheUidAndZeroesWeightsForIt()
    {
        var victim = Neuron(Key(100), 1, emission: 5) with
        {
            HasPermit = true,
            Dividends = 1,
            Consensus = 2,
            ValidatorTrust = 3,
            StakeWeight = 4,
            IsActive = false,
            Rows = [new NeuronRow { LastUpdate = 1, Incentive = 9, Weights = [new(0, 7)], Bonds = [new(0, 8)] }],
        };
        var judge = Neuron(Nobody, 2, emission: 50) with
        {
            Rows = [new NeuronRow { LastUpdate = 2, Weights = [new(1, 100), new(0, 200)], Bonds = [new(1, 300)] }],
        };
        var network = Full(2).Build((One, RegistrationLedger.Of(judge, victim))).At(5);

        var outcome = network.Execute(Ann, s_register);

        Assert.Equal((ushort)1, outcome.Uid);
        var neurons = network.GetMetagraph(One).Neurons;
        Assert.Equal([new WeightEntry(1, 0), new WeightEntry(0, 200)], neurons[0].Rows[0].Weights);
        Assert.Equal([new WeightEntry(1, 300)], neurons[0].Rows[0].Bonds);
        var row = Assert.Single(neurons[1].Rows);
        Assert.Equal((5UL, (ushort)0), (row.LastUpdate, row.Incentive));
        Assert.Empty(row.Weights);
        Assert.Empty(row.Bonds);
        Assert.Equal(neurons[1] with { Rows = [] }, Neuron(Ghost, 5) with { Rows = [] });
    }

    /// <summary>With no immortal owner keys the choice may fall on the owner's hotkey, which then stays; the price is paid all the same.</summary>
    [Fact]
    public void Register_WhenTheOwnersHotkeyIsTheOneToGo_KeepsItAndTheMoney()
    {
        var network = Full(1).With(ledger => ledger.Books(One).Hyper = ledger.Books(One).Hyper with { ImmuneOwnerUids = 0 })
            .Build((One, RegistrationLedger.Of(Neuron(Hot))));

        var outcome = network.Execute(Ann, s_register);

        Assert.Equal((ushort)0, outcome.Uid);
        Assert.Equal(Hot, Assert.Single(network.GetMetagraph(One).Neurons).Hotkey);
        Assert.Equal(999_000_000_000UL, network.Free(Ann));
        Assert.Equal(new Tao(1_260_000_000), network.Books(One).Burn);
        Assert.Equal(Ann, network.GetHotkey(Ghost)!.Owner);
    }

    [Fact]
    public void RegisterLimit_AtExactlyThePrice_Passes()
    {
        var network = new TestLedger().Build();

        Assert.True(network.Execute(Ann, s_register with { Kind = CallKind.RegisterLimit, Limit = 1_000_000_000 }).IsOk);
        Assert.Equal(
            LedgerError.RegistrationPriceLimitExceeded,
            network.Execute(Ann, s_register with { Kind = CallKind.RegisterLimit, Limit = 1_259_999_999, Hotkey = Nobody }).Error);
    }

    [Theory]
    [MemberData(nameof(Bumps))]
    public void Bump_Vector_IsThePriceOfTheReference(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var books = new SubnetBooks
        {
            Burn = new Tao(vector.Number("burn")),
            MinBurn = new Tao(vector.Number("min")),
            MaxBurn = new Tao(vector.Number("max")),
            BurnMultiplier = U64F64.FromInteger(vector.Number("multiplier")),
        };
        foreach (var expected in vector.Expected.GetProperty("burn_after_each").EnumerateArray())
        {
            books.Burn = RegistrationPrice.Bump(books);
            Assert.Equal(expected.GetUInt64(), books.Burn.Rao);
        }
    }

    /// <summary>The price doubles with each neuron, hits its upper bound, and falls to the lower one in between.</summary>
    [Fact]
    public void Price_RegistrationsAndBlocks_StaysWithinItsBounds()
    {
        var network = new TestLedger().With(ledger =>
        {
            var books = ledger.Books(One);
            (books.Burn, books.MinBurn, books.MaxBurn) = (new Tao(1), new Tao(100_000), new Tao(150_000));
            (books.BurnHalfLife, books.BurnMultiplier) = (1, U64F64.FromInteger(2));
        }).Build().At(2);
        var prices = new List<ulong> { network.Books(One).Burn.Rao };
        network.Execute(Ann, s_register);
        prices.Add(network.Books(One).Burn.Rao);
        network.MakeBlock();
        prices.Add(network.Books(One).Burn.Rao);
        network.MakeBlock();
        prices.Add(network.Books(One).Burn.Rao);

        Assert.Equal([100_000UL, 150_000, 100_000, 100_000], prices);
    }

    [Fact]
    public void AddStakeRecycle_WithoutAndWithALimit_RecyclesExactlyWhatItBought()
    {
        foreach (ulong? limit in new ulong?[] { null, 1_000_000_000 })
        {
            var network = new TestLedger().Build();
            var outstanding = network.Books(One).AlphaOutstanding;

            var outcome = network.Execute(Ann, Of(CallKind.AddStakeRecycle, One, ManyTao) with { Limit = limit });

            Assert.True(outcome.IsOk);
            var bought = Assert.Single(outcome.Moves).Alpha;
            Assert.Equal(bought.Rao, outcome.Amount);
            Assert.Equal(bought, network.Books(One).RecycledAlpha);
            Assert.Equal(outstanding, network.Books(One).AlphaOutstanding);
            Assert.Equal(0UL, network.Position(Hot, Ann, One));
        }
    }

    [Fact]
    public void Quote_OfARegistration_TellsThePrice() =>
        Assert.Equal(1_000_000_000UL, Quotes.Of(new TestLedger().Build(), Ann, s_register).AmountIn);

    /// <summary>Subnet 1 with so many uids, none of which must stay free of immunity.</summary>
    private static TestLedger Full(ushort uids) => new TestLedger().With(ledger =>
        ledger.Books(One).Hyper = ledger.Books(One).Hyper with { MaxUids = uids, MinNonImmuneUids = 0, ImmunityPeriod = 0 });
}
