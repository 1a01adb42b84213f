namespace Dtao.Storage;

/// <summary>A grain's state that encodes itself: the store keeps its bytes as they are, without a serializer.</summary>
public interface IRawRecord
{
    /// <summary>The state's bytes, in its own versioned format.</summary>
    byte[] Payload { get; set; }
}
