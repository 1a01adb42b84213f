using System.Net;
using System.Text.RegularExpressions;
using Dtao.Hosting.Cluster;
using Dtao.Silo;
using Dtao.Silo.Configuration;
using Dtao.TestKit;

namespace Dtao.Infra.Tests;

/// <summary>The units, against what the silo takes and how it ends, and as systemd reads them.</summary>
public sealed partial class SystemdTests : IDisposable
{
    private const string Program = "/opt/dtao/silo/Dtao.Silo";
    private const string Embedded = "dtao-silo.service";
    private const string OfCluster = "dtao-silo@.service";

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-units-").FullName;

    private const string OfApi = "dtao-api.service";
    private const string ApiProgram = "/opt/dtao/api/Dtao.Api";

    public static TheoryData<string> Silos => new(Embedded, OfCluster);

    public static TheoryData<string> Units => new(Embedded, OfCluster, OfApi);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void EmbeddedUnit_Settings_AreTakenByTheSilo()
    {
        var options = SiloEnvironment.Read(Environment(Embedded).With(SettingsFiles.Variables("infra/systemd/silo.env")), Arguments(Embedded));

        Assert.Null(options.Cluster);
        Assert.False(options.ShowsTable);
        Assert.Equal(IPAddress.Loopback, options.Health!.Address);
        Assert.Equal("/var/lib/" + Value(Embedded, "StateDirectory"), options.DataDirectory);
    }

    [Fact]
    public void ClusterUnit_Settings_AreTakenByTheSilo()
    {
        var options = SiloEnvironment.Read(Environment(OfCluster).With(SettingsFiles.Variables("infra/systemd/cluster.env")), Arguments(OfCluster));

        Assert.Equal(IPAddress.Any, options.Cluster!.ListenAddress);
        Assert.Equal((SiloOptions.SiloPortDefault, SiloOptions.GatewayPortDefault), (options.SiloPort, options.GatewayPort));
        Assert.Equal("/var/lib/" + Value(OfCluster, "StateDirectory"), options.DataDirectory);
    }

    [Fact]
    public void ApiUnit_SettingsAndEnds_AreThoseOfTheApi()
    {
        var options = ApiEnvironment.Read(Environment(OfApi).With(SettingsFiles.Variables("infra/systemd/api.env")));

        Assert.Equal(ApiProgram, Value(OfApi, "ExecStart"));
        Assert.Equal((IPAddress.Loopback, IPAddress.Loopback), (options.Api.Listen.Address, options.Telemetry.Metrics!.Address));
        Assert.Equal(SiloOptions.GatewayPortDefault, Assert.Single(options.Connection.Gateways).Port);
        Assert.Equal($"/var/lib/{Value(OfApi, "StateDirectory")}/read-side.db", options.Api.ReadSide.Store);
        Assert.Equal($"{Dtao.Api.ExitCode.Usage}", Value(OfApi, "RestartPreventExitStatus"));
        Assert.Equal("any", Value(OfApi, "IPAddressDeny"));
    }

    [Theory]
    [MemberData(nameof(Silos))]
    public void Unit_Ends_AreThoseOfTheSilo(string unit)
    {
        Assert.Equal($"{ExitCode.Usage} {ExitCode.LedgerExists} {ExitCode.GenesisFaulty}", Value(unit, "RestartPreventExitStatus"));
        Assert.True(int.Parse(Value(unit, "TimeoutStopSec"), null) > ClusterSilo.ShutdownMax.Ticks / TimeSpan.TicksPerSecond);
        Assert.Equal("on-failure", Value(unit, "Restart"));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Unit_Verified_SystemdHasNothingToSayAndFindsItWellProtected(string unit)
    {
        var analyze = Tool.Find("systemd-analyze");
        Assert.SkipWhen(analyze is null, "There is no systemd-analyze here.");
        // The program has to be there: any will do.
        var file = Path.Combine(_folder, unit.Replace("@.", "@one.", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, Repository.Read($"infra/systemd/{unit}").Replace(Program, "/bin/true", StringComparison.Ordinal).Replace(ApiProgram, "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var verified = await Tool.RunAsync(analyze!, _folder, "verify", file);
        var judged = await Tool.RunAsync(analyze!, _folder, "security", "--offline=true", "--threshold=20", file);

        Assert.True(verified is { ExitCode: 0, Output: "", Error: "" }, verified.ToString());
        Assert.True(judged.ExitCode == 0, judged.ToString());
    }

    private static string[] Arguments(string unit)
    {
        var words = Value(unit, "ExecStart").Split(' ');
        Assert.Equal(Program, words[0]);
        return words[1..];
    }

    private static Dictionary<string, string> Environment(string unit) =>
        Values(unit, "Environment").Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static string Value(string unit, string name) => Assert.Single(Values(unit, name));

    private static IEnumerable<string> Values(string unit, string name) =>
        Line().Matches(Repository.Read($"infra/systemd/{unit}")).Where(match => match.Groups[1].Value == name).Select(match => match.Groups[2].Value);

    [GeneratedRegex("^([A-Za-z]+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
