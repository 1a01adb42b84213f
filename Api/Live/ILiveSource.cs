namespace Dtao.Api.Live;

/// <summary>Where the stream comes from: whole blocks, in order, the same at every reading and at every host.</summary>
internal interface ILiveSource
{
    /// <summary>Whether it has trades and prices besides blocks.</summary>
    bool HasMarkets { get; }

    /// <summary>The newest block of which everything is there; 0 before the first.</summary>
    Task<ulong> ReadNewest(CancellationToken cancellationToken);

    /// <summary>Blocks from one to another, both included, in order and without a gap.</summary>
    Task<IReadOnlyList<LiveBlock>> Read(ulong from, ulong to, CancellationToken cancellationToken);
}
