using System.Reflection;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Api.Tests.House;

/// <summary>As for the ledger's own assemblies: no value passes through floating point on its way into an answer.</summary>
public sealed class NoFloatingPointTests
{
    [Fact]
    public void Assembly_EveryMember_IsFreeOfFloatingPoint()
    {
        var faults = Assembly.Load("Dtao.Api").GetTypes().SelectMany(FloatingPoint.In).ToArray();

        Assert.True(faults.Length == 0, string.Join('\n', faults.Select(fault => fault.ToString())));
    }
}
