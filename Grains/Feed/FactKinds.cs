using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Feed;

/// <summary>Which facts each kind of event may become. A kind that is not here is one that the feed has not heard of.</summary>
public static class FactKinds
{
    /// <summary>What a pool's changes may be told as, whatever made them.</summary>
    private static readonly Type[] s_changes =
    [
        typeof(SubnetAfterFact), typeof(HotkeyPoolAfterFact), typeof(ShareAfterFact), typeof(OwedAfterFact), typeof(NeuronCountAfterFact), typeof(NeuronAfterFact),
        typeof(DividendsAfterFact), typeof(SubnetIdentityAfterFact),
    ];

    /// <summary>By type of event. None: nothing happened that a read model has to know, or another actor's event tells it.</summary>
    public static readonly IReadOnlyDictionary<Type, Type[]> OfEvents = new Dictionary<Type, Type[]>
    {
        [typeof(OperationStarted)] = [typeof(OperationBegunFact)],
        [typeof(OperationSettled)] = [typeof(OperationEndedFact), typeof(TaoChangedFact), typeof(AnnouncementAfterFact), typeof(IdentityAfterFact)],
        [typeof(OperationYielded)] = [],
        [typeof(OperationResumed)] = [typeof(OperationBegunFact)],
        [typeof(OperationDecidedHere)] = [typeof(OperationEndedFact), typeof(TaoChangedFact), typeof(AnnouncementAfterFact)],
        [typeof(TaoCredited)] = [typeof(TaoChangedFact), typeof(KeysChangedFact)],
        [typeof(DustReported)] = [],
        [typeof(FeeEnded)] = [],

        [typeof(CallDecided)] = [typeof(CallDecidedFact), typeof(StakeMovedFact), .. s_changes],
        [typeof(OrdersDecided)] = [typeof(CallDecidedFact), typeof(StakeMovedFact), .. s_changes],
        [typeof(BlockApplied)] = [typeof(StakeGainedFact), .. s_changes],
        [typeof(FactsAsked)] = [],
        [typeof(LaneApplied)] = [typeof(SubnetEndedFact), typeof(StakeMovedFact), .. s_changes],
        [typeof(ParametersAdopted)] = [],
        [typeof(OwedSent)] = [typeof(OwedAfterFact)],
        [typeof(OutgoingArrived)] = [],
        [typeof(OwnerConfirmed)] = [],
        [typeof(DelegateConfirmed)] = [],
        [typeof(GiftReceived)] = [typeof(GiftReceivedFact)],

        [typeof(HotkeyOperationDecided)] = [typeof(CallDecidedFact), typeof(HotkeyAfterFact)],
        [typeof(DelegateEnsured)] = [typeof(DelegateMadeFact)],
        [typeof(StartTold)] = [],
        [typeof(HotkeyReserved)] = [],
        [typeof(KeysSwapped)] = [typeof(HotkeyAfterFact)],
        [typeof(OwnerEnsured)] = [typeof(HotkeyAfterFact)],

        [typeof(TermBegan)] = [],
        [typeof(OperationExpired)] = [typeof(CallDecidedFact)],
        [typeof(BatchDecided)] = [typeof(CallDecidedFact), typeof(DividendsClaimedFact), typeof(LaneCreditFact)],
        [typeof(BatchFinished)] = [],

        [typeof(ClosingTermBegan)] = [],
        [typeof(BlockStarted)] = [],
        [typeof(BlockClosed)] = [typeof(BlockClosedFact)],

        [typeof(PoolChangeStarted)] = [typeof(SettingBegunFact)],
        [typeof(PoolChangeSettled)] = [typeof(SettingDecidedFact)],
        [typeof(ChangeDecidedHere)] = [typeof(SettingDecidedFact), typeof(ParametersAfterFact)],
        [typeof(ParametersPushed)] = [],
        [typeof(NetworkChanged)] = [typeof(SubnetsChangedFact)],
    };

    /// <summary>What genesis is told as.</summary>
    public static readonly IReadOnlyList<Type> OfGenesis =
    [
        typeof(NetworkBeganFact), typeof(AccountBeganFact), typeof(HotkeyAfterFact), .. s_changes,
    ];
}
