namespace Dtao.Silo;

/// <summary>How the process ends. Documented in <c>docs/reference/silo.md</c>; numbers are stable.</summary>
internal static class ExitCode
{
    /// <summary>Stopped cleanly: by Ctrl-C, SIGTERM, or after the blocks that were asked for.</summary>
    public const int Stopped = 0;

    /// <summary>A fault of the program; the log has the details.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong; every fault was printed.</summary>
    public const int Usage = 2;

    /// <summary>A genesis or a snapshot was given, and there is a ledger already; in a cluster, one that began with another. Nothing was changed.</summary>
    public const int LedgerExists = 3;

    /// <summary>The genesis document or the snapshot is faulty or cannot be read. Nothing was written.</summary>
    public const int GenesisFaulty = 4;

    /// <summary>
    /// The database cannot be used: locked, corrupt, full, of a newer version; or a write failed while the network ran. In a cluster: the storage account
    /// cannot be reached at start, or its table is laid out otherwise.
    /// </summary>
    public const int StoreUnusable = 5;

    /// <summary>The silo ended without being asked to: the cluster declared it dead, or it could not join.</summary>
    public const int LeftCluster = 6;

    /// <summary>Page and API cannot be served: the port that was asked for is taken, or the file of keys or the administrator's cannot be read.</summary>
    public const int CannotServe = 7;
}
