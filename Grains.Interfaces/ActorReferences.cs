using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dtao.Economics;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Orleans.Runtime;

namespace Dtao.Grains;

/// <summary>From the name of something in the ledger to its actor: how each kind is keyed stands here once.</summary>
/// <remarks>
/// <see cref="IGrainFactory.GetGrain{T}(string, string)"/> reads the attributes of the interface by reflection on every call, which is a
/// large part of what a swap costs. Here an interface is looked at once for each factory; references to pools and singletons are kept.
/// </remarks>
public static class ActorReferences
{
    private static readonly ConditionalWeakTable<IGrainFactory, Table> s_tables = [];

    public static IStakerAccountGrain Account(this IGrainFactory factory, AccountId account) =>
        Of(factory).Accounts.Create(factory, account.ToString());

    public static IOperationIntakeGrain Intake(this IGrainFactory factory) => Of(factory).Intake;

    public static IValidatorGrain Validator(this IGrainFactory factory, AccountId hotkey) =>
        Of(factory).Validators.Create(factory, hotkey.ToString());

    /// <param name="key">The pool's key: of a subnet from genesis its netuid.</param>
    public static ISubnetPoolGrain Pool(this IGrainFactory factory, long key) =>
        Of(factory).Pools.GetOrAdd(key, static (key, factory) => factory.GetGrain<ISubnetPoolGrain>(key), factory);

    public static ISubnetPoolGrain Pool(this IGrainFactory factory, NetUid netuid) => factory.Pool(netuid.Value);

    /// <param name="key">The key of the subnet's pool.</param>
    public static IMetagraphGrain Metagraph(this IGrainFactory factory, long key) => factory.GetGrain<IMetagraphGrain>(key);

    /// <param name="key">The key of the subnet's pool.</param>
    public static ISubnetViewGrain SubnetViews(this IGrainFactory factory, long key) => factory.GetGrain<ISubnetViewGrain>(key);

    public static ILaneGrain Lane(this IGrainFactory factory) => Of(factory).Lane;

    public static IBlockCoordinatorGrain Coordinator(this IGrainFactory factory) => Of(factory).Coordinator;

    public static ISubnetRegistryGrain Registry(this IGrainFactory factory) => Of(factory).Registry;

    public static ILedgerFeedGrain Feed(this IGrainFactory factory) => factory.GetGrain<ILedgerFeedGrain>(0);

    public static IFeedIndexGrain FeedIndex(this IGrainFactory factory) => factory.GetGrain<IFeedIndexGrain>(0);

    private static Table Of(IGrainFactory factory) => s_tables.GetValue(factory, static factory => new Table(factory));

    private sealed class Table(IGrainFactory factory)
    {
        public Kind<IStakerAccountGrain> Accounts { get; } = new(factory);

        public Kind<IValidatorGrain> Validators { get; } = new(factory);

        public ConcurrentDictionary<long, ISubnetPoolGrain> Pools { get; } = [];

        public IOperationIntakeGrain Intake { get; } = factory.GetGrain<IOperationIntakeGrain>(0);

        public ILaneGrain Lane { get; } = factory.GetGrain<ILaneGrain>(0);

        public IBlockCoordinatorGrain Coordinator { get; } = factory.GetGrain<IBlockCoordinatorGrain>(0);

        public ISubnetRegistryGrain Registry { get; } = factory.GetGrain<ISubnetRegistryGrain>(0);
    }

    /// <summary>What all references to one kind of actor share.</summary>
    private sealed class Kind<TGrain>(IGrainFactory factory)
        where TGrain : IGrainWithStringKey
    {
        private readonly GrainReference? _example = factory.GetGrain<TGrain>(default(AccountId).ToString()) as GrainReference;

        /// <remarks>A factory that stands in for a cluster makes its references in its own way.</remarks>
        public TGrain Create(IGrainFactory factory, string key) => _example is null
            ? factory.GetGrain<TGrain>(key)
            : (TGrain)factory.GetGrain(GrainId.Create(_example.GrainId.Type, key), _example.InterfaceType);
    }
}
