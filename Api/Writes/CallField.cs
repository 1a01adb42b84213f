namespace Dtao.Api.Writes;

/// <summary>What a field of a call holds, and so how it is written in JSON.</summary>
internal enum CallFieldType
{
    /// <summary>A text that <see cref="Client.AccountName"/> reads.</summary>
    Account,
    /// <summary>A whole number of 16 bits.</summary>
    Netuid,
    /// <summary>A whole number of 64 bits, as decimal text; an integer is read, too.</summary>
    Number,
    /// <summary>A whole number of 16 bits.</summary>
    Short,
    /// <summary>A whole number of 8 bits.</summary>
    Byte,
    Flag,
    Text,
    /// <summary>32 bytes in hexadecimal digits, with or without 0x.</summary>
    Hash,
    /// <summary>One of <see cref="CallField.Words"/>.</summary>
    Word,
    /// <summary>An object with <see cref="CallField.Fields"/>.</summary>
    Object,
}

/// <summary>One field of a call, or of an object in it.</summary>
/// <param name="Description">One sentence, with the unit.</param>
internal sealed record CallField(string Name, CallFieldType Type, string Description)
{
    /// <summary>How many items the list of a field may have; a body is bounded besides.</summary>
    public const int ItemsMax = 4_096;

    /// <summary>A field that is not required may be left out, or be null.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>Whether it is a list of <see cref="Type"/>.</summary>
    public bool IsList { get; init; }

    /// <summary>Of an object.</summary>
    public IReadOnlyList<CallField> Fields { get; init; } = [];

    public IReadOnlyList<string> Words { get; init; } = [];

    public CallField Optional() => this with { IsRequired = false };
}

/// <summary>One call as clients write it: its name, its fields, and what is made of them.</summary>
/// <param name="Make">Called with values that fit the fields.</param>
internal sealed record CallForm(Economics.Ledger.CallKind Kind, string Name, string Description, IReadOnlyList<CallField> Fields, Func<CallValues, Economics.Ledger.Call> Make);
