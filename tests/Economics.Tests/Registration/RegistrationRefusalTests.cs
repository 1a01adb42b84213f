using Dtao.Economics.Ledger;
using Dtao.Economics.Model;
using Dtao.Economics.Tests.Model;
using Dtao.Economics.Tests.Staking;
using Xunit;
using static Dtao.Economics.Tests.Registration.RegistrationLedger;
using static Dtao.Economics.Tests.Staking.TestCalls;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

/// <summary>The ladders of the registration calls: every check with what breaks it, in order.</summary>
public class RegistrationRefusalTests
{
    private static readonly NetUid s_missing = new(99);

    private static readonly Dictionary<string, Rung[]> s_ladders = new(StringComparer.Ordinal)
    {
        ["register"] = NeuronLadder(limited: false),
        ["register limit"] = NeuronLadder(limited: true),
        ["root register"] = RootLadder(),
        ["register network"] = NetworkLadder(),
        ["dissolve network"] = [new(LedgerError.SubnetNotExists, setting => setting.Call = Of(CallKind.DissolveNetwork, s_missing))],
        ["dissolve root"] = [new(LedgerError.SubnetNotExists, setting => setting.Call = Of(CallKind.DissolveNetwork, Root))],
    };

    private static readonly Dictionary<string, Func<Setting>> s_starts = new(StringComparer.Ordinal)
    {
        ["register"] = () => new Setting { Call = Of(CallKind.RegisterNeuron, One, hotkey: Ghost) },
        ["register limit"] = () => new Setting { Call = Of(CallKind.RegisterLimit, One, hotkey: Ghost) with { Limit = 1_000_000_000 } },
        ["root register"] = () => new Setting { Call = Of(CallKind.RootRegister, hotkey: Ghost) },
        ["register network"] = () => new Setting { Call = Of(CallKind.RegisterNetwork, hotkey: Ghost) },
        ["dissolve network"] = () => new Setting { Call = Of(CallKind.DissolveNetwork, One) },
        ["dissolve root"] = () => new Setting { Call = Of(CallKind.DissolveNetwork, One) },
    };

    public static TheoryData<string> Ladders => [.. s_ladders.Keys];

    [Theory]
    [MemberData(nameof(Ladders))]
    public void Execute_NothingBroken_IsDone(string ladder) => Assert.Equal(LedgerError.None, Run(ladder, []));

    /// <summary>Each check alone is told under its name and leaves no trace.</summary>
    [Theory]
    [MemberData(nameof(Ladders))]
    public void Execute_OneCheckBroken_NamesItAndLeavesNoTrace(string ladder) =>
        Assert.All(s_ladders[ladder], rung => Assert.Equal(rung.Error, Run(ladder, [rung])));

    /// <summary>Of two broken checks the earlier one is told; leaving out pairs of which one mends the other.</summary>
    [Theory]
    [MemberData(nameof(Ladders))]
    public void Execute_TwoChecksBroken_NamesTheEarlier(string ladder)
    {
        var rungs = s_ladders[ladder];
        for (var first = 0; first < rungs.Length; first++)
        {
            foreach (var later in rungs[(first + 1)..].Where(later => later.Group is null || later.Group != rungs[first].Group))
            {
                var told = Run(ladder, [rungs[first], later]);
                Assert.True(told == rungs[first].Error, $"{rungs[first].Error} with {later.Error} is told as {told}.");
            }
        }
    }

    private static Rung[] NeuronLadder(bool limited)
    {
        List<Rung> rungs =
        [
            new(LedgerError.RegistrationNotPermittedOnRootSubnet, setting => setting.Netuid = Root, "subnet"),
            new(LedgerError.SubnetNotExists, setting => setting.Netuid = s_missing, "subnet"),
            new(LedgerError.SubNetRegistrationDisabled, setting => setting.Ledger.Books(One).RegistrationAllowed = false),
            new(LedgerError.HotKeyAlreadyRegisteredInSubNet, setting => setting.Neurons[One] = [Neuron(Ghost)], "hotkey"),
            new(LedgerError.NotEnoughBalanceToStake, setting => setting.Ledger.Balance(Ann, 999_999_999)),
            new(LedgerError.CannotUseSystemAccount, setting => setting.Hotkey = AccountId.OfSubnet(s_missing), "hotkey"),
            new(LedgerError.NonAssociatedColdKey, setting => setting.Ledger.Hotkeys[Ghost] = new HotkeyRecord(Bob), "hotkey"),
            new(LedgerError.NoNeuronIdAvailable, setting => setting.Change(hyper => hyper with { MaxUids = 0 }), "room"),
            new(LedgerError.NoNeuronIdAvailable, setting => setting.Fill(One, Hot), "room"),
            new(LedgerError.InsufficientBalance, setting => setting.Ledger.Parameters = setting.Ledger.Parameters with { ExistentialDeposit = new Tao(1_000_000_000_000) }),
            new(LedgerError.ReservesTooLow, setting => setting.Ledger.Pool(One, 1_000_000_000_000, 999_999)),
        ];
        if (limited) rungs.Insert(2, new(LedgerError.RegistrationPriceLimitExceeded, setting => setting.Call = setting.Call with { Limit = 999_999_999 }));
        return [.. rungs];
    }

