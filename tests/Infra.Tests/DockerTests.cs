using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dtao.Hosting.Cluster;
using Dtao.Silo.Configuration;
using Dtao.Silo.Health;
using Dtao.TestKit;
using YamlDotNet.RepresentationModel;

namespace Dtao.Infra.Tests;

/// <summary>The container files, against the projects, ports, and settings that they speak of. No container engine is asked.</summary>
public sealed partial class DockerTests
{
    private const string SiloFile = "infra/docker/silo.Dockerfile";
    private const string ApiFile = "infra/docker/api.Dockerfile";

    /// <summary>The version of everything that is built here.</summary>
    internal static string Version { get; } = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    private static readonly YamlNode s_compose = SettingsFiles.Yaml("infra/docker/compose.yaml")[0];

    private static IEnumerable<KeyValuePair<string, YamlNode>> Silos => s_compose.At("services").Entries().Where(service => service.Key.StartsWith("silo-", StringComparison.Ordinal));

    public static TheoryData<string, string> Files => new()
    {
        { SiloFile, "Silo" },
        { ApiFile, "Api" },
        { "infra/docker/dtao.Dockerfile", "tools/Cli" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Dockerfile_Stages_BeginFromPinnedImagesAndEndAsNobodyOfRank(string file, string _)
    {
        var text = Repository.Read(file);
        var images = From().Matches(text).Select(match => match.Groups[1].Value).ToArray();

        Assert.Equal(2, images.Length);
        Assert.All(images, image => Assert.Matches(@":\d+\.\d+\.\d+-\w+$", image));
        Assert.Equal("$APP_UID", Assert.Single(Lines(text, "USER ")));
        Assert.True(text.LastIndexOf("USER ", StringComparison.Ordinal) < text.LastIndexOf("ENTRYPOINT ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Dockerfile_OfAProject_CopiesEveryProjectThatItNeedsAndBuildsWithTheVersionOfTheSdk(string file, string project)
    {
        var text = Repository.Read(file);
        var needed = Needed(project).Order(StringComparer.Ordinal).ToArray();
        var shown = Repository.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();

        Assert.Equal(needed, ProjectCopy().Matches(text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.All(needed, path => Assert.Contains(path, shown));
        Assert.All(shown, path => Assert.True(File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path)), $"There is no {path}."));
        var sdk = JsonNode.Parse(Repository.Read("global.json"))!["sdk"]!["version"]!.GetValue<string>();
        Assert.Contains($"/sdk:{sdk[..sdk.LastIndexOf('.')]}.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void SiloImage_Variables_GiveTheSiloThePortsThatItExposes()
    {
        var text = Repository.Read(SiloFile);
        var variables = Lines(text, "ENV DTAO").SelectMany(line => $"DTAO{line}".Split(' ')).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

        var options = SiloEnvironment.Read(variables);

        Assert.Equal($"{options.SiloPort} {options.GatewayPort} {options.Health!.Port}", Assert.Single(Lines(text, "EXPOSE ")));
        Assert.Equal(options.DataDirectory, Assert.Single(Lines(text, "VOLUME ")));
    }

    /// <summary>The API is reached inside the container only, unless it is told otherwise, and then by its port alone.</summary>
    [Fact]
    public void ApiImage_Variables_GiveTheApiThePortThatItExposes()
    {
        var text = Repository.Read(ApiFile);
        var variables = Lines(text, "ENV DTAO").SelectMany(line => $"DTAO{line}".Split(' ')).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

        var options = ApiEnvironment.Read(variables);
        var composed = ApiEnvironment.Read(variables.With(s_compose.At("services", "api", "environment").Texts()));

        Assert.Equal($"{options.Api.Listen.Port}", Assert.Single(Lines(text, "EXPOSE ")));
        Assert.StartsWith(Assert.Single(Lines(text, "VOLUME ")) + "/", options.Api.ReadSide.Store, StringComparison.Ordinal);
        Assert.Equal((IPAddress.Loopback, IPAddress.Any), (options.Api.Listen.Address, composed.Api.Listen.Address));
        Assert.Equal(Silos.Select(silo => $"{silo.Value.At("networks", "cluster", "ipv4_address").Text()}:{SiloOptions.GatewayPortDefault}"), composed.Connection.Gateways.Select(gateway => gateway.ToString()));
        Assert.Equal($"127.0.0.1:{composed.Api.Listen.Port}:{composed.Api.Listen.Port}", Assert.Single(s_compose.At("services", "api", "ports").Items()).Text());
        Assert.Equal("true", s_compose.At("services", "api", "read_only").Text());
    }

    [Theory]
    [InlineData(SiloFile, 200, 0)]
    [InlineData(SiloFile, 503, 1)]
    [InlineData(SiloFile, null, 1)]
    [InlineData(ApiFile, 200, 0)]
    [InlineData(ApiFile, 503, 1)]
    public async Task Image_HealthCheck_EndsAsTheAnswerIs(string file, int? status, int exitCode)
    {
        var bash = Tool.Find("bash");
        Assert.SkipWhen(bash is null, "There is no bash here.");
        var line = Regex.Match(Repository.Read(file), @"HEALTHCHECK [^\n]*\\\n\s*CMD (\[.*\])").Groups[1].Value;
        var command = JsonSerializer.Deserialize<string[]>(line)!;
        Assert.Contains($"GET {HealthServer.LivePath} HTTP/1.1", command[2], StringComparison.Ordinal);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var answer = Answer(listener, status);

        var said = await Tool.RunAsync(bash!, null, command[1], Regex.Replace(command[2], "/300[89]0 ", $"/{port} "));

        await answer;
        Assert.True(said.ExitCode == exitCode, said.ToString());
    }

    [Fact]
    public void Compose_Silos_AreTakenByTheSiloEachAtItsOwnAddress()
    {
        var addresses = new HashSet<IPAddress>();
        foreach (var (_, silo) in Silos)
        {
            var options = SiloEnvironment.Read(silo.At("environment").Texts());

            Assert.Equal(silo.At("networks", "cluster", "ipv4_address").Text(), options.Cluster!.AdvertisedAddress.ToString());
            Assert.True(addresses.Add(options.Cluster.AdvertisedAddress));
            Assert.Equal(IPAddress.Any, options.Cluster.ListenAddress);
            Assert.Contains($"http://{Storage.At("networks", "cluster", "ipv4_address").Text()}:10002/", options.Cluster.Account.ConnectionString, StringComparison.Ordinal);
            var ports = silo.At("ports").Items().Select(port => port.Text().Split(':')).ToArray();
            Assert.All(ports, port => Assert.Equal("127.0.0.1", port[0]));
            Assert.Equal([$"{options.GatewayPort}", $"{options.Health!.Port}"], ports.Select(port => port[2]));
            Assert.True(int.Parse(silo.At("stop_grace_period").Text().TrimEnd('s'), null) > ClusterSilo.ShutdownMax.Ticks / TimeSpan.TicksPerSecond);
        }

        Assert.Equal(3, addresses.Count);
        var published = Silos.SelectMany(silo => silo.Value.At("ports").Items()).Select(port => port.Text().Split(':')[1]).ToArray();
        Assert.Equal(published.Length, published.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains($"{SiloOptions.GatewayPortDefault}", published);
    }

    [Fact]
    public void Compose_Images_ArePinnedAndTheEmulatorIsTheOneOfTheTests()
    {
        var services = s_compose.At("services").Entries();
        var emulator = JsonNode.Parse(Repository.Read("infra/azurite/package.json"))!["dependencies"]!["azurite"]!.GetValue<string>();

        Assert.EndsWith($":{emulator}", services["storage"].At("image").Text(), StringComparison.Ordinal);
        foreach (var (name, service) in services.Where(service => service.Key != "storage"))
        {
            Assert.Equal($"{name switch { "dtao" => "dtao", "api" => "dtao-api", _ => "dtao-silo" }}:{Version}", service.At("image").Text());
            var context = Path.Combine(Repository.PathOf("infra/docker"), service.At("build", "context").Text());
            Assert.True(File.Exists(Path.Combine(context, service.At("build", "dockerfile").Text())), name);
        }
    }

    private static YamlNode Storage => s_compose.At("services", "storage");

    /// <summary>The folders of a project and of all that it references.</summary>
    internal static HashSet<string> Needed(string project)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([project]);
        while (open.TryPop(out var folder))
        {
            if (!found.Add(folder)) continue;
            var file = Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj").Single();
            foreach (var reference in XDocument.Load(file).Descendants("ProjectReference"))
            {
                var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, reference.Attribute("Include")!.Value));
                open.Push(Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(path)!).Replace('\\', '/'));
            }
        }

        return found;
    }

    private static IEnumerable<string> Lines(string text, string begin) =>
        text.Split('\n').Where(line => line.StartsWith(begin, StringComparison.Ordinal)).Select(line => line[begin.Length..]);

    private static async Task Answer(TcpListener listener, int? status)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        // Without an answer the connection just ends.
        if (status is null) return;
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
        {
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Told\r\nConnection: close\r\n\r\n{{}}\n"), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"^FROM (\S+) AS \w+$", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^COPY (\S+)/[\w.]+\.csproj \1/$", RegexOptions.Multiline)]
    private static partial Regex ProjectCopy();
}
