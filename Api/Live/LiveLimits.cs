using System.ComponentModel.DataAnnotations;

namespace Dtao.Api.Live;

/// <summary>Bounds of live streams.</summary>
public sealed record LiveLimits
{
    /// <summary>Streams at once; more are answered 429.</summary>
    /// <value>Default 256.</value>
    [Range(0, 100_000)]
    public int StreamsMax { get; init; } = 256;

    /// <summary>Streams at once of one client, which is known by its address or its API key; more are answered 429.</summary>
    /// <value>Default 32.</value>
    [Range(1, 100_000)]
    public int StreamsOfClientMax { get; init; } = 32;

    /// <summary>Seconds without a message after which a sign of life is sent.</summary>
    /// <value>Default 15.</value>
    [Range(1, 600)]
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>Blocks that are kept for everybody. A subscriber that was at the newest block and has fallen behind by more is cut, and may come back.</summary>
    /// <value>Default 64.</value>
    [Range(1, 10_000)]
    public int BlocksKept { get; init; } = 64;

    /// <summary>Blocks that a subscriber to past ones is read at once.</summary>
    /// <value>Default 64.</value>
    [Range(1, 1_000)]
    public int BlocksReadMax { get; init; } = 64;

    /// <summary>How long a client may take to receive what was sent; a connection that takes longer is closed.</summary>
    /// <value>Default 30.</value>
    [Range(1, 600)]
    public int WriteSecondsMax { get; init; } = 30;

    /// <summary>How often it is looked whether there is something new; once for all subscribers together.</summary>
    /// <value>Default 100.</value>
    [Range(1, 60_000)]
    public int PollMilliseconds { get; init; } = 100;
}
