using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Keys;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Registration.RegistrationLedger;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

/// <summary>Which root validators become parents on new subnets, and what they may say about it. Hot and Warm sit on root.</summary>
public class RootParentTests
{
    private static readonly NetUid s_four = new(4);

    [Fact]
    public void SetAutoParentDelegation_SeveralChecksFail_TheEarliestIsTold()
    {
        Assert.Equal(LedgerError.NonAssociatedColdKey, Build().Execute(Bob, Say(Key(44), false)).Error);
        Assert.Equal(LedgerError.NonAssociatedColdKey, Build().Execute(Bob, Say(Hot, false)).Error);
        Assert.Equal(LedgerError.HotKeyNotRegisteredInSubNet, Build(Warm).Execute(Owner, Say(Hot, false)).Error);
        Assert.Equal(LedgerError.MalformedCall, Build().Execute(Owner, Say(Hot, false) with { Netuid = One }).Error);
    }

    /// <summary>The last word counts, and only for subnets that come after it.</summary>
    [Fact]
    public void SetAutoParentDelegation_Off_LeavesTheValidatorOutOfSubnetsToCome()
    {
        var network = Build();
        Assert.True(network.Execute(Owner, Say(Hot, false)).IsOk);
        Assert.True(network.Execute(Owner, Say(Warm, false)).IsOk);
        Assert.True(network.Execute(Owner, Say(Warm, true)).IsOk);

        Assert.True(network.Execute(Ann, Of(CallKind.RegisterNetwork, hotkey: Ghost)).IsOk);
        Assert.Equal([Warm], network.GetMetagraph(s_four).Children.Keys);

        Assert.True(network.Execute(Owner, Say(Warm, false)).IsOk);
        Assert.Equal([Warm], network.GetMetagraph(s_four).Children.Keys);
    }

    /// <summary>It goes over with the seat, but not where stake stays; and only what was said does.</summary>
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, null)]
    [InlineData(false, null, null)]
    public void SwapHotkey_AfterAWord_TakesItAlong(bool keepsStake, bool? said, bool? after)
    {
        var network = Build().At(1);
        if (said is { } isOn) Assert.True(network.Execute(Owner, Say(Hot, isOn)).IsOk);

        Assert.Equal(LedgerError.None, network.Execute(Owner, KeyBench.Swap(Hot, Ghost, keepsStake: keepsStake)).Error);

        var words = network.GetMetagraph(Root).AutoParents;
        Assert.Equal(after, words.TryGetValue(Ghost, out var next) ? next : null);
        Assert.Equal(keepsStake, words.ContainsKey(Hot));
    }

    private static Call Say(AccountId hotkey, bool isOn) =>
        new() { Kind = CallKind.SetAutoParentDelegation, Hotkey = hotkey, Detail = new SwitchDetail(isOn) };

    private static SequentialNetwork Build(params AccountId[] seated) => new TestLedger()
        .With(ledger => ledger.Parameters = Dtao.Economics.Settings.RateLimits.SwitchOff(ledger.Parameters))
        .Balance(Ann, 3_000_000_000_000).Balance(Owner, 100_000_000_000)
        .Build((Root, RegistrationLedger.Of([.. (seated.Length == 0 ? [Hot, Warm] : seated).Select(hotkey => Neuron(hotkey))])));
}
