using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Simulator.Tests.Simulation;

/// <content>Where each planted bug is looked for.</content>
internal sealed partial record Focus
{
    private static readonly CallKind[] s_staking = [CallKind.AddStake, CallKind.AddStakeLimit, CallKind.RemoveStake];
    private static readonly CallKind[] s_lane = [CallKind.SwapStake, CallKind.TransferStake, CallKind.ClaimRoot];
    private static readonly CallKind[] s_networks = [CallKind.RegisterNetwork, CallKind.DissolveNetwork];

    public static Focus Of(Bug bug) => bug >= Bug.EpochPaidBeforeBlock ? OfNetwork(bug) : OfMarket(bug);

    private static Focus OfMarket(Bug bug)
    {
        var market = new Focus(Scene.Market);
        var staking = market with { Calls = Only(s_staking), Operations = 7 };
        var fees = market with { Worlds = NeedsFirstFee, Operations = 7, Calls = (_, _, call) => call.Kind == CallKind.AddStake && call.Netuid.Value is 1 or 2 };
        return bug switch
        {
            Bug.AcknowledgedFromTip => market with { IsOrdered = false, Blocks = 6, Operations = 7, Deaths = 60, ProcessDies = false, Dying = Accounts },
            Bug.ClockFallsBack => market with { IsOrdered = false, Blocks = 6, Operations = 7, Deaths = 80, ProcessDies = false, Dying = Accounts, ValidBlocksMax = 0, AsksAgain = 950 },
            Bug.OpenedByLateMessage or Bug.ClosedByLateMessage => market with { Blocks = 6, Deaths = 40 },
            Bug.RefusedByReplaced => market with { IsOrdered = true, Worlds = HasThreeStakers, Operations = 7, Blocks = 6, Deaths = 0, Doublings = 60, Doubled = Accounts, ValidBlocksMax = 0, AsksAgain = 900 },
            Bug.ReplacedCoordinatorInsists => market with { IsOrdered = false, Blocks = 6, Deaths = 30, ProcessDies = false, Dying = Coordinator, Doublings = 60, Doubled = Coordinator },
            Bug.ReplacedCoordinatorPoked => market with
            {
                IsOrdered = true,
                Blocks = 2,
                Operations = 2,
                Calls = Only(CallKind.Transfer),
                Deaths = 60,
                ProcessDies = false,
                Dying = Coordinator,
                Doublings = 60,
                Doubled = Coordinator,
            },
            Bug.OpenedBeforeFenced => staking with { IsOrdered = false, Blocks = 6, Doublings = 60, Doubled = Coordinator },
            Bug.TermNotDurable => staking with { IsOrdered = false, Blocks = 6, Deaths = 60, ProcessDies = false, Dying = Coordinator, Doublings = 0 },
            Bug.FirstFeeUnseen => fees with { Blocks = 0, Deaths = 100, ProcessDies = false, Dying = Pools },
            Bug.FirstFeeWithoutColour => fees with { Blocks = 6, Deaths = 0, Doublings = 0, Pauses = 40, Paused = Pools },
            Bug.CreditedBesideExclusive or Bug.NobodyYields => market with
            {
                Worlds = HasThreeStakers,
                Operations = 7,
                Blocks = 1,
                Calls = (genesis, signer, call) => call.Kind is CallKind.Transfer or CallKind.TransferAll && call.ToColdkey != signer && genesis.Stakers.Contains(call.ToColdkey!.Value),
            },
            Bug.FactsOfReplacedPool => staking with { IsOrdered = false, Blocks = 6, Doublings = 60, Doubled = Pools },
            Bug.StalePoolStays => staking with { Blocks = 6, Doublings = 60, Doubled = Pools },
            _ => market,
        };
    }

