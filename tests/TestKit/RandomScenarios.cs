using System.Globalization;
using CsCheck;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Scenarios;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.TestKit;

/// <summary>Random networks with random calls of every kind and blocks between them.</summary>
public static class RandomScenarios
{
    private static readonly AccountId[] s_coldkeys = [Owner, Staker(0), Staker(1), Staker(2), Nobody, Author];
    private static readonly AccountId[] s_receivers = [.. s_coldkeys, Key(77), AccountId.Burn, AccountId.OfSubnet(One), AccountId.OfSubnet(Missing)];
    private static readonly AccountId[] s_hotkeys = [Hot, Hot, Warm, Ghost];
    private static readonly NetUid[] s_subnets = [Root, One, One, Two, Two, Stable, Unstarted, Missing];

    private static readonly Gen<ulong> s_amount = Gen.Frequency(
        (1, Gen.Const(0UL)), (1, Gen.ULong[1, 1_000]), (2, Gen.ULong[1_000, 3_000_000]), (8, Gen.ULong[3_000_000, 40 * OneTao]),
        (3, Gen.ULong[OneTao, 2_000 * OneTao]), (1, Gen.ULong));

    private static readonly Gen<(string Name, string? Value, NetUid? Netuid)> s_setting = Gen.Select(
        Gen.Int[0, 11], Gen.UShort, OneOf(One, Two, Missing), (which, number, netuid) => which switch
        {
            0 => ("fee_rate", Text(number % 700), netuid),
            1 => ("transfer_enabled", number % 2 == 0 ? "true" : "false", netuid),
            2 => ("subtoken_enabled", number % 4 != 0 ? "true" : "false", netuid),
            3 => ("emission_enabled", number % 2 == 0 ? "true" : "false", netuid),
            4 => ("author", number % 2 == 0 ? null : Author.ToString(), null),
            5 => ("owner_cut", Text(number), null),
            6 => ("take_rate_limit", Text(number % 3), null),
            7 => ("nominator_min_required_stake", Text(number * 100), null),
            8 => ("weight", Text(400_000_000_000_000_000L + (number * 3_000_000_000_000L)), netuid),
            9 => ("no_such_setting", "1", netuid),
            10 => ("owner_cut", "not a number", null),
            _ => ((string, string?, NetUid?))("tempo", Text(number), netuid),
        });

    private static readonly Gen<Call> s_call = Gen.Select(
        Gen.Int[(int)CallKind.AddStake, (int)CallKind.StartCall],
        Gen.Select(OneOf(s_hotkeys), OneOf(s_hotkeys), OneOf(s_receivers)),
        Gen.Select(OneOf(s_subnets), OneOf(s_subnets)),
        Gen.Select(s_amount, Gen.ULong[1, 2_000_000_000], Gen.Bool, Gen.Bool),
        (kind, keys, subnets, numbers) => new Call
        {
            Kind = (CallKind)kind,
            Hotkey = keys.Item1,
            ToHotkey = keys.Item2,
            ToColdkey = keys.Item3,
            Netuid = subnets.Item1,
            ToNetuid = subnets.Item2,
            Amount = numbers.Item1,
            Limit = numbers.Item2,
            AllowPartial = numbers.Item3,
            KeepAlive = numbers.Item4,
            Take = new Take((ushort)(numbers.Item1 % 13_000)),
        });

    /// <summary>Coldkeys with stake and no TAO: on one subnet, and on several.</summary>
    public static readonly IReadOnlyList<AccountId> Poor = [Key(201), Key(202), Key(203)];

    private static readonly Gen<ScenarioStep> s_poorStep = Gen.Select(
        OneOf(Poor[0], Poor[0], Poor[1], Poor[2]),
        OneOf(CallKind.RemoveStake, CallKind.BurnAlpha, CallKind.SwapStake, CallKind.MoveStake, CallKind.UnstakeAll, CallKind.UnstakeAllAlpha, CallKind.AddStake),
        s_call,
        Gen.Frequency((3, Gen.ULong[OneTao / 10, OneTao]), (1, Gen.ULong[0, 1_000])),
        (signer, kind, call, amount) => new ScenarioStep(0, signer, call with { Kind = kind, Hotkey = Hot, Netuid = One, Amount = amount }));

