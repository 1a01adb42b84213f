using System.Security.Cryptography;
using System.Text;

namespace Dtao.Storage.Tests;

/// <summary>Short forms that the tests of the log share.</summary>
internal static class LogTesting
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static async Task<IJournal> OpenLoaded(this IOrderedLog log, string actorKey)
    {
        var journal = log.Open(actorKey);
        await journal.LoadAsync();
        return journal;
    }

    public static async Task<JournalImage> ReadImage(this IOrderedLog log, string actorKey)
    {
        using var journal = log.Open(actorKey);
        return await journal.LoadAsync();
    }

    public static long Append(this IOrderedLog log, IJournal journal, string canonicalEvent) =>
        log.Append(journal, Bytes(canonicalEvent));

    /// <summary>Appends events and waits until they are durable; each wait makes a segment of its own.</summary>
    public static async Task AppendDurably(this IOrderedLog log, IJournal journal, params string[] events)
    {
        foreach (var canonicalEvent in events) await log.WhenDurable(log.Append(journal, canonicalEvent));
    }

    public static string[] Texts(this IEnumerable<ReadOnlyMemory<byte>> events) =>
        [.. events.Select(bytes => Encoding.UTF8.GetString(bytes.Span))];

    public static string[] Texts(this IEnumerable<JournalEvent> events) =>
        [.. events.Select(item => Encoding.UTF8.GetString(item.Bytes.Span))];

    /// <summary>The chain as the format's text defines it, computed without the code under test.</summary>
    public static byte[] ChainOf(params string[] events) =>
        events.Aggregate(new byte[32], (digest, text) => SHA256.HashData([.. digest, .. Bytes(text)]));

    /// <summary>Changes a closed database behind the log's back.</summary>
    public static void Execute(string path, string sql)
    {
        using var session = SqliteSession.Open(path, isReadOnly: false);
        session.Execute(sql);
    }

    public static long Query(string path, string sql)
    {
        using var session = SqliteSession.Open(path, isReadOnly: true);
        return session.QueryInt64(sql);
    }
}
