namespace Dtao.Simulator.Tests.Simulation;

/// <summary>A mistake that can be planted into the simulated protocol, to see that the simulator finds it.</summary>
public enum Bug
{
    None = 0,

    // Those that the design names.
    /// <summary>A repeat is answered while the outcome that it repeats is not durable.</summary>
    RepeatAnsweredEarly,
    /// <summary>What receivers may forget is read from the tip instead of from what is durable.</summary>
    AcknowledgedFromTip,
    /// <summary>A forgotten sequence is executed again when a message that slept arrives: no floor, and no look at the last valid block.</summary>
    ForgottenIdExecutedAgain,
    /// <summary>One record of a shared batch conflicts, its neighbour commits, and both writers are told that all went well.</summary>
    ConflictHiddenByNeighbour,
    /// <summary>An activation goes on after a write of its own failed.</summary>
    PoisonIgnored,
    /// <summary>A batch over two pools closes them in the order of the call.</summary>
    PoolsClosedInOppositeOrders,
    /// <summary>A pool is open between a block's plan and its application, also to senders who have seen that block elsewhere.</summary>
    BlockStraddled,
    /// <summary>Operations of one account run side by side also where their sum does not fit.</summary>
    SideBySideAlways,

    // Others.
    /// <summary>The answer to an operation that is no longer in flight settles once more.</summary>
    SettledTwice,
    /// <summary>An operation starts without setting its amount aside.</summary>
    HoldForgotten,
    /// <summary>A client is answered before its outcome is durable.</summary>
    AnsweredBeforeCommit,
    /// <summary>The store does not check versions: a replaced activation goes on writing.</summary>
    VersionUnchecked,
    /// <summary>A pool does not remember what it answered.</summary>
    OutcomeNotRemembered,
    /// <summary>A message leaves before its cause is durable, on a store that keeps no order.</summary>
    SentBeforeDurable,
    /// <summary>A time-out is taken for a refusal, and the hold is voided.</summary>
    TimeoutVoids,
    /// <summary>A message of another log is acted on without waiting for the sender's log.</summary>
    ForeignLogBelieved,
    /// <summary>A pool is open between a block's plan and its application, but not to senders who have seen that block.</summary>
    OpenWhilePlanned,
    /// <summary>An operation whose last valid block has passed is still decided.</summary>
    ExpiryIgnored,

    /// <summary>After a restart an account goes on with the block that it has seen itself, though it has answered by a later one.</summary>
    ClockFallsBack,

    /// <summary>A credit does not bring its sender's block along, so that its receiver acts in a block before.</summary>
    ColourOfCreditLost,

    // Weaknesses that the grains once had.
    /// <summary>A message that opens pools after a block which was never planned comes late, and opens one that is closed for the next.</summary>
    OpenedByLateMessage,
    /// <summary>A replaced activation refuses, without a write, an operation that its successor has begun.</summary>
    RefusedByReplaced,
    /// <summary>A replaced coordinator asks again and again those who know its successor, and nothing makes it write.</summary>
    ReplacedCoordinatorInsists,
    /// <summary>A replaced coordinator outlives its successor, is poked, and does not look: what the successor closed nobody opens.</summary>
    ReplacedCoordinatorPoked,
    /// <summary>On a store without order a new coordinator opens the pools while the one before it can still record a plan for them.</summary>
    OpenedBeforeFenced,
    /// <summary>On a store without order a new coordinator tells a fresh pool to refuse the closings of one that still goes on, and it is refused for ever.</summary>
    CalledOffBeforeFenced,
    /// <summary>Closings are numbered from a term that is not durable when they leave, so that a later one gets the same number.</summary>
    TermNotDurable,
    /// <summary>A message that closes a pool comes when its coordinator is dead and its closing called off, and nobody opens the pool again.</summary>
    ClosedByLateMessage,
    /// <summary>An operation that made the fee account exist is answered again before the account has heard of it.</summary>
    FirstFeeUnseen,
    /// <summary>Whether the fee account exists is asked without a colour, and "no" is believed into the next block, which a first fee came before.</summary>
    FirstFeeWithoutColour,
    /// <summary>An account takes a transfer in while an operation that must run alone is in flight: it has left with the balance of before.</summary>
    CreditedBesideExclusive,
    /// <summary>Of two transfers that must run alone and go to each other's sender none begins anew: both wait until they expire.</summary>
    NobodyYields,
    /// <summary>On a store without order a pool has two activations: one tells the coordinator its figures, the other goes on deciding.</summary>
    FactsOfReplacedPool,
    /// <summary>A pool that read its journal before its predecessor's last write stays behind for ever: nothing makes it write, so nothing fences it.</summary>
    StalePoolStays,

