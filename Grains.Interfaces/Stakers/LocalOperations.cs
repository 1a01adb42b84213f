using System.Runtime.CompilerServices;

namespace Dtao.Grains.Stakers;

/// <summary>The accounts of a silo, for clients in the same process: what they submit needs no message. The silo's accounts make it known.</summary>
public interface ILocalOperations
{
    /// <summary>As <see cref="IStakerAccountGrain.Submit"/>, in a turn of the account's own.</summary>
    /// <returns>Null when the operation is to be sent as a message: the account is not known to be active here, or somebody looks at each call.</returns>
    Task<Receipt>? TrySubmit(Operation operation);
}

/// <summary>The way of an operation from a client to its account.</summary>
public static class LocalOperations
{
    private static readonly ConditionalWeakTable<IGrainFactory, ILocalOperations> s_ofSilos = [];

    /// <summary>Makes the accounts of a factory's silo known to clients with the same factory.</summary>
    public static void MakeKnown(IGrainFactory factory, ILocalOperations operations) => s_ofSilos.AddOrUpdate(factory, operations);

    /// <summary>The accounts of a factory's silo; null as long as none of them has had an operation, and where the silo is in another process.</summary>
    public static ILocalOperations? Of(IGrainFactory factory)
    {
        if (s_ofSilos.TryGetValue(factory, out var local)) return local;

        // The client of a silo's process is made around the factory that the silo's actors have.
        if (factory is not IClusterClient client || client.ServiceProvider.GetService(typeof(IGrainFactory)) is not IGrainFactory own) return null;
        if (s_ofSilos.TryGetValue(own, out local)) MakeKnown(factory, local);
        return local;
    }

    /// <summary>
    /// Submits an operation: without a message where the account is active in this process, otherwise as <see cref="IStakerAccountGrain.Submit"/>. Either way it is checked,
    /// decided, and made durable alike; a task that fails says that nobody knows what became of it.
    /// </summary>
    public static Task<Receipt> Submit(this IGrainFactory factory, Operation operation) =>
        Of(factory)?.TrySubmit(operation) ?? factory.Account(operation.Signer).Submit(operation);
}
