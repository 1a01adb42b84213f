namespace Dtao.Silo;

/// <summary>How the process ends. Documented in <c>docs/reference/silo.md</c>; numbers are stable.</summary>
internal static class ExitCode
{
    /// <summary>Stopped cleanly: by Ctrl-C, SIGTERM, or after the blocks that were asked for.</summary>
    public const int Stopped = 0;

    /// <summary>A fault of the program; the log has the details.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; every fault of it was printed.</summary>
    public const int Usage = 2;

    /// <summary>A genesis or a snapshot was given, and the database already has a ledger. Nothing was changed.</summary>
    public const int LedgerExists = 3;

    /// <summary>The genesis document or the snapshot is faulty or cannot be read. Nothing was written.</summary>
    public const int GenesisFaulty = 4;

    /// <summary>The database cannot be used: locked, corrupt, full, of a newer version; or a write failed while the network ran.</summary>
    public const int StoreUnusable = 5;
}
