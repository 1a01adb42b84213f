using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Dtao.Api.Configuration;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Chaos;
using Dtao.Hosting.Cluster;
using Dtao.Hosting.Network;
using Microsoft.Extensions.Configuration;

namespace Dtao.Silo.Configuration;

/// <summary>Where settings come from, before the command line: a file, then the environment. The later one holds.</summary>
/// <param name="File">Looked at only when it exists; the command line may name another, which must.</param>
/// <param name="Environment">Variables with their prefix taken off.</param>
internal sealed record SettingSources(string? File, IConfiguration? Environment)
{
    /// <summary>The section of a settings file that is read.</summary>
    public const string Section = "Dtao";

    public static SettingSources None { get; } = new(null, null);

    /// <summary><c>appsettings.json</c> of the current directory; variables <c>DTAO_STORAGE__TABLE</c>, or as .NET writes them, <c>Dtao__Storage__Table</c>.</summary>
    public static SettingSources OfProcess() => new(
        "appsettings.json",
        new ConfigurationBuilder().AddEnvironmentVariables($"{Section}__").AddEnvironmentVariables("DTAO_").Build());
}

/// <summary>Settings by name, all sources together, and every fault that was met while they were read.</summary>
internal sealed class SiloSettings
{
    private static readonly string[] Names =
    [
        "Role", "Data", "Genesis", "BlockInterval", "LogLevel", "Administrators",
        "Cluster:Id", "Cluster:ServiceId",
        "Storage:ConnectionString", "Storage:TableEndpoint", "Storage:BlobEndpoint", "Storage:Table", "Storage:Container", "Storage:BucketCount",
        "Membership:Table", "Membership:ProbeMilliseconds", "Membership:MissedProbesMax",
        "Silo:AdvertisedAddress", "Silo:ListenAddress", "Silo:Port", "Silo:GatewayPort",
        "Tls:CertificateFile", "Tls:KeyFile", "Tls:Password", "Tls:TrustedFile", "Tls:RequiresPeerCertificate",
        "Health:Address", "Health:Port", "Health:BlockSecondsMax",
        "Metrics:Enabled", "Metrics:BySubnet", .. OtlpSettings.Names, "Dashboard:Enabled",
        "Limits:OperationsMax", "Limits:AccountShare", "Limits:IdleMinutesMax", "Limits:MemoryPercentMax", "Limits:MemoryPercentTarget",
        "FaultInjection:RatesFile", "FaultInjection:Seed",
        .. ApiSettings.Names,
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _faults;

    private SiloSettings(List<string> faults) => _faults = faults;

    /// <param name="file">A file that the command line names; it has to be there.</param>
    /// <param name="set">Settings of the command line, as <c>NAME=VALUE</c>.</param>
    public static SiloSettings Read(SettingSources sources, string? file, IReadOnlyList<string> set, List<string> faults)
    {
        var settings = new SiloSettings(faults);
        settings.ReadFile(file ?? sources.File, mustExist: file is not null);
        foreach (var (name, value) in sources.Environment?.AsEnumerable() ?? [])
        {
            // The environment belongs to other programs too: what is no setting there is none of ours.
            if (value is not null && Names.Contains(name, StringComparer.OrdinalIgnoreCase)) settings._values[name] = value;
        }

        foreach (var one in set)
        {
            var equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) faults.Add($"--set {one} is not NAME=VALUE.");
            else settings.Take(one[..equals], one[(equals + 1)..], "--set");
        }

        return settings;
    }

