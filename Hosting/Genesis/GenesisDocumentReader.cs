using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Dtao.Hosting.Genesis;

/// <summary>Reads a genesis document, or the genesis of a scenario file, and checks it as a whole.</summary>
/// <remarks>Format: <c>docs/reference/genesis.md</c>. Nothing is written and nothing is started: the answer is the document or every fault it has.</remarks>
public static class GenesisDocumentReader
{
    /// <summary>The largest document that is read, 1 GiB.</summary>
    public const long BytesMax = 1L << 30;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> likewise.</exception>
    public static async Task<GenesisResult> ReadFile(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path) is { Exists: true, Length: > BytesMax } file)
        {
            return Failed(GenesisFaultCode.OutOfRange, $"The file has {file.Length} bytes; a document has at most {BytesMax}.");
        }
        return Read(await File.ReadAllBytesAsync(path, cancellationToken));
    }

    public static GenesisResult Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    public static GenesisResult Read(ReadOnlyMemory<byte> utf8)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        if (utf8.Span.StartsWith(byteOrderMark)) utf8 = utf8[byteOrderMark.Length..];
        if (!Utf8.IsValid(utf8.Span)) return Failed(GenesisFaultCode.MalformedJson, "The document is not valid UTF-8.");
        try
        {
            using var json = JsonDocument.Parse(utf8, Strict);
            return Read(json.RootElement);
        }
        catch (JsonException malformed)
        {
            var place = malformed is { LineNumber: { } line, BytePositionInLine: { } column } ? $" at line {line + 1}, byte {column + 1}" : string.Empty;
            return Failed(GenesisFaultCode.MalformedJson, $"Malformed JSON{place}: {FirstSentence(malformed.Message)}");
        }
        catch (InvalidOperationException)
        {
            // Escapes such as a lone \ud800 are found only where the text is used.
            return Failed(GenesisFaultCode.MalformedJson, "The document has an escape sequence that is no valid Unicode character.");
        }
    }

    private static GenesisResult Read(JsonElement root)
    {
        var faults = new FaultList();
        var document = new DocumentReader(faults).Read(root);
        return GenesisValidator.Check(document, faults);
    }

    private static GenesisResult Failed(GenesisFaultCode code, string message) => new(null, [new(JsonPath.Root, code, message)]);

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
