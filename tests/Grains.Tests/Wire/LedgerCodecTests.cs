using Dtao.Economics.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace Dtao.Grains.Tests.Wire;

public class LedgerCodecTests
{
    private static readonly Serializer s_serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(7UL, 0UL)]
    [InlineData(0UL, 8UL)]
    public void Parameters_WithOrWithoutTheStartOfRegistrations_ReadBackEqual(ulong start, ulong deployment) => AssertCrosses(
        NetworkParameters.Default with { NetworkRegistrationStartBlock = start, TaoInRefundDeploymentBlock = deployment });

    [Fact]
    public void Call_WithAnIdentity_ReadsBackEqual() => AssertCrosses(new Call
    {
        Kind = CallKind.RegisterNetwork,
        Detail = new IdentityDetail("name", "", "contact τ", "url", "discord", "", "logo", "more"),
    });

    private static void AssertCrosses<T>(T sent) => Assert.Equal(sent, s_serializer.Deserialize<T>(s_serializer.SerializeToArray(sent)));
}