    private static Rung[] RootLadder() =>
    [
        new(LedgerError.TooManyRegistrationsThisBlock, setting => setting.Ledger.Books(Root).RegistrationsThisBlock = 1),
        new(LedgerError.TooManyRegistrationsThisInterval, setting => setting.Ledger.Books(Root).RegistrationsThisInterval = 3),
        new(LedgerError.HotKeyAlreadyRegisteredInSubNet, setting => setting.Neurons[Root] = [Neuron(Ghost)], "members"),
        new(LedgerError.CannotUseSystemAccount, setting => setting.Hotkey = AccountId.OfSubnet(One), "members"),
        new(LedgerError.StakeTooLowForRoot, setting => setting.Neurons[Root] = Members(64), "members"),
    ];

    private static Rung[] NetworkLadder() =>
    [
        new(LedgerError.NonAssociatedColdKey, setting => setting.Ledger.Hotkeys[Ghost] = new HotkeyRecord(Bob), "hotkey"),
        new(LedgerError.CannotUseSystemAccount, setting => setting.Hotkey = AccountId.OfSubnet(One), "hotkey"),
        new(LedgerError.SubNetRegistrationDisabled, setting => setting.Set(parameters => parameters with { NetworkRegistrationStartBlock = 6 })),
        new(LedgerError.NetworkTxRateLimitExceeded, setting => setting.Set(parameters => parameters with { NetworkLastLockBlock = 1, NetworkRateLimit = 5 })),
        new(LedgerError.SubnetLimitReached, setting => setting.Set(parameters => parameters with { SubnetLimit = 3 })),
        new(LedgerError.CannotAffordLockCost, setting => setting.Ledger.Balance(Ann, 1_000_000_000)),
        new(LedgerError.InvalidIdentity, setting => setting.Call = setting.Call with { Detail = Identity(name: 257) }),
    ];

    private static IdentityDetail Identity(int name) => new(new string('n', name), "", "", "", "", "", "", "");

    private static Neuron[] Members(int count) => [.. Enumerable.Range(0, count).Select(i => Neuron(Key((byte)(100 + i))))];

    private static LedgerError Run(string ladder, Rung[] rungs)
    {
        var setting = s_starts[ladder]();
        setting.Ledger.Balance(Ann, 1_000_000_000_000);
        foreach (var rung in rungs) rung.Break(setting);
        var network = setting.Build();
        var before = StateDigest.Of(network);

        var outcome = network.Execute(Ann, setting.Call);

        if (!outcome.IsOk) Assert.Equal(before, StateDigest.Of(network));
        return outcome.Error;
    }

    /// <param name="Group">Rungs of one group cannot be broken together.</param>
    private sealed record Rung(LedgerError Error, Action<Setting> Break, string? Group = null);

    private sealed class Setting
    {
        public required Call Call { get; set; }

        public TestLedger Ledger { get; } = new();

        public Dictionary<NetUid, Neuron[]> Neurons { get; } = [];

        public NetUid Netuid { set => Call = Call with { Netuid = value }; }

        public AccountId Hotkey { set => Call = Call with { Hotkey = value }; }

        public void Change(Func<SubnetHyperparameters, SubnetHyperparameters> change) => Ledger.Books(One).Hyper = change(Ledger.Books(One).Hyper);

        /// <summary>No uid is left, and the only one belongs to the subnet's owner; whoever is there already stays.</summary>
        public void Fill(NetUid netuid, AccountId hotkey)
        {
            Change(hyper => hyper with { MaxUids = 1 });
            if (!Neurons.ContainsKey(netuid)) Neurons[netuid] = [Neuron(hotkey)];
        }

        public void Set(Func<NetworkParameters, NetworkParameters> change) => Ledger.Parameters = change(Ledger.Parameters);

        public SequentialNetwork Build() => Ledger.Build([.. Neurons.Select(entry => (entry.Key, RegistrationLedger.Of(entry.Value)))]);
    }
}
