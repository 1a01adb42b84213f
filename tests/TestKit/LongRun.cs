namespace Dtao.TestKit;

/// <summary>The ordinary run keeps a budget; <c>DTAO_LONG=1</c> runs every form in full.</summary>
public static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("DTAO_LONG") == "1";
}
