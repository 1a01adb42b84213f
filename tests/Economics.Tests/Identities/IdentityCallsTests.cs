using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Keys;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Registration;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Identities;

/// <summary>How subnets and coldkeys present themselves, and the symbols of tokens. The sudo key is Nobody.</summary>
public class IdentityCallsTests
{
    private static readonly NetUid s_four = new(4);
    private static readonly NetUid s_missing = new(99);

    [Fact]
    public void SetSubnetIdentity_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(Owner, SetSubnet(One, Subnet("a"))), Case.Run)
        .Rung(LedgerError.NotSubnetOwner, spoiled => spoiled.Signer = Nobody)
        .Rung(LedgerError.InvalidIdentity, spoiled => spoiled.Call = SetSubnet(spoiled.Call.Netuid, Subnet(new string('n', 257))))
        .AssertInOrder();

    [Fact]
    public void SetSubnetIdentity_WithoutASubnet_HasNoOwner()
    {
        Assert.Equal(LedgerError.NotSubnetOwner, Build().Execute(Owner, SetSubnet(s_missing, Subnet("a"))).Error);
        Assert.Equal(LedgerError.NotSubnetOwner, Build().Execute(Nobody, SetSubnet(s_missing, Subnet("a"))).Error);
    }

    [Fact]
    public void SetSubnetIdentity_ByTheOwner_ReplacesAllTextsOfThatSubnetOnly()
    {
        var network = Build();
        var before = StateDigest.Of(network);

        Assert.True(network.Execute(Owner, SetSubnet(One, Subnet("first") with { Logo = "logo" })).IsOk);
        Assert.True(network.Execute(Owner, SetSubnet(One, Subnet("second"))).IsOk);

        Assert.Equal(Subnet("second"), network.GetMetagraph(One).Identity);
        Assert.Null(network.GetMetagraph(Two).Identity);
        Assert.Equal(before, StateDigest.Of(network));
    }

    /// <summary>It comes with the registration, also where another subnet has to go, and ends with its subnet.</summary>
    [Fact]
    public void Register_WithAnIdentity_KeepsItUntilTheSubnetIsDissolved()
    {
        var network = Build();
        var identity = Subnet("fresh");

        Assert.Equal(s_four, network.Execute(Ann, Of(CallKind.RegisterNetwork, hotkey: Ghost) with { Detail = identity }).Netuid);
        Assert.Equal(identity, network.GetMetagraph(s_four).Identity);

        network.Execute(default, Of(CallKind.DissolveNetwork, s_four));
        Assert.Null(network.GetMetagraph(s_four).Identity);
        Assert.True(network.Execute(Ann, Of(CallKind.RegisterNetwork, hotkey: Ghost)).IsOk);
        Assert.Null(network.GetMetagraph(s_four).Identity);
    }

    [Fact]
    public void UpdateSymbol_SeveralChecksFail_TheEarliestIsTold()
    {
        new Ladder<Case>(() => new Case(Owner, Symbol(One, "\u03b3")), Case.Run)
            .Rung(LedgerError.BadOrigin, spoiled => spoiled.Signer = Bob)
            .Rung(LedgerError.SymbolDoesNotExist, spoiled => spoiled.Call = Symbol(spoiled.Call.Netuid, "no symbol"))
            .AssertInOrder();
        new Ladder<Case>(() => new Case(Nobody, Symbol(One, "\u03b3")), Case.Run)
            .Rung(LedgerError.SymbolAlreadyInUse, spoiled => spoiled.Call = Symbol(spoiled.Call.Netuid, "\u03b1"))
            .Rung(LedgerError.SubnetNotExists, spoiled => spoiled.Call = spoiled.Call with { Netuid = s_missing })
            .AssertInOrder();
    }

    /// <summary>Root's symbol is none to be chosen, and neither is a netuid's own that another subnet has got.</summary>
    [Theory]
    [InlineData("\u03a4", LedgerError.SymbolDoesNotExist)]
    [InlineData("\u03c4\u03c4", LedgerError.SymbolDoesNotExist)]
    [InlineData("", LedgerError.SymbolDoesNotExist)]
    [InlineData("\u03b1", LedgerError.SymbolAlreadyInUse)]
    [InlineData("\u03b2", LedgerError.None)]
    [InlineData("t", LedgerError.None)]
    public void UpdateSymbol_OfTheList_IsTakenWhileNobodyHasIt(string symbol, LedgerError error)
    {
        var network = Build();

        Assert.Equal(error, network.Execute(Owner, Symbol(Two, symbol)).Error);
        Assert.Equal(error == LedgerError.None ? symbol : "\u03b1", SymbolOf(network, Two));
    }

    [Fact]
    public void UpdateSymbol_ByOwnerAndBySudoKey_HoldsAndFreesTheOneBefore()
    {
        var network = Build();

        Assert.True(network.Execute(Owner, Symbol(One, "\u03b4")).IsOk);
        Assert.Equal(LedgerError.SymbolAlreadyInUse, network.Execute(Owner, Symbol(One, "\u03b4")).Error);
        Assert.Equal(LedgerError.SymbolAlreadyInUse, network.Execute(Nobody, Symbol(Two, "\u03b4")).Error);
        Assert.True(network.Execute(Nobody, Symbol(One, "\u03b5")).IsOk);
        Assert.True(network.Execute(Nobody, Symbol(Two, "\u03b4")).IsOk);

        Assert.Equal(["\u03b5", "\u03b4"], [SymbolOf(network, One), SymbolOf(network, Two)]);
    }

    /// <summary>A new subnet gets its netuid's symbol, or another one where that is taken; a dissolved one's is free again.</summary>
    [Fact]
    public void Register_SymbolChosenByAnother_GetsTheNextFreeOne()
    {
        var network = Build();
        Assert.True(network.Execute(Owner, Symbol(One, "\u03b4")).IsOk);

        Assert.True(network.Execute(Ann, Of(CallKind.RegisterNetwork, hotkey: Ghost)).IsOk);
        Assert.Equal("\u03b2", SymbolOf(network, s_four));

        network.Execute(default, Of(CallKind.DissolveNetwork, s_four));
        Assert.True(network.Execute(Owner, Symbol(Two, "\u03b2")).IsOk);
    }

    [Fact]
    public void SetIdentity_SeveralChecksFail_TheEarliestIsTold() => new Ladder<Case>(() => new Case(Owner, Set(Coldkey("a"))), Case.Run)
        .Rung(LedgerError.HotKeyNotRegisteredInNetwork, spoiled => spoiled.Seated.Clear())
        .Rung(LedgerError.InvalidIdentity, spoiled => spoiled.Call = Set(Coldkey(new string('n', 257))))
        .AssertInOrder();

    /// <summary>A seat on root counts, somebody else's hotkey does not.</summary>
    [Theory]
    [InlineData(0, true, LedgerError.None)]
    [InlineData(2, true, LedgerError.None)]
    [InlineData(1, false, LedgerError.HotKeyNotRegisteredInNetwork)]
    public void SetIdentity_HotkeySeated_MustBeTheSigners(int netuid, bool isOwn, LedgerError error)
    {
        var network = Seated([new((ushort)netuid)]);

        Assert.Equal(error, network.Execute(isOwn ? Owner : Bob, Set(Coldkey("a"))).Error);
        Assert.Equal(error == LedgerError.None ? Coldkey("a") : null, network.GetIdentity(Owner));
    }

    [Theory]
    [InlineData(256, 1_024, true)]
    [InlineData(257, 1_024, false)]
    [InlineData(256, 1_025, false)]
    public void ColdkeyIdentity_Lengths_AreBoundedInBytes(int shortBytes, int longBytes, bool isWithin)
    {
        var (brief, wide) = (new string('s', shortBytes), new string('l', longBytes));

        Assert.Equal(isWithin, new ColdkeyIdentityDetail(brief, brief, brief, wide, brief, wide, wide).IsWithinBounds);
        Assert.False(new ColdkeyIdentityDetail(new string('\u00e9', 129), "", "", "", "", "", "").IsWithinBounds);
    }

    /// <summary>The new coldkey takes it over; one that presents itself already goes on as it does, and so does the former.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SwapColdkey_WithAnIdentity_MovesItWhereThereIsNone(bool hasNewOne)
    {
        var network = Seated([One]);
        Assert.True(network.Execute(Owner, Set(Coldkey("former"))).IsOk);
        var scope = new LedgerScope(network);
        if (hasNewOne) scope.SetIdentity(KeyBench.Fresh, Coldkey("new"));

        Assert.True(StakingCalls.Execute(scope, Nobody, KeyBench.ByRoot(Owner, KeyBench.Fresh)).IsOk);

        Assert.Equal(Coldkey(hasNewOne ? "new" : "former"), scope.GetIdentity(KeyBench.Fresh));
        Assert.Equal(hasNewOne ? Coldkey("former") : null, scope.GetIdentity(Owner));
    }

    private static IdentityDetail Subnet(string name) => new(name, "repository", "contact", "url", "discord", "description", "", "more");

    private static ColdkeyIdentityDetail Coldkey(string name) => new(name, "url", "repository", "", "discord", "description", "more");

    private static Call SetSubnet(NetUid netuid, IdentityDetail identity) => new() { Kind = CallKind.SetSubnetIdentity, Netuid = netuid, Detail = identity };

    private static Call Symbol(NetUid netuid, string symbol) => new() { Kind = CallKind.UpdateSymbol, Netuid = netuid, Detail = new SymbolDetail(symbol) };

    private static Call Set(ColdkeyIdentityDetail identity) => new() { Kind = CallKind.SetIdentity, Detail = identity };

    private static string SymbolOf(SequentialNetwork network, NetUid netuid) => ((INetworkState)network).Symbols.Single(entry => entry.Key == netuid).Value;

    private static TestLedger Ledger() => new TestLedger()
        .With(ledger => ledger.Parameters = Dtao.Economics.Settings.RateLimits.SwitchOff(ledger.Parameters) with { SudoKey = Nobody })
        .Balance(Ann, 3_000_000_000_000);

    private static SequentialNetwork Build() => Ledger().Build();

    /// <summary>With the owner's hotkey on some subnets.</summary>
    private static SequentialNetwork Seated(IEnumerable<NetUid> netuids) =>
        Ledger().Build([.. netuids.Select(netuid => (netuid, RegistrationLedger.Of(RegistrationLedger.Neuron(Hot))))]);

    private sealed class Case(AccountId signer, Call call)
    {
        public AccountId Signer { get; set; } = signer;

        public Call Call { get; set; } = call;

        public List<NetUid> Seated { get; } = [One];

        public static LedgerError Run(Case tried) => IdentityCallsTests.Seated(tried.Seated).Execute(tried.Signer, tried.Call).Error;
    }
}
