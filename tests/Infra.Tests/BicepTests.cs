using System.Reflection;
using System.Text.Json.Nodes;
using Dtao.TestKit;
using YamlDotNet.RepresentationModel;

namespace Dtao.Infra.Tests;

/// <summary>What is made on Azure, as the Bicep compiler understands it. Nothing is asked of Azure.</summary>
public sealed class BicepTests
{
    private const string TableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string BlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

    /// <summary>It takes seconds, and is the same for all.</summary>
    private static readonly Lazy<Task<JsonArray>> s_snapshot = new(Snapshot);

    [Fact]
    public async Task Lint_ParametersAndAllThatTheyLeadTo_SaysNothing()
    {
        var said = await Tool.RunAsync(Compiler(), null, "lint", Repository.PathOf("infra/bicep/main.bicepparam"));

        Assert.True(said is { ExitCode: 0, Output: "", Error: "" }, said.ToString());
    }

    [Fact]
    public async Task Snapshot_OfTheParameters_HasAnAccountThatOnlyTheSilosIdentityCanUse()
    {
        _ = Compiler();
        var resources = await s_snapshot.Value;

        var account = One(resources, "Microsoft.Storage/storageAccounts")["properties"]!;
        Assert.False(account["allowSharedKeyAccess"]!.GetValue<bool>());
        Assert.False(account["allowBlobPublicAccess"]!.GetValue<bool>());
        Assert.Equal("TLS1_2", Text(account["minimumTlsVersion"]));
        Assert.Equal("Deny", Text(account["networkAcls"]!["defaultAction"]));
        var ofStorage = resources.Where(resource => Text(resource!["type"]) == "Microsoft.Authorization/roleAssignments" && Text(resource["id"])!.Contains("/Microsoft.Storage/", StringComparison.Ordinal));
        var roles = ofStorage.Select(resource => Text(resource!["properties"]!["roleDefinitionId"])!.Split('/')[^1]);
        Assert.Equal([TableDataContributor, BlobDataContributor], roles.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Snapshot_OfTheParameters_TrustsTheServiceAccountOfTheManifestsAndEnforcesTheirPolicies()
    {
        _ = Compiler();
        var resources = await s_snapshot.Value;

        var credential = One(resources, "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials")["properties"]!;
        var account = SettingsFiles.Yaml("infra/kubernetes/service-account.yaml")[0].At("metadata", "name").Text();
        var place = ((YamlMappingNode)SettingsFiles.Yaml("infra/kubernetes/kustomization.yaml")[0]).At("namespace").Text();
        Assert.Equal($"system:serviceaccount:{place}:{account}", Text(credential["subject"]));
        var cluster = One(resources, "Microsoft.ContainerService/managedClusters")["properties"]!;
        Assert.Equal("cilium", Text(cluster["networkProfile"]!["networkPolicy"]));
        Assert.True(cluster["oidcIssuerProfile"]!["enabled"]!.GetValue<bool>());
        Assert.True(cluster["securityProfile"]!["workloadIdentity"]!["enabled"]!.GetValue<bool>());
        Assert.True(cluster["disableLocalAccounts"]!.GetValue<bool>());
    }

    private static async Task<JsonArray> Snapshot()
    {
        // The snapshot is written beside the parameters.
        var folder = Directory.CreateTempSubdirectory("dtao-bicep-");
        try
        {
            folder.CreateSubdirectory("modules");
            var sources = Repository.PathOf("infra/bicep");
            foreach (var file in Directory.EnumerateFiles(sources, "*", SearchOption.AllDirectories)) File.Copy(file, Path.Combine(folder.FullName, Path.GetRelativePath(sources, file)));
            var said = await Tool.RunAsync(
                Compiler(), folder.FullName, "snapshot", "main.bicepparam", "--resource-group", "dtao", "--location", "westeurope",
                "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002");
            Assert.True(said.ExitCode == 0, said.ToString());
            var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "main.snapshot.json")))!;
            Assert.Empty(snapshot["diagnostics"]!.AsArray());
            return snapshot["predictedResources"]!.AsArray();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Compiler()
    {
        var path = typeof(BicepTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "Bicep")?.Value;
        Assert.SkipWhen(path is null, "The Bicep compiler's package is for Linux on x64.");
        Assert.True(File.Exists(path), $"{path} is not there: restore packages.");
        return path!;
    }

    private static JsonNode One(JsonArray resources, string type) => Assert.Single(resources, resource => Text(resource!["type"]) == type)!;

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
