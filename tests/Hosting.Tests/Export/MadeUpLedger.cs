using Dtao.Hosting.Export;

namespace Dtao.Hosting.Tests.Export;

/// <summary>A ledger of bytes that mean nothing: for what a file does with them.</summary>
internal sealed class MadeUpLedger(IReadOnlyList<LedgerItem> items) : INetworkSource
{
    public static readonly NetworkManifest Manifest = new("made-up-1", "made up", 77, 1_750_000_000_000);

    /// <summary>How many items are given before the source fails; null when it does not.</summary>
    public int? FailsAfter { get; init; }

    public IReadOnlyList<LedgerItem> Items => items;

    /// <summary>Three journals: one of a genesis alone, one of events alone, one with a snapshot in between.</summary>
    public static MadeUpLedger Small() => new(
    [
        new(LedgerItemKind.Document, "", 0, new byte[] { 1, 2, 3 }),
        .. Actor("account/a", genesis: 5, events: 0, snapshotAt: 0),
        .. Actor("lane", genesis: null, events: 2, snapshotAt: 0),
        .. Actor("pool/1", genesis: 9, events: 4, snapshotAt: 3),
    ]);

    public static IEnumerable<LedgerItem> Actor(string key, int? genesis, int events, int snapshotAt, int size = 7)
    {
        yield return new(LedgerItemKind.Actor, key, snapshotAt, default);
        if (genesis is { } length) yield return new(LedgerItemKind.Genesis, key, 0, Bytes(length, length));
        for (var number = 1; number <= events; number++)
        {
            yield return new(LedgerItemKind.Event, key, number, Bytes(number, size + (number % 3)));
            if (number == snapshotAt) yield return new(LedgerItemKind.Snapshot, key, number, Bytes(number, size * 2));
        }

        yield return new(LedgerItemKind.End, key, events, default);
    }

    /// <summary>Bytes that do not compress.</summary>
    public static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public Task<NetworkManifest> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(Manifest);

    public async IAsyncEnumerable<LedgerItem> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        for (var i = 0; i < items.Count; i++)
        {
            if (i == FailsAfter) throw new IOException("The source has failed.");
            yield return items[i];
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
