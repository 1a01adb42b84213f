using Xunit;

namespace Dtao.Api.Tests.Health;

public sealed class HealthTests(ApiNetwork network)
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_NetworkAnswers_IsOk(string path)
    {
        var head = (await network.Client.GetHeadAsync(TestContext.Current.CancellationToken)).Block;
        await network.Api.WaitFor(head);

        var health = await network.GetJson(path);

        Assert.True(health.GetProperty("ok").GetBoolean());
        Assert.Equal(head.Value, health.GetProperty("block_number").GetUInt64());
        Assert.Empty(health.GetProperty("reasons").EnumerateArray());
    }
}
