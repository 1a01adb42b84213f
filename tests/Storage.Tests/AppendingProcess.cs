using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Dtao.Storage.Tests;

/// <summary>
/// A process that appends to several journals and prints each event only once it is durable, until somebody kills it.
/// </summary>
internal static class AppendingProcess
{
    public const string Verb = "--append-until-killed";
    public const int Journals = 4;
    private const int LanesPerJournal = 8;
    private const int CheckpointPages = 16;

    public static string KeyOf(int journal) => string.Create(CultureInfo.InvariantCulture, $"actor/{journal}");

    public static byte[] EventOf(int journal, long number) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event {number} of {journal}"));

    public static Process Start(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Verb, path]) { RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    public static async Task<int> Run(string path)
    {
        // So that whoever kills it hits it in the midst of a checkpoint, too.
        using var log = OrderedLog.Open(new SqliteDatabaseOptions { Path = path, CheckpointPages = CheckpointPages });
        await Task.WhenAll(Enumerable.Range(0, Journals).Select(journal => AppendForEver(log, journal)));
        return 0;
    }

    private static async Task AppendForEver(OrderedLog log, int journal)
    {
        var handle = log.Open(KeyOf(journal));
        await handle.LoadAsync();
        var append = new Lock();
        await Task.WhenAll(Enumerable.Range(0, LanesPerJournal).Select(_ => Task.Run(AppendLane)));

        async Task AppendLane()
        {
            while (true)
            {
                long number;
                long position;
                lock (append)
                {
                    number = handle.Version + 1;
                    position = log.Append(handle, EventOf(journal, number));
                }

                await log.WhenDurable(position);
                // One write call a line, so that a kill cannot mix two lines.
                Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{journal} {number} {position}\n"));
            }
        }
    }
}
