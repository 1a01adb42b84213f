using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Dtao.Storage;

namespace Dtao.Hosting.Audit;

/// <summary>The state of every actor at one instant, rebuilt from what the store holds.</summary>
/// <remarks>
/// The embedded store is one ordered log, and a read view is one prefix of it: whatever an event rests on is in the image too.
/// So a network can be read, and audited, while it runs.
/// </remarks>
public sealed class NetworkImage
{
    public required RegistryState Registry { get; init; }
    public required CoordinatorState Coordinator { get; init; }
    public required LaneState Lane { get; init; }
    public Dictionary<AccountId, AccountState> Accounts { get; } = [];
    public Dictionary<NetUid, PoolState> Pools { get; } = [];
    public Dictionary<AccountId, ValidatorState> Validators { get; } = [];

    public static NetworkImage Read(JournalReadView view)
    {
        var image = new NetworkImage
        {
            Registry = ReadActor(view, ActorKeys.Registry, RegistryModel.Instance),
            Coordinator = ReadActor(view, ActorKeys.Coordinator, CoordinatorModel.Instance),
            Lane = ReadActor(view, ActorKeys.Lane, LaneModel.Instance),
        };
        foreach (var actor in view.ScanActors(ActorKeys.AccountPrefix))
        {
            var account = AccountId.ParseHex(actor.ActorKey.AsSpan(ActorKeys.AccountPrefix.Length));
            var state = ReadActor(view, actor.ActorKey, AccountModel.Instance);
            state.Id = account;
            image.Accounts.Add(account, state);
        }

        foreach (var actor in view.ScanActors(ActorKeys.PoolPrefix))
        {
            var key = Convert.ToInt64(actor.ActorKey[ActorKeys.PoolPrefix.Length..], 16);
            image.Pools.Add(new NetUid(unchecked((ushort)key)), ReadActor(view, actor.ActorKey, PoolModel.Instance));
        }

        foreach (var actor in view.ScanActors(ActorKeys.ValidatorPrefix))
        {
            image.Validators.Add(
                AccountId.ParseHex(actor.ActorKey.AsSpan(ActorKeys.ValidatorPrefix.Length)), ReadActor(view, actor.ActorKey, ValidatorModel.Instance));
        }

        image.DeliverLane();
        return image;
    }

    /// <summary>What an account's operation in flight has done already where it was decided; null when it was not.</summary>
    /// <returns>The signed change of the account's free TAO that it has not booked yet.</returns>
    public long? ChangeOf(AccountState account, InFlightOperation operation) => operation.Route switch
    {
        OperationRoute.Pool => Pools.GetValueOrDefault(operation.Call.Netuid)?.Outcomes.Find(account.Id, operation.Sequence)?.FreeChange,
        OperationRoute.Lane => Lane.Outcomes.Find(account.Id, operation.Sequence)?.FreeChange,
        OperationRoute.Transfer => IsCredited(operation.Call.ToColdkey!.Value, account.Id, operation.Sequence)
            ? -(long)(operation.Hold - operation.Dust).Rao
            : null,
        _ => null,
    };

    /// <summary>Whether an account (or a subnet's account) has taken a credit.</summary>
    public bool IsCredited(AccountId to, AccountId sender, ulong sequence) => SystemAccounts.TryGetSubnet(to, out var netuid)
        ? Pools.GetValueOrDefault(netuid)?.Outcomes.Find(sender, sequence)?.Outcome is { IsOk: true }
        : Accounts.GetValueOrDefault(to)?.Incoming.Find(sender, sequence) is { Error: LedgerError.None };

    /// <summary>What the lane has decided is so, whether or not its pools have heard of it.</summary>
    private void DeliverLane()
    {
        if (Lane.Undelivered is not { } batch) return;
        foreach (var part in batch.Parts)
        {
            if (Pools.TryGetValue(part.Netuid, out var pool) && pool.LastLaneBatch < batch.Batch)
            {
                PoolModel.Instance.Apply(pool, PoolDecider.ApplyLane(pool, batch.MessageOf(part, Grains.LogStamp.Durable)));
            }
        }
    }

    private static TState ReadActor<TState, TEvent>(JournalReadView view, string actorKey, IActorModel<TState, TEvent> model) =>
        view.ReadImage(actorKey) is { } image
            ? model.Restore(new ActorImage(image.SnapshotVersion, image.Snapshot, image.Events))
            : model.Create();
}
