using System.Text.Json;

namespace Dtao.Hosting.Genesis;

/// <summary>Pulls JSON tokens out of a stream with a buffer that holds one token, whatever the length of the file.</summary>
internal sealed class JsonTokens(Stream stream)
{
    /// <summary>A single token longer than this is refused; an account and its figures are far shorter.</summary>
    private const int TokenBytesMax = 1 << 16;

    private readonly byte[] _buffer = new byte[TokenBytesMax];
    private int _start;
    private int _end;
    private bool _isLast;
    private bool _isFirst = true;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 16 });

    public JsonTokenType Type { get; private set; }

    /// <summary>Text of a property name or a string; the digits of a number as written.</summary>
    public string Text { get; private set; } = string.Empty;

    /// <summary>How many containers stand around the token.</summary>
    public int Depth { get; private set; }

    /// <summary>Goes to the next token; false at the end of the document.</summary>
    /// <exception cref="JsonException">The text is no JSON, or a token is longer than the buffer.</exception>
    public async ValueTask<bool> Read(CancellationToken cancellationToken)
    {
        while (!TryRead())
        {
            if (_isLast) return false;
            await Fill(cancellationToken);
        }
        return true;
    }

    /// <summary>Goes past the value that the current token begins.</summary>
    public async ValueTask Skip(CancellationToken cancellationToken)
    {
        if (Type is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = Depth;
        while (await Read(cancellationToken))
        {
            if (Depth == depth && Type is JsonTokenType.EndObject or JsonTokenType.EndArray) return;
        }
    }

    private bool TryRead()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isLast, _state);
        if (!reader.Read())
        {
            Keep(ref reader);
            return false;
        }
        Type = reader.TokenType;
        Depth = reader.CurrentDepth;
        Text = reader.TokenType switch
        {
            JsonTokenType.PropertyName or JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(reader.ValueSpan),
            _ => string.Empty,
        };
        Keep(ref reader);
        return true;
    }

    private void Keep(ref Utf8JsonReader reader)
    {
        _start += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
    }

    private async ValueTask Fill(CancellationToken cancellationToken)
    {
        if (_end - _start == _buffer.Length) throw new JsonException($"A token is longer than {TokenBytesMax} bytes.");
        Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
        _end -= _start;
        _start = 0;
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _isLast = read == 0;
        SkipByteOrderMark();
    }

    private void SkipByteOrderMark()
    {
        if (!_isFirst) return;
        _isFirst = false;
        if (_buffer.AsSpan(_start, _end - _start).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) _start += 3;
    }
}
