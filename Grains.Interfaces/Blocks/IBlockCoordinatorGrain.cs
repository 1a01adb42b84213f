using Dtao.Economics;

namespace Dtao.Grains.Blocks;

/// <summary>Closes blocks: computes each block's emission and fans it out to all subnets in parallel. Key: 0.</summary>
[Alias("dtao.IBlockCoordinatorGrain")]
public interface IBlockCoordinatorGrain : IGrainWithIntegerKey
{
    /// <summary>For how long requests that wait for a block may stay unanswered.</summary>
    const string LongWait = "00:00:30";

    /// <summary>Closes the next block now. Durable, with its header, on return. Concurrent calls close one block each, in turn.</summary>
    [Alias("CloseBlock"), ResponseTimeout(LongWait)]
    Task<BlockHeader> CloseBlock();

    /// <summary>Closes the next block if none after the given one is closed; of concurrent calls with the same block one closes it. Durable, with its header, on return.</summary>
    /// <returns>Null when a block after the given one is there: nothing was closed.</returns>
    [Alias("CloseBlockAfter"), ResponseTimeout(LongWait)]
    Task<BlockHeader?> CloseBlockAfter(BlockNumber block);

    /// <summary>The last closed block; null before the first.</summary>
    [Alias("GetHead")]
    Task<ChainHead> GetHead();

    /// <summary>TAO that all blocks so far have brought into being, less what they recycled.</summary>
    [Alias("GetIssued")]
    Task<Tao> GetIssued();

    /// <summary>A block's header, or null when it is not closed yet.</summary>
    [Alias("GetHeader")]
    Task<BlockHeader?> GetHeader(BlockNumber block);

    /// <summary>Waits until a block after the given one is closed, or about ten seconds have passed, and answers the newest.</summary>
    [Alias("WaitForBlockAfter"), ResponseTimeout(LongWait)]
    Task<ChainHead> WaitForBlockAfter(BlockNumber block);

    /// <summary>Keeps the coordinator alive, finishes a block that was started, and starts the next when it is due.</summary>
    [Alias("Poke")]
    Task Poke();

    /// <summary>
    /// Finishes the block that is under way and starts none by itself until the next poke; whoever waits for a block is answered. For those who are about to stop
    /// every silo: a block that is begun then would wait for pools that come back nowhere.
    /// </summary>
    [Alias("Rest"), ResponseTimeout(LongWait)]
    Task Rest();

    /// <summary>A pool has been activated afresh.</summary>
    [Alias("PoolActivated")]
    Task<BlockClosing> PoolActivated(NetUid netuid);
}

/// <summary>What a fresh pool must know of blocks.</summary>
/// <param name="Block">The block that the pool must wait for before it takes value commands; null when none is under way.</param>
/// <param name="Closing">The number of the closing for it; the highest there is when the block is planned, since only its application opens then.</param>
/// <param name="CalledOff">Closings up to this number are over: a message of one that comes now has slept.</param>
[GenerateSerializer, Immutable, Alias("dtao.BlockClosing")]
public sealed record BlockClosing([property: Id(0)] BlockNumber? Block, [property: Id(1)] ulong Closing, [property: Id(2)] ulong CalledOff)
{
    /// <summary>Whether the pool stays closed for the block also after it has applied it, until its automatic claims are done.</summary>
    [Id(3)] public bool Holds { get; init; }
}

/// <summary>One closed block.</summary>
/// <param name="ParentHash">Hash of the header before; 32 zero bytes for block 1.</param>
/// <param name="Emission">TAO minted by this block's curve.</param>
/// <param name="Recycled">The part of it that no subnet took.</param>
/// <param name="TotalIssuance">All TAO in existence as the staking ledger counts it, after the block.</param>
/// <param name="StateRoot">Merkle root over the subnets' digests, in netuid order.</param>
/// <param name="RuleSet">The rule set in force.</param>
/// <param name="ClosedAt">Wall time, in milliseconds since 1970 UTC; not part of the hash.</param>
/// <param name="CloseMicroseconds">How long closing took, by phase: gather, plan made durable, fan-out, header. Not part of the hash.</param>
[GenerateSerializer, Immutable, Alias("dtao.BlockHeader")]
public sealed record BlockHeader(
    [property: Id(0)] BlockNumber Number, [property: Id(1)] byte[] Hash, [property: Id(2)] byte[] ParentHash, [property: Id(3)] Tao Emission,
    [property: Id(4)] Tao Recycled, [property: Id(5)] Tao TotalIssuance, [property: Id(6)] byte[] StateRoot, [property: Id(7)] string RuleSet,
    [property: Id(8)] int Subnets, [property: Id(9)] long ClosedAt, [property: Id(10)] long[] CloseMicroseconds)
{
    /// <summary>Whether the network takes signed operations only, as its genesis says; null where the process that answers has not read that yet. Not part of the hash.</summary>
    [Id(11)] public bool? RequiresSignatures { get; init; }
}

/// <summary>Where the chain stands.</summary>
[GenerateSerializer, Immutable, Alias("dtao.ChainHead")]
public sealed record ChainHead(
    [property: Id(0)] BlockNumber Block, [property: Id(1)] Tao TotalIssuance, [property: Id(2)] Tao BalancesIssuance, [property: Id(3)] BlockHeader? Header);
