using System.Globalization;

namespace Dtao.Api.Requests;

/// <summary>Where a parameter stands.</summary>
public enum ParameterPlace
{
    None = 0,
    Query = 1,
    Path = 2,
    Header = 3,
}

/// <summary>One parameter of an endpoint: how it is read, what it may be, and what the document says of it. Written once, used for all three.</summary>
internal abstract record Parameter(string Name, string Description)
{
    public ParameterPlace Place { get; init; } = ParameterPlace.Query;

    public bool IsRequired { get; init; }

    /// <summary>Whether it is a number; otherwise it is text.</summary>
    public bool IsNumber { get; init; }

    public long? Minimum { get; init; }

    public long? Maximum { get; init; }

    public int LengthMax { get; init; } = 100;

    /// <summary>The words that it may be; null = anything that can be read.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    public string? Default { get; init; }

    public string? Example { get; init; }

    /// <summary>What it may be, in words, for a problem.</summary>
    public string Allowed { get; init; } = "any text";

    /// <summary>Reads a value; null when it cannot be read.</summary>
    internal abstract object? Read(string text);
}

/// <summary>A parameter of one type.</summary>
internal sealed record Parameter<T>(string Name, string Description, Func<string, (bool IsRead, T Value)> Parse) : Parameter(Name, Description)
    where T : notnull
{
    internal override object? Read(string text) => text.Length <= LengthMax && Parse(text) is (true, var value) ? value : null;

    public Parameter<T> Required() => this with { IsRequired = true };

    /// <summary>What holds when it is left out.</summary>
    public Parameter<T> Or(T unset) => this with { Default = Convert.ToString(unset, CultureInfo.InvariantCulture) };
}
