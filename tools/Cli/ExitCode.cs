namespace Dtao.Cli;

/// <summary>How the program ends. Scripts rely on these numbers.</summary>
internal static class ExitCode
{
    /// <summary>Done: applied, found, valid, clean.</summary>
    public const int Done = 0;

    /// <summary>Refused by a rule, not found, invalid, not clean, or declined at the prompt.</summary>
    public const int Refused = 1;

    /// <summary>The command line is wrong; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>The network was not reached, or the outcome of an operation is not known.</summary>
    public const int Unknown = 3;
}
