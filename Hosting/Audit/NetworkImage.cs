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

    /// <summary>Reads every actor in one go over the file.</summary>
    /// <exception cref="StoreException">The stored bytes do not fit their digests.</exception>
    public static NetworkImage Read(JournalReadView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var registry = RebuiltActor.Of(RegistryModel.Instance);
        var coordinator = RebuiltActor.Of(CoordinatorModel.Instance);
        var lane = RebuiltActor.Of(LaneModel.Instance);
        var accounts = new List<(AccountId Id, RebuiltActor<AccountState, AccountEvent> Account)>();
        var pools = new List<(NetUid Netuid, RebuiltActor<PoolState, PoolEvent> Pool)>();
        var validators = new List<(AccountId Hotkey, RebuiltActor<ValidatorState, ValidatorEvent> Validator)>();
        view.ReadAll(Open);

        var image = new NetworkImage { Registry = registry.State, Coordinator = coordinator.State, Lane = lane.State };
        image.Accounts.EnsureCapacity(accounts.Count);
        foreach (var (id, account) in accounts) image.Add(id, account.State);
        foreach (var (netuid, pool) in pools) image.Pools.Add(netuid, pool.State);
        foreach (var (hotkey, validator) in validators) image.Validators.Add(hotkey, validator.State);
        image.DeliverLane();
        return image;

        IJournalReader? Open(string actorKey) => actorKey switch
        {
            ActorKeys.Registry => registry,
            ActorKeys.Coordinator => coordinator,
            ActorKeys.Lane => lane,
            _ when AccountOf(actorKey) is { } account => Keep(accounts, account, AccountModel.Instance),
            _ when PoolOf(actorKey) is { } netuid => Keep(pools, netuid, PoolModel.Instance),
            _ when ValidatorOf(actorKey) is { } hotkey => Keep(validators, hotkey, ValidatorModel.Instance),
            _ => null,
        };

        static RebuiltActor<TState, TEvent> Keep<TId, TState, TEvent>(List<(TId, RebuiltActor<TState, TEvent>)> all, TId id, IActorModel<TState, TEvent> model)
            where TState : class
        {
            var actor = RebuiltActor.Of(model);
            all.Add((id, actor));
            return actor;
        }
    }

    /// <summary>Rebuilds a network from wherever its journals are kept. They have to be of one instant: nothing may be under way meanwhile.</summary>
    /// <param name="read">An actor's journal; null when there is none.</param>
    public static NetworkImage Of(IEnumerable<string> actorKeys, Func<string, ActorImage?> read)
    {
        var image = new NetworkImage
        {
            Registry = ReadActor(read, ActorKeys.Registry, RegistryModel.Instance),
            Coordinator = ReadActor(read, ActorKeys.Coordinator, CoordinatorModel.Instance),
            Lane = ReadActor(read, ActorKeys.Lane, LaneModel.Instance),
        };
        foreach (var actorKey in actorKeys) image.Add(actorKey, read);
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
            ? -(long)operation.Sent.Rao
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
        if (batch.Network is { } change && Registry.LastBatch < batch.Batch) RegistryModel.Instance.Apply(Registry, new NetworkChanged(batch.Batch, change));
        foreach (var (hotkey, after) in batch.Records)
        {
            if (!Validators.TryGetValue(hotkey, out var validator)) Validators.Add(hotkey, validator = new ValidatorState { Hotkey = hotkey });
            if (validator.LastSwapBatch < batch.Batch) ValidatorModel.Instance.Apply(validator, new KeysSwapped(after, batch.Batch, batch.Block));
        }

        foreach (var part in batch.Parts)
        {
            if (!Pools.TryGetValue(part.Netuid, out var pool)) Pools.Add(part.Netuid, pool = new PoolState());
            if (pool.LastLaneBatch < batch.Batch)
            {
                var message = batch.MessageOf(part, Grains.LogStamp.Durable, (Registry.Revision, Registry.Parameters));
                PoolModel.Instance.Apply(pool, PoolDecider.ApplyLane(pool, message));
            }
        }
    }

    private void Add(string actorKey, Func<string, ActorImage?> read)
    {
        if (AccountOf(actorKey) is { } account) Add(account, ReadActor(read, actorKey, AccountModel.Instance));
        else if (PoolOf(actorKey) is { } netuid) Pools.Add(netuid, ReadActor(read, actorKey, PoolModel.Instance));
        else if (ValidatorOf(actorKey) is { } hotkey) Validators.Add(hotkey, ReadActor(read, actorKey, ValidatorModel.Instance));
    }

    private void Add(AccountId account, AccountState state)
    {
        state.Id = account;
        Accounts.Add(account, state);
    }

    private static AccountId? AccountOf(string actorKey) =>
        actorKey.StartsWith(ActorKeys.AccountPrefix, StringComparison.Ordinal) ? AccountId.ParseHex(actorKey.AsSpan(ActorKeys.AccountPrefix.Length)) : null;

    private static AccountId? ValidatorOf(string actorKey) =>
        actorKey.StartsWith(ActorKeys.ValidatorPrefix, StringComparison.Ordinal) ? AccountId.ParseHex(actorKey.AsSpan(ActorKeys.ValidatorPrefix.Length)) : null;

    private static NetUid? PoolOf(string actorKey) =>
        actorKey.StartsWith(ActorKeys.PoolPrefix, StringComparison.Ordinal) ? new NetUid(unchecked((ushort)Convert.ToInt64(actorKey[ActorKeys.PoolPrefix.Length..], 16))) : null;

    private static TState ReadActor<TState, TEvent>(Func<string, ActorImage?> read, string actorKey, IActorModel<TState, TEvent> model) =>
        read(actorKey) is { } image ? model.Restore(image) : model.Create();
}