    // Of subnets with epochs, claims, and subnets that come and go. From here on worlds are networks.
    /// <summary>An epoch is journalled before the block that has it: a pool that dies between them pays it again.</summary>
    EpochPaidBeforeBlock = 100,
    /// <summary>Two deliveries of one block both make it, and both pay its epoch.</summary>
    EpochMadeTwice,
    /// <summary>A pool pays by the metagraph's answer to an older question.</summary>
    AnswerOfOlderQuestion,
    /// <summary>An epoch reads owners and takes as they are now instead of as they were when the block began.</summary>
    EpochReadsHotkeyOfNow,
    /// <summary>Root is told a block with the other subnets, before all epochs have said what they put aside for its stakers.</summary>
    RootToldWithOthers,
    /// <summary>Root takes what the epochs put aside for its stakers once more when it is told the block again.</summary>
    RootToldTwice,
    /// <summary>The automatic claims of a block run again when the coordinator asks again.</summary>
    ClaimsRunAgain,
    /// <summary>A pool that the automatic claims of a block may touch opens before they are done.</summary>
    HeldPoolOpens,
    /// <summary>The lane does not notice that a pool was activated afresh after it had answered.</summary>
    ActivatedUnnoticed,
    /// <summary>Batches are numbered from a term that is not durable when they leave, so that a later one gets the same number.</summary>
    LaneTermNotDurable,
    /// <summary>A pool applies its part of a batch again when it is delivered again.</summary>
    PartAppliedAgain,
    /// <summary>A lane that died after it had decided brings parts, and forgets the credits.</summary>
    CreditsNotSentAgain,
    /// <summary>A pool forgets its outcomes with the subnet, and decides a repeat on the books of the one after it.</summary>
    OutcomesGoneWithSubnet,
    /// <summary>A hotkey without an owner is given away without being set aside first.</summary>
    ReservationIgnored,

    // Weaknesses that the grains once had.
    /// <summary>The coordinator reads which subnets there are before it pauses the lane, and a subnet that comes in between misses the block.</summary>
    NetworkReadBeforePause,
    /// <summary>A lane that is activated while a block is gathered brings a decision to its end, and a subnet that comes by it misses the block.</summary>
    LanePausedOnce,
    /// <summary>A pool that is activated between the end of its hold and the block's header stays closed until the next block.</summary>
    HeldAfreshStaysClosed,
    /// <summary>The actor of a netuid without a subnet does not ask the lane whether it must stay closed, and takes a gift that the lane's slice misses.</summary>
    EmptyPoolOpens,
    /// <summary>A pool that was replaced hands the lane a slice.</summary>
    SliceOfReplacedPool,
    /// <summary>A pool that was replaced is opened for the one that stays closed.</summary>
    OpenedAtReplacedPool,
    /// <summary>A hotkey's actor that was replaced says that nobody owns it.</summary>
    HotkeyOfReplacedActor,
    /// <summary>A registry that was replaced says which subnets there are.</summary>
    NetworkOfReplacedRegistry,
    /// <summary>A pool decides on what it was told before a batch of the lane, which closed it and opened it again while it asked something else.</summary>
    FactsOfBeforeBatch,
    /// <summary>A hotkey's actor says that nobody owns it, and an operation of an earlier block than the asker's makes it owned after that.</summary>
    AbsentWithoutColour,
    /// <summary>A pool whose subnet is dissolved stays closed for a block in which it has no part.</summary>
    GonePoolStaysClosed,
    /// <summary>A lane that was replaced gathers again and again pools that know its successor, and nothing makes it write.</summary>
    ReplacedLaneInsists,
    /// <summary>A registration that ends while it waits leaves its hotkey set aside for ever.</summary>
    ReservationKeptTooLong,
    /// <summary>A message of a batch that is over comes to a pool which was activated since, closes it, and nobody opens it again.</summary>
    ClosedByLateLane,
    /// <summary>A late message that ends the pause of a block before makes the lane go on gathering pools which are closed for the block that waits for it.</summary>
    ResumedByLateMessage,
    /// <summary>A lane that was activated afresh opens subnets, and not the netuid that was closed for one to come.</summary>
    KeptNetuidStaysClosed,
    /// <summary>A lane that is activated between a block's plan and its claims decides them beside a batch that is on its way.</summary>
    ClaimsBesideBatch,
    /// <summary>The lane decides on what a signer held when it sent its operation, although a batch before has credited it since.</summary>
    SignerOfBefore,
    /// <summary>A late "nobody owns it" makes a pool forget that somebody does.</summary>
    AbsentHotkeyForgets,
    /// <summary>A pool that was reached after a batch, and activated before the lane heard of that, is told to stay closed, and nobody opens it.</summary>
    ReachedPoolStaysClosed,
    /// <summary>The netuid that was kept for a subnet to come is opened when the batch is over; a lane that dies then leaves it closed.</summary>
    KeptNetuidOpenedLate,
    /// <summary>A pool is told, when it is activated, to stay closed for a plan that is not durable, and lost: nobody opens it before the next block.</summary>
    PlanToldBeforeDurable,
}
