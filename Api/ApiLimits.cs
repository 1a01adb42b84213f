using System.ComponentModel.DataAnnotations;

namespace Dtao.Api;

/// <summary>What clients may ask for: everything has a bound, and what is beyond one is refused at once, before it costs anything.</summary>
public sealed record ApiLimits
{
    /// <summary>Requests under way at once, of all clients together; streams are counted apart. More are answered 429.</summary>
    /// <value>Default 256.</value>
    [Range(1, 100_000)]
    public int RequestsMax { get; init; } = 256;

    /// <summary>Requests of one client in a second, on average. A client is an API key, or an address (of IPv6 its first 64 bits).</summary>
    /// <value>Default 100; 0 = no bound.</value>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; init; } = 100;

    /// <summary>Requests of one client that may come at once, after it was quiet.</summary>
    /// <value>Default 400.</value>
    [Range(1, 1_000_000)]
    public int RequestsBurst { get; init; } = 400;

    /// <summary>Connections at once; more are closed.</summary>
    /// <value>Default 4,096.</value>
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; init; } = 4_096;

    /// <summary>Bytes of one request's body; a larger one is answered 413.</summary>
    /// <value>Default 262,144.</value>
    [Range(1_024, 16_777_216)]
    public int BodyBytesMax { get; init; } = 262_144;

    /// <summary>Characters of one request's path and query; longer ones are answered 414.</summary>
    /// <value>Default 2,048.</value>
    [Range(256, 6_144)]
    public int AddressLengthMax { get; init; } = 2_048;

    /// <summary>How long one request may take; a longer one is answered 504. Streams end when their client goes.</summary>
    /// <value>Default 30,000.</value>
    [Range(100, 600_000)]
    public int RequestMillisecondsMax { get; init; } = 30_000;

    /// <summary>For how long an answer about the present is used again, at most; a new block ends it before.</summary>
    /// <value>Default 1,000.</value>
    [Range(0, 60_000)]
    public int CacheMilliseconds { get; init; } = 1_000;

    /// <summary>Answers that are kept to be used again.</summary>
    /// <value>Default 1,024.</value>
    [Range(1, 100_000)]
    public int CachedAnswersMax { get; init; } = 1_024;

    /// <summary>Questions to the read side at once, streams included; more wait for their turn.</summary>
    /// <value>Default 8.</value>
    [Range(1, 1_000)]
    public int HistoryReadsMax { get; init; } = 8;

    /// <summary>Readiness is lost when the newest block is older than this.</summary>
    /// <value>Default 120; a network whose blocks close only when asked has no such age.</value>
    [Range(1, 86_400)]
    public int BlockSecondsMax { get; init; } = 120;

    /// <summary>Whether the client's address is taken from <c>X-Forwarded-For</c>, as a proxy of one's own writes it.</summary>
    /// <value>Default false.</value>
    public bool TrustsForwarded { get; init; }
}
