namespace Dtao.Api.ReadSide;

/// <summary>The read side cannot be used as it was asked for; the message says what to do.</summary>
public sealed class ReadSideException(string message, Exception? inner = null) : Exception(message, inner);
