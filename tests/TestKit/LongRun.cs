using System.Globalization;

namespace Dtao.TestKit;

/// <summary>The ordinary run keeps a budget; <c>DTAO_LONG=1</c> runs every form in full.</summary>
public static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("DTAO_LONG") == "1";

    /// <summary>How many operations a long form makes: as many as it is meant to, or no more than <c>DTAO_LONG_OPERATIONS</c>, for a store that is slow.</summary>
    public static int OperationsOf(int whole) =>
        int.TryParse(Environment.GetEnvironmentVariable("DTAO_LONG_OPERATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) && wanted > 0
            ? Math.Min(wanted, whole)
            : whole;
}
