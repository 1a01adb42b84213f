using System.Text.Json;
using Dtao.Economics;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Api.Tests.TypeScript;

/// <summary>The client for TypeScript is generated from the committed document, compiles, and does against the host what its sample says.</summary>
public sealed class ClientTests(ApiNetwork network)
{
    [Fact]
    public async Task Client_GeneratedBuiltAndRun_DoesWhatItSays()
    {
        var folder = Directory.CreateTempSubdirectory("dtao-typescript-");
        try
        {
            await NodeTools.Prepare(folder);
            var committed = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "src", "schema.ts"), TestContext.Current.CancellationToken);
            var (generated, said) = await NodeTools.Run("npm", ["run", "--silent", "generate"], folder.FullName, Patience.Max);
            Assert.True(generated == 0, said);
            Assert.True(
                committed == await File.ReadAllTextAsync(Path.Combine(folder.FullName, "src", "schema.ts"), TestContext.Current.CancellationToken),
                "clients/typescript/src/schema.ts is not what its document gives: run 'npm ci' and 'npm run generate' there.");
            var (built, errors) = await NodeTools.Run("npm", ["run", "--silent", "build"], folder.FullName, Patience.Max);
            Assert.True(built == 0, errors);
            for (var i = 0; i < 4; i++) await network.CloseBlock();
            var hotkey = (await network.Client.GetSubnetAsync(new NetUid(1), TestContext.Current.CancellationToken))!.Pool.Books!.OwnerHotkey!.Value;

            var (ran, output) = await NodeTools.Run("node", [Path.Combine("dist", "sample.js"), network.Api.Address], folder.FullName, Patience.Max, ("DTAO_HOTKEY", hotkey.ToString()));

            Assert.True(ran == 0, output);
            var result = JsonElement.Parse(output.Trim().Split('\n')[^1]);
            Assert.Equal(result.GetProperty("order").GetUInt64(), result.GetProperty("repeatedOrder").GetUInt64());
            Assert.Equal(result.GetProperty("quoted").GetString(), result.GetProperty("bought").GetString());
            Assert.Equal(["-1000000001", "-1.000000001", "-0.000000005"], result.GetProperty("changes").EnumerateArray().Select(change => change.GetString()));
            Assert.Equal("AmountTooLow", result.GetProperty("refusal").GetString());
            Assert.Equal(["1", "2", "3", "4"], result.GetProperty("blocks").EnumerateArray().Select(block => block.GetString()));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
