using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using static Dtao.TestKit.SmallNetwork;

namespace Dtao.Network.Tests.Thresholds;

/// <summary>
/// The small network with validators of three stakers on subnets 1 and 2, of which the second commits and reveals. Each has another part of its stake on root.
/// The sudo key is Nobody, an epoch comes every fourth block, and children take effect a block after they were asked for.
/// </summary>
internal static class ThresholdBench
{
    /// <summary>What the threshold is set to: nobody, some, or nearly everybody falls under it.</summary>
    public static readonly ulong[] Settings = [0, 20 * OneTao, 50 * OneTao, 100 * OneTao, 250 * OneTao];

    /// <summary>Of staker 0, 1, and 2.</summary>
    public static readonly AccountId[] Validators = [Key(31), Key(32), Key(33)];

    public static GenesisState WithValidators(ulong threshold, bool hasFees = false)
    {
        var genesis = Genesis(Author, stakers: 4);
        return genesis with
        {
            Parameters = Economics.Settings.RateLimits.SwitchOff(genesis.Parameters) with
            {
                SudoKey = Nobody,
                StakeThreshold = threshold,
                TransactionFees = hasFees,
                ChildCooldown = 1,
                NominatorMinRequiredStake = 1_000_000,
            },
            Balances = [.. genesis.Balances, .. Validators.Select(hotkey => (hotkey, new Tao(OneTao))), (Nobody, new Tao(OneTao))],
            Hotkeys = [.. genesis.Hotkeys, .. Validators.Select((hotkey, place) => new GenesisHotkey(hotkey, new HotkeyRecord(Staker(place))))],
            Subnets = [.. genesis.Subnets.Select(WithNeurons)],
            Stakes =
            [
                .. genesis.Stakes,
                On(0, Root, 300), On(0, One, 40), On(0, Two, 20),
                On(1, Root, 20), On(1, Two, 200),
                On(2, One, 90),
                new GenesisStake(new PositionKey(One, Validators[2], Staker(3)), new Alpha(15 * OneTao)),
            ],
        };
    }

    public static Call SudoThreshold(ulong threshold) => Calls.SudoSet("stake_threshold", threshold.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static GenesisStake On(int place, NetUid netuid, ulong whole) =>
        new(new PositionKey(netuid, Validators[place], Staker(place)), new Alpha(whole * OneTao));

    private static GenesisSubnet WithNeurons(GenesisSubnet subnet)
    {
        var netuid = subnet.Books.Netuid;
        if (netuid != One && netuid != Two) return subnet;
        subnet.Books.Tempo = 4;
        subnet.Books.Hyper = subnet.Books.Hyper with { WeightsRateLimit = 0, CommitReveal = netuid == Two, RevealPeriod = 1 };
        AccountId[] hotkeys = [Hot, .. Validators];
        return subnet with { Neurons = [.. hotkeys.Select(hotkey => new Neuron { Hotkey = hotkey, HasPermit = true, Rows = [NeuronRow.Empty] })] };
    }
}
