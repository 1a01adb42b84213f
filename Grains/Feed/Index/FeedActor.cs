using System.Buffers.Binary;
using System.Globalization;
using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Feed.Index;

/// <summary>Kinds of actors whose journals the feed tells. Numbers are stored.</summary>
public enum FeedActorKind : byte
{
    None = 0,
    Account = 1,
    Pool = 2,
    Hotkey = 3,
    Coordinator = 4,
    Registry = 5,
    Lane = 6,
}

/// <summary>An actor of the ledger, in fewer bytes than its name: the index knows every one.</summary>
/// <param name="Id">The account or hotkey; of a pool its key in the last eight bytes.</param>
public readonly record struct FeedActor(FeedActorKind Kind, AccountId Id)
{
    public static readonly FeedActor Coordinator = new(FeedActorKind.Coordinator, default);

    /// <summary>The few that are read in every round, in this order: with a block's header everything is durable that pools did up to it.</summary>
    public static readonly IReadOnlyList<FeedActor> Few = [Coordinator, new(FeedActorKind.Lane, default), new(FeedActorKind.Registry, default)];

    /// <summary>The name of its journal.</summary>
    public string Key => Kind switch
    {
        FeedActorKind.Account => ActorKeys.Account(Id),
        FeedActorKind.Pool => ActorKeys.Pool(PoolKey),
        FeedActorKind.Hotkey => ActorKeys.Validator(Id),
        FeedActorKind.Coordinator => ActorKeys.Coordinator,
        FeedActorKind.Registry => ActorKeys.Registry,
        FeedActorKind.Lane => ActorKeys.Lane,
        _ => throw new InvalidOperationException($"No actor is of kind {Kind}."),
    };

    private long PoolKey
    {
        get
        {
            Span<byte> bytes = stackalloc byte[AccountId.Length];
            Id.CopyTo(bytes);
            return BinaryPrimitives.ReadInt64BigEndian(bytes[^sizeof(long)..]);
        }
    }

    /// <returns>False for journals that are no part of the ledger.</returns>
    public static bool TryParse(string actorKey, out FeedActor actor)
    {
        actor = actorKey switch
        {
            ActorKeys.Coordinator => Coordinator,
            ActorKeys.Registry => new(FeedActorKind.Registry, default),
            ActorKeys.Lane => new(FeedActorKind.Lane, default),
            _ when TryHex(actorKey, ActorKeys.AccountPrefix, out var account) => new(FeedActorKind.Account, account),
            _ when TryHex(actorKey, ActorKeys.ValidatorPrefix, out var hotkey) => new(FeedActorKind.Hotkey, hotkey),
            _ when actorKey.StartsWith(ActorKeys.PoolPrefix, StringComparison.Ordinal)
                && long.TryParse(actorKey.AsSpan(ActorKeys.PoolPrefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var pool) => OfPool(pool),
            _ => default,
        };
        return actor.Kind != FeedActorKind.None;
    }

    public void Write(RecordWriter writer)
    {
        writer.Byte((byte)Kind);
        if (Kind is FeedActorKind.Account or FeedActorKind.Hotkey) writer.Account(Id);
        else if (Kind == FeedActorKind.Pool) writer.UInt64((ulong)PoolKey);
    }

    public static FeedActor Read(ref RecordReader reader)
    {
        var kind = (FeedActorKind)reader.Byte();
        return kind switch
        {
            FeedActorKind.Account or FeedActorKind.Hotkey => new(kind, reader.Account()),
            FeedActorKind.Pool => OfPool((long)reader.UInt64()),
            FeedActorKind.Coordinator or FeedActorKind.Registry or FeedActorKind.Lane => new(kind, default),
            _ => throw new InvalidDataException($"Unknown kind of actor {(byte)kind}."),
        };
    }

    private static FeedActor OfPool(long key)
    {
        Span<byte> bytes = stackalloc byte[AccountId.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes[^sizeof(long)..], key);
        return new(FeedActorKind.Pool, new AccountId(bytes));
    }

    private static bool TryHex(string actorKey, string prefix, out AccountId account)
    {
        account = default;
        return actorKey.StartsWith(prefix, StringComparison.Ordinal) && AccountId.TryParseHex(actorKey.AsSpan(prefix.Length), out account);
    }
}
