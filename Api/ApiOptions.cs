using System.Net;

namespace Dtao.Api;

/// <summary>How the API is served: one record for each concern.</summary>
public sealed record ApiOptions
{
    /// <summary>The port of page and API unless another is asked for.</summary>
    public const int PortDefault = 30_090;

    /// <summary>Where requests are taken; port 0 = any free one.</summary>
    /// <value>Default: port 30090 of this machine only.</value>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, PortDefault);

    /// <summary>What clients may ask for at once.</summary>
    public ApiLimits Limits { get; init; } = new();

    /// <summary>Which pages of other origins may call.</summary>
    public ApiOrigins Origins { get; init; } = new();

    /// <summary>The file of keys, see <see cref="Requests.ApiKeys"/>; null = there are none.</summary>
    public string? KeysFile { get; init; }

    /// <summary>The file with the secret that signs an administrator's calls, where the silos name administrators; null = they are sent unsigned.</summary>
    public string? AdministratorFile { get; init; }

    /// <summary>
    /// Whether this is a development network: one with a faucet and accounts that everybody may use. True also has this host sign for them, where the network takes signed
    /// operations only.
    /// </summary>
    /// <value>Default null: a network without signatures whose development accounts hold TAO is one.</value>
    public bool? Development { get; init; }

    /// <summary>What the last audit of the ledger said, where this process runs audits; null where it does not.</summary>
    public Func<Cluster.AuditNote>? Audit { get; init; }

    /// <summary>Bounds of live streams.</summary>
    public Live.LiveLimits Live { get; init; } = new();

    /// <summary>Where history is kept.</summary>
    public ReadSide.ReadSideOptions ReadSide { get; init; } = new();
}
