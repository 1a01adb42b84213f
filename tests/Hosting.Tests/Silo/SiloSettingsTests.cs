using System.Net;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Network;
using Dtao.Silo;
using Dtao.Silo.Configuration;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

/// <summary>What a silo is told by file, environment, and command line, and every fault of it at once.</summary>
public sealed class SiloSettingsTests : IDisposable
{
    private const string Account = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:2/a;";

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_RoleCluster_HasTheDocumentedDefaults()
    {
        var options = Valid(new() { ["Role"] = "cluster", ["Storage:ConnectionString"] = Account });

        var cluster = Assert.IsType<Dtao.Hosting.Cluster.ClusterSiloOptions>(options.Cluster);
        Assert.Equal(("dtao", "dtao", "DtaoLedger", "dtao-ledger", 32), (cluster.ClusterId, cluster.ServiceId, cluster.Table, cluster.Container, cluster.BucketCount));
        Assert.Equal((IPAddress.Loopback, 11_111, 30_000), (cluster.AdvertisedAddress, cluster.SiloPort, cluster.GatewayPort));
        Assert.Equal(("OrleansSiloInstances", 2_000, 3), (cluster.MembershipTable, cluster.ProbeMilliseconds, cluster.MissedProbesMax));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 30_080), options.Health);
        Assert.Null(cluster.Tls);
    }

    [Fact]
    public void Read_FileEnvironmentAndCommandLine_TheLaterHolds()
    {
        var file = Write("""{ "Dtao": { "Role": "cluster", "Storage": { "ConnectionString": "x", "Table": "OfFile" }, "Cluster": { "Id": "of-file" }, "Silo": { "Port": 1 } } }""");

        var options = Valid(
            new() { ["Storage:ConnectionString"] = Account, ["Storage:Table"] = "OfEnvironment", ["Silo:Port"] = "2" },
            "--settings", file, "--set", "storage:table=OfCommand", "--silo-port", "3");

        Assert.Equal(("of-file", "OfCommand", 3), (options.Cluster!.ClusterId, options.Cluster.Table, options.Cluster.SiloPort));
    }

    [Fact]
    public void Read_Administrators_AreAccountsAndEachFaultIsTold()
    {
        var cluster = Valid(new() { ["Role"] = "cluster", ["Storage:ConnectionString"] = Account, ["Administrators"] = $"//Alice, {DevAccounts.Bob}" });
        var embedded = Valid([], "--set", "Administrators=//Alice");

        Assert.Equal(new HashSet<AccountId> { DevAccounts.Alice, DevAccounts.Bob }, cluster.Cluster!.Administrators);
        Assert.Equal([DevAccounts.Alice], embedded.Administrators);
        Assert.Contains("Administrators: 5Nobody is no account", Faults([], "--set", "Administrators=//Alice,5Nobody"), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FaultInjection_IsOnOnlyWhereItIsNamedAndNeverInAnEmbeddedNetwork()
    {
        Dictionary<string, string?> cluster = new() { ["Role"] = "cluster", ["Storage:ConnectionString"] = Account };

        Assert.Null(Valid(cluster).Cluster!.FaultInjection);
        Assert.Null(Valid(cluster, "--set", "FaultInjection:Seed=7").Cluster!.FaultInjection);
        var options = Valid(cluster, "--set", "FaultInjection:RatesFile=rates.json", "--set", "FaultInjection:Seed=7").Cluster!.FaultInjection!;
        Assert.Equal((Path.GetFullPath("rates.json"), 7UL), (options.RatesFile, options.Seed));
        Assert.Contains("FAULT INJECTION IS ON", options.Notice, StringComparison.Ordinal);
        Assert.Contains("FaultInjection:RatesFile is for a silo of a cluster", Faults([], "--set", "FaultInjection:RatesFile=rates.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyFaults_AreToldAllAtOnceAndNoSecretWithThem()
    {
        var file = Write("""{ "Dtao": { "Role": "cluster", "Sotrage": { "Table": "T" }, "Tls": { "KeyFile": "k.pem" } } }""");

        var said = Faults(
            new() { ["Storage:ConnectionString"] = "AccountKey=secret", ["Storage:BucketCount"] = "0", ["Silo:AdvertisedAddress"] = "0.0.0.0", ["Health:Port"] = "high" },
            "--settings", file, "--set", "novalue", "--blocks", "3");

        foreach (var part in (string[])["'Sotrage:Table' is no setting", "Storage:ConnectionString is none", "Storage:BucketCount 0", "0.0.0.0", "--health-port high", "--set novalue", "Tls:CertificateFile is missing", "--blocks"])
        {
            Assert.Contains(part, said, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TelemetrySettings_HaveTheDocumentedDefaultsAndAreRead()
    {
        Assert.Equal(new TelemetryOptions(), Valid([]).Telemetry);
        Assert.Equal(new TelemetryOptions { ServesMetrics = true }, Valid([], "--health-port", "0").Telemetry);
        Assert.False(Valid(new() { ["Metrics:Enabled"] = "false" }, "--health-port", "0").Telemetry.ServesMetrics);
        Assert.Equal(
            new()
            {
                ServesMetrics = true,
                TellsSubnetsApart = true,
                ShowsDashboard = true,
                Otlp = new() { Endpoint = new("http://127.0.0.1:4318"), Protocol = OtlpExportProtocol.HttpProtobuf, TracePermille = 1_000 },
            },
            Valid(
                new()
                {
                    ["Metrics:BySubnet"] = "true",
                    ["Otlp:Endpoint"] = "http://127.0.0.1:4318",
                    ["Otlp:Protocol"] = "http",
                    ["Otlp:TracePermille"] = "1000",
                    ["Dashboard:Enabled"] = "true",
                },
                "--health-port", "0").Telemetry);
    }

    [Fact]
    public void Read_FaultyTelemetrySettings_AreToldAllAtOnce()
    {
        var said = Faults(new()
        {
            ["Metrics:Enabled"] = "true",
            ["Metrics:BySubnet"] = "maybe",
            ["Otlp:Endpoint"] = "nowhere",
            ["Otlp:Protocol"] = "carrier-pigeon",
            ["Otlp:TracePermille"] = "1001",
            ["Dashboard:Enabled"] = "true",
        });

        foreach (var part in (string[])["Metrics:Enabled is true, and there is no health server", "Metrics:BySubnet maybe", "Otlp:Endpoint is no http(s) address", "Otlp:Protocol carrier-pigeon", "Otlp:TracePermille 1001", "Dashboard:Enabled is true, and there is no health server"])
        {
            Assert.Contains(part, said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("cluster")]
    public void Read_Limits_AreTakenInEveryRole(string role)
    {
        Dictionary<string, string?> account = role == "cluster" ? new() { ["Storage:ConnectionString"] = Account } : [];

        var options = Valid(account, "--role", role, "--set", "Limits:OperationsMax=7", "--set", "Limits:MemoryPercentMax=50", "--set", "Limits:MemoryPercentTarget=40");

        Assert.Equal(new SiloLimits { OperationsMax = 7, MemoryPercentMax = 50, MemoryPercentTarget = 40 }, options.Limits);
        var said = Faults(account, "--role", role, "--set", "Limits:OperationsMax=0", "--set", "Limits:AccountShare=many", "--set", "Limits:MemoryPercentMax=50");
        Assert.All(["OperationsMax", "Limits:AccountShare many", "MemoryPercentTarget"], part => Assert.Contains(part, said, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SettingsOfTheApi_AreOfAnEmbeddedNetwork()
    {
        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 30_090), false), (Valid([]).Api!.Listen, Valid([]).ApiIsAsked));
        var given = Valid(new() { ["Api:Port"] = "any", ["Api:Address"] = "0.0.0.0", ["Api:RequestsMax"] = "7", ["Api:TrustedOrigins"] = "https://a.example, http://b.example:81" });
        Assert.Equal((new IPEndPoint(IPAddress.Any, 0), true, 7), (given.Api!.Listen, given.ApiIsAsked, given.Api.Limits.RequestsMax));
        Assert.Equal(["https://a.example", "http://b.example:81"], given.Api.Origins.Trusted);
        Assert.Null(Valid([], "--api-port", "0").Api);
        Assert.Null(Valid(new() { ["Role"] = "cluster", ["Storage:ConnectionString"] = Account, ["Api:Port"] = "1" }).Api);

        var said = Faults(new() { ["Api:Port"] = "many", ["Api:RequestsMax"] = "0", ["Api:BodyBytesMax"] = "x", ["Api:TrustedOrigins"] = "a.example", ["Api:TrustsForwarded"] = "perhaps" });
        Assert.All(["many", "RequestsMax", "Api:BodyBytesMax x", "'a.example' is no origin", "Api:TrustsForwarded perhaps"], part => Assert.Contains(part, said, StringComparison.Ordinal));
        Assert.Contains("--api-port", Faults(new() { ["Role"] = "cluster", ["Storage:ConnectionString"] = Account }, "--api-port", "1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("")]
    public void Read_NoSuchRoleOrNoAccount_IsRefused(string role) => Assert.NotEmpty(Faults(new() { ["Role"] = role.Length == 0 ? "cluster" : role }));

    [Fact]
    public void Read_AccountWithoutRole_SaysThatTheRoleIsMissing() =>
        Assert.Contains("set Role to cluster", Faults(new() { ["Storage:ConnectionString"] = Account }), StringComparison.Ordinal);

    [Fact]
    public void Read_EmbeddedWithHealthPort_AnswersThere() =>
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 0), Valid([], "--health-port", "0").Health);

    [Theory]
    [InlineData("{ \"Dtao\": ")]
    [InlineData("[]")]
    public void Read_MalformedFile_SaysSo(string text) => Assert.Contains("cannot be read", Faults([], "--settings", Write(text)), StringComparison.Ordinal);

    [Fact]
    public void Read_OtherProgramsVariables_AreNoneOfOurs() => Assert.Null(Valid(new() { ["Long"] = "1" }).Cluster);

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "settings.json");
        File.WriteAllText(file, text);
        return file;
    }

    private static SiloOptions Valid(Dictionary<string, string?> environment, params string[] arguments)
    {
        var (options, exitCode, said) = Read(environment, arguments);
        Assert.True(options is not null, said);
        Assert.Equal(ExitCode.Stopped, exitCode);
        return options;
    }

    private static string Faults(Dictionary<string, string?> environment, params string[] arguments)
    {
        var (options, exitCode, said) = Read(environment, arguments);
        Assert.Null(options);
        Assert.Equal(ExitCode.Usage, exitCode);
        return said;
    }

    private static (SiloOptions? Options, int ExitCode, string Said) Read(Dictionary<string, string?> environment, string[] arguments)
    {
        var said = new StringWriter();
        var sources = new SettingSources(null, new ConfigurationBuilder().AddInMemoryCollection(environment).Build());
        var (options, exitCode) = new SiloCommandLine().Read(arguments, said, said, sources);
        return (options, exitCode, said.ToString());
    }
}
