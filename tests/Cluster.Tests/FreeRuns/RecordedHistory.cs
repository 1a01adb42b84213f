using System.Globalization;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Hosting.Network;

namespace Dtao.Cluster.Tests.FreeRuns;

/// <summary>An operation as its client sent it, and the answer that ended it.</summary>
internal sealed record AnsweredOperation(Operation Operation, Receipt Receipt);

/// <summary>What actors have recorded since genesis, and what their clients were told.</summary>
internal sealed record RecordedHistory(GenesisState Genesis, IReadOnlyList<AnsweredOperation> Answered)
{
    public required IReadOnlyDictionary<AccountId, IReadOnlyList<AccountEvent>> Accounts { get; init; }

    public required IReadOnlyDictionary<NetUid, IReadOnlyList<PoolEvent>> Pools { get; init; }

    public required IReadOnlyList<LaneEvent> Lane { get; init; }

    /// <summary>What each pool was at block 0.</summary>
    public required IReadOnlyDictionary<NetUid, Func<PoolState>> PoolsAtGenesis { get; init; }

    public static RecordedHistory Read(
        GenesisState genesis, IReadOnlyList<AnsweredOperation> answered, IReadOnlyDictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>> journals) => new(genesis, answered)
        {
            Accounts = journals.Where(journal => journal.Key.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal)).ToDictionary(
                journal => AccountId.ParseHex(journal.Key.AsSpan(ActorKeys.AccountPrefix.Length)), journal => Decode(journal.Value, AccountModel.Instance)),
            Pools = journals.Where(journal => IsPool(journal.Key)).ToDictionary(journal => NetuidOf(journal.Key), journal => Decode(journal.Value, PoolModel.Instance)),
            Lane = journals.TryGetValue(ActorKeys.Lane, out var lane) ? Decode(lane, LaneModel.Instance) : [],
            PoolsAtGenesis = GenesisLoader.Actors(NetworkGenesis.Of(genesis)).Where(actor => IsPool(actor.ActorKey)).ToDictionary(
                actor => NetuidOf(actor.ActorKey), Func<PoolState> (actor) => () => PoolModel.Instance.ReadSnapshot(actor.Snapshot.Span)),
        };

    private static bool IsPool(string actorKey) => actorKey.StartsWith(ActorKeys.PoolPrefix, StringComparison.Ordinal);

    private static NetUid NetuidOf(string actorKey) =>
        new(unchecked((ushort)long.Parse(actorKey.AsSpan(ActorKeys.PoolPrefix.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

    private static IReadOnlyList<TEvent> Decode<TState, TEvent>(IReadOnlyList<ReadOnlyMemory<byte>> events, IActorModel<TState, TEvent> model) =>
        [.. events.Select(bytes => model.ReadOne(bytes.Span))];
}