    private static Focus OfNetwork(Bug bug)
    {
        var network = new Focus(Scene.Network);
        var lane = network with { Calls = Only([.. s_lane, CallKind.AddStake]), Operations = 7 };
        var networks = network with { Calls = Only([.. s_networks, CallKind.AddStake]), Operations = 6 };
        var unowned = network with { Operations = 7, Calls = OnlyUnowned(CallKind.RegisterNetwork, CallKind.RegisterNeuron, CallKind.TryAssociateHotkey, CallKind.AddStake) };
        var contested = network with { Operations = 7, Calls = OnlyContested(CallKind.RegisterNetwork, CallKind.RegisterNeuron, CallKind.TryAssociateHotkey, CallKind.AddStake) };
        return bug switch
        {
            Bug.EpochReadsHotkeyOfNow => network with { Calls = Only(CallKind.DecreaseTake, CallKind.TryAssociateHotkey), Operations = 8, Blocks = 5 },
            Bug.ActivatedUnnoticed => lane with { Blocks = 1, Deaths = 60, ProcessDies = false, Dying = Pools },
            Bug.ReachedPoolStaysClosed => lane with { Blocks = 0, Deaths = 60, ProcessDies = false, Dying = Pools, Doublings = 0, Payments = 60, Pauses = 40, Paused = Lane },
            Bug.LaneTermNotDurable => lane with { IsOrdered = false, Blocks = 0, Deaths = 30, ProcessDies = false, Dying = Lane, Doublings = 60, Doubled = Lane, WriteShare = 500 },
            Bug.CreditsNotSentAgain or Bug.KeptNetuidOpenedLate => networks with { Blocks = 1, Deaths = 60, ProcessDies = false, Dying = Lane, Doublings = 0 },
            Bug.OutcomesGoneWithSubnet => networks with { Blocks = 1, Deaths = 40, ProcessDies = false, Dying = Accounts },
            Bug.ReservationIgnored => unowned,
            Bug.LanePausedOnce => networks with { Blocks = 5, Deaths = 50, ProcessDies = false, Dying = Lane, Doublings = 0, Pauses = 40, Paused = Coordinator },
            Bug.HeldAfreshStaysClosed or Bug.PlanToldBeforeDurable => network with
            {
                IsOrdered = false,
                Worlds = ClaimsByItself,
                Calls = Only(CallKind.Transfer),
                Operations = 2,
                Blocks = 2,
                Deaths = 60,
                ProcessDies = false,
                Dying = Pools,
                Doublings = 0,
                Payments = 100,
            },
            Bug.EmptyPoolOpens => network with
            {
                Worlds = genesis => genesis.Network.Parameters.SubnetLimit >= genesis.Network.Subnets.Length,
                Operations = 5,
                Blocks = 0,
                Calls = (genesis, _, call) => call.Kind == CallKind.RegisterNetwork || IsGift(call, genesis.Network.Subnets.Length),
                Deaths = 80,
                ProcessDies = false,
                Dying = Pools,
                Doublings = 0,
                Pauses = 40,
                Paused = Lane,
            },
            Bug.SliceOfReplacedPool or Bug.OpenedAtReplacedPool => lane with { IsOrdered = true, Blocks = 1, Doublings = 60, Doubled = Pools, DoublesPools = true },
            Bug.HotkeyOfReplacedActor => contested with { Doublings = 60, Doubled = ContestedHotkey },
            Bug.NetworkOfReplacedRegistry => networks with { Blocks = 5, Doublings = 60, Doubled = Registry },
            Bug.FactsOfBeforeBatch => network with { IsOrdered = true, Operations = 5, Blocks = 0, Calls = OnlyContested(CallKind.RegisterNetwork, CallKind.AddStake), Deaths = 0, Doublings = 0, Pauses = 60, Paused = Pools },
            Bug.AbsentWithoutColour => network with { IsOrdered = false, Operations = 6, Blocks = 4, Calls = OnlyContested(CallKind.TryAssociateHotkey, CallKind.AddStake), Deaths = 0, Doublings = 0, Pauses = 40, Paused = Pools },
            Bug.GonePoolStaysClosed => network with { Operations = 4, Calls = Only(s_networks), Blocks = 4, Deaths = 60, ProcessDies = false, Dying = Lane, Pauses = 40, Paused = Coordinator },
            Bug.ReplacedLaneInsists => lane with { Doublings = 60, Doubled = Lane },
            Bug.ClosedByLateLane => lane with { Blocks = 1, Deaths = 60, ProcessDies = false, Dying = record => Lane(record) || Pools(record) },
            Bug.KeptNetuidStaysClosed => networks with { Deaths = 40, Dying = Lane },
            Bug.ClaimsBesideBatch => lane with { Worlds = ClaimsByItself, Blocks = 5, Deaths = 60, ProcessDies = false, Dying = Lane },
            Bug.AbsentHotkeyForgets => network with
            {
                Operations = 6,
                Blocks = 0,
                Deaths = 0,
                Doublings = 0,
                Pauses = 60,
                Paused = Pools,
                Calls = (genesis, _, call) => call.Hotkey == genesis.HotkeyIds[Contested] && (call.Kind == CallKind.TryAssociateHotkey || (call.Kind == CallKind.AddStake && call.Netuid.Value == 1)),
            },
            _ => network,
        };
    }

    private static bool HasThreeStakers(Genesis genesis) => genesis.Stakers.Count == 3;

    /// <summary>The least stake has a fee below the existential deposit, and a larger one a fee above it.</summary>
    private static bool NeedsFirstFee(Genesis genesis) => !genesis.FeeAccountExists && genesis.Network.Parameters.ExistentialDeposit == new Tao(2_000);

    private static bool ClaimsByItself(Genesis genesis) => genesis.Network.Parameters.NumRootClaim > 0;

    /// <summary>A transfer to the account of a netuid.</summary>
    private static bool IsGift(Call call, int netuid) => call.Kind == CallKind.Transfer && call.ToColdkey == AccountId.OfSubnet(new NetUid((ushort)netuid));
}