    private static Gen<ScenarioStep> Step(params AccountId[] coldkeys) => Gen.Frequency(
        (14, Gen.Select(OneOf(coldkeys), s_call, (signer, call) => new ScenarioStep(0, signer, call))),
        (2, s_setting.Select(setting => new ScenarioStep(0, default, new Call
        {
            Kind = CallKind.Admin,
            Parameter = setting.Name,
            Value = setting.Value,
            Netuid = setting.Netuid ?? default,
            IsSubnetParameter = setting.Netuid is not null,
        }))),
        (3, Gen.ULong[1, 3].Select(count => new ScenarioStep(count, default, null))));

    private static readonly Gen<GenesisState> s_genesis = Gen.Select(
        Gen.Bool, Gen.Int[3, 6], Gen.ULong[0, 2_000_000], Gen.ULong[1, 20_000], (hasAuthor, stakers, factor, price) =>
        {
            var genesis = Genesis(hasAuthor ? Author : null, stakers);
            var reserve = genesis.Subnets.Single(subnet => subnet.Books.Netuid == Two).Books;
            reserve.TaoReserve = new Tao(price * OneTao / 10);
            return genesis with { Parameters = genesis.Parameters with { NominatorMinRequiredStake = factor } };
        });

    /// <summary>A scenario without an expectation: two ways of running it have to agree.</summary>
    public static Gen<Scenario> Scenario(int stepsMax) => Gen.Select(
        s_genesis, Step(s_coldkeys).Array[stepsMax / 2, stepsMax],
        (genesis, steps) => new Scenario("random", SmallNetwork.Aliases, genesis, steps, new ScenarioExpectation(null, null, null, [])));

    /// <summary>The same where calls cost a transaction fee, and some coldkeys can pay it in alpha only.</summary>
    /// <param name="hasHighDeposit">Whether an account has to hold more than a fee.</param>
    public static Gen<Scenario> ScenarioWithFees(int stepsMax, bool hasHighDeposit) => Gen.Select(
        s_genesis, Gen.Frequency((3, Step(s_coldkeys)), (1, s_poorStep)).Array[stepsMax / 2, stepsMax], Gen.Bool,
        (genesis, steps, losesAuthor) => new Scenario(
            "fees", SmallNetwork.Aliases, WithFees(genesis, hasHighDeposit), [.. s_poorFirst, .. losesAuthor ? s_noAuthor : [], .. steps],
            new ScenarioExpectation(null, null, null, [])));

    /// <summary>Calls whose fee is paid in alpha: one that is done, and one that is refused.</summary>
    private static readonly ScenarioStep[] s_poorFirst =
    [
        new(0, Poor[0], new Call { Kind = CallKind.BurnAlpha, Hotkey = Hot, Netuid = One, Amount = OneTao }),
        new(0, Poor[0], new Call { Kind = CallKind.SwapStake, Hotkey = Hot, Netuid = One, ToNetuid = Two, Amount = 1 }),
    ];

    private static readonly ScenarioStep[] s_noAuthor = [new(0, default, new Call { Kind = CallKind.Admin, Parameter = "author" })];

    private static GenesisState WithFees(GenesisState genesis, bool hasHighDeposit) => genesis with
    {
        Parameters = genesis.Parameters with { TransactionFees = true, Author = Author, ExistentialDeposit = new Tao(hasHighDeposit ? 2_000_000UL : 500) },
        Stakes =
        [
            .. genesis.Stakes,
            .. Poor.Select(coldkey => new GenesisStake(new PositionKey(One, Hot, coldkey), new Alpha(30 * OneTao))),
            new GenesisStake(new PositionKey(Two, Hot, Poor[1]), new Alpha(3 * OneTao)),
            new GenesisStake(new PositionKey(Root, Warm, Poor[2]), new Alpha(OneTao)),
        ],
    };

    private static Gen<T> OneOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(place => items[place]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
