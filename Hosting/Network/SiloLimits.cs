using System.ComponentModel.DataAnnotations;
using Dtao.Grains;
using Dtao.Grains.Shell;
using Orleans.Configuration;

namespace Dtao.Hosting.Network;

/// <summary>What keeps the mistake of one client, or of one host of the API, from hurting the others: bounds of a process.</summary>
public sealed record SiloLimits
{
    /// <summary>
    /// How many operations of clients the process has under way at once. One more is answered <see cref="RefusalCode.Overloaded"/>: it has no effect, and may be
    /// sent again with the same id.
    /// </summary>
    /// <value>Default 50,000.</value>
    [Range(1, 10_000_000)]
    public int OperationsMax { get; init; } = OperationGate.OperationsMaxDefault;

    /// <summary>While more than half of <see cref="OperationsMax"/> are under way, an account begins no more than so many: who floods is turned away first.</summary>
    /// <value>Default 16; at most <see cref="OperationLimits.InFlightMax"/>, which always holds.</value>
    [Range(1, OperationLimits.InFlightMax)]
    public int AccountShare { get; init; } = OperationGate.AccountShareDefault;

    /// <summary>How many minutes an actor is idle before its memory is given back. It is activated again when it is asked.</summary>
    /// <value>Default 10.</value>
    [Range(2, 1_440)]
    public int IdleMinutesMax { get; init; } = 10;

    /// <summary>From this share of the memory that the process may have on, idle actors go earlier, those first that were idle longest.</summary>
    /// <value>Default 85; 0 = never.</value>
    [Range(0, 100)]
    public int MemoryPercentMax { get; init; } = 85;

    /// <summary>Until the use of memory has come down to this share.</summary>
    /// <value>Default 75; below <see cref="MemoryPercentMax"/>.</value>
    [Range(1, 99)]
    public int MemoryPercentTarget { get; init; } = 75;

    /// <summary>Everything that is out of its bounds; empty when all is well.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true);
        List<string> faults = [.. results.Select(result => result.ErrorMessage!)];
        if (MemoryPercentMax > 0 && MemoryPercentTarget >= MemoryPercentMax)
        {
            faults.Add($"{nameof(MemoryPercentTarget)} {MemoryPercentTarget} is not below {nameof(MemoryPercentMax)} {MemoryPercentMax}.");
        }

        return faults;
    }

    /// <summary>The gate of one process.</summary>
    public OperationGate NewGate() => new(OperationsMax, AccountShare);

    /// <summary>When a silo collects idle actors.</summary>
    public void ApplyTo(GrainCollectionOptions collection)
    {
        collection.CollectionAge = TimeSpan.FromMinutes(IdleMinutesMax);
        collection.EnableActivationSheddingOnMemoryPressure = MemoryPercentMax > 0;
        if (MemoryPercentMax == 0) return;
        collection.MemoryUsageLimitPercentage = MemoryPercentMax;
        collection.MemoryUsageTargetPercentage = MemoryPercentTarget;
    }
}
