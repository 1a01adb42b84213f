using System.Text.Json;

namespace Dtao.Api.Json;

/// <summary>A field that cannot be read, in words for whoever wrote it.</summary>
/// <remarks>Its message is shown; that of any other <see cref="JsonException"/> speaks of this program's types, and is not.</remarks>
internal sealed class FieldException(string message) : JsonException(message);
