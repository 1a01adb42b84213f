using System.Reflection;
using Dtao.TestKit;
using Xunit;

namespace Dtao.Economics.Tests.FixedPoint;

/// <summary>No value passes through a binary or decimal floating-point number: not in a signature, a field, a local, or on the stack.</summary>
public class NoFloatingPointTests
{
    /// <summary>The assemblies whose numbers are values of the ledger, or are read from and shown to people.</summary>
    private static readonly string[] s_assemblies =
        ["Dtao.Economics", "Dtao.Keys", "Dtao.Grains.Interfaces", "Dtao.Grains", "Dtao.Storage", "Dtao.Hosting", "Dtao.Client"];

    /// <summary>Where floating point is allowed, by type or member, and why: none of it is an amount.</summary>
    private static readonly Dictionary<string, string> s_exceptions = new(StringComparer.Ordinal)
    {
        ["Dtao.Client.SiloUse.Of"] = "a silo's share of a machine's processors in percent, which the runtime gives as floating point",
        ["Dtao.Hosting.Network.SiloLimits.ApplyTo"] = "shares of memory in percent, which the runtime takes as floating point",
    };

    public static TheoryData<string> ValueAssemblies => [.. s_assemblies];

    [Theory]
    [MemberData(nameof(ValueAssemblies))]
    public void Assembly_EveryMember_IsFreeOfFloatingPoint(string name)
    {
        var faults = Assembly.Load(name).GetTypes().SelectMany(FloatingPoint.In).Where(fault => !IsException(fault)).ToArray();

        Assert.True(faults.Length == 0, string.Join('\n', faults.Select(fault => fault.ToString())));
    }

    [Fact]
    public void Exceptions_OnTheList_AreAllStillThere()
    {
        var places = s_assemblies.SelectMany(name => Assembly.Load(name).GetTypes()).SelectMany(FloatingPoint.In)
            .SelectMany(fault => new[] { fault.Type, fault.Place })
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(s_exceptions, exception => Assert.True(places.Contains(exception.Key), $"{exception.Key} needs no exception any more."));
    }

    [Fact]
    public void Detector_FloatingPointSample_IsFound()
    {
        var faults = typeof(Sample).GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Append(typeof(Sample)).SelectMany(FloatingPoint.In)
            .Select(fault => fault.Place[(typeof(Sample).ToString().Length + 1)..])
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal(
            [
                ".cctor", nameof(Sample.Across), nameof(Sample.Field), nameof(Sample.Later), nameof(Sample.Local), nameof(Sample.Nested), nameof(Sample.OnTheStack),
                nameof(Sample.Parameter), nameof(Sample.Passing), nameof(Sample.Untyped),
            ],
            faults.Order(StringComparer.Ordinal));
    }

    private static bool IsException(FloatingPointFault fault) => s_exceptions.ContainsKey(fault.Type) || s_exceptions.ContainsKey(fault.Place);

#pragma warning disable CA1823, CS0169, CA1801, IDE0051, IDE0060
    private static class Sample
    {
        public static readonly List<float> Field = [];

        public static int Parameter(double value) => value > 0 ? 1 : 0;

        public static int Local(int value)
        {
            var half = (Half)value;
            return (int)half + (half > Half.One ? 1 : 0);
        }

        public static long OnTheStack(long value) => (long)Math.Sqrt(value);

        public static void Nested(Dictionary<int, decimal[]> values) => values.Clear();

        public static int Untyped(object value) => value is decimal ? 1 : 0;

        public static int Passing(int value) => Enumerable.Empty<double>().Count() + value;

        public static Func<long, long> Across() => value => (long)(value * 0.5);

        public static async Task<long> Later(long value)
        {
            await Task.Yield();
            return (long)Math.Cbrt(value);
        }

        public static long Clean(long value) => value / 2;
    }
#pragma warning restore CA1823, CS0169, CA1801, IDE0051, IDE0060
}