    public string? Text(string name) => _values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public long Number(string name, long lowest, long highest, long unset)
    {
        if (Text(name) is not { } text) return unset;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest) return number;
        _faults.Add($"{name} {text} is no number from {lowest} to {highest}.");
        return unset;
    }

    public bool Flag(string name, bool unset = false)
    {
        if (Text(name) is not { } text) return unset;
        if (bool.TryParse(text, out var flag)) return flag;
        _faults.Add($"{name} {text} is neither true nor false.");
        return unset;
    }

    public IPAddress? Address(string name)
    {
        if (Text(name) is not { } text) return null;
        if (IPAddress.TryParse(text, out var address)) return address;
        _faults.Add($"{name} {text} is no IP address.");
        return null;
    }

    /// <summary>Accounts, one after the other with commas between them; a development account by its name.</summary>
    public FrozenSet<AccountId> Accounts(string name)
    {
        var accounts = new HashSet<AccountId>();
        foreach (var text in (Text(name) ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (AccountName.Parse(text, out var account) == AddressFault.None) accounts.Add(account);
            else _faults.Add($"{name}: {text} is no account.");
        }

        return accounts.ToFrozenSet();
    }

    /// <summary>What clients may ask of the process; every fault of it is noted.</summary>
    public SiloLimits Limits()
    {
        var limits = new SiloLimits();
        limits = limits with
        {
            OperationsMax = Limit(nameof(limits.OperationsMax), limits.OperationsMax),
            AccountShare = Limit(nameof(limits.AccountShare), limits.AccountShare),
            IdleMinutesMax = Limit(nameof(limits.IdleMinutesMax), limits.IdleMinutesMax),
            MemoryPercentMax = Limit(nameof(limits.MemoryPercentMax), limits.MemoryPercentMax),
            MemoryPercentTarget = Limit(nameof(limits.MemoryPercentTarget), limits.MemoryPercentTarget),
        };
        _faults.AddRange(limits.FindFaults().Select(fault => $"Limits: {fault}"));
        return limits;

        int Limit(string name, int unset) => (int)Number($"Limits:{name}", int.MinValue, int.MaxValue, unset);
    }

    /// <summary>What a silo of a cluster needs; every fault of it is noted.</summary>
    public ClusterSiloOptions Cluster(int siloPort, int gatewayPort)
    {
        var options = new ClusterSiloOptions
        {
            Account = new()
            {
                ConnectionString = Text("Storage:ConnectionString"),
                TableEndpoint = Endpoint("Storage:TableEndpoint"),
                BlobEndpoint = Endpoint("Storage:BlobEndpoint"),
            },
            AdvertisedAddress = Address("Silo:AdvertisedAddress") ?? IPAddress.Loopback,
            ListenAddress = Address("Silo:ListenAddress"),
            SiloPort = siloPort,
            GatewayPort = gatewayPort,
            Tls = Tls(),
            Administrators = Accounts("Administrators"),
            FaultInjection = Text("FaultInjection:RatesFile") is { } rates ? new(Path.GetFullPath(rates), (ulong)Number("FaultInjection:Seed", 0, long.MaxValue, 0)) : null,
        };
        options = options with
        {
            ClusterId = Text("Cluster:Id") ?? options.ClusterId,
            ServiceId = Text("Cluster:ServiceId") ?? options.ServiceId,
            Table = Text("Storage:Table") ?? options.Table,
            Container = Text("Storage:Container") ?? options.Container,
            BucketCount = (int)Number("Storage:BucketCount", 1, 4_096, options.BucketCount),
            MembershipTable = Text("Membership:Table") ?? options.MembershipTable,
            ProbeMilliseconds = (int)Number("Membership:ProbeMilliseconds", 100, 60_000, options.ProbeMilliseconds),
            MissedProbesMax = (int)Number("Membership:MissedProbesMax", 1, 100, options.MissedProbesMax),
        };
        _faults.AddRange(options.FindFaults());
        return options;
    }

    /// <summary>What the silo tells about itself, and whom.</summary>
    /// <param name="hasServer">Whether there is a health server, which metrics and dashboard are asked for at.</param>
    public TelemetryOptions Telemetry(bool hasServer)
    {
        var options = new TelemetryOptions
        {
            ServesMetrics = Flag("Metrics:Enabled", unset: hasServer),
            TellsSubnetsApart = Flag("Metrics:BySubnet"),
            Otlp = OtlpSettings.Read(Text, _faults),
            ShowsDashboard = Flag("Dashboard:Enabled"),
        };
        if (options.ServesMetrics && !hasServer) _faults.Add("Metrics:Enabled is true, and there is no health server that metrics are asked for at: give Health:Port.");
        if (options.ShowsDashboard && !hasServer) _faults.Add("Dashboard:Enabled is true, and there is no health server to show it on: give Health:Port.");
        return options;
    }

    private DtaoTls? Tls()
    {
        var tls = new DtaoTls
        {
            CertificateFile = Text("Tls:CertificateFile"),
            KeyFile = Text("Tls:KeyFile"),
            Password = Text("Tls:Password"),
            TrustedFile = Text("Tls:TrustedFile"),
            RequiresPeerCertificate = Flag("Tls:RequiresPeerCertificate"),
        };
        return tls == new DtaoTls() ? null : tls;
    }

    private Uri? Endpoint(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http") return uri;
        // Not shown: its query may hold a signature.
        _faults.Add($"{name} is no http(s) address.");
        return null;
    }

    private void ReadFile(string? file, bool mustExist)
    {
        if (file is null || (!mustExist && !File.Exists(file))) return;
        try
        {
            var section = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false).Build().GetSection(SettingSources.Section);
            foreach (var (name, value) in section.AsEnumerable(makePathsRelative: true))
            {
                if (value is not null) Take(name, value, file);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
        {
            _faults.Add($"{file} cannot be read: {(unreadable.InnerException ?? unreadable).Message}");
        }
    }

    private void Take(string name, string value, string source)
    {
        if (Names.Contains(name, StringComparer.OrdinalIgnoreCase)) _values[name] = value;
        else _faults.Add($"{source}: '{name}' is no setting. There are {string.Join(", ", Names)}.");
    }
}
