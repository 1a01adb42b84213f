using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Dtao.Api.Tests.TypeScript;

/// <summary>The OpenAPI document that clients are generated from is committed, and is what the host serves.</summary>
public sealed class DocumentTests(ApiNetwork network)
{
    private static readonly JsonSerializerOptions s_written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Document_Committed_IsWhatTheHostServes()
    {
        var document = JsonNode.Parse((await network.GetJson("/openapi/v1.json")).GetRawText())!;
        // A build's version names its commit, and no file can name the commit that it is in.
        document["info"]!["version"] = document["info"]!["version"]!.GetValue<string>().Split('+')[0];
        var served = document.ToJsonString(s_written) + "\n";
        var path = Path.Combine(TypeScriptClient.Folder, "openapi.json");
        if (Environment.GetEnvironmentVariable("DTAO_UPDATE_CLIENT") == "1") await File.WriteAllTextAsync(path, served, TestContext.Current.CancellationToken);

        var committed = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        Assert.True(
            served == committed,
            "clients/typescript/openapi.json is not what the API serves. Run this test with DTAO_UPDATE_CLIENT=1, then 'npm ci' and 'npm run generate' in clients/typescript, and commit both files.");
    }
}
