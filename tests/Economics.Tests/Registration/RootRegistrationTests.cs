using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Registration.RegistrationLedger;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

public class RootRegistrationTests
{
    private static readonly Call s_register = Of(CallKind.RootRegister, hotkey: Ghost);

    [Fact]
    public void Register_WithASeatFree_CostsNothingAndMakesADelegate()
    {
        var network = new TestLedger().Build((Root, RegistrationLedger.Of(Neuron(Warm))));

        var outcome = network.Execute(Ann, s_register);

        Assert.Equal((ushort)1, outcome.Uid);
        Assert.Null(outcome.Paid);
        Assert.Equal(1_000_000_000_000UL, network.Free(Ann));
        Assert.Equal(new HotkeyRecord(Ann) { StoredTake = Take.Default }, network.GetHotkey(Ghost));
        Assert.Equal([Warm, Ghost], network.GetMetagraph(Root).Neurons.Select(neuron => neuron.Hotkey));
    }

    /// <summary>Anybody may seat anybody's hotkey, and a take that was set stays.</summary>
    [Fact]
    public void Register_AnothersHotkey_KeepsItsOwnerAndTake()
    {
        var record = new HotkeyRecord(Bob) { StoredTake = new Take(77) };
        var network = new TestLedger().With(ledger => ledger.Hotkeys[Ghost] = record).Build();

        Assert.True(network.Execute(Ann, s_register).IsOk);
        Assert.Equal(record, network.GetHotkey(Ghost));
    }

    /// <summary>Uids 3 and 5 have the least stake, 10 rao; the lower one goes, and only for more than it has.</summary>
    [Theory]
    [InlineData(10UL, LedgerError.StakeTooLowForRoot)]
    [InlineData(11UL, LedgerError.None)]
    public void Register_Full_ReplacesTheLeastStakedOnlyForMore(ulong stake, LedgerError expected)
    {
        var ledger = new TestLedger().Stake(Ghost, Ann, Root, stake);
        for (byte i = 0; i < 64; i++) ledger.Stake(Key((byte)(100 + i)), Bob, Root, i is 3 or 5 ? 10UL : 20UL);
        var network = ledger.Build((Root, RegistrationLedger.Of([.. Enumerable.Range(0, 64).Select(i => Neuron(Key((byte)(100 + i))))]))).At(4);

        var outcome = network.Execute(Ann, s_register);

        Assert.Equal(expected, outcome.Error);
        Assert.Equal(expected == LedgerError.None ? (ushort)3 : null, outcome.Uid);
        Assert.Equal(expected == LedgerError.None, network.GetMetagraph(Root).UidOf(Ghost) == 3);
    }

    /// <summary>One in a block and three in an interval; the interval is forgotten in every block after root's first tempo.</summary>
    [Fact]
    public void Register_OneAfterTheOther_IsLimitedByBlockAndInterval()
    {
        var network = new TestLedger().With(ledger => ledger.Books(Root).Tempo = 100).Build();
        LedgerError Register(byte key) => network.Execute(Ann, s_register with { Hotkey = Key(key) }).Error;

        Assert.Equal(LedgerError.None, Register(100));
        Assert.Equal(LedgerError.TooManyRegistrationsThisBlock, Register(101));
        foreach (byte key in new byte[] { 101, 102 })
        {
            network.MakeBlock();
            Assert.Equal(LedgerError.None, Register(key));
        }

        network.MakeBlock();
        Assert.Equal(LedgerError.TooManyRegistrationsThisInterval, Register(103));
        Assert.Equal(LedgerError.None, Later(network, 100, Register));
        Assert.Equal(LedgerError.None, Later(network, 101, Register));
    }

    private static LedgerError Later(SequentialNetwork network, ulong block, Func<byte, LedgerError> register)
    {
        network.At(block);
        return register((byte)(104 + block % 100));
    }
}
