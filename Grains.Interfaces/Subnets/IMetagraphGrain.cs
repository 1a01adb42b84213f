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
}

/// <summary>What the epoch of one subnet reads.</summary>
/// <param name="Emission">What its mechanisms share, rao of alpha.</param>
/// <param name="Mechanisms">In their order. They share arrays, and nobody changes them.</param>
[GenerateSerializer, Immutable, Alias("dtao.EpochQuestion")]
public sealed record EpochQuestion(
    [property: Id(0)] NetUid Netuid, [property: Id(1)] BlockNumber Block, [property: Id(2)] Alpha Emission, [property: Id(3)] EpochInput[] Mechanisms);
