namespace Dtao.Api;

/// <summary>How the process ends. Documented in <c>docs/reference/api.md</c>; numbers are stable.</summary>
internal static class ExitCode
{
    /// <summary>Stopped cleanly.</summary>
    public const int Stopped = 0;

    /// <summary>A fault of the program; the log has the details.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong; every fault was printed.</summary>
    public const int Usage = 2;

    /// <summary>The network did not answer.</summary>
    public const int NetworkUnreachable = 3;

    /// <summary>A port is taken, or the file of keys or the administrator's cannot be read.</summary>
    public const int CannotServe = 4;
}
