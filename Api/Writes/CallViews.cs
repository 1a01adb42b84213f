namespace Dtao.Api.Writes;

/// <summary>A call that may be sent.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Fields">What it takes.</param>
internal sealed record CallView(string Kind, string Description, IReadOnlyList<CallFieldView> Fields)
{
    public static CallView Of(CallForm form) => new(form.Name, form.Description, [.. form.Fields.Select(CallFieldView.Of)]);
}

/// <summary>A field of a call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">account, netuid, number (64 bits, as text), short (16 bits), byte, flag, text, hash (32 bytes), word, or object.</param>
/// <param name="IsList">Whether it is a list of these.</param>
/// <param name="IsRequired">Whether it must be there.</param>
/// <param name="Description">What it says, with its unit.</param>
/// <param name="Words">What a word may be.</param>
/// <param name="Fields">What an object has.</param>
internal sealed record CallFieldView(string Name, string Type, bool IsList, bool IsRequired, string Description, IReadOnlyList<string> Words, IReadOnlyList<CallFieldView> Fields)
{
    public static CallFieldView Of(CallField field) => new(
        field.Name, field.Type.ToString().ToLowerInvariant(), field.IsList, field.IsRequired, field.Description, field.Words, [.. field.Fields.Select(Of)]);
}
