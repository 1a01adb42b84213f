using Dtao.Api.ReadSide.Sql;

namespace Dtao.Api.ReadSide;

/// <summary>Where the read side is kept, and how it is built.</summary>
public sealed record ReadSideOptions
{
    /// <summary>The text that turns the read side off.</summary>
    public const string None = "none";

    /// <summary>The file of a process of its own, in its working directory, unless another is named.</summary>
    public const string FileDefault = "dtao-read-side.db";

    /// <summary>
    /// A path of a SQLite file; a PostgreSQL connection string, which has an equals sign, or begins with <c>postgres://</c> or <c>postgresql://</c>; <c>none</c> = there is no read
    /// side, and what answers from it is refused.
    /// </summary>
    /// <value>Default <c>none</c>.</value>
    public string Store { get; init; } = None;

    /// <summary>Whether it is emptied at the start and built anew.</summary>
    /// <value>Default false.</value>
    public bool IsRebuilt { get; init; }

    /// <summary>Facts of one page, and so of one transaction.</summary>
    /// <value>Default 5,000.</value>
    [System.ComponentModel.DataAnnotations.Range(1, 10_000)]
    public int PageFacts { get; init; } = 5_000;

    /// <summary>How long to wait before the feed is asked again after it had nothing new.</summary>
    /// <value>Default 200.</value>
    [System.ComponentModel.DataAnnotations.Range(1, 60_000)]
    public int PollMilliseconds { get; init; } = 200;

    /// <summary>The longest wait after a failure; it begins with <see cref="PollMilliseconds"/> and doubles.</summary>
    /// <value>Default 10,000.</value>
    [System.ComponentModel.DataAnnotations.Range(1, 600_000)]
    public int RetryMillisecondsMax { get; init; } = 10_000;

    /// <summary>Where facts come from in place of the network's feed; for tests.</summary>
    internal Ingest.IFactSource? Facts { get; init; }

    /// <summary>Whether there is a read side at all.</summary>
    public bool IsOn => !string.Equals(Store, None, StringComparison.OrdinalIgnoreCase);

    /// <summary>Why <see cref="Store"/> names no database; null when it does.</summary>
    internal string? Fault
    {
        get
        {
            try
            {
                if (IsOn && IsPostgres(Store)) _ = new Npgsql.NpgsqlConnectionStringBuilder(ConnectionOf(Store));
                return null;
            }
            catch (Exception wrong) when (wrong is ReadSideException or ArgumentException or FormatException)
            {
                return wrong is ReadSideException ? wrong.Message : "It is no connection string of a PostgreSQL database.";
            }
        }
    }

    /// <summary>Opens the database that <see cref="Store"/> names.</summary>
    /// <exception cref="ReadSideException">The text names none.</exception>
    internal IReadStore Open()
    {
        if (!IsOn) throw new InvalidOperationException("The read side is turned off.");
        return new SqlReadStore(IsPostgres(Store) ? new PostgresDialect(ConnectionOf(Store)) : new SqliteDialect(Store));
    }

    private static bool IsPostgres(string store) => IsAddress(store) || store.Contains('=', StringComparison.Ordinal);

    private static bool IsAddress(string store) =>
        store.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || store.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    /// <summary>An address in the form that the driver takes.</summary>
    private static string ConnectionOf(string store)
    {
        if (!IsAddress(store)) return store;
        if (!Uri.TryCreate(store, UriKind.Absolute, out var address) || address.AbsolutePath.Length < 2)
        {
            throw new ReadSideException("A PostgreSQL address is postgresql://USER:PASSWORD@HOST:PORT/DATABASE.");
        }

        var user = address.UserInfo.Split(':', 2);
        var builder = new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port < 0 ? 5_432 : address.Port,
            Database = Uri.UnescapeDataString(address.AbsolutePath[1..]),
            Username = user[0].Length == 0 ? null : Uri.UnescapeDataString(user[0]),
            Password = user.Length < 2 ? null : Uri.UnescapeDataString(user[1]),
        };
        return builder.ToString();
    }
}
