using System.Text;

namespace Dtao.Storage.Tests;

/// <summary>Keeps what it is told of a journal: the state that it begins with, null for none, and its events.</summary>
internal sealed class TextReader : IJournalReader
{
    public List<string?> Told { get; } = [];

    public void Begin(ReadOnlyMemory<byte>? snapshot) => Told.Add(snapshot is { } state ? Encoding.UTF8.GetString(state.Span) : null);

    public void Take(ReadOnlySpan<byte> canonicalEvent) => Told.Add(Encoding.UTF8.GetString(canonicalEvent));
}
