using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Dtao.Api.Errors;

/// <summary>Tells a database that does not answer at this moment from a query, or a file, that will not be better at the next try.</summary>
internal static class DatabaseFaults
{
    /// <summary>Whether the same question may be answered later.</summary>
    public static bool MayPass(DbException fault) => fault switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN,
        // The server was told to stop; Npgsql counts only its start.
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        _ => fault.IsTransient,
    };
}
