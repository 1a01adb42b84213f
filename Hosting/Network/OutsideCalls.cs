using System.Collections.Frozen;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Hosting.Network;

/// <summary>
/// What a client that comes in through a gateway may ask on a network of signed operations, or where the silo names its administrators: reads, quotes, to submit an operation,
/// and an administrator's signed calls. Everything else is what actors say to each other, and would let it speak in an account's name, or is the operator's.
/// </summary>
/// <remarks>Clients inside a silo's process are the operator's.</remarks>
public sealed class OutsideCalls(NetworkContext network, IGrainFactory grains) : IOutsideCallFilter
{
    private const string OwnTypes = "Dtao.";
    private const string InsideClient = "hosted-";

    /// <summary>Besides those that read, which are called after what they get.</summary>
    private static readonly FrozenSet<(Type, string)> s_open = new HashSet<(Type, string)>
    {
        (typeof(IStakerAccountGrain), nameof(IStakerAccountGrain.Submit)),
        (typeof(IOperationIntakeGrain), nameof(IOperationIntakeGrain.SubmitMany)),
        (typeof(IStakerAccountGrain), nameof(IStakerAccountGrain.Quote)),
        (typeof(IStakerAccountGrain), nameof(IStakerAccountGrain.Exists)),
        (typeof(IBlockCoordinatorGrain), nameof(IBlockCoordinatorGrain.WaitForBlockAfter)),
        (typeof(ILedgerFeedGrain), nameof(ILedgerFeedGrain.Read)),
        (typeof(ISubnetRegistryGrain), nameof(ISubnetRegistryGrain.Administer)),
        (typeof(ISubnetRegistryGrain), nameof(ISubnetRegistryGrain.AdministerSigned)),
    }.ToFrozenSet();

    /// <summary>Reads that whoever makes a block asks in its name: they hold an actor to that block.</summary>
    private static readonly FrozenSet<(Type, string)> s_closed = new HashSet<(Type, string)>
    {
        (typeof(IValidatorGrain), nameof(IValidatorGrain.GetRecordFor)),
        (typeof(IValidatorGrain), nameof(IValidatorGrain.GetRecordAtStart)),
        (typeof(ISubnetPoolGrain), nameof(ISubnetPoolGrain.GetStakesForEpoch)),
    }.ToFrozenSet();

    /// <exception cref="UnauthorizedAccessException">A client from outside asked for what is not its to ask.</exception>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.SourceId is not { } source || !IsOutside(source)) return context.Invoke();
        var method = context.InterfaceMethod;
        var type = method.DeclaringType!;
        if (!type.FullName!.StartsWith(OwnTypes, StringComparison.Ordinal) || IsOpen(type, method.Name)) return context.Invoke();
        return InvokeWhereOpen(context, $"{type.Name}.{method.Name}");
    }

    /// <summary>Lets the call pass where the network takes unsigned operations; which it is asked before it is known.</summary>
    private async Task InvokeWhereOpen(IIncomingGrainCallContext context, string name)
    {
        if (network.NetworkId is null && await grains.Registry().GetNetwork() is { Name: not null } view) network.Identify(view.NetworkId, view.RequiresSignatures);
        if (network.RequiresSignatures) throw new UnauthorizedAccessException($"{name} is not for clients: this network takes signed operations only.");
        if (network.Administrators.Count > 0) throw new UnauthorizedAccessException($"{name} is not for clients: this silo names its administrators.");
        await context.Invoke();
    }

    /// <summary>Whether a method is open to clients from outside.</summary>
    public static bool IsOpen(Type type, string method) =>
        s_open.Contains((type, method)) || (method.StartsWith("Get", StringComparison.Ordinal) && !s_closed.Contains((type, method)));

    private static bool IsOutside(GrainId source) => source.IsClient() && !source.Key.ToString()!.StartsWith(InsideClient, StringComparison.Ordinal);
}
