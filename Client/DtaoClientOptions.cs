using System.ComponentModel.DataAnnotations;
using System.Net;
using Dtao.Grains;

namespace Dtao.Client;

/// <summary>How a client sends operations: the bounds of its patience.</summary>
public sealed record DtaoClientOptions
{
    /// <summary>How many blocks ahead of the head an operation's last valid block is set, unless a ticket names it.</summary>
    /// <value>Default 64; at most <see cref="OperationLimits.ValidityBlocksMax"/>.</value>
    [Range(1, OperationLimits.ValidityBlocksMax)]
    public int ValidityBlocks { get; init; } = 64;

    /// <summary>How often an operation is sent, the first time included, while the answer is lost or the ledger asks to come back.</summary>
    /// <value>Default 8.</value>
    [Range(1, 1_000)]
    public int TriesMax { get; init; } = 8;

    /// <summary>The pause before the second try; it doubles from try to try, up to <see cref="RetryPauseMillisecondsMax"/>.</summary>
    /// <value>Default 50.</value>
    [Range(0, 60_000)]
    public int RetryPauseMilliseconds { get; init; } = 50;

    /// <value>Default 2,000.</value>
    [Range(0, 600_000)]
    public int RetryPauseMillisecondsMax { get; init; } = 2_000;

    /// <summary>How long a head block that was read is used to choose last valid blocks.</summary>
    /// <value>Default 500.</value>
    [Range(0, 60_000)]
    public int HeadMillisecondsMax { get; init; } = 500;

    /// <summary>
    /// How many operations this client has under way at once; more wait here for their turn, and nothing of them is sent. A program that starts more than it can
    /// follow is slowed down by this, and hurts nobody else.
    /// </summary>
    /// <value>Default 4,096.</value>
    [Range(1, 1_000_000)]
    public int OperationsMax { get; init; } = 4_096;

    /// <summary>How often a follower of an account's receipts asks for new ones.</summary>
    /// <value>Default 250.</value>
    [Range(1, 60_000)]
    public int ReceiptPollMilliseconds { get; init; } = 250;

    /// <summary>How many subnets are asked at once when a read goes over all of them.</summary>
    /// <value>Default 32.</value>
    [Range(1, 1_024)]
    public int ReadWidth { get; init; } = 32;
}

/// <summary>How a client outside the cluster reaches it.</summary>
public sealed record DtaoConnectionOptions
{
    /// <summary>The cluster id that a silo has unless it is configured.</summary>
    public const string ClusterIdDefault = "dtao";

    /// <summary>The service id that a silo has unless it is configured.</summary>
    public const string ServiceIdDefault = "dtao";

    /// <summary>The port of a silo's gateway unless it is configured.</summary>
    public const int GatewayPortDefault = 30_000;

    /// <summary>Gateways to connect to; any one that answers will do.</summary>
    /// <value>Default: port 30000 of this machine.</value>
    [MinLength(1)]
    public IReadOnlyList<IPEndPoint> Gateways { get; init; } = [new IPEndPoint(IPAddress.Loopback, GatewayPortDefault)];

    /// <summary>Another way to find gateways, in place of <see cref="Gateways"/>: for instance the table in which the silos find each other.</summary>
    /// <value>Default null: the list above.</value>
    public Action<Orleans.Hosting.IClientBuilder>? Clustering { get; init; }

    /// <summary>How connections are encrypted; as the silos do.</summary>
    /// <value>Default null: not at all.</value>
    public DtaoTls? Tls { get; init; }

    /// <summary>Must be the silos' own.</summary>
    public string ClusterId { get; init; } = ClusterIdDefault;

    /// <summary>Must be the silos' own.</summary>
    public string ServiceId { get; init; } = ServiceIdDefault;

    /// <summary>The id of the network to connect to; another is refused as <see cref="ConnectFault.OtherNetwork"/>.</summary>
    /// <value>Default null: whichever answers.</value>
    public string? NetworkId { get; init; }

    /// <summary>How often a connection is tried before <see cref="NetworkUnreachableException"/> is thrown.</summary>
    /// <value>Default 5.</value>
    [Range(1, 1_000)]
    public int ConnectTriesMax { get; init; } = 5;

    /// <value>Default 500.</value>
    [Range(0, 60_000)]
    public int ConnectPauseMilliseconds { get; init; } = 500;

    /// <summary>How long all tries to connect may take together.</summary>
    /// <value>Default 15,000.</value>
    [Range(100, 600_000)]
    public int ConnectMillisecondsMax { get; init; } = 15_000;

    /// <summary>How long one request may stay unanswered.</summary>
    /// <value>Default 30,000.</value>
    [Range(100, 600_000)]
    public int ResponseMillisecondsMax { get; init; } = 30_000;

    /// <summary>Whether requests carry the trace that they belong to, so that the silos' spans are found below the client's.</summary>
    /// <value>Default null: yes, where somebody listens to <see cref="ClientTraces.SourceName"/> when the client connects.</value>
    public bool? PropagatesTraces { get; init; }

    public DtaoClientOptions Client { get; init; } = new();
}
