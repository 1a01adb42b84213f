using Dtao.Economics;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Subnets;

/// <summary>The neurons of one subnet: runs its epochs when the pool asks, and answers whoever wants to see it. Key: the pool's.</summary>
/// <remarks>
/// What it computes is a function of what it is asked, and what it shows is the pool's: nothing is kept here that could be lost
/// (docs/decisions/0020-neurons-with-the-pool.md).
/// </remarks>
[Alias("dtao.IMetagraphGrain")]
public interface IMetagraphGrain : IGrainWithIntegerKey
{
    /// <summary>Yuma consensus of each mechanism. The same question has the same answer, however often it is asked.</summary>
    [Alias("RunEpoch")]
    Task<EpochFindings> RunEpoch(EpochQuestion question);

    /// <summary>Neurons, links, and the last epoch, as of the pool's last durable decision.</summary>
    [Alias("GetMetagraph")]
    Task<MetagraphState> GetMetagraph();

    /// <summary>Neurons from a uid on, with their stakes and what the last epoch found; at most <see cref="ViewLimits.RowsMax"/> at a time.</summary>
    /// <param name="countMax">Clamped to 1 and <see cref="ViewLimits.RowsMax"/>.</param>
    /// <remarks>Stakes are read after the neurons, each at its own instant. Two pages may be of two blocks.</remarks>
    [Alias("GetNeurons")]
    Task<NeuronPage> GetNeurons(int fromUid, int countMax);

    /// <summary>A hotkey's children and parents, as of the pool's last durable decision.</summary>
    [Alias("GetFamily")]
    Task<HotkeyFamily> GetFamily(AccountId hotkey);
}

/// <param name="Neurons">In all, on this page or not.</param>
[GenerateSerializer, Immutable, Alias("dtao.NeuronPage")]
public sealed record NeuronPage([property: Id(0)] BlockNumber Block, [property: Id(1)] int Neurons, [property: Id(2)] NeuronEntry[] Rows);

/// <summary>One neuron without its weights and bonds. Vectors are parts of 65535.</summary>
/// <param name="Stake">Alpha of all stakers of its hotkey.</param>
/// <param name="RootStake">TAO on root of all stakers of its hotkey.</param>
/// <param name="Incentive">Of the first mechanism.</param>
/// <param name="Emission">Alpha that the last epoch found for it.</param>
/// <param name="LastUpdate">The block in which it last set or committed weights in the first mechanism, or was registered.</param>
[GenerateSerializer, Immutable, Alias("dtao.NeuronEntry")]
public sealed record NeuronEntry(
    [property: Id(0)] int Uid, [property: Id(1)] AccountId Hotkey, [property: Id(2)] Alpha Stake, [property: Id(3)] Tao RootStake,
    [property: Id(4)] ushort Dividends, [property: Id(5)] ushort Incentive, [property: Id(6)] Alpha Emission, [property: Id(7)] ushort Consensus,
    [property: Id(8)] ushort ValidatorTrust, [property: Id(9)] bool HasPermit, [property: Id(10)] bool IsActive, [property: Id(11)] ulong RegisteredAt,
    [property: Id(12)] ulong LastUpdate);

/// <summary>A hotkey's links on one subnet.</summary>
/// <param name="ChildTake">What it keeps, as a child, of its parents' dividends, in parts of 65535; the subnet's minimum when it has set nothing.</param>
/// <param name="Pending">Children that were asked for and are not in effect; null when there are none.</param>
/// <param name="PendingBlock">The first epoch after this block lets them take effect; 0 without any.</param>
[GenerateSerializer, Immutable, Alias("dtao.HotkeyFamily")]
public sealed record HotkeyFamily(
    [property: Id(0)] BlockNumber Block, [property: Id(1)] FamilyLink[] Children, [property: Id(2)] FamilyLink[] Parents, [property: Id(3)] ushort ChildTake,
    [property: Id(4)] FamilyLink[]? Pending, [property: Id(5)] BlockNumber PendingBlock);

/// <param name="Proportion">Of 2^64-1: the part of the parent's stake that the child votes with.</param>
/// <param name="ChildTake">What the linked hotkey keeps as a child, in parts of 65535.</param>
[GenerateSerializer, Immutable, Alias("dtao.FamilyLink")]
public sealed record FamilyLink([property: Id(0)] AccountId Hotkey, [property: Id(1)] ulong Proportion, [property: Id(2)] ushort ChildTake);

/// <summary>What the epoch of one subnet reads.</summary>
/// <param name="Emission">What its mechanisms share, rao of alpha.</param>
/// <param name="Mechanisms">In their order. They share arrays, and nobody changes them.</param>
[GenerateSerializer, Immutable, Alias("dtao.EpochQuestion")]
public sealed record EpochQuestion(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] BlockNumber Block, [property: Id(2)] Alpha Emission, [property: Id(3)] EpochInput[] Mechanisms);
